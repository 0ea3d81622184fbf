"""The story of a client of OpenSearch, and of a back end that was written for Elasticsearch 7."""

import sys

from opensearchpy import NotFoundError, OpenSearch, RequestError, helpers

client = OpenSearch(sys.argv[1], timeout=60)


def equal(found, expected):
    assert found == expected, f"{found!r} is not {expected!r}"


assert client.ping() and "version" in client.info()

# The back end of a GIF site: an index of GIFs and one of messages.
for name in ("gifs", "message_index"):
    client.indices.delete(index=name, ignore=[404])
client.indices.create(
    index="gifs",
    body={
        "settings": {
            "number_of_shards": 1,
            "number_of_replicas": 0,
            "analysis": {
                "filter": {"alike": {"type": "synonym", "synonyms": ["cat, kitten", "car, automobile"]}},
                "analyzer": {"related": {"type": "custom", "tokenizer": "standard", "filter": ["lowercase", "alike"]}},
            },
        },
        "mappings": {
            "properties": {
                "title": {"type": "text", "fields": {"keyword": {"type": "keyword"}}},
                "uploader": {"type": "text", "fields": {"keyword": {"type": "keyword"}}},
                "width": {"type": "integer"},
                "duration": {"type": "double"},
                "tags": {"type": "keyword"},
                "suggest": {"type": "completion"},
            }
        },
    },
)
gifs = [
    ("funny cat", "ann", 100, 1.5, ["cat", "fun"]),
    ("funny dog", "bob", 200, 2.5, ["dog", "fun"]),
    ("red car", "ann", 300, 0.5, ["car"]),
    ("a kitten sleeps", "cid", 400, 3.0, ["cat", "sleep"]),
]
actions = [
    {
        "_index": "gifs",
        "_id": i,
        "title": title,
        "uploader": uploader,
        "width": width,
        "duration": duration,
        "tags": tags,
        "suggest": {"input": title, "weight": 10 - i},
    }
    for i, (title, uploader, width, duration, tags) in enumerate(gifs)
]
equal(helpers.bulk(client, actions, refresh=True)[0], 4)


def ids(body, **more):
    found = client.search(index="gifs", body={"size": 10000, **body}, preference="primary", **more)
    return {hit["_id"] for hit in found["hits"]["hits"]}


equal(ids({"query": {"term": {"title.keyword": "funny cat"}}}), {"0"})
two_tags = {"terms_set": {"tags": {"terms": ["cat", "fun"], "minimum_should_match_script": {"source": "2"}}}}
equal(ids({"query": two_tags}), {"0"})
equal(ids({"query": {"range": {"width": {"gte": 200, "lt": 400}}}}), {"1", "2"})
equal(ids({"query": {"match": {"title": {"query": "funy cat", "operator": "and", "fuzziness": "AUTO"}}}}), {"0"})
equal(ids({"query": {"match": {"title": {"query": "automobile", "analyzer": "related"}}}}), {"2"})
boosted = {"bool": {"must": {"match_all": {}}, "should": [{"term": {"tags": {"value": "dog", "boost": 3}}}]}}
best = client.search(index="gifs", body={"query": boosted, "size": 1})["hits"]["hits"][0]
equal(best["_id"], "1")
completed = client.search(
    index="gifs",
    body={"suggest": {"s": {"prefix": "fun", "completion": {"field": "suggest", "skip_duplicates": True}}}},
)["suggest"]["s"][0]["options"]
equal([option["text"] for option in completed], ["funny cat", "funny dog"])
phrase = {"text": "funy cat", "simple": {}}
corrected = client.search(
    index="gifs", body={"suggest": {"text": "funy cat", "p": {"phrase": {"field": "title", "max_errors": 2}}}}
)["suggest"]["p"][0]["options"]
assert any(option["text"] == "funny cat" for option in corrected), corrected
messages = [{"_index": "message_index", "message": m} for m in ["cat", "cat", "dog", "cat", "bird", "dog"]]
helpers.bulk(client, messages, refresh=True)
top = client.search(
    index="message_index", body={"size": 0, "aggs": {"messages": {"terms": {"field": "message.keyword", "size": 2}}}}
)["aggregations"]["messages"]["buckets"]
equal([(bucket["key"], bucket["doc_count"]) for bucket in top], [("cat", 3), ("dog", 2)])

# Vectors, as OpenSearch has them.
client.indices.delete(index="vectors", ignore=[404])
client.indices.create(
    index="vectors",
    body={
        "settings": {"index.knn": True},
        "mappings": {
            "properties": {
                "v": {
                    "type": "knn_vector",
                    "dimension": 2,
                    "method": {"name": "hnsw", "space_type": "cosinesimil", "engine": "lucene"},
                }
            }
        },
    },
)
helpers.bulk(client, [{"_index": "vectors", "_id": i, "v": v} for i, v in enumerate([[1, 0], [0, 1], [-1, 0]])], refresh=True)
near = client.search(index="vectors", body={"query": {"knn": {"v": {"vector": [0.9, 0.1], "k": 2}}}})
equal([hit["_id"] for hit in near["hits"]["hits"]], ["0", "1"])

# Scrolls, and errors by name.
everything = list(helpers.scan(client, index="gifs", query={"query": {"match_all": {}}}, size=2))
equal(len(everything), 4)
try:
    client.search(index="gifs", body={"query": {"nonsense": {}}})
    raise SystemExit("nonsense passed")
except RequestError as error:
    assert "nonsense" in str(error.info), error.info
try:
    client.get(index="gifs", id="99")
    raise SystemExit("what is not there was found")
except NotFoundError:
    pass
print("OK")
