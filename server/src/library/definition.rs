//! The library's index.

use serde_json::{Value, json};

use super::ALIAS;

/// The library's index: the contract's fields, titles in all forms that searches need.
pub(super) fn definition() -> Value {
    let text = json!({
        "type": "text", "analyzer": "chinese",
        "fields": {
            "keyword": {"type": "keyword"},
            "related": {"type": "text", "analyzer": "related", "search_analyzer": "related_search"},
        },
    });
    json!({
        "settings": {"index": {
            // A picture is not refused because of an odd value in its metadata.
            // Nobody reads the vectors of pictures in their records.
            "mapping": {"ignore_malformed": true, "exclude_source_vectors": true},
            "pictor": {
                "substring": ["title", "uploader", "prompt"],
                "suggest": {
                    "title": {"field": "title", "weight": "like"},
                    "uploader": {"field": "uploader"},
                },
            },
        }},
        "mappings": {
            // By default the exact values of unknown strings end at 256 characters; then the index
            // alone can neither sort by them nor look for parts of them.
            "dynamic_templates": [{"metadata": {
                "match_mapping_type": "string",
                "mapping": {"type": "text", "fields": {"keyword": {"type": "keyword"}}},
            }}],
            "properties": {
                "id": {"type": "long"},
                "hash": {"type": "keyword"},
                "keys": {"properties": {
                    "key": {"type": "keyword"}, "filepath": {"type": "keyword"},
                }},
                "name": {"type": "keyword"},
                "title": text,
                "uploader": text,
                "uploader_id": {"type": "long"},
                "category": {"type": "keyword"},
                "tags": {"type": "keyword"},
                "prompt": {"type": "text", "analyzer": "chinese", "fields": {"keyword": {"type": "keyword"}}},
                "width": {"type": "long"},
                "height": {"type": "long"},
                "duration": {"type": "double"},
                "frames": {"type": "long"},
                "size": {"type": "long"},
                "format": {"type": "keyword"},
                "like": {"type": "long"},
                "pub_time": {"type": "date"},
                "created_at": {"type": "date"},
            },
        },
        "aliases": {ALIAS: {}},
    })
}
