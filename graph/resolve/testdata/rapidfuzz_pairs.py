"""Measures rapidfuzz on the labeled pairs, beside `debadge resolve --evaluate`.

    python3 rapidfuzz_pairs.py pairs.csv

needs rapidfuzz. Each scorer is shown at the threshold at which it decides most
pairs rightly, and where its recall is highest at a precision of at least 0.97.
"""

import csv
import sys

from rapidfuzz import distance, fuzz, utils

LEAST = 0.97


def jaro_winkler(a, b):
    return 100 * distance.JaroWinkler.normalized_similarity(a, b)


SCORERS = {
    "WRatio": fuzz.WRatio,
    "ratio": fuzz.ratio,
    "token_sort_ratio": fuzz.token_sort_ratio,
    "token_set_ratio": fuzz.token_set_ratio,
    "partial_ratio": fuzz.partial_ratio,
    "Jaro-Winkler": jaro_winkler,
}


def score(scorer, row):
    """The best of the name alone and the name behind its brand."""
    text = utils.default_process(row["text"])
    names = {row["name"], (row["brand"] + " " + row["name"]).strip()}
    return max(scorer(text, utils.default_process(name)) for name in names)


def measure(scored, threshold):
    right = sum(1 for s, same in scored if s >= threshold and same)
    wrong = sum(1 for s, same in scored if s >= threshold and not same)
    missed = sum(1 for s, same in scored if s < threshold and same)
    precision = right / (right + wrong) if right else 0
    accuracy = 1 - (wrong + missed) / len(scored)
    return precision, right / (right + missed), accuracy, threshold


def show(name, title, measured):
    precision, recall, accuracy, threshold = measured
    print(f"{name:18} {title:22} threshold {threshold:5.1f}  precision {precision:.3f}  recall {recall:.3f}  right {accuracy:.3f}")


with open(sys.argv[1], encoding="utf-8", newline="") as file:
    rows = list(csv.DictReader(file))
for name, scorer in SCORERS.items():
    scored = [(score(scorer, row), row["same"] == "yes") for row in rows]
    all_measures = [measure(scored, t / 2) for t in range(201)]
    show(name, "most decided rightly", max(all_measures, key=lambda m: m[2]))
    sure = [m for m in all_measures if m[0] >= LEAST]
    if sure:
        show(name, "precision at least .97", max(sure, key=lambda m: m[1]))
    else:
        print(f"{name:18} never has a precision of {LEAST}")
