#!/usr/bin/env bash
# Disguised copies beside ImageHash's pHash, dHash and wHash. See README.md.
#   copies.sh [PICTURE OR FOLDER]…      more originals, besides the drawn ones
source "$(dirname "$0")/common.sh"
environment "$here/requirements-copies.txt"
example analyzers copies
pictures=$work/pictures
rm -rf "$pictures"
"$binary" --drawn "${PICTOR_DRAWN:-300}" --tiles "${PICTOR_TILES:-1}" --write "$pictures" "$@"
"$python" -B "$here/copies.py" "$pictures"
