//! `dense_vector` as Elasticsearch has it, and OpenSearch's `knn_vector`.

use serde_json::{Map, Value, json};

use crate::error::{EngineError, Result};
use crate::vector::{MAX_DIMS, Metric, Model, VectorSpec};

/// How near two vectors of a field are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Similarity {
    /// The cosine of the angle.
    #[default]
    Cosine,
    /// The dot product of vectors of length one.
    DotProduct,
    /// The Euclidean distance.
    L2Norm,
    /// The dot product of any vectors.
    MaxInnerProduct,
}

impl Similarity {
    /// Its name in a mapping.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cosine => "cosine",
            Self::DotProduct => "dot_product",
            Self::L2Norm => "l2_norm",
            Self::MaxInnerProduct => "max_inner_product",
        }
    }

    /// OpenSearch's name of it.
    fn space(self) -> &'static str {
        match self {
            Self::Cosine => "cosinesimil",
            Self::DotProduct | Self::MaxInnerProduct => "innerproduct",
            Self::L2Norm => "l2",
        }
    }

    fn of_name(name: &str) -> Option<Self> {
        [
            Self::Cosine,
            Self::DotProduct,
            Self::L2Norm,
            Self::MaxInnerProduct,
        ]
        .into_iter()
        .find(|similarity| similarity.name() == name)
    }

    fn of_space(name: &str) -> Option<Self> {
        [Self::Cosine, Self::MaxInnerProduct, Self::L2Norm]
            .into_iter()
            .find(|similarity| similarity.space() == name)
    }

    /// The measure that segments are built by.
    pub fn metric(self) -> Metric {
        match self {
            Self::Cosine => Metric::Cosine,
            Self::DotProduct | Self::MaxInnerProduct => Metric::Dot,
            Self::L2Norm => Metric::L2,
        }
    }

    /// The score of a similarity (of a distance, for `l2_norm`) as Elasticsearch gives it.
    pub fn score(self, similarity: f32) -> f32 {
        match self {
            Self::Cosine | Self::DotProduct => f32::midpoint(1.0, similarity).max(0.0),
            Self::L2Norm => 1.0 / (1.0 + similarity * similarity),
            Self::MaxInnerProduct if similarity < 0.0 => 1.0 / (1.0 - similarity),
            Self::MaxInnerProduct => similarity + 1.0,
        }
    }
}

/// What a field of vectors is.
#[derive(Debug, Clone, PartialEq)]
pub struct VectorField {
    /// Whether it was declared as `knn_vector`.
    pub opensearch: bool,
    /// The values of a vector; `None` until the first one tells.
    pub dims: Option<usize>,
    /// How near two of them are.
    pub similarity: Similarity,
    /// What made the vectors, when somebody said so.
    pub model: Model,
    /// Links of a vector in its graph.
    pub m: Option<usize>,
    /// Candidates for these links.
    pub ef_construction: Option<usize>,
    /// `index_options` or `method`, as it came.
    options: Option<Value>,
}

impl VectorField {
    /// A field without any parameter.
    pub fn new(opensearch: bool) -> Self {
        Self {
            opensearch,
            dims: None,
            similarity: if opensearch {
                Similarity::L2Norm
            } else {
                Similarity::Cosine
            },
            model: Model::default(),
            m: None,
            ef_construction: None,
            options: None,
        }
    }

