//! HTTP families, the library, the command line.
