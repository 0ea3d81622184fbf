//! The vectors of texts, a text a line in, a JSON array (or `null`) a line out.
//!
//! ```text
//! cargo run --release -p analyzers --example texts -- [FOLDER OF A MODEL] < texts
//! ```

use std::error::Error;
use std::io::{self, BufRead, BufWriter, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use analyzers::embed::TextEmbedder;

fn main() -> Result<(), Box<dyn Error>> {
    let model = match std::env::args_os().nth(1).map(PathBuf::from) {
        Some(folder) => TextEmbedder::open(&folder)?,
        None => TextEmbedder::built_in()?,
    };
    let mut output = BufWriter::new(io::stdout().lock());
    let (mut spent, mut count) = (Duration::ZERO, 0);
    for line in io::stdin().lock().lines() {
        let line = line?;
        let start = Instant::now();
        let vector = model.encode(&line)?;
        spent += start.elapsed();
        count += 1;
        writeln!(output, "{}", serde_json::to_string(&vector)?)?;
    }
    output.flush()?;
    eprintln!("{:?}, {:?} a text", model.identity(), spent / count.max(1));
    Ok(())
}
