"""The file format of static text models: writing, reading, encoding.

Little-endian:

    0    8 bytes   magic "PICTORST"
    8    u32       format version, 1
    12   u32       dimensions
    16   u32       tokens
    20   u32       bytes of all tokens together
    24   u32       version of the model
    28   u32       0
    32   32 bytes  name of the model, padded with zeros
    64   u32 x (tokens + 1)      where each token's bytes begin; the last is their end
         bytes                   tokens in UTF-8, ascending by bytes
         f16 x tokens            what a row's integers are multiplied by
         i8 x tokens x dims      rows
         u32                     CRC-32 of all before

The reader in `analyzers/src/embed/static_table` is the reference; this one
serves the script that makes the file and the script that judges it.
"""

import struct
import zlib
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

MAGIC = b"PICTORST"
FORMAT = 1
MOST_UNKNOWN = 0.3


def wordpiece(tokens):
    """BERT's uncased tokenizer over the given tokens."""
    vocabulary = {token: number for number, token in enumerate(tokens)}
    vocabulary["[UNK]"] = len(tokens)
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True, strip_accents=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


def quantise(rows):
    """Rows as 8-bit integers and the scale of each."""
    scales = (np.abs(rows).max(axis=1) / 127).astype(np.float16)
    scales[scales == 0] = np.float16(2.0**-24)
    integers = np.rint(rows / scales[:, None].astype(np.float32)).clip(-127, 127).astype(np.int8)
    return integers, scales


def write(path, name, version, tokens, rows):
    """Writes a table; `tokens` and `rows` in any order."""
    encoded = [token.encode() for token in tokens]
    order = sorted(range(len(tokens)), key=lambda number: encoded[number])
    encoded = [encoded[number] for number in order]
    integers, scales = quantise(rows[order].astype(np.float32))
    offsets = np.zeros(len(encoded) + 1, dtype="<u4")
    offsets[1:] = np.cumsum([len(token) for token in encoded])
    body = b"".join(
        [
            MAGIC,
            struct.pack("<6I", FORMAT, rows.shape[1], len(encoded), int(offsets[-1]), version, 0),
            name.encode().ljust(32, b"\0"),
            offsets.tobytes(),
            b"".join(encoded),
            scales.astype("<f2").tobytes(),
            integers.tobytes(),
        ]
    )
    Path(path).write_bytes(body + struct.pack("<I", zlib.crc32(body)))


class StaticTable:
    """A table read back, encoding as the Rust reader does."""

    def __init__(self, path):
        data = Path(path).read_bytes()
        if data[:8] != MAGIC or zlib.crc32(data[:-4]) != struct.unpack("<I", data[-4:])[0]:
            raise ValueError(f"{path} is not an intact table")
        _, self.dims, count, size, self.version, _ = struct.unpack("<6I", data[8:32])
        self.name = data[32:64].rstrip(b"\0").decode()
        offsets = np.frombuffer(data, "<u4", count + 1, 64)
        start = 64 + 4 * (count + 1)
        self.tokens = [data[start + a : start + b].decode() for a, b in zip(offsets, offsets[1:])]
        start += size
        scales = np.frombuffer(data, "<f2", count, start).astype(np.float32)
        rows = np.frombuffer(data, np.int8, count * self.dims, start + 2 * count)
        self.rows = rows.reshape(count, self.dims).astype(np.float32) * scales[:, None]
        self.tokenizer = wordpiece(self.tokens)

    def ids(self, text):
        """Numbers of the known tokens, and how many tokens there were."""
        numbers = self.tokenizer.encode(text, add_special_tokens=False).ids
        return [number for number in numbers if number < len(self.tokens)], len(numbers)

    def encode(self, text):
        """The vector of a text, or None where the table knows too little of it."""
        known, total = self.ids(text)
        if not known or (total - len(known)) / total > MOST_UNKNOWN:
            return None
        vector = self.rows[known].mean(axis=0)
        length = np.linalg.norm(vector)
        return vector / length if length > 0 else None
