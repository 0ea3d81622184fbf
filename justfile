# Tasks that people repeat; `just` lists them. Everything here also works as the plain command.

# List the tasks.
default:
    @just --list

# Run the gate, as continuous integration does.
gate:
    bash .ci/run

# Format, lint and document with warnings denied.
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --locked -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked

# Run all tests, or those of one suite: `just test snapshots`.
test suite="":
    cargo test --locked {{ if suite == "" { "--workspace" } else { "-p tests --test " + suite } }}

# Serve the sample library on http://127.0.0.1:7700.
demo:
    cargo run --release -- demo

# Rewrite openapi.yaml from the routes.
spec:
    UPDATE_OPENAPI=1 cargo test -p tests --test spec

# Compare the node's answers with a real OpenSearch on loopback (Java 17 and Maven).
peer *arguments:
    tests/peers/elasticsearch.sh {{ arguments }}

# Run the long versions of the durability tests; docs/reliability.md has their figures.
durability:
    PICTOR_CASES=4000 cargo test -p engine --test model
    PICTOR_KILLS=100 cargo test -p tests --test durability -- --nocapture

# Measure searches beside raw tantivy.
bench:
    cargo bench -p engine --bench search
