//! Sends the requests of `tests/peers/elasticsearch` to a peer and to the real binary, and prints what
//! differs and is not accepted. `--record` keeps the peer's answers for the test that needs no peer.
//!
//! `cargo run -p tests --example peer -- http://127.0.0.1:9200 [--record] [--only WORDS]`

#![allow(clippy::print_stdout, reason = "it prints what differs")]

use tests::Server;
use tests::differential::{Player, all_accepted, all_steps, differences, record};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let Some(peer) = args.first() else {
        println!("the peer's address is missing");
        std::process::exit(2);
    };
    let only = args.iter().position(|arg| arg == "--only");
    let only = only.and_then(|at| args.get(at + 1));
    let server = Server::start();
    let (mut theirs, mut ours) = (Player::new(peer), Player::new(server.address()));
    let accepted = all_accepted();
    let steps = all_steps();
    let (mut answers, mut count) = (Vec::new(), 0);
    for step in &steps {
        let expected = accepted.without(&step.name, &theirs.play(step));
        let found = accepted.without(&step.name, &ours.play(step));
        let differ = differences(&expected, &found);
        let shown = only.is_none_or(|only| step.name.contains(only.as_str()));
        if !differ.is_empty() && shown {
            count += 1;
            println!("{}", step.name);
            differ.iter().for_each(|one| println!("    {one}"));
        }
        answers.push((step.name.clone(), expected));
    }
    println!("{} requests, {count} differ", steps.len());
    if args.iter().any(|arg| arg == "--record") {
        record(&answers);
    }
    // An exit runs no destructors, and the node is a process of its own.
    drop(server);
    if count > 0 {
        std::process::exit(1);
    }
}
