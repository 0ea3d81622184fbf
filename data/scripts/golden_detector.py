"""Computes with NumPy what the detector that ships makes of one picture, for the tests of analyzers.

    venv/bin/pip install numpy
    venv/bin/python golden_detector.py ../models/detector.safetensors ../../analyzers/golden/detector/expected.json

Run again when the weights change; the file is committed, the tests need no Python.
"""

import json
import sys
from pathlib import Path

import numpy as np

SIDE = 128


def tensors(path):
    """The tensors of a safetensors file of 32-bit floats."""
    data = Path(path).read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    body = data[8 + length :]
    found = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        assert entry["dtype"] == "F32", name
        start, end = entry["data_offsets"]
        found[name] = np.frombuffer(body[start:end], "<f4").reshape(entry["shape"]).astype(np.float64)
    return found


def picture():
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    return ((x * 5 + y * 3) % 64 + 90 + x * y % 17).astype(np.float64)


def relu(values):
    return np.maximum(values, 0)


class Network:
    def __init__(self, weights):
        self.weights = weights

    def convolution(self, features, name, stride):
        """A convolution of 3 × 3 over (channels, rows, columns), padded by 1, and what is above 0."""
        weight = self.weights[name + ".weight"]
        bias = self.weights[name + ".bias"]
        padded = np.pad(features, ((0, 0), (1, 1), (1, 1)))
        rows, columns = features.shape[1:]
        out = np.zeros((weight.shape[0], rows, columns))
        for row in range(3):
            for column in range(3):
                part = padded[:, row : row + rows, column : column + columns]
                out += np.einsum("oi,irc->orc", weight[:, :, row, column], part)
        return relu(out + bias[:, None, None])[:, ::stride, ::stride]

    def linear(self, features, name):
        weight, bias = self.weights[name + ".weight"], self.weights[name + ".bias"]
        return np.tensordot(weight, features, axes=1) + bias.reshape(-1, *[1] * (features.ndim - 1))

    def forward(self, levels):
        values = (levels - levels.mean()) / 64
        # Squares of two rows and two columns become four channels.
        features = np.stack([values[row::2, column::2] for row in range(2) for column in range(2)])
        skips = []
        for level in range(4):
            features = self.convolution(features, f"down.{level}.first", 1 if level == 0 else 2)
            features = self.convolution(features, f"down.{level}.second", 1)
            skips.append(features)
        pooled = np.concatenate([features.mean((1, 2)), features.max((1, 2))])
        presence = self.linear(pooled, "presence")
        for level in (2, 1, 0):
            narrow = self.linear(features, f"up.{level}.narrow").repeat(2, 1).repeat(2, 2)
            features = self.convolution(narrow + skips[level], f"up.{level}.join", 1)
        pixels = self.linear(features, "pixels").reshape(4, 5, SIDE // 2, SIDE // 2)
        logits = np.zeros((SIDE, SIDE, 5))
        for row in range(2):
            for column in range(2):
                logits[row::2, column::2] = pixels[row * 2 + column].transpose(1, 2, 0)
        return presence, logits


def main(model, target):
    presence, logits = Network(tensors(model)).forward(picture())
    places = [((n * 37 + n // 8 * 11) % SIDE, (n * 53 + 7) % SIDE) for n in range(64)]
    pixels = [
        {"column": column, "row": row, "logits": [round(float(v), 6) for v in logits[row, column]]}
        for column, row in places
    ]
    golden = {"presence": [round(float(v), 6) for v in presence], "pixels": pixels}
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    Path(target).write_text(json.dumps(golden) + "\n")


main(*sys.argv[1:])
