//! Which indices are not the users'. What that means is the engine's: [`engine::node::Reserved`].

use engine::node::Reserved;

/// The node's own indices, and the library's, which is read and written like others and stays.
pub const RESERVED: Reserved = Reserved {
    own: &[crate::links::INDEX, crate::detect::INDEX],
    kept: &[crate::library::INDEX],
};
