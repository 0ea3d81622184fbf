//! `png-info` is that of the web UI.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tests::{Server, png, solid_gif};

use super::{flag, ids};

/// A PNG with text chunks.
fn described(texts: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 2, 2);
    encoder.set_color(png::ColorType::Rgb);
    for (keyword, text) in texts {
        encoder
            .add_itxt_chunk((*keyword).to_owned(), (*text).to_owned())
            .unwrap();
    }
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[0; 12]).unwrap();
    drop(writer);
    bytes
}

#[test]
fn png_info_is_that_of_the_web_ui() {
    let server = Server::start();
    let ask = |image: Value| server.post_json("/sdapi/v1/png-info", &json!({"image": image}));
    let info = "a cat, 猫\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7, \
                Seed: 123, Size: 512x768, Model hash: 6e430185, Model: sd-v1-5, Clip skip: 2";
    let bytes = described(&[("parameters", info), ("Software", "x"), ("dpi", "7")]);
    let plain = STANDARD.encode(&bytes);
    let expected = json!({
        "info": info,
        "items": {"Software": "x"},
        "parameters": {
            "Prompt": "a cat, 猫", "Negative prompt": "blurry", "Steps": "20",
            "Sampler": "Euler a", "CFG scale": "7", "Seed": "123", "Size-1": "512",
            "Size-2": "768", "Model hash": "6e430185", "Model": "sd-v1-5", "Clip skip": "2",
        },
    });
    assert_eq!(ask(json!(plain)), (200, expected.clone()));
    assert_eq!(
        ask(json!(format!("data:image/png;base64,{plain}"))),
        (200, expected)
    );
    let empty =
        json!({"info": "", "items": {}, "parameters": {"Prompt": "", "Negative prompt": ""}});
    for bytes in [png(2, 2, 1), solid_gif(1)] {
        assert_eq!(ask(json!(STANDARD.encode(bytes))), (200, empty.clone()));
    }
    for (image, part) in [
        (json!("%%%"), "not base64"),
        (json!(""), "[image] is empty"),
        (json!(STANDARD.encode("plain text")), "not a GIF, PNG"),
        (
            json!(STANDARD.encode(&bytes[..bytes.len() - 20])),
            "[image]",
        ),
        (json!(7), "must be a string"),
        (Value::Null, "[image] is missing"),
    ] {
        let (status, body) = ask(image);
        assert_eq!(status, 400, "{body}");
        assert!(body["error"].as_str().unwrap().contains(part), "{body}");
    }
    let long = "x".repeat(2 << 20);
    let (status, body) = ask(json!(STANDARD.encode(described(&[("parameters", &long)]))));
    assert_eq!(status, 400);
    assert!(
        body["error"].as_str().unwrap().contains("text metadata"),
        "{body}"
    );
    // The answer of one step is the request of the other.
    let (_, answer) = ask(json!(plain));
    let parameters = &answer["parameters"];
    let id = flag(
        &server,
        &json!({"image_prompt": parameters["Prompt"], "seed": parameters["Seed"]}),
    );
    assert_eq!(ids(&server, &[("q", "猫")]), [id]);
}
