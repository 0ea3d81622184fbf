//! The `pictor` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    eprintln!("pictor: the server is not part of this version yet; see README.md, \"State\"");
    ExitCode::FAILURE
}
