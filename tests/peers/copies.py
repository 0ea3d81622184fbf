"""How often pHash, dHash and wHash find a copy's original first, beside Pictor.

Reads what `analyzers/examples/copies --write` left. See README.md.
"""

import multiprocessing
import pathlib
import sys

import imagehash
import numpy as np
from PIL import Image, ImageOps

HASHES = {"pHash": imagehash.phash, "dHash": imagehash.dhash, "wHash": imagehash.whash}


def hashes(task):
    """The bits of each hash of a picture, mirrored if asked."""
    path, mirror = task
    with Image.open(path) as file:
        # Transparent parts are white for Pictor, so they are here.
        picture = file.convert("RGBA")
    picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")
    if mirror:
        picture = ImageOps.mirror(picture)
    return [make(picture).hash.flatten() for make in HASHES.values()]


def read(pool, folder, mirror=False):
    """By hash, a row of bits for each picture of a folder."""
    tasks = [(path, mirror) for path in sorted(folder.glob("*.png"))]
    found = pool.map(hashes, tasks, chunksize=16)
    return [np.array([bits[at] for bits in found]) for at in range(len(HASHES))]


def distances(asked, known):
    """The number of different bits, of each with each."""
    asked, known = asked.astype(np.float32), known.astype(np.float32)
    return asked.sum(1)[:, None] + known.sum(1)[None, :] - 2 * asked @ known.T


def first(distance):
    """Percent whose own is nearest; several equally near share the place."""
    own = np.diag(distance)[:, None]
    nearer, equal = (distance < own).sum(1), (distance == own).sum(1)
    return 100 * float(np.where(nearer == 0, 1 / equal, 0).mean())


def main():
    root = pathlib.Path(sys.argv[1])
    names = ["Pictor", *HASHES]
    rows = []
    with multiprocessing.Pool() as pool:
        known = read(pool, root / "originals")
        for line in (root / "recall.tsv").read_text().splitlines():
            folder, title, mirrored, ours = line.split("\t")
            asked = [read(pool, root / folder)]
            # Pictor asks for the mirrored one too; so may they.
            if mirrored == "1":
                asked.append(read(pool, root / folder, mirror=True))
            row = [float(ours)]
            for at in range(len(HASHES)):
                row.append(first(np.minimum.reduce([distances(a[at], known[at]) for a in asked])))
            rows.append((title, row))
    print(f"\nRecall@1 in percent, {len(known[0])} originals\n")
    print("| disguise | " + " | ".join(names) + " | ahead of each |")
    print("|---" * (len(names) + 2) + "|")
    rows.append(("mean", [sum(row[at] for _, row in rows) / len(rows) for at in range(len(names))]))
    for title, row in rows:
        ahead = row[0] > max(row[1:]) or (row[0] == 100.0 and "all right")
        word = ahead if isinstance(ahead, str) else ("yes" if ahead else "no")
        print(f"| {title} | " + " | ".join(f"{value:.1f}" for value in row) + f" | {word} |")


if __name__ == "__main__":
    main()
