"""Times rapidfuzz on the names and the order that BenchmarkScreen keeps.

  mkdir /tmp/kept
  DEBADGE_BENCH_KEEP=/tmp/kept DEBADGE_BENCH_PRODUCTS=1000000 go test -run '^$' -bench 'Screen$' -timeout 1h ./graph/screen
  pip install rapidfuzz
  python3 graph/screen/compare_rapidfuzz.py /tmp/kept [QUERIES]

It looks for the nearest name of each line with process.extractOne, as one
would without an index, and prints the time of a line.
"""

import csv
import itertools
import sys
import time

from rapidfuzz import fuzz, process


def main():
    folder = sys.argv[1]
    queries = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    with open(f"{folder}/names.txt", encoding="utf-8") as f:
        names = f.read().splitlines()
    with open(f"{folder}/order.csv", encoding="utf-8", newline="") as f:
        lines = [f"{row['Brand']} {row['Model']}".strip() for row in itertools.islice(csv.DictReader(f), queries)]
    for scorer in (fuzz.ratio, fuzz.WRatio):
        began = time.perf_counter()
        for line in lines:
            process.extractOne(line, names, scorer=scorer)
        took = time.perf_counter() - began
        print(f"rapidfuzz {scorer.__name__}: {len(names)} names, {len(lines)} lines, {1000 * took / len(lines):.2f} ms a line")


if __name__ == "__main__":
    main()
