//! What can be wrong with analysis settings.

/// A fault in analysis settings, with the path of the setting at fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnalysisError {
    /// A chain names a component that nobody defines.
    #[error("{path}: unknown {kind} [{name}]")]
    Unknown {
        /// Where the name stands, e.g. `analysis.analyzer.my`.
        path: String,
        /// What kind of component was looked for.
        kind: &'static str,
        /// The name that was not found.
        name: String,
    },
    /// A component has a parameter that its type does not know.
    #[error("{path}: unknown parameter [{name}]")]
    UnknownParameter {
        /// The component.
        path: String,
        /// The parameter.
        name: String,
    },
    /// A value is missing, has the wrong type or is out of bounds.
    #[error("{path}: {reason}")]
    Invalid {
        /// The setting at fault.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl AnalysisError {
    /// An [`AnalysisError::Invalid`].
    pub(crate) fn invalid(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Invalid {
            path: path.into(),
            reason: reason.into(),
        }
    }
}
