#!/usr/bin/env bash
# The same requests for Pictor and for a real OpenSearch, which is started on the loopback interface from the
# artifacts of Maven Central; prints what differs. Arguments: --record keeps the peer's answers for the test
# that needs no peer, --only WORDS shows steps whose names have the words.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repo=$(cd "$here/../.." && pwd)
port=${PICTOR_PEER_PORT:-19201}

cannot() {
  echo "skipped: no peer can be started: $1" >&2
  exit 0
}
command -v java >/dev/null && command -v mvn >/dev/null || cannot "Java 17 and Maven are needed"

if [ -n "${PICTOR_WORK:-}" ]; then
  work=$PICTOR_WORK
  mkdir -p "$work"
else
  work=$(mktemp -d)
fi
finish() {
  exec 3>&- || true
  [ -z "${peer:-}" ] || wait "$peer" 2>/dev/null || true
  [ -n "${PICTOR_WORK:-}" ] || rm -rf "$work"
}
trap finish EXIT

if [ ! -d "$work/lib" ]; then
  mvn -q -B -f "$here/elasticsearch/pom.xml" dependency:copy-dependencies -DoutputDirectory="$work/lib" >"$work/maven.log" 2>&1 ||
    cannot "Maven says: $(grep -m1 ERROR "$work/maven.log" || tail -1 "$work/maven.log")"
fi

# It runs for as long as this end of its input is open.
rm -rf "$work/home"
mkfifo "$work/input.$$"
java -Xmx1g -cp "$work/lib/*" "$here/elasticsearch/Peer.java" "$work/home" "$port" <"$work/input.$$" >"$work/peer.log" 2>&1 &
peer=$!
exec 3>"$work/input.$$"
rm "$work/input.$$"
up=
for _ in $(seq 60); do
  if curl -fs "http://127.0.0.1:$port" >/dev/null; then up=1 && break; fi
  kill -0 "$peer" 2>/dev/null || break
  sleep 1
done
[ -n "$up" ] || cannot "it does not answer: $(tail -1 "$work/peer.log")"

cd "$repo"
cargo run --quiet -p tests --example peer -- "http://127.0.0.1:$port" "$@"
