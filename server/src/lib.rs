//! HTTP families.
