"""The story of a client of Elasticsearch 8, told to a node: `python elasticsearch_story.py URL [CAPTIONS]`."""

import gzip
import sys
import warnings

from elasticsearch import ConflictError, Elasticsearch, NotFoundError, helpers

warnings.simplefilter("ignore")
es = Elasticsearch(sys.argv[1], request_timeout=60)
if len(sys.argv) > 2:
    with gzip.open(sys.argv[2], "rt", encoding="utf8") as lines:
        captions = [line.rstrip("\n").split("\t")[:2] for line in lines]
else:
    words = ["cat", "dog", "dancing", "red", "jumping", "kitten", "man", "woman"]
    captions = [[f"n{i}", f"a {words[i % 8]} and a {words[i // 8 % 8]} number {i}"] for i in range(3000)]
total = len(captions)


def equal(found, expected):
    assert found == expected, f"{found!r} is not {expected!r}"


equal(es.info()["tagline"], "You Know, for Search")
assert es.ping()
es.options(ignore_status=404).indices.delete(index="captions")
es.indices.create(
    index="captions",
    settings={
        "analysis": {
            "filter": {"alike": {"type": "synonym", "synonyms": ["cat, kitten"]}},
            "analyzer": {"alike": {"tokenizer": "standard", "filter": ["lowercase", "alike"]}},
        }
    },
    mappings={
        "properties": {
            "title": {
                "type": "text",
                "fields": {"keyword": {"type": "keyword"}, "suggest": {"type": "completion"}},
            },
            "n": {"type": "integer"},
            "when": {"type": "date"},
        }
    },
)


def documents():
    for i, (name, caption) in enumerate(captions):
        when = f"2024-01-{i % 28 + 1:02d}"
        yield {"_index": "captions", "_id": str(i), "name": name, "title": caption, "n": i % 7, "when": when}


equal(sum(good for good, _ in helpers.streaming_bulk(es, documents(), chunk_size=2000)), total)
es.indices.refresh(index="captions")
equal(es.count(index="captions")["count"], total)
everything = helpers.scan(es, index="captions", query={"query": {"match_all": {}}}, size=1000)
seen = {hit["_id"]: hit["_source"] for hit in everything}
equal(len(seen), total)
for i, (name, caption) in enumerate(captions):
    equal((seen[str(i)]["name"], seen[str(i)]["title"]), (name, caption))

# Queries.
kittens = {"match": {"title": {"query": "kitten", "analyzer": "alike"}}}
found = es.search(index="captions", query=kittens, size=0, track_total_hits=True)
tokens = [set(caption.lower().replace(",", " ").replace(".", " ").split()) for _, caption in captions]
expected = sum(bool({"cat", "kitten"} & words) for words in tokens)
assert abs(found["hits"]["total"]["value"] - expected) <= expected * 0.05
fuzzy = {"match": {"title": {"query": "dancng", "fuzziness": "AUTO"}}}
found = es.search(index="captions", query=fuzzy, size=5, highlight={"fields": {"title": {}}})
assert all("<em>danc" in hit["highlight"]["title"][0] for hit in found["hits"]["hits"]), found

# Aggregations.
answer = es.search(
    index="captions",
    size=0,
    aggs={
        "n": {"terms": {"field": "n", "order": {"_key": "asc"}}, "aggs": {"most": {"max": {"field": "n"}}}},
        "week": {"date_histogram": {"field": "when", "calendar_interval": "week"}},
        "titles": {"cardinality": {"field": "title.keyword"}},
    },
)["aggregations"]
for n, bucket in enumerate(answer["n"]["buckets"]):
    equal((bucket["key"], bucket["most"]["value"]), (n, float(n)))
    equal(bucket["doc_count"], sum(i % 7 == n for i in range(total)))
equal(sum(bucket["doc_count"] for bucket in answer["week"]["buckets"]), total)
equal(answer["titles"]["value"], len({caption for _, caption in captions}))

