//! The interactive page of the specification. It is whole: it asks no other host for anything.

use poem_openapi::OpenApiService;

/// The page that shows a specification.
pub fn page(spec: &str) -> String {
    // The library's page for an empty service has the place where the specification belongs.
    let empty = OpenApiService::new((), "", "");
    let html = empty.swagger_ui_html();
    // `</script>` in a description would end the script that holds the specification.
    let spec = spec.replace("</", "<\\/");
    html.replacen(&empty.spec(), &spec, 1).replacen(
        "<title>Swagger UI</title>",
        "<title>Pictor</title>",
        1,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_holds_the_specification_and_asks_nobody() {
        let html = page("{\"openapi\": \"3.0.0\", \"x\": \"</script>\"}");
        assert!(html.contains("\"x\": \"<\\/script>\""));
        for outside in ["<script src", "<link", "@import", "url(http"] {
            assert!(!html.contains(outside), "{outside}");
        }
    }
}
