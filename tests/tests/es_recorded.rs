//! What a real peer answered to the requests of `tests/peers/elasticsearch`, and Pictor answers too.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::collections::BTreeSet;

use tests::Server;
use tests::differential::{Player, all_accepted, all_steps, differences, recorded};

#[test]
fn answers_are_those_of_a_real_peer() {
    let server = Server::start();
    let mut ours = Player::new(server.address());
    let accepted = all_accepted();
    let (steps, recorded) = (all_steps(), recorded());
    assert_eq!(steps.len(), recorded.len(), "record the answers again");
    let mut differ = String::new();
    for (step, (name, expected)) in steps.iter().zip(&recorded) {
        assert_eq!(&step.name, name, "record the answers again");
        let found = accepted.without(name, &ours.play(step));
        for one in differences(expected, &found) {
            differ.push_str(&format!("{name}: {one}\n"));
        }
    }
    assert_eq!(differ, "");
}

#[test]
fn steps_have_names_of_their_own_and_accepted_differences_a_step() {
    let names: Vec<String> = all_steps().into_iter().map(|step| step.name).collect();
    let distinct: BTreeSet<&String> = names.iter().collect();
    assert_eq!(distinct.len(), names.len());
    for rule in all_accepted().rules {
        let exact = !rule.step.contains('*');
        assert!(
            !exact || names.contains(&rule.step),
            "no step {}",
            rule.step
        );
        assert!(rule.reason.len() > 5, "no reason for {}", rule.step);
    }
}