# Suggesters.
suggested = es.search(
    index="captions",
    suggest={
        "begun": {"prefix": "a cat", "completion": {"field": "title.suggest", "skip_duplicates": True, "size": 3}},
        "word": {"text": "kiten", "term": {"field": "title"}},
        "phrase": {"text": "a dancng cat", "phrase": {"field": "title"}},
    },
)["suggest"]
equal(len(suggested["begun"][0]["options"]), 3)
assert all(option["text"].startswith("a cat") for option in suggested["begun"][0]["options"])
equal(suggested["word"][0]["options"][0]["text"], "kitten")
assert any("dancing" in option["text"] for option in suggested["phrase"][0]["options"])

# Aliases, points in time, single documents.
es.indices.put_alias(index="captions", name="threes", filter={"term": {"n": 3}})
equal(es.count(index="threes")["count"], sum(i % 7 == 3 for i in range(total)))
pit = es.open_point_in_time(index="captions", keep_alive="1m")["id"]
after, got = None, 0
while True:
    page = es.search(size=900, pit={"id": pit, "keep_alive": "1m"}, sort=[{"n": "asc"}], search_after=after)
    hits = page["hits"]["hits"]
    if not hits:
        break
    got, after = got + len(hits), hits[-1]["sort"]
equal(got, total)
es.close_point_in_time(id=pit)
es.index(index="captions", id="x", document={"title": "new"}, refresh="wait_for")
equal(es.get(index="captions", id="x")["_version"], 1)
for attempt in (
    lambda: es.index(index="captions", id="x", document={}, if_seq_no=0, if_primary_term=1),
    lambda: es.create(index="captions", id="x", document={}),
):
    try:
        attempt()
        raise SystemExit("a conflict passed")
    except ConflictError as error:
        equal(error.error, "version_conflict_engine_exception")
es.update(index="captions", id="x", doc={"a": 1})
equal(es.get_source(index="captions", id="x").body, {"title": "new", "a": 1})
try:
    es.get(index="captions", id="nowhere")
    raise SystemExit("a document that is not there was found")
except NotFoundError:
    pass
equal(es.delete(index="captions", id="x", refresh=True)["result"], "deleted")

# By query, copies, templates, and the rest.
sixes = sum(i % 7 == 6 for i in range(total))
equal(es.delete_by_query(index="captions", query={"term": {"n": 6}}, refresh=True)["deleted"], sixes)
source = {"index": "captions", "query": {"term": {"n": 1}}}
es.options(ignore_status=404).indices.delete(index="copy")
ones = sum(i % 7 == 1 for i in range(total))
equal(es.reindex(source=source, dest={"index": "copy"}, refresh=True)["created"], ones)
equal({row["index"] for row in es.cat.indices(format="json")} >= {"captions", "copy", "images"}, True)
equal(es.field_caps(index="captions", fields="title*")["fields"]["title"]["text"]["searchable"], True)
words = es.indices.analyze(index="captions", text="Kitten jumps", analyzer="alike")["tokens"]
equal([word["token"] for word in words], ["kitten", "cat", "jumps"])
searches = [{"index": "captions"}, {"size": 1}, {"index": "nowhere"}, {"size": 1}]
both = es.msearch(searches=searches)["responses"]
equal((both[0]["status"], both[1]["error"]["type"]), (200, "index_not_found_exception"))
es.indices.put_index_template(
    name="logs", index_patterns=["logs-*"], template={"mappings": {"properties": {"m": {"type": "keyword"}}}}
)
es.index(index="logs-1", document={"m": "x"}, refresh=True)
equal(es.indices.get_mapping(index="logs-1")["logs-1"]["mappings"]["properties"]["m"]["type"], "keyword")

# Snapshots.
es.snapshot.create_repository(name="backup", repository={"type": "fs", "settings": {"location": "story"}})
es.options(ignore_status=404).snapshot.delete(repository="backup", snapshot="one")
made = es.snapshot.create(repository="backup", snapshot="one", indices="copy", wait_for_completion=True)
equal(made["snapshot"]["state"], "SUCCESS")
es.indices.delete(index="copy")
es.snapshot.restore(repository="backup", snapshot="one", wait_for_completion=True)
equal(es.count(index="copy")["count"], ones)
equal(es.cluster.health()["status"], "green")
print("OK")
