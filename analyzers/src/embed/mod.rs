//! Meaning as vectors: texts that say much the same have vectors that point
//! much the same way.
//!
//! [`TextEmbedder`] is what others use. Behind it is either the table that
//! ships with the program ([`StaticModel`]: one vector for each token, no
//! network, microseconds a text) or a sentence model of the BERT family from
//! a folder ([`BertModel`]).
//!
//! A model says nothing ([`None`]) about a text of which it knows too little;
//! such texts are left to search by words.

mod bert;
mod concepts;
mod cut_off;
mod embedder;
mod error;
mod identity;
pub(crate) mod neural;
mod static_table;
mod tokenizer;

pub use bert::BertModel;
pub use cut_off::CutOff;
pub use embedder::TextEmbedder;
pub use error::ModelError;
pub use identity::ModelIdentity;
pub use static_table::{StaticModel, StaticTable};
