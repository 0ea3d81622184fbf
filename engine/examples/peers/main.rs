//! Pictor's side of the comparison in `tests/peers`: builds, opens and searches
//! the vectors that the scripts made, in files of little-endian floats.
//!
//! ```text
//! peers build FOLDER VECTORS DIMS EF_CONSTRUCTION THREADS
//! peers open FOLDER QUERIES DIMS
//! peers serve FOLDER QUERIES DIMS FOUND
//! peers filtered FOLDER VECTORS QUERIES DIMS
//! ```
//!
//! `serve` answers each line `floats EF` or `codes EF` by asking all queries on
//! one thread, writing the ten numbers found for each to the file `FOUND`, and
//! printing the seconds that it took. The scripts ask it in turn with others.

mod data;
mod filtered;
mod segment;
mod usage;

use std::error::Error;
use std::path::Path;

/// How many neighbours are asked for.
const K: usize = 10;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["build", folder, vectors, dims, ef, threads] => segment::build_from(
            Path::new(folder),
            &data::read(Path::new(vectors), dims.parse()?)?,
            dims.parse()?,
            ef.parse()?,
            threads.parse()?,
        ),
        ["open", folder, queries, dims] => segment::open(
            Path::new(folder),
            &data::read(Path::new(queries), dims.parse()?)?,
        ),
        ["serve", folder, queries, dims, found] => segment::serve(
            Path::new(folder),
            &data::read(Path::new(queries), dims.parse()?)?,
            Path::new(found),
        ),
        ["filtered", folder, vectors, queries, dims] => filtered::run(
            Path::new(folder),
            &data::read(Path::new(vectors), dims.parse()?)?,
            &data::read(Path::new(queries), dims.parse()?)?,
            dims.parse()?,
        ),
        _ => Err("peers build | open | serve | filtered, as tests/peers calls it".into()),
    }
}
