//! The result sets of `regex` are those of Python's `re.search`, asked of Python itself.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tests::{Lack, Server, ServerOptions, binary, captions, skip};

const PATTERNS: &[&str] = &[
    "cat",
    "^a ",
    "dog$",
    "\\bman\\b",
    "(?i)MAN",
    "[aeiou]{3}",
    "(\\w)\\1",
    "(?P<x>\\w)(?P=x)\\b",
    "(?<=the )\\w+ing",
    "(?<!a )man",
    "(?=.*cat)(?=.*dog)",
    "^(?!a ).*$",
    "\\d+",
    "\\d{4}-\\d{2}",
    "^\\S+$",
    "a.*b.*c",
    "a.*?b",
    "colou?r",
    "gr[ae]y",
    "^$",
    "",
    "\\Z",
    "\\A\\w",
    "woman|girl",
    "(wo)?man\\b",
    "(?x) dan c e  # letters",
    "(?s)a.b",
    "(?m)^b",
    "[^\\x00-\\x7f]",
    "[\\u4e00-\\u9fff]+",
    "猫",
    "可爱.*跳",
    "^[a-z ]+$",
    "[A-Z]",
    "(?i)straße",
    "(?i)É",
    "\\$\\d",
    "\\.gif\\Z",
    "\\s{2,}",
    "\\t",
    "(a|b|c){2,}",
    "(?:ab)+",
    "x*",
    "(?i:CAT) sat",
    "[[]",
    "[]]",
    "[a\\-z]",
    "\\w+@\\w+",
    "&",
    "<|>",
    "(?a)^\\w+$",
    "(?a:\\bé)",
    "ing\\b.*ing\\b",
    "^(.)(.).*\\2\\1$",
    "(\\w+) \\1",
    "(?(1)a|b)",
    "(a)?(?(1)b|c)",
    "\\N{DIGIT ONE}",
    "😀",
    "[😀-😂]",
    "(?<=猫)咪",
    "a{,2}b",
    "a{2}",
    "(?>a+)b",
    "a++b",
    "\\x41",
    "\\u0041",
    "\\101",
    "[\\d\\s]{3}",
    "\\Bing",
    "\\bing",
    // Python refuses these.
    "(",
    ")",
    "[a",
    "a**",
    "(?P<1>a)",
    "\\1",
    "(?<=a*)b",
    "\\q",
    "*a",
    "(?z)",
    "a{2,1}",
    "\\p{L}",
    "[z-a]",
    "(?P=x)",
    "x(?i)y",
    "\\",
    "(?P<x>a)(?P<x>b)",
    "(?<x>a)",
];

/// (Not the empty title: a picture without one is called like its file.)
const TITLES: &[&str] = &[
    "cat",
    "Cat",
    "the cat sat",
    "CAT SAT",
    "dog and cat",
    "a cat and a dog",
    "a man",
    "the man",
    "woman",
    "可爱猫咪 dancing cat",
    "可爱的狗在跳舞",
    "猫",
    "猫咪",
    "Straße nach Norden",
    "STRASSE",
    "café",
    "CAFÉ É",
    "2024-05 report",
    "price $5 & more <b>",
    "two  spaces",
    "tab\there",
    "line\nbreak b",
    "abcabc",
    "aab",
    "aaab",
    "aaaa",
    "ab",
    "b",
    "c",
    "grey gray color colour",
    "bookkeeper",
    "seeing is being",
    "the the repeat",
    "noon",
    "abba",
    "x@y.z",
    "my.gif",
    "[brackets] a-z",
    "😀 smile",
    "😁",
    "1 digit",
    "٣ arabic digit",
    "A",
    "aeiou queueing",
    "  leading",
    "trailing  ",
    "ends with dog",
    "ing",
    "naïve résumé",
    "İstanbul",
    "ſhort",
];

const SCRIPT: &str = r#"
import json, re, sys, warnings
warnings.simplefilter("ignore")
patterns, titles = json.load(sys.stdin)
answers = []
for pattern in patterns:
    try:
        compiled = re.compile(pattern)
    except re.error:
        answers.append(None)
        continue
    answers.append([number for number, title in enumerate(titles) if compiled.search(title)])
json.dump(answers, sys.stdout)
"#;

/// What Python 3.11 or newer finds; `None` where it is not there.
fn python(patterns: &[&str], titles: &[String]) -> Option<Vec<Option<Vec<usize>>>> {
    let new = "import sys; sys.exit(sys.version_info < (3, 11))";
    let fits = |name: &&str| {
        let checked = Command::new(name)
            .args(["-c", new])
            .stderr(Stdio::null())
            .status();
        checked.is_ok_and(|status| status.success())
    };
    let name = ["python3", "python3.13", "python3.12", "python3.11"]
        .into_iter()
        .find(fits)?;
    let mut child = Command::new(name)
        .args(["-X", "utf8", "-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let input = serde_json::to_vec(&json!([patterns, titles])).unwrap();
    child.stdin.take().unwrap().write_all(&input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// The numbers of the titles that a pattern finds, over all pages; `None` where it is refused.
fn found(server: &Server, pattern: &str) -> Option<Vec<usize>> {
    let mut numbers = Vec::new();
    for page in 1.. {
        let body = json!({"keyword": pattern, "type": "regex", "page": page});
        let (status, answer) = server.search(&body);
        if status == 400 {
            assert_eq!(answer["code"], 1005, "{answer}");
            return None;
        }
        assert_eq!(status, 200, "{pattern:?}: {answer}");
        let hits = answer["data"]["page_data"].as_array().unwrap();
        for hit in hits {
            numbers.push(hit["name"].as_str().unwrap().parse().unwrap());
        }
        if page >= answer["data"]["page_count"].as_u64().unwrap() {
            break;
        }
    }
    let mut sorted: Vec<usize> = numbers.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(sorted.len(), numbers.len(), "a page repeats a hit");
    Some(sorted)
}

#[test]
fn result_sets_equal_those_of_python() {
    let mut titles: Vec<String> = TITLES.iter().map(|&title| title.to_owned()).collect();
    for (_, caption) in captions().unwrap_or_default().into_iter().step_by(80) {
        titles.push(caption);
    }
    let Some(expected) = python(PATTERNS, &titles) else {
        skip(Lack::Python, "there is no Python 3.11 or newer");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("titles.jsonl");
    let lines: Vec<String> = titles
        .iter()
        .enumerate()
        .map(|(number, title)| json!({"name": number.to_string(), "title": title}).to_string())
        .collect();
    std::fs::write(&source, lines.join("\n")).unwrap();
    let data = folder.path().join("data");
    let imported = Command::new(binary())
        .arg("import")
        .arg(&source)
        .arg("--data")
        .arg(&data)
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(imported.success());
    let server = Server::on(&data, ServerOptions::default());
    let mut wrong: Vec<Value> = Vec::new();
    for (pattern, expected) in PATTERNS.iter().zip(expected) {
        let found = found(&server, pattern);
        if found != expected {
            let show = |numbers: &Option<Vec<usize>>| {
                numbers.as_ref().map(|numbers| {
                    numbers
                        .iter()
                        .take(20)
                        .map(|&n| titles[n].clone())
                        .collect::<Vec<_>>()
                })
            };
            wrong
                .push(json!({"pattern": pattern, "node": show(&found), "python": show(&expected)}));
        }
    }
    assert!(wrong.is_empty(), "{:#}", Value::Array(wrong));
}
