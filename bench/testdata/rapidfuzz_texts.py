"""Looks texts up in a list of names with rapidfuzz.

Reads {"names": […], "texts": […]} and writes how long each look-up took, in
nanoseconds. It uses the usual call for one best match, and its default scorer.
"""

import json
import sys
import time

from rapidfuzz import process, utils

given = json.load(sys.stdin)
names = [utils.default_process(name) for name in given["names"]]
took = []
for text in given["texts"]:
    began = time.perf_counter_ns()
    process.extractOne(utils.default_process(text), names)
    took.append(time.perf_counter_ns() - began)
json.dump(took, sys.stdout)
