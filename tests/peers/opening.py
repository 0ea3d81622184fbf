"""Opens one peer's index in a fresh process, as the table wants it measured."""

import json
import sys
import time

import numpy as np

from engines import PEERS


def anonymous():
    with open("/proc/self/smaps_rollup") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("Anonymous:"))


def main():
    name, path, queries, dims = sys.argv[1:]
    dims = int(dims)
    asked = np.fromfile(queries, "<f4").reshape(-1, dims)[:1].copy()
    peer = PEERS[name](dims)
    before, started = anonymous(), time.perf_counter()
    peer.load(path)
    opened, after = time.perf_counter(), anonymous()
    peer.search(asked, 100)
    answered = time.perf_counter()
    print(
        json.dumps(
            {
                "open_ms": (opened - started) * 1e3,
                "first_ms": (answered - opened) * 1e3,
                "open_anonymous_kb": after - before,
            }
        )
    )


if __name__ == "__main__":
    main()
