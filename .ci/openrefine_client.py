"""What .ci/openrefine asks of OpenRefine: its own commands, as its pages send them."""

import csv
import io
import json
import sys
import time
import urllib.parse
import urllib.request

commands, service = sys.argv[1], sys.argv[2] + "/v1/reconcile"
spaces = {"identifierSpace": sys.argv[2] + "/v1/entities/", "schemaSpace": service + "/types/"}
all_rows = json.dumps({"facets": [], "mode": "row-based"})


def send(command, query=None, body=None, content="application/x-www-form-urlencoded"):
    url = commands + command
    if query:
        url += "?" + urllib.parse.urlencode(query)
    request = urllib.request.Request(url, body, {"Content-Type": content} if body is not None else {})
    return urllib.request.urlopen(request, timeout=120)


def post(command, query, form, content="application/x-www-form-urlencoded"):
    query = query | {"csrf_token": json.load(send("get-csrf-token"))["token"]}
    body = form if isinstance(form, bytes) else urllib.parse.urlencode(form).encode()
    return send(command, query, body, content)


def settle(project):
    """Waits until nothing goes on in a project."""
    for _ in range(120):
        if not json.load(send("get-processes", {"project": project}))["processes"]:
            return
        time.sleep(1)
    sys.exit("OpenRefine does not come to an end")


table = "name,brand\nKR2280-X2,Aivres\nkr-2280 x2,\nno such thing at all,\n"
part = '--edge\r\nContent-Disposition: form-data; name="project-name"\r\n\r\norder\r\n' \
    '--edge\r\nContent-Disposition: form-data; name="project-file"; filename="order.csv"\r\n' \
    f"Content-Type: text/csv\r\n\r\n{table}\r\n--edge--\r\n"
made = post("create-project-from-upload", {"format": "text/line-based/*sv", "options": '{"separator": ","}'},
            part.encode(), "multipart/form-data; boundary=edge")
project = urllib.parse.parse_qs(urllib.parse.urlparse(made.url).query)["project"][0]

post("reconcile", {"project": project}, {"columnName": "name", "engine": all_rows, "config": json.dumps(spaces | {
    "mode": "standard-service", "service": service, "type": {"id": "product", "name": "Product"}, "autoMatch": True, "limit": 5,
    "columnDetails": [{"column": "brand", "propertyName": "Brand", "propertyID": "brand"}],
})})
settle(project)
answer = json.load(post("get-rows", {"project": project, "start": 0, "limit": 10}, {}))
found = []
for row in answer["rows"]:
    recon = row["cells"][0].get("r")
    if not isinstance(recon, dict):
        recon = answer["pool"]["recons"][str(recon)]
    found.append(recon.get("m", {}).get("id"))

post("extend-data", {"project": project, "baseColumnName": "name", "endpoint": service, "columnInsertIndex": 1} | spaces,
     {"engine": all_rows, "extension": json.dumps({"properties": [{"id": "finding", "name": "Finding"}]})})
settle(project)
rows = list(csv.reader(io.StringIO(post("export-rows/order.csv", {}, {"project": project, "format": "csv", "engine": all_rows}).read().decode())))
findings = [row[1] for row in rows[1:]]

wanted = ["product:aivres:kr2280-x2", "product:aivres:kr2280-x2", None], ["listed", "listed", ""]
if (found, findings) != wanted:
    sys.exit(f"OpenRefine made of the names {found} with the findings {findings}, not {wanted}")
print("OpenRefine", json.load(send("get-version"))["version"], "reconciled", len(found), "names and added the findings", findings)
