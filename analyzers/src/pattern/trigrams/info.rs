//! What is known of the texts that a part of a pattern matches.

use super::requirement::Requirement;
use super::run::{Run, any_requirement, cross, distinct};
use crate::pattern::hir::Hir;

/// The most runs that are told apart.
const MAX_RUNS: usize = 8;
/// The longest run that is kept whole.
const MAX_PLACES: usize = 24;
/// The most trigrams that are carried along.
const MAX_REQUIRED: usize = 128;
/// How much of a run reaches into trigrams that begin or end outside it.
const EDGE: usize = 2;

/// What is known.
#[derive(Clone, Debug)]
pub(super) enum Info {
    /// A match is one of these runs.
    Exact(Vec<Run>),
    /// A match begins and ends with one of these runs each, and the text meets
    /// the requirement.
    Partial {
        prefix: Vec<Run>,
        suffix: Vec<Run>,
        required: Requirement,
    },
}

impl Info {
    fn empty() -> Self {
        Self::Exact(vec![Run::default()])
    }

    fn unknown(required: Requirement) -> Self {
        Self::Partial {
            prefix: vec![Run::default()],
            suffix: vec![Run::default()],
            required,
        }
    }

    /// Finds out about a part.
    pub(super) fn of(hir: &Hir) -> Self {
        match hir {
            Hir::Class(set) => match Run::of(set) {
                Some(run) => Self::Exact(vec![run]),
                None => Self::unknown(Requirement::All),
            },
            Hir::Anchor(_) => Self::empty(),
            Hir::Concat(parts) => parts
                .iter()
                .fold(Self::empty(), |before, part| before.then(Self::of(part))),
            Hir::Alternate(items) => Self::one_of(items.iter().map(Self::of).collect()),
            Hir::Capture { body, .. } | Hir::Atomic(body) => Self::of(body),
            Hir::Repeat { min, max, body, .. } => Self::of(body).repeated(*min, *max),
            Hir::Look { negated: true, .. } => Self::empty(),
            Hir::Look { body, .. } => Self::unknown(Self::of(body).into_requirement()),
            Hir::BackReference { .. } => Self::unknown(Requirement::All),
            Hir::Conditional { yes, no, .. } => Self::one_of(vec![Self::of(yes), Self::of(no)]),
        }
    }

    /// What the text must hold.
    pub(super) fn into_requirement(self) -> Requirement {
        match self {
            Self::Exact(runs) => any_requirement(&runs),
            Self::Partial { required, .. } => required,
        }
    }

    /// Gives up knowing the whole.
    fn into_partial(self) -> (Vec<Run>, Vec<Run>, Requirement) {
        match self {
            Self::Exact(runs) => (
                distinct(runs.iter().map(|run| run.head(EDGE))),
                distinct(runs.iter().map(|run| run.tail(EDGE))),
                any_requirement(&runs),
            ),
            Self::Partial {
                prefix,
                suffix,
                required,
            } => (prefix, suffix, required),
        }
    }

    /// This part, then another.
    fn then(self, next: Self) -> Self {
        if let (Self::Exact(first), Self::Exact(second)) = (&self, &next)
            && let Some(runs) = cross(first, second, MAX_RUNS)
            && runs.iter().all(|run| run.len() <= MAX_PLACES)
        {
            return Self::Exact(runs);
        }
        let whole = |info: &Self| match info {
            Self::Exact(runs) => Some(runs.clone()),
            Self::Partial { .. } => None,
        };
        let (first_whole, second_whole) = (whole(&self), whole(&next));
        let (first_prefix, first_suffix, first_required) = self.into_partial();
        let (second_prefix, second_suffix, second_required) = next.into_partial();
        // A short whole lets the other part show through at the far edge.
        let prefix = first_whole
            .as_deref()
            .and_then(|runs| cross(runs, &second_prefix, MAX_RUNS))
            .map_or(first_prefix, |runs| {
                distinct(runs.iter().map(|run| run.head(EDGE)))
            });
        let suffix = second_whole
            .as_deref()
            .and_then(|runs| cross(&first_suffix, runs, MAX_RUNS))
            .map_or(second_suffix, |runs| {
                distinct(runs.iter().map(|run| run.tail(EDGE)))
            });
        let between = cross(&first_suffix, &second_prefix, MAX_RUNS * 2)
            .map_or(Requirement::All, |runs| any_requirement(&runs));
        let required =
            Requirement::all_of([first_required, between, second_required]).limited(MAX_REQUIRED);
        Self::Partial {
            prefix,
            suffix,
            required,
        }
    }

    fn one_of(items: Vec<Self>) -> Self {
        let exact: Option<Vec<Run>> =
            items
                .iter()
                .try_fold(Vec::new(), |mut runs, item| match item {
                    Self::Exact(more) if runs.len() + more.len() <= MAX_RUNS => {
                        runs.extend(more.iter().cloned());
                        Some(runs)
                    }
                    _ => None,
                });
        if let Some(runs) = exact.filter(|runs| !runs.is_empty()) {
            return Self::Exact(distinct(runs));
        }
        let (mut prefix, mut suffix, mut required) = (Vec::new(), Vec::new(), Vec::new());
        for item in items {
            let (p, s, r) = item.into_partial();
            prefix.extend(p);
            suffix.extend(s);
            required.push(r);
        }
        let edge = |runs: Vec<Run>| {
            if runs.len() > MAX_RUNS * MAX_RUNS {
                return vec![Run::default()];
            }
            let runs = distinct(runs);
            if runs.len() > MAX_RUNS {
                vec![Run::default()]
            } else {
                runs
            }
        };
        Self::Partial {
            prefix: edge(prefix),
            suffix: edge(suffix),
            required: Requirement::any_of(required).limited(MAX_REQUIRED),
        }
    }

    fn repeated(self, min: u32, max: u32) -> Self {
        match (min, max) {
            (_, 0) => Self::empty(),
            (1, 1) => self,
            (0, 1) => Self::one_of(vec![Self::empty(), self]),
            (0, _) => Self::unknown(Requirement::All),
            (_, _) => {
                if min == max
                    && min <= MAX_RUNS as u32
                    && let Self::Exact(runs) = &self
                {
                    let mut whole = Self::empty();
                    for _ in 0..min {
                        whole = whole.then(Self::Exact(runs.clone()));
                    }
                    return whole;
                }
                // At least two copies stand side by side.
                let once = self.clone();
                let (prefix, suffix, required) = self.into_partial();
                let required = if min >= 2 {
                    once.clone().then(once).into_requirement()
                } else {
                    required
                };
                Self::Partial {
                    prefix,
                    suffix,
                    required,
                }
            }
        }
    }
}
