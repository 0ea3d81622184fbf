# Sourced by the scripts beside it: a work folder that is removed at the end,
# a throw-away virtual environment in it, and Pictor's side, built for release.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repo=$(cd "$here/../.." && pwd)

if [ -n "${PICTOR_WORK:-}" ]; then
  work=$PICTOR_WORK
  mkdir -p "$work"
else
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
fi

# environment REQUIREMENTS: sets $python, with what the file names installed.
environment() {
  python3 -m venv "$work/venv-$(basename "$1" .txt)"
  python=$work/venv-$(basename "$1" .txt)/bin/python
  "$python" -m pip install --quiet --disable-pip-version-check -r "$1"
}

# example PACKAGE NAME: sets $binary, the example's program.
example() {
  (cd "$repo" && cargo build --release --quiet -p "$1" --example "$2")
  local target
  target=$(cd "$repo" && cargo metadata --no-deps --format-version 1 |
    "$python" -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')
  binary=$target/release/examples/$2
}
