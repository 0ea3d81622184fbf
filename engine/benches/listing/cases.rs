//! What is compared.

/// An OData query string, and what `SQLite` is asked.
pub struct Case {
    pub name: &'static str,
    pub odata: &'static str,
    pub condition: &'static str,
    pub order: &'static str,
}

pub const NEWEST: &str = "created_at DESC, id";

pub const CASES: [Case; 12] = [
    Case {
        name: "everything, newest first",
        odata: "",
        condition: "1",
        order: NEWEST,
    },
    Case {
        name: "`model eq 'flux-dev'`",
        odata: "$filter=model eq 'flux-dev'",
        condition: "model = 'flux-dev'",
        order: NEWEST,
    },
    Case {
        name: "`width ge 1536`",
        odata: "$filter=width ge 1536",
        condition: "width >= 1536",
        order: NEWEST,
    },
    Case {
        name: "`rating ge 4.9`",
        odata: "$filter=rating ge 4.9",
        condition: "rating >= 4.9",
        order: NEWEST,
    },
    Case {
        name: "`rating eq null`",
        odata: "$filter=rating eq null",
        condition: "rating IS NULL",
        order: NEWEST,
    },
    Case {
        name: "`created_at ge 2024-02-01`",
        odata: "$filter=created_at ge 2024-02-01T00:00:00Z",
        condition: "created_at >= '2024-02-01T00:00:00Z'",
        order: NEWEST,
    },
    Case {
        name: "`startswith(model,'stable-')`",
        odata: "$filter=startswith(model,'stable-')",
        condition: "model >= 'stable-' AND model < 'stable.'",
        order: NEWEST,
    },
    Case {
        name: "`contains(prompt,'ighthous')`",
        odata: "$filter=contains(prompt,'ighthous')",
        condition: "id IN (SELECT rowid FROM prompts WHERE prompts MATCH '\"ighthous\"')",
        order: NEWEST,
    },
    Case {
        name: "`model~DIFFUSION`",
        odata: "model~DIFFUSION",
        condition: "model LIKE '%DIFFUSION%'",
        order: NEWEST,
    },
    Case {
        name: "`tags/any(t: t eq 'macro')`",
        odata: "$filter=tags/any(t: t eq 'macro')",
        condition: "id IN (SELECT picture FROM tags WHERE tag = 'macro')",
        order: NEWEST,
    },
    Case {
        name: "`$orderby=rating desc`",
        odata: "$orderby=rating desc",
        condition: "1",
        order: "rating DESC, id",
    },
    Case {
        name: "`width ge 1536`, `$orderby=rating desc`",
        odata: "$filter=width ge 1536&$orderby=rating desc",
        condition: "width >= 1536",
        order: "rating DESC, id",
    },
];

/// What no index of either side answers.
pub const EVALUATED: [Case; 8] = [
    Case {
        name: "`width mul height ge 1048576`",
        odata: "$filter=width mul height ge 1048576",
        condition: "width * (source ->> 'height') >= 1048576",
        order: NEWEST,
    },
    Case {
        name: "`rating mul 2 gt 9`",
        odata: "$filter=rating mul 2 gt 9",
        condition: "rating * 2 > 9",
        order: NEWEST,
    },
    Case {
        name: "`rating div 2 gt 2.2`",
        odata: "$filter=rating div 2 gt 2.2",
        condition: "rating / 2 > 2.2",
        order: NEWEST,
    },
    Case {
        name: "`width gt height`",
        odata: "$filter=width gt height",
        condition: "width > (source ->> 'height')",
        order: NEWEST,
    },
    Case {
        name: "`length(prompt) gt 80`",
        odata: "$filter=length(prompt) gt 80",
        condition: "length(source ->> 'prompt') > 80",
        order: NEWEST,
    },
    Case {
        name: "`contains(toupper(model),'XL')`",
        odata: "$filter=contains(toupper(model),'XL')",
        condition: "instr(upper(model), 'XL') > 0",
        order: NEWEST,
    },
    Case {
        name: "`contains(tolower(concat(model,prompt)),'lighthous')`",
        odata: "$filter=contains(tolower(concat(model,prompt)),'lighthous')",
        condition: "instr(lower(model || (source ->> 'prompt')), 'lighthous') > 0",
        order: NEWEST,
    },
    Case {
        name: "`month(created_at) eq 2`",
        odata: "$filter=month(created_at) eq 2",
        condition: "substr(created_at, 6, 2) = '02'",
        order: NEWEST,
    },
];
