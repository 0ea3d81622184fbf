//! What wins, what is refused, and what is never shown.

use std::io::Write;

use super::resolve::check_url;
use super::*;

fn with_file(text: &str, args: ServeArgs) -> Result<Settings, SettingsError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    Settings::resolve(ServeArgs {
        config: Some(file.path().to_owned()),
        ..args
    })
}

#[test]
fn a_flag_wins_over_the_file_and_that_over_the_default() {
    let text = "listen = '127.0.0.1:9'\nmax_frames = 7\nprivate = true\napi_key = 'k'\nlog_format = 'json'";
    let args = ServeArgs {
        max_frames: Some(9),
        ..ServeArgs::default()
    };
    let settings = with_file(text, args).unwrap();
    assert_eq!(settings.listen.port(), 9);
    assert_eq!(settings.limits.max_frames, 9);
    assert_eq!(settings.limits.max_pixels, 100_000_000);
    assert!(settings.private);
    assert_eq!(settings.log_format, LogFormat::Json);
    let plain = Settings::resolve(ServeArgs::default()).unwrap();
    assert_eq!(plain.listen.to_string(), DEFAULT_LISTEN);
    assert_eq!(plain.limits, Limits::default());
}

#[test]
fn unsafe_and_unknown_settings_are_refused() {
    let open = |listen: &str, key: Option<&str>, insecure| {
        Settings::resolve(ServeArgs {
            listen: Some(listen.to_owned()),
            api_key: key.map(str::to_owned),
            insecure,
            ..ServeArgs::default()
        })
    };
    assert!(matches!(
        open("0.0.0.0:1", None, false),
        Err(SettingsError::Insecure(_))
    ));
    assert!(matches!(
        open("[::]:1", Some("  "), false),
        Err(SettingsError::Insecure(_))
    ));
    for (listen, key, insecure) in [
        ("0.0.0.0:1", None, true),
        ("0.0.0.0:1", Some("key"), false),
        ("127.0.0.2:1", None, false),
    ] {
        let settings = open(listen, key, insecure).unwrap();
        assert_eq!(settings.listen.to_string(), listen);
    }
    assert!(matches!(
        open("nonsense", None, false),
        Err(SettingsError::Value { .. })
    ));
    let message = with_file("lissten = 'x'", ServeArgs::default())
        .unwrap_err()
        .to_string();
    assert!(message.contains("lissten"), "{message}");
    let private = Settings::resolve(ServeArgs {
        private: true,
        ..ServeArgs::default()
    });
    assert!(matches!(private, Err(SettingsError::PrivateWithoutKey)));
}

#[test]
fn keys_are_not_shown() {
    let settings = Settings::resolve(ServeArgs {
        api_key: Some("very-secret".to_owned()),
        token: Some("also-secret".to_owned()),
        ..ServeArgs::default()
    })
    .unwrap();
    assert!(!format!("{settings:?}").contains("secret\""));
    assert!(!format!("{settings:?}").contains("very-secret"));
    let key = settings.api_key.unwrap();
    assert!(key.matches(b"very-secret") && !key.matches(b"very-secre") && !key.matches(b""));
}

#[test]
fn public_urls_are_checked() {
    assert_eq!(
        check_url("https://a.example/x/").unwrap(),
        "https://a.example/x"
    );
    for bad in [
        "a.example",
        "ftp://a",
        "https://",
        "https://a?b",
        "https://a b",
    ] {
        assert_eq!(
            check_url(bad).unwrap_err().to_string(),
            format!("--public-url {bad}: not a URL such as https://gifs.example/base")
        );
    }
}
