//! The module as its callers use it.

mod generated;
mod hostile;
mod on_disk;
mod text;