    /// The type's name.
    pub fn type_name(&self) -> &'static str {
        if self.opensearch {
            "knn_vector"
        } else {
            "dense_vector"
        }
    }

    /// Whether a document may have several vectors in the field: where a model made them, as of the
    /// frames of an animation.
    pub fn takes_several(&self) -> bool {
        !self.model.name.is_empty()
    }

    /// What its vectors have in common; `None` until the dimensions are known.
    pub fn spec(&self) -> Option<VectorSpec> {
        Some(VectorSpec {
            model: self.model.clone(),
            ..VectorSpec::new(self.dims?, self.similarity.metric())
        })
    }

    /// Takes a parameter of a mapping; whether it is one of the type.
    pub(super) fn parameter(&mut self, key: &str, value: &Value, path: &str) -> Result<bool> {
        match (key, self.opensearch) {
            ("dims", false) | ("dimension", true) => {
                self.dims = Some(whole(value, key, path, 1..=MAX_DIMS)?);
            }
            ("similarity", false) => {
                self.similarity = word(value, key, path, Similarity::of_name)?;
            }
            ("space_type", true) => {
                self.similarity = word(value, key, path, Similarity::of_space)?;
            }
            ("element_type", false) | ("data_type", true) => {
                if value != "float" {
                    return Err(EngineError::Mapping(format!(
                        "[{key}] of [{path}] must be [float] in this version, got [{value}]"
                    )));
                }
            }
            ("index_options", false) => {
                self.graph(value, value, path)?;
                self.options = Some(value.clone());
            }
            ("method", true) => {
                if let Some(space) = value.get("space_type") {
                    self.similarity = word(space, "space_type", path, Similarity::of_space)?;
                }
                let parameters = value.get("parameters").unwrap_or(&Value::Null);
                self.graph(value, parameters, path)?;
                self.options = Some(value.clone());
            }
            ("model", _) => {
                let name = value.get("name").and_then(Value::as_str);
                let version = value.get("version").and_then(Value::as_u64);
                let (Some(name), Some(version)) = (name, version) else {
                    return Err(EngineError::Mapping(format!(
                        "[model] of [{path}] has a [name] and a [version], got [{value}]"
                    )));
                };
                self.model = Model {
                    name: name.to_owned(),
                    version: u32::try_from(version).unwrap_or(u32::MAX),
                };
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn graph(&mut self, outer: &Value, value: &Value, path: &str) -> Result<()> {
        if !outer.is_object() {
            return Err(EngineError::Mapping(format!(
                "the options of the vectors [{path}] are an object, got [{outer}]"
            )));
        }
        if let Some(m) = value.get("m") {
            self.m = Some(whole(m, "m", path, 2..=128)?);
        }
        if let Some(ef) = value.get("ef_construction") {
            self.ef_construction = Some(whole(ef, "ef_construction", path, 1..=10_000)?);
        }
        Ok(())
    }

    /// Its parameters, as a mapping prints them.
    pub(super) fn print(&self, out: &mut Map<String, Value>) {
        if let Some(dims) = self.dims {
            let key = if self.opensearch { "dimension" } else { "dims" };
            out.insert(key.into(), json!(dims));
        }
        if self.opensearch {
            let in_method = self.options.as_ref().and_then(|o| o.get("space_type"));
            if in_method.is_none() {
                out.insert("space_type".into(), json!(self.similarity.space()));
            }
        } else {
            out.insert("similarity".into(), json!(self.similarity.name()));
        }
        if !self.model.name.is_empty() {
            let model = json!({"name": self.model.name, "version": self.model.version});
            out.insert("model".into(), model);
        }
        if let Some(options) = &self.options {
            let key = if self.opensearch {
                "method"
            } else {
                "index_options"
            };
            out.insert(key.into(), options.clone());
        }
    }

    /// What another mapping of the same field may change: the dimensions while nobody knows them.
    pub(super) fn merge(&mut self, new: &Self, path: &str) -> Result<()> {
        let same = self.similarity == new.similarity
            && self.model == new.model
            && (self.dims.is_none() || new.dims.is_none() || self.dims == new.dims);
        if !same {
            return Err(EngineError::IllegalArgument(format!(
                "Mapper for [{path}] conflicts with existing mapper: Cannot update parameter \
                 [dims], [similarity] or [model] of vectors"
            )));
        }
        self.dims = self.dims.or(new.dims);
        Ok(())
    }
}

fn whole(
    value: &Value,
    key: &str,
    path: &str,
    range: std::ops::RangeInclusive<usize>,
) -> Result<usize> {
    value
        .as_u64()
        .and_then(|number| usize::try_from(number).ok())
        .filter(|number| range.contains(number))
        .ok_or_else(|| {
            EngineError::Mapping(format!(
                "The number of [{key}] for field [{path}] should be in the range [{}, {}] but was [{value}]",
                range.start(),
                range.end()
            ))
        })
}

fn word<T>(value: &Value, key: &str, path: &str, known: fn(&str) -> Option<T>) -> Result<T> {
    value.as_str().and_then(known).ok_or_else(|| {
        EngineError::Mapping(format!(
            "Unknown value [{value}] for field [{key}] of [{path}]"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::{FieldType, Mapping};

    #[test]
    fn both_dialects_read_and_print() {
        let body = json!({"properties": {
            "a": {"type": "dense_vector", "dims": 3, "similarity": "l2_norm",
                  "index_options": {"type": "hnsw", "m": 8, "ef_construction": 50}},
            "b": {"type": "knn_vector", "dimension": 4, "method": {
                "name": "hnsw", "space_type": "cosinesimil", "parameters": {"m": 24}}},
            "c": {"type": "dense_vector", "similarity": "cosine",
                  "model": {"name": "x", "version": 2}},
        }});
        let mapping = Mapping::from_json(&body).unwrap();
        assert_eq!(mapping.to_json(), body);
        let vector = |path: &str| match &mapping.field(path).unwrap().kind {
            FieldType::Vector(vector) => vector.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(
            (vector("a").m, vector("a").ef_construction),
            (Some(8), Some(50))
        );
        assert_eq!(vector("b").similarity, Similarity::Cosine);
        assert_eq!((vector("b").dims, vector("b").m), (Some(4), Some(24)));
        assert_eq!(vector("c").spec(), None);
        assert_eq!(vector("c").model.version, 2);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (field, message) in [
            (json!({"type": "dense_vector", "dims": 4097}), "4097"),
            (json!({"type": "dense_vector", "dims": 0}), "[1, 4096]"),
            (json!({"type": "dense_vector", "dimension": 3}), "dimension"),
            (
                json!({"type": "dense_vector", "similarity": "near"}),
                "near",
            ),
            (
                json!({"type": "dense_vector", "element_type": "bit"}),
                "element_type",
            ),
        ] {
            let error = Mapping::from_json(&json!({"properties": {"v": field}})).unwrap_err();
            assert!(error.to_string().contains(message), "{error}");
        }
    }

    #[test]
    fn scores_are_elasticsearchs() {
        assert_eq!(Similarity::Cosine.score(1.0), 1.0);
        assert_eq!(Similarity::DotProduct.score(0.0), 0.5);
        assert_eq!(Similarity::L2Norm.score(2.0), 0.2);
        assert_eq!(Similarity::MaxInnerProduct.score(-1.0), 0.5);
        assert_eq!(Similarity::MaxInnerProduct.score(3.0), 4.0);
    }
}
