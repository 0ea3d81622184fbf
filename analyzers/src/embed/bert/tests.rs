//! A small model with random weights against what PyTorch computed with them.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Golden {
    text: String,
    tokens: Vec<u32>,
    vector: Option<Vec<f32>>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/bert")
}

#[test]
fn vectors_are_those_of_pytorch() {
    let model = BertModel::open(&folder()).unwrap();
    assert_eq!(model.identity().dims, 32);
    let file = fs::read(folder().join("expected.json")).unwrap();
    let golden: Vec<Golden> = serde_json::from_slice(&file).unwrap();
    assert!(golden.len() >= 8);
    for case in golden {
        let tokens = model.tokenize(&case.text);
        let numbers: Vec<u32> = tokens
            .iter()
            .map(|token| token.unwrap_or(model.tokenizer.unknown))
            .collect();
        assert_eq!(numbers, case.tokens, "{:?}", case.text);
        let vector = model.encode(&case.text).unwrap();
        assert_eq!(vector.is_some(), case.vector.is_some(), "{:?}", case.text);
        for (ours, theirs) in vector.iter().flatten().zip(case.vector.iter().flatten()) {
            assert!((ours - theirs).abs() < 1e-5, "{:?}", case.text);
        }
    }
}

/// A copy of the folder in which a test may break something.
struct Copy(PathBuf);

impl Copy {
    fn new(name: &str) -> Self {
        let name = format!("pictor-bert-{name}-{}", std::process::id());
        let to = std::env::temp_dir().join(name);
        fs::create_dir_all(&to).unwrap();
        for entry in fs::read_dir(folder()).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_file() {
                fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
            }
        }
        Self(to)
    }

    fn change(&self, file: &str, from: &str, to: &str) {
        let path = self.0.join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(path, text.replace(from, to)).unwrap();
    }

    fn error(&self) -> String {
        BertModel::open(&self.0).unwrap_err().to_string()
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_folder_that_is_no_model_is_refused_with_a_reason() {
    let missing = BertModel::open(Path::new("no-such-folder")).unwrap_err();
    assert!(missing.to_string().contains("config.json can't be read"));

    let copy = Copy::new("type");
    copy.change("config.json", "\"bert\"", "\"t5\"");
    assert!(copy.error().contains("models of type t5"));

    let copy = Copy::new("shape");
    copy.change(
        "config.json",
        "\"intermediate_size\": 64",
        "\"intermediate_size\": 63",
    );
    let error = copy.error();
    assert!(
        error.contains("intermediate.dense.weight has the shape [64, 32]"),
        "{error}"
    );

    let copy = Copy::new("heads");
    copy.change(
        "config.json",
        "\"num_attention_heads\": 4",
        "\"num_attention_heads\": 5",
    );
    assert!(copy.error().contains("can't be split into 5 heads"));

    let copy = Copy::new("layers");
    copy.change(
        "config.json",
        "\"num_hidden_layers\": 2",
        "\"num_hidden_layers\": 3",
    );
    assert!(copy.error().contains("no tensor named encoder.layer.2."));

    let copy = Copy::new("vocabulary");
    let mut list = fs::read_to_string(copy.0.join("vocab.txt")).unwrap();
    list.push_str("one more\n");
    fs::write(copy.0.join("vocab.txt"), list).unwrap();
    assert!(
        copy.error()
            .contains("vocab.txt: it has a token with number")
    );

    let copy = Copy::new("special");
    copy.change("vocab.txt", "[SEP]\n", "sep\n");
    assert!(copy.error().contains("it has no token [SEP]"));
}

#[test]
fn damaged_tensors_are_refused_or_read_but_never_worse() {
    let whole = fs::read(folder().join("model.safetensors")).unwrap();
    for at in [0, 1, 7, 8, 9, 40, 400, whole.len() / 2] {
        let file = "weights".to_owned();
        assert!(Weights::parse(file, &whole[..at]).is_err(), "{at}");
        let mut damaged = whole.clone();
        damaged[at] ^= 0x40;
        let _ = Weights::parse("weights".to_owned(), &damaged);
    }
}
