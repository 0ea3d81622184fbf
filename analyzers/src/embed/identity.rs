//! Which model made a vector.

/// Which model made a vector. Vectors are compared only where all of this is
/// equal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ModelIdentity {
    /// What people call the model.
    pub name: String,
    /// Tells apart models of one name; of models read from a folder it is a
    /// checksum of their weights and settings.
    pub version: u32,
    /// Length of a vector.
    pub dims: usize,
}
