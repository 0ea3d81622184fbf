//! The paths that are declared, for requests that no route takes: in whose envelope they are refused, and
//! which methods a path has (the header `Allow` of a 405: RFC 9110, section 15.5.6).

use poem::http::Method;
use poem_openapi::OpenApi;

use super::access::Declares;
use super::envelope::Family;

/// A path that is declared.
#[derive(Debug)]
struct Row {
    parts: Vec<String>,
    family: Family,
    methods: Vec<Method>,
}

/// The paths of a node's routes.
#[derive(Debug, Default)]
pub struct Paths(Vec<Row>);

impl Paths {
    /// Adds the paths of a family.
    #[must_use]
    pub fn with<A: OpenApi + Declares>(mut self) -> Self {
        for path in A::meta().iter().flat_map(|api| &api.paths) {
            let declared = path
                .operations
                .iter()
                .filter_map(|operation| A::declared(operation.operation_id.unwrap_or_default()));
            let family = declared.map(|one| one.family).next();
            let methods = path.operations.iter().map(|one| one.method.clone());
            self.add(
                &path.path,
                family.unwrap_or(Family::Other),
                methods.collect(),
            );
        }
        self
    }

    /// Adds a path with its methods, as the specification writes it.
    pub fn add(&mut self, path: &str, family: Family, mut methods: Vec<Method>) {
        // GET answers HEAD too.
        if methods.contains(&Method::GET) && !methods.contains(&Method::HEAD) {
            methods.push(Method::HEAD);
        }
        self.0.push(Row {
            parts: path.split('/').map(str::to_owned).collect(),
            family,
            methods,
        });
    }

    /// The methods of a path, as the header wants them; of several paths that fit, those of the most
    /// particular.
    pub fn allowed(&self, path: &str) -> Option<String> {
        let parts: Vec<&str> = path.split('/').collect();
        let fitting = self.0.iter().filter(|row| {
            let mut pairs = row.parts.iter().zip(&parts);
            row.parts.len() == parts.len()
                && pairs.all(|(have, given)| is_parameter(have) || have == given)
        });
        let parameters = |row: &&Row| row.parts.iter().filter(|part| is_parameter(part)).count();
        let names = |row: &Row| {
            let names: Vec<&str> = row.methods.iter().map(Method::as_str).collect();
            names.join(", ")
        };
        fitting.min_by_key(parameters).map(names)
    }

    /// The family whose paths begin as this one does; Elasticsearch's where that is none or several.
    pub fn family(&self, path: &str) -> Family {
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        let mut best = (0, None);
        for row in &self.0 {
            let shared = shared(&row.parts, &parts);
            match shared.cmp(&best.0) {
                std::cmp::Ordering::Greater => best = (shared, Some(row.family)),
                std::cmp::Ordering::Equal if best.1 != Some(row.family) => best.1 = None,
                std::cmp::Ordering::Equal | std::cmp::Ordering::Less => {}
            }
        }
        match best {
            (0, _) | (_, None) => Family::Other,
            (_, Some(family)) => family,
        }
    }
}

/// How many parts two paths have in common from their beginnings, up to the last one that is named.
fn shared(row: &[String], parts: &[&str]) -> usize {
    let mut last = 0;
    for (at, (have, given)) in row.iter().skip(1).zip(parts).enumerate() {
        if have == given && !given.is_empty() {
            last = at + 1;
        } else if !is_parameter(have) {
            break;
        }
    }
    last
}

fn is_parameter(part: &str) -> bool {
    part.starts_with('{')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_particular_path_counts() {
        let mut paths = Paths::default();
        paths.add("/a/{id}", Family::Gif, vec![Method::GET]);
        paths.add("/a/b", Family::Gif, vec![Method::POST, Method::PUT]);
        assert_eq!(paths.allowed("/a/1").as_deref(), Some("GET, HEAD"));
        assert_eq!(paths.allowed("/a/b").as_deref(), Some("POST, PUT"));
        assert_eq!(paths.allowed("/a"), None);
    }

    #[test]
    fn an_unknown_path_belongs_where_its_beginning_does() {
        let mut paths = Paths::default();
        for (path, family) in [
            ("/image/search", Family::Gif),
            ("/image/preview/{id}", Family::Gif),
            ("/api/images", Family::Images),
            ("/api/images/{hash}/content", Family::Images),
            ("/api/image/sim/add/url", Family::Similar),
            ("/{index}/_doc/{id}", Family::Other),
            ("/", Family::Other),
        ] {
            paths.add(path, family, vec![Method::GET]);
        }
        for (path, family) in [
            ("/image/nothing", Family::Gif),
            ("/image", Family::Gif),
            ("/image/preview/1/2/3", Family::Gif),
            ("/api/images/x/y", Family::Images),
            ("/api/image/x", Family::Similar),
            ("/api/x", Family::Other),
            ("/x/_doc/1/2", Family::Other),
            ("/x", Family::Other),
            ("/", Family::Other),
            ("", Family::Other),
            ("//", Family::Other),
        ] {
            assert_eq!(paths.family(path), family, "{path}");
        }
    }
}
