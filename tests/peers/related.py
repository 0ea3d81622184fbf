"""How often `related` finds a picture by another person's words for it.

One caption of each picture is its title, others are queries. The real binary
imports the titles and answers over HTTP, once with the model that ships and
once with all-MiniLM-L6-v2; beside it stands stemmed BM25 over the same titles.
See README.md.
"""

import argparse
import contextlib
import http.client
import json
import pathlib
import random
import subprocess
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "data" / "scripts"))
from evaluate_text_model import OFF_TOPIC, Bm25, found, read  # noqa: E402


def cases(paraphrases, more, most):
    """Titles by name, and queries with the place of the title that they mean."""
    dice = random.Random(7)
    captions = read(paraphrases)
    titles, queries = {}, []
    for place, name in enumerate(sorted(captions)):
        choices = captions[name]
        dice.shuffle(choices)
        titles[name] = choices[0]
        queries.extend((query, place) for query in choices[1:])
    if more:
        others = read(more)
        for name in sorted(others):
            if name not in titles:
                titles[name] = dice.choice(others[name])
    return titles, dice.sample(queries, min(most, len(queries)))


@contextlib.contextmanager
def node(pictor, folder, model):
    """A running node of its own with its address."""
    config = folder / "pictor.toml"
    config.write_text(f'text_model = "{model}"\n' if model else "")
    command = [pictor, "import", folder.parent / "titles.jsonl", "--data", folder / "data", "--config", config]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    command = [pictor, "serve", "--data", folder / "data", "--config", config, "--listen", "127.0.0.1:0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            line = process.stdout.readline()
            yield http.client.HTTPConnection(line.rsplit("//", 1)[-1].rsplit(" ", 1)[-1].strip())
        finally:
            process.terminate()


def ask(connection, keyword):
    """The names on the first page, and how many titles were found in all."""
    body = json.dumps({"keyword": keyword, "type": "related"})
    connection.request("POST", "/image/search", body, {"content-type": "application/json"})
    answer = json.loads(connection.getresponse().read())
    if answer["code"] != 0:
        raise SystemExit(f"{keyword!r}: {answer}")
    return [hit["name"] for hit in answer["data"]["page_data"]], answer["data"]["total"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paraphrases")
    parser.add_argument("more", nargs="?", help="pictures that only stand in the way")
    parser.add_argument("--pictor", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--queries", type=int, default=2000)
    options = parser.parse_args()

    titles, queries = cases(options.paraphrases, options.more, options.queries)
    names = list(titles)
    with open(options.work / "titles.jsonl", "w", encoding="utf-8") as file:
        for name, title in titles.items():
            file.write(json.dumps({"name": name, "title": title}) + "\n")
    print(f"{len(titles)} titles, {len(queries)} queries", flush=True)

    words = Bm25(list(titles.values()))
    scores = np.stack([words.scores(query) for query, _ in queries])
    base = found(scores, np.array([place for _, place in queries]))
    print(f"| | recall@10 | beside BM25 | off-topic queries that find anything |\n|---|---|---|---|\n"
          f"| stemmed BM25 | {base:.1f} | | |")
    for label, model in [("Pictor", None), ("Pictor, all-MiniLM-L6-v2", options.model)]:
        folder = options.work / ("full" if model else "default")
        folder.mkdir()
        with node(options.pictor, folder, model) as connection:
            hits = sum(names[place] in ask(connection, query)[0] for query, place in queries)
            strange = [query.strip() for query in OFF_TOPIC.split(";")]
            off = sum(ask(connection, query)[1] > 0 for query in strange)
        share = 100 * hits / len(queries)
        print(f"| {label} | {share:.1f} | {share - base:+.1f} | {100 * off / len(strange):.0f} % of {len(strange)} |",
              flush=True)


if __name__ == "__main__":
    main()
