//! The names of aggregations, and what was meant by others.

use crate::query::ast::ParseError;

/// What there is.
const KNOWN: [&str; 19] = [
    "avg",
    "cardinality",
    "composite",
    "date_histogram",
    "date_range",
    "extended_stats",
    "filter",
    "filters",
    "histogram",
    "max",
    "min",
    "missing",
    "percentiles",
    "range",
    "stats",
    "sum",
    "terms",
    "top_hits",
    "value_count",
];

/// What Elasticsearch has too.
const ELSEWHERE: [&str; 48] = [
    "adjacency_matrix",
    "auto_date_histogram",
    "avg_bucket",
    "boxplot",
    "bucket_correlation",
    "bucket_count_ks_test",
    "bucket_script",
    "bucket_selector",
    "bucket_sort",
    "categorize_text",
    "change_point",
    "children",
    "cumulative_cardinality",
    "cumulative_sum",
    "derivative",
    "diversified_sampler",
    "extended_stats_bucket",
    "frequent_item_sets",
    "geo_bounds",
    "geo_centroid",
    "geo_distance",
    "geohash_grid",
    "geotile_grid",
    "global",
    "inference",
    "ip_prefix",
    "ip_range",
    "matrix_stats",
    "max_bucket",
    "median_absolute_deviation",
    "min_bucket",
    "moving_fn",
    "moving_percentiles",
    "multi_terms",
    "nested",
    "normalize",
    "parent",
    "percentile_ranks",
    "percentiles_bucket",
    "random_sampler",
    "rare_terms",
    "rate",
    "reverse_nested",
    "sampler",
    "scripted_metric",
    "significant_terms",
    "top_metrics",
    "weighted_avg",
];

/// Fails for a name that is none of ours.
pub(super) fn check(name: &str) -> Result<(), ParseError> {
    if KNOWN.contains(&name) {
        Ok(())
    } else {
        Err(unknown(name))
    }
}

/// The error for a name that is none of ours.
pub(super) fn unknown(name: &str) -> ParseError {
    if ELSEWHERE.contains(&name) {
        return ParseError::illegal(format!(
            "aggregations of type [{name}] are not supported by this version"
        ));
    }
    let shown: String = name.chars().take(100).collect();
    let mut near: Vec<(usize, &str)> = KNOWN
        .iter()
        .map(|known| (distance(&shown, known), *known))
        .filter(|(distance, known)| *distance <= known.len().div_ceil(3))
        .collect();
    near.sort_unstable();
    let hint = match near.as_slice() {
        [] => String::new(),
        [(_, one)] => format!(" did you mean [{one}]?"),
        several => {
            let names: Vec<&str> = several.iter().map(|(_, name)| *name).collect();
            format!(" did you mean any of [{}]?", names.join(", "))
        }
    };
    ParseError::parsing(format!("Unknown aggregation type [{shown}]{hint}"))
}

/// How many letters have to change to make one word of the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (at, letter) in a.chars().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(at + 1);
        for (column, other) in b.iter().enumerate() {
            let replaced =
                row.get(column).copied().unwrap_or_default() + usize::from(letter != *other);
            let removed = row.get(column + 1).copied().unwrap_or_default() + 1;
            let added = next.last().copied().unwrap_or_default() + 1;
            next.push(replaced.min(removed).min(added));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_was_meant() {
        assert_eq!(
            unknown("term").to_string(),
            "Unknown aggregation type [term] did you mean [terms]?"
        );
        assert_eq!(
            unknown("xyzzy").to_string(),
            "Unknown aggregation type [xyzzy]"
        );
        assert_eq!(
            unknown("bucket_sort").to_string(),
            "aggregations of type [bucket_sort] are not supported by this version"
        );
    }
}
