"""Answers traces and a reach with NetworkX, for the benchmark.

Reads one JSON object a line. The first one has the graph, of the day and with
what is not disputed alone: {"edges": [[from, to], …], "listed": […],
"products": […]}. Each further one is {"trace": n} or {"reach": n}; the answer is a
line with what was found, and how long that took in nanoseconds.
"""

import json
import sys
import time

import networkx as nx

given = json.loads(sys.stdin.readline())
graph = nx.DiGraph()
graph.add_edges_from(given["edges"])
listed, products = set(given["listed"]), set(given["products"])
graph.add_nodes_from(listed | products)
print(graph.number_of_edges(), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    began = time.perf_counter_ns()
    if "trace" in asked:
        start = asked["trace"]
        found = int(start in listed or not listed.isdisjoint(nx.ancestors(graph, start)))
    else:
        found = len(products & nx.descendants(graph, asked["reach"]))
    print(json.dumps([found, time.perf_counter_ns() - began]), flush=True)
