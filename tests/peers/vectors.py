"""Compares Pictor's vectors with hnswlib, faiss and usearch. See README.md."""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys

import numpy as np

import data
from engines import PEERS, Pictor, pictor, timed

EFS = (12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 400)
TARGETS = (0.95, 0.99)
OURS = {"Pictor": ("floats", 32), "Pictor, 8-bit": ("codes", 8)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("compare", "filtered", "large"))
    parser.add_argument("--pictor", required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    for name in ("vectors", "dims", "queries", "rounds", "ef-construction", "threads"):
        parser.add_argument(f"--{name}", type=int, required=True)
    options = parser.parse_args()
    {"compare": compare, "filtered": filtered, "large": large}[options.what](options)


def compare(options):
    n, dims = options.vectors, options.dims
    vectors, asked, vectors_file, queries_file = data.files(
        options.work, n, options.queries, dims
    )
    expected = data.truth(vectors, asked)
    print(
        f"{n:,} clustered unit vectors of {dims} dimensions, {len(asked)} queries, M 16, "
        f"ef_construction {options.ef_construction}, built by {options.threads} threads, "
        f"searched by one, {options.rounds} rounds in turn"
    )
    folder = options.work / f"pictor-{n}-{dims}"
    facts, peers = {}, {}
    built = pictor(
        options.pictor, "build", folder, vectors_file, dims, options.ef_construction, options.threads
    )
    opened = pictor(options.pictor, "open", folder, queries_file, dims)
    facts["Pictor"] = {**built, **opened}
    report("Pictor", facts["Pictor"])
    for name, make in PEERS.items():
        peer = peers[name] = make(dims)
        seconds, cpu, _ = timed(
            lambda: peer.build(vectors, options.ef_construction, options.threads)
        )
        file = options.work / f"{name.replace(', ', '-')}-{n}-{dims}"
        peer.save(file)
        opened = subprocess.run(
            [sys.executable, pathlib.Path(__file__).parent / "opening.py", name, file, queries_file, str(dims)],
            check=True,
            text=True,
            stdout=subprocess.PIPE,
        )
        facts[name] = {
            "seconds": seconds,
            "cpu": cpu,
            "bytes": file.stat().st_size,
            **json.loads(opened.stdout),
        }
        file.unlink()
        report(name, facts[name])
    child = Pictor(options.pictor, folder, queries_file, dims)
    rates, recalls = race(child, peers, asked, expected, options.rounds)
    child.close()
    built_table(facts, n)
    recall_table(recalls)
    speed_table(rates, recalls)


def report(name, facts):
    print(f"  {name}: built in {facts['seconds']:.1f} s", file=sys.stderr, flush=True)


def race(child, peers, asked, expected, rounds):
    """Every side at every width of search, in turn, round by round."""
    rates, recalls = {}, {}

    def note(name, ef, seconds, found):
        rates.setdefault(name, {}).setdefault(ef, []).append(len(asked) / seconds)
        if ef not in recalls.setdefault(name, {}):
            recalls[name][ef] = data.recall(found, expected)

    # The first round only warms caches up.
    for number in range(rounds + 1):
        for ef in EFS:
            for name, peer in peers.items():
                seconds, _, found = timed(lambda: peer.search(asked, ef))
                if number:
                    note(name, ef, seconds, found)
            for name, (precision, _) in OURS.items():
                seconds, found = child.ask(precision, ef)
                if number:
                    note(name, ef, seconds, found)
    return rates, recalls


def rate_at(target, recalls, rates, number):
    """Queries a second at a recall, between the widths measured around it."""
    points = sorted((recalls[ef], rates[ef][number]) for ef in recalls)
    # A wider search that is worse and slower says nothing.
    for (low, slow), (high, fast) in zip(points, points[1:]):
        if low <= target <= high and high > low:
            share = (target - low) / (high - low)
            return float(np.exp(np.log(slow) * (1 - share) + np.log(fast) * share))
    return points[0][1] if points[0][0] > target else None


def built_table(facts, n):
    print("\n| | build CPU | file | bytes a vector | open | first answer | anonymous memory, open |")
    print("|---|---|---|---|---|---|---|")
    for name, fact in facts.items():
        print(
            f"| {name} | {fact['cpu']:.1f} s | {fact['bytes'] / 1e6:.1f} MB | {fact['bytes'] / n:.0f} "
            f"| {fact['open_ms']:.2f} ms | {fact['first_ms']:.2f} ms "
            f"| {fact['open_anonymous_kb'] / 1024:.2f} MB |"
        )
    ours, other = facts["Pictor"], facts["hnswlib"]
    print(
        f"\nBeside hnswlib: build CPU {ours['cpu'] / other['cpu']:.2f} ×, "
        f"file {ours['bytes'] / other['bytes']:.2f} ×"
    )


def recall_table(recalls):
    names = list(OURS) + list(PEERS)
    print("\nRecall@10 at equal ef\n\n| ef | " + " | ".join(names) + " |")
    print("|---" * (len(names) + 1) + "|")
    for ef in EFS:
        print(f"| {ef} | " + " | ".join(f"{recalls[name][ef]:.4f}" for name in names) + " |")


def speed_table(rates, recalls):
    print("\nQueries a second, one thread, medians of the rounds\n")
    print("| | " + " | ".join(f"at recall {target}" for target in TARGETS) + " |")
    print("|---" * (len(TARGETS) + 1) + "|")
    rounds = len(next(iter(rates["Pictor"].values())))
    at = {
        (name, target): [rate_at(target, recalls[name], rates[name], r) for r in range(rounds)]
        for name in rates
        for target in TARGETS
    }
    for name in list(OURS) + list(PEERS):
        cells = []
        for target in TARGETS:
            found = at[name, target]
            cells.append("not reached" if None in found else f"{statistics.median(found):,.0f}")
        print(f"| {name} | " + " | ".join(cells) + " |")
    floats = [name for name, peer in PEERS.items() if peer.bits == 32]
    codes = [name for name, peer in PEERS.items() if peer.bits == 8]
    comparisons = (
        ("f32 / best f32 peer (goal 1.3)", "Pictor", floats),
        ("8-bit / best f32 peer (goal 2)", "Pictor, 8-bit", floats),
        ("8-bit / best 8-bit peer (goal 1.3)", "Pictor, 8-bit", codes),
    )
    for title, ours, others in comparisons:
        cells = []
        for target in TARGETS:
            ratios = []
            for number in range(rounds):
                best = [at[name, target][number] for name in others]
                best = [rate for rate in best if rate is not None]
                mine = at[ours, target][number]
                if best and mine is not None:
                    ratios.append(mine / max(best))
            cells.append(f"{statistics.median(ratios):.2f} ×" if ratios else "no peer reaches it")
        print(f"| {title} | " + " | ".join(cells) + " |")


def filtered(options):
    n, dims = options.vectors, options.dims
    queries = min(options.queries, 200)
    *_, vectors_file, queries_file = data.files(options.work, n, queries, dims)
    folder = options.work / f"filtered-{n}-{dims}"
    print(f"{n:,} vectors of {dims} dimensions, {queries} queries, ten each, default settings\n")
    print("| stage | segments | share allowed, % | recall@10 | fewer than k | q/s | how |")
    print("|---" * 7 + "|", flush=True)
    subprocess.run(
        [options.pictor, "filtered", folder, vectors_file, queries_file, str(dims)], check=True
    )


def large(options):
    """Open to first answer, and what is resident, with a warm page cache."""
    n, dims = options.vectors, options.dims
    *_, vectors_file, queries_file = data.files(options.work, n, options.queries, dims)
    folder = options.work / f"large-{n}-{dims}"
    built = pictor(
        options.pictor, "build", folder, vectors_file, dims, options.ef_construction, options.threads
    )
    print(
        f"{n:,} vectors of {dims} dimensions, ef_construction {options.ef_construction}, "
        f"built in {built['seconds']:.0f} s ({built['cpu']:.0f} s of CPU)"
    )
    runs = [
        pictor(options.pictor, "open", folder, queries_file, dims)
        for _ in range(options.rounds + 1)
    ][1:]

    def middle(field):
        return statistics.median(run[field] for run in runs)

    total = statistics.median(run["open_ms"] + run["first_ms"] for run in runs)
    size = middle("bytes") / 1024
    print(f"file {size / 1024:.0f} MB; open {middle('open_ms'):.2f} ms, with the first answer {total:.2f} ms")
    for when in ("open", "first", "all"):
        resident, anonymous = middle(f"{when}_resident_kb"), middle(f"{when}_anonymous_kb")
        print(
            f"after {when}: {resident / 1024:.1f} MB resident ({resident / size:.2%} of the file), "
            f"{anonymous / 1024:.2f} MB of it anonymous"
        )


if __name__ == "__main__":
    main()
