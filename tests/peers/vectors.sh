#!/usr/bin/env bash
# Vector search beside hnswlib, usearch and faiss. See README.md.
#   vectors.sh [compare | filtered | large]…      without a word: compare
source "$(dirname "$0")/common.sh"
environment "$here/requirements-vectors.txt"
example engine peers
[ $# -gt 0 ] || set -- compare
for what in "$@"; do
  "$python" -B "$here/vectors.py" "$what" --pictor "$binary" --work "$work" \
    --vectors "${PICTOR_VECTORS:-50000}" --dims "${PICTOR_DIMS:-128}" \
    --queries "${PICTOR_QUERIES:-1000}" --rounds "${PICTOR_ROUNDS:-5}" \
    --ef-construction "${PICTOR_EF_CONSTRUCTION:-200}" \
    --threads "${PICTOR_THREADS:-$(nproc)}"
done
