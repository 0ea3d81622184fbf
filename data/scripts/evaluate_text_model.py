"""Measures a static text model on captions: one as the title, another as the query.

    venv/bin/python evaluate_text_model.py ../models/text-static-en.bin \\
        --paraphrases gif_paraphrases.tsv.gz --distractors gif_captions.tsv.gz

Prints how often the right picture is among the first ten, by the table, by
words (BM25), by both fused, and with --teacher by the full model.
"""

import argparse
import collections
import gzip
import math
import random
import re

import numpy as np

from static_table import StaticTable

STOP = set("a an and are as at be by for from in is it of on or that the to was with".split())

# What no picture of the captions shows.
OFF_TOPIC = """quarterly tax return deadline;kubernetes ingress configuration;mortgage interest rates;
python list comprehension syntax;symptoms of vitamin deficiency;history of the byzantine empire;
how to file a patent;quantum field theory lecture;stock market index futures;database transaction isolation;
supreme court ruling;inflation and monetary policy;organic chemistry reaction mechanism;calculus integration by parts;
currency exchange rate;enterprise software licence;privacy policy;terms and conditions;insurance claim form;
network router firmware;legal liability clause;periodic table of elements;roman numerals conversion;
pension contribution limits;wireless charging standard;compiler optimisation flags;statistical hypothesis test;
audit compliance report;shipping container dimensions;photosynthesis equation;constitutional amendment;
cryptographic hash function;linear regression coefficients;municipal zoning regulations;hydraulic pump pressure;
renaissance philosophy;macroeconomics syllabus;trade deficit statistics;antibiotic resistance;semiconductor supply chain;
medieval manuscripts archive;plate tectonics;grammar of the subjunctive;concrete mixing ratio;copyright infringement;
password reset instructions;server maintenance window;invoice number;annual shareholder meeting;gene sequencing cost;
property deed transfer;unemployment rate by county;syntax error on line;data retention schedule;refund policy;
academic citation style;logarithm rules;diesel engine torque;parliament budget vote;soil acidity test"""


def read(path):
    """Captions by picture."""
    captions = collections.defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            name, caption = line.rstrip("\n").split("\t", 1)
            captions[name].append(caption)
    return captions


def stem(word):
    """A rough English stem."""
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    return word.removesuffix("e")


def words(text):
    return [stem(word) for word in re.findall(r"[a-z0-9]+", text.lower()) if word not in STOP]


class Bm25:
    """Plain BM25, scores divided by the most a query can reach."""

    def __init__(self, titles, k1=1.2, b=0.75):
        self.k1 = k1
        lengths = [len(words(title)) for title in titles]
        average = sum(lengths) / len(lengths)
        self.postings = collections.defaultdict(dict)
        for number, title in enumerate(titles):
            for word, count in collections.Counter(words(title)).items():
                norm = k1 * (1 - b + b * lengths[number] / average)
                self.postings[word][number] = count * (k1 + 1) / (count + norm)
        self.idf = {
            word: math.log(1 + (len(titles) - len(hits) + 0.5) / (len(hits) + 0.5))
            for word, hits in self.postings.items()
        }
        self.count = len(titles)
        self.rare = math.log(1 + (len(titles) + 0.5) / 0.5)

    def scores(self, query):
        scores = np.zeros(self.count, np.float32)
        most = 0.0
        for word in set(words(query)):
            idf = self.idf.get(word, self.rare)
            most += idf * (self.k1 + 1)
            for number, weight in self.postings.get(word, {}).items():
                scores[number] += idf * weight
        return scores / most if most else scores


def vectors(table, texts):
    result = np.zeros((len(texts), table.dims), np.float32)
    for number, text in enumerate(texts):
        vector = table.encode(text)
        if vector is not None:
            result[number] = vector
    return result


def found(scores, targets, k=10):
    """The share of queries whose target is among the first k."""
    mine = scores[np.arange(len(targets)), targets]
    ahead = (scores > mine[:, None]).sum(axis=1)
    return 100 * float(np.mean((ahead < k) & (mine > 0)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table")
    parser.add_argument("--paraphrases", required=True)
    parser.add_argument("--distractors")
    parser.add_argument("--teacher", action="store_true")
    parser.add_argument("--queries", type=int, default=2000)
    options = parser.parse_args()
    dice = random.Random(7)
    table = StaticTable(options.table)

    captions = read(options.paraphrases)
    titles, queries, targets = [], [], []
    for name in sorted(captions):
        choices = captions[name]
        dice.shuffle(choices)
        queries.extend(choices[1:])
        targets.extend([len(titles)] * (len(choices) - 1))
        titles.append(choices[0])
    if options.distractors:
        others = read(options.distractors)
        titles.extend(dice.choice(others[name]) for name in sorted(others) if name not in captions)
    picks = dice.sample(range(len(queries)), min(options.queries, len(queries)))
    queries = [queries[pick] for pick in picks]
    targets = np.array([targets[pick] for pick in picks])
    print(f"{len(titles)} titles, {len(queries)} queries; recall@10 and recall@1:")

    cosines = vectors(table, queries) @ vectors(table, titles).T
    lexical = Bm25(titles)
    bm25 = np.stack([lexical.scores(query) for query in queries])
    fused = 0.5 * bm25 + 0.5 * np.maximum(cosines, 0)
    results = {"table": cosines, "words": bm25, "fused": fused}
    if options.teacher:
        from distil_text_model import Teacher

        teacher = Teacher()
        full = teacher.sentences(queries) @ teacher.sentences(titles).T
        results["full model"] = full
        results["full, fused"] = 0.5 * bm25 + 0.5 * np.maximum(full, 0)
    for name, scores in results.items():
        print(f"  {name:12} {found(scores, targets):5.1f} {found(scores, targets, 1):5.1f}")
    strange = [query.strip() for query in OFF_TOPIC.split(";")]
    there = np.stack([lexical.scores(query) for query in strange])
    calibrate("table", cosines, vectors(table, strange) @ vectors(table, titles).T, bm25, there, targets)
    if options.teacher:
        theirs = teacher.sentences(strange) @ teacher.sentences(titles).T
        calibrate("full model", full, theirs, bm25, there, targets)


def calibrate(name, cosines, strange, bm25, there, targets, enough=0.4):
    """For several cut-offs: true pairs that stay, off-topic queries that find anything."""
    rows = np.arange(len(targets))
    own, words = cosines[rows, targets], bm25[rows, targets]
    print(f"  {name}: cut-off, % of true pairs kept, % of off-topic queries with hits")
    for cut in (0.25, 0.30, 0.35, 0.40, 0.43, 0.45, 0.47, 0.50):
        kept = np.mean((own >= cut) | (words >= enough))
        hits = np.mean(((strange >= cut) | (there >= enough)).any(axis=1))
        print(f"    {cut:.2f} {100 * kept:5.1f} {100 * hits:5.1f}")


if __name__ == "__main__":
    main()
