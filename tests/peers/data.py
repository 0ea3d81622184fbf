"""Vectors around centres, in files that every side reads."""

import pathlib

import numpy as np

NEIGHBOURS = 10


def clustered(n, queries, dims, seed=1):
    """Unit vectors, one centre for every two hundred, and queries like them."""
    dice = np.random.default_rng(seed)
    centres = dice.standard_normal((max(n // 200, 1), dims), dtype=np.float32)

    def draw(count):
        chosen = dice.integers(0, len(centres), count)
        noise = dice.standard_normal((count, dims), dtype=np.float32)
        vectors = centres[chosen] + 0.5 * noise
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    return draw(n), draw(queries)


def files(work, n, queries, dims):
    """The arrays, and the files that hold them."""
    vectors, asked = clustered(n, queries, dims)
    work = pathlib.Path(work)
    paths = work / f"vectors-{n}-{dims}.f32", work / f"queries-{n}-{dims}.f32"
    for path, array in zip(paths, (vectors, asked)):
        array.astype("<f4").tofile(path)
    return vectors, asked, *paths


def truth(vectors, asked):
    """The nearest of each query, by comparing with all."""
    nearest = []
    for part in np.array_split(asked, max(len(asked) // 100, 1)):
        scores = part @ vectors.T
        nearest.append(np.argpartition(-scores, NEIGHBOURS, axis=1)[:, :NEIGHBOURS])
    return np.concatenate(nearest)


def recall(found, expected):
    """The share of the expected numbers that were found."""
    same = sum(len(set(f) & set(e)) for f, e in zip(found.tolist(), expected.tolist()))
    return same / expected.size
