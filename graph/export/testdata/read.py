"""Reads exports with the programs that others read them with, and prints as
JSON what these found: read.py graphml|igraph|gexf|ftm FILE"""

import json
import sys


def networkx_graph(g):
    return {
        "nodes": {n: dict(d) for n, d in g.nodes(data=True)},
        "edges": {d["claim"]: {**d, "from": u, "to": v} for u, v, k, d in g.edges(keys=True, data=True)},
    }


def graphml(path):
    import networkx

    return networkx_graph(networkx.read_graphml(path, force_multigraph=True))


def gexf(path):
    import networkx

    return networkx_graph(networkx.MultiDiGraph(networkx.read_gexf(path, version="1.3")))


def igraph(path):
    import igraph

    g = igraph.Graph.Read_GraphML(path)
    names = g.vs["id"]
    return {
        "nodes": {v["id"]: {k: x for k, x in v.attributes().items() if x} for v in g.vs},
        "edges": {
            e["claim"]: {**{k: x for k, x in e.attributes().items() if x}, "from": names[e.source], "to": names[e.target]}
            for e in g.es
        },
    }


def ftm(path):
    from followthemoney import model
    from followthemoney.util import sanitize_text  # leaves out control characters

    nodes, edges, wrong = {}, {}, []
    with open(path, encoding="utf-8") as lines:
        entities = [json.loads(line) for line in lines]
    known = {e["id"]: model.get_proxy(e, cleaned=False) for e in entities}
    # debadge's own ids, which are the record ids of claims and stand in the notes of entities
    named = {e["id"]: e["properties"].get("recordId", [n[3:] for n in e["properties"].get("notes", []) if n[:3] == "id="])[0] for e in entities}
    for e in entities:
        proxy = known[e["id"]]
        try:
            proxy.schema.validate({"properties": e["properties"]})
        except Exception as failure:
            wrong.append(f"{e['id']}: {failure}")
        kept = {name: set(proxy.get(name)) for name in e["properties"]}
        for name, values in e["properties"].items():
            prop = proxy.schema.get(name)
            if prop is None or kept[name] != {prop.type.clean(sanitize_text(v), proxy=proxy) for v in values}:
                wrong.append(f"{e['id']}: {name} is not a property, or lost values")
                continue
            for value in values:
                if prop.type.name != "string" and prop.type.clean(value, proxy=proxy) is None:
                    wrong.append(f"{e['id']}: {name}: {value!r} is no {prop.type.name}")
                if prop.type.name == "entity":
                    other = known.get(value)
                    if other is None or not other.schema.is_a(prop.range):
                        wrong.append(f"{e['id']}: {name}: {value} is no {prop.range.name}")
        properties = {
            name: "\n".join(named[v] if proxy.schema.get(name).type.name == "entity" and v in named else v for v in values)
            for name, values in e["properties"].items()
        }
        into = edges if proxy.schema.edge or proxy.schema.is_a("Sanction") else nodes
        into[named[e["id"]]] = properties | {"schema": proxy.schema.name}
    return {"nodes": nodes, "edges": edges, "wrong": wrong}


if __name__ == "__main__":
    json.dump({"graphml": graphml, "igraph": igraph, "gexf": gexf, "ftm": ftm}[sys.argv[1]](sys.argv[2]), sys.stdout)
