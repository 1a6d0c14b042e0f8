"""Looks texts up in a list of names with rapidfuzz, for BenchmarkResolve.

Reads {"names": […], "queries": […]} and writes how long one look-up takes, in
nanoseconds. It uses the usual call for one best match, and its default scorer.
"""

import json
import sys
import time

from rapidfuzz import process, utils

given = json.load(sys.stdin)
names = [utils.default_process(name) for name in given["names"]]
took = []
for query in given["queries"]:
    text = utils.default_process(query)
    began = time.perf_counter_ns()
    process.extractOne(text, names)
    took.append(time.perf_counter_ns() - began)
took.sort()
json.dump({"P50": took[len(took) // 2], "P99": took[len(took) * 99 // 100]}, sys.stdout)
