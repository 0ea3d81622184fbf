//! The scenes of pictures: file, frame, seconds and vector, a scene a line.
//!
//! ```text
//! cargo run --release -p analyzers --example pictures -- \
//!     [--model FOLDER] PICTURE...
//! ```

use std::error::Error;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use analyzers::image::{Limits, PictureEmbedder};
use serde_json::json;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).peekable();
    let model = if arguments.next_if_eq("--model").is_some() {
        let folder = arguments.next().ok_or("--model needs a folder")?;
        PictureEmbedder::open(Path::new(&folder))?
    } else {
        PictureEmbedder::built_in()
    };
    eprintln!("{:?}", model.identity());
    let mut output = BufWriter::new(io::stdout().lock());
    for file in arguments {
        let bytes = std::fs::read(&file)?;
        let start = Instant::now();
        let scenes = match model.scenes(&bytes, &Limits::default()) {
            Ok(scenes) => scenes,
            Err(error) => {
                eprintln!("{file}: {error}");
                continue;
            }
        };
        eprintln!("{file}: {} scenes, {:?}", scenes.len(), start.elapsed());
        for scene in scenes {
            let line = json!({
                "file": file,
                "frame": scene.frame,
                "seconds": scene.time,
                "vector": scene.vector,
            });
            writeln!(output, "{line}")?;
        }
    }
    output.flush()?;
    Ok(())
}
