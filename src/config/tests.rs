use std::io::Write;
use std::path::{Path, PathBuf};

use secrecy::ExposeSecret;

use super::*;

const WHOLE: &str = r#"
regions = ["75"]
[database]
url = "postgres://hub:s3cret@127.0.0.1:5432/hub112"
[broker]
url = "amqp://hub:s3cret@127.0.0.1:5672/hub112"
management_url = "http://hub:s3cret@127.0.0.1:15672/"
"#;

struct Written(PathBuf);

impl Drop for Written {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn written(text: &str) -> Written {
    let file = std::env::temp_dir().join(format!("hub112-settings-{}.toml", uuid::Uuid::new_v4()));
    std::fs::File::create(&file).unwrap().write_all(text.as_bytes()).unwrap();
    Written(file)
}

fn load(text: &str, environment: &[(&str, &str)], flags: &Flags) -> Result<Config, ConfigError> {
    let file = written(text);
    let environment = environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
    Config::load_with(Some(&file.0), environment, flags)
}

fn refusal(text: &str, environment: &[(&str, &str)]) -> String {
    load(text, environment, &Flags::default()).expect_err("refused").to_string()
}

#[test]
fn what_is_not_set_has_its_documented_default() {
    let config = load(WHOLE, &[], &Flags::default()).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8112");
    assert_eq!(config.database.pool_size, 8);
    assert_eq!(config.log.format, LogFormat::Json);
    assert_eq!(config.spool_dir, Path::new("/var/lib/hub112/spool"));
    assert!(!config.demo);
    assert!(config.instance.ends_with(":8112") && config.instance.len() > 5, "{}", config.instance);
    assert_eq!(config.lease_seconds, 5);
    assert_eq!(config.broker.vhost, "hub112");
    assert!(config.region_defaults.limits.is_empty());
    assert_eq!(config.retention.dead_letters(), jiff::SignedDuration::from_hours(1_095 * 24));
}

#[test]
fn the_example_shows_every_setting_with_its_default() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("ops/hub112.example.toml");
    let config = Config::load_with(Some(&file), std::iter::empty(), &Flags::default()).unwrap();
    let bare = load(WHOLE, &[], &Flags::default()).unwrap();
    assert_eq!(config.listen, bare.listen);
    assert_eq!(config.spool_dir, bare.spool_dir);
    assert_eq!(config.database.pool_size, bare.database.pool_size);
    assert_eq!((config.log.format, config.log.level), (bare.log.format, bare.log.level));
    assert_eq!(config.demo, bare.demo);
    assert_eq!((config.instance, config.lease_seconds), (bare.instance, bare.lease_seconds));
    assert_eq!(config.retention, bare.retention);
}

#[test]
fn the_environment_wins_over_the_file_and_flags_over_both() {
    let text = format!("listen = \"127.0.0.1:1\"\ndemo = false\n{WHOLE}");
    let environment = [
        ("HUB112_LISTEN", "127.0.0.1:2"),
        ("HUB112_DATABASE__POOL_SIZE", "21"),
        ("HUB112_REGION_DEFAULTS__LIMITS__READINESS_REPORT", "90"),
        ("PATH", "/bin"),
    ];
    let config = load(&text, &environment, &Flags::default()).unwrap();
    assert_eq!(config.listen.port(), 2);
    assert_eq!(config.database.pool_size, 21);
    assert_eq!(config.region_defaults.limits["readiness_report"], 90);

    let flags = Flags {
        listen: Some("127.0.0.1:3".parse().unwrap()),
        regions: vec!["71".parse().unwrap()],
        demo: true,
        log_format: Some(LogFormat::Text),
        log_level: Some("debug".to_owned()),
    };
    let config = load(&text, &environment, &flags).unwrap();
    assert_eq!(config.listen.port(), 3);
    assert_eq!(config.regions, vec!["71".parse().unwrap()]);
    assert!(config.demo);
    assert_eq!(config.log.format, LogFormat::Text);
    assert_eq!(config.log.level, "debug");
}

#[test]
fn regions_may_be_written_as_an_environment_can_hold_them() {
    let codes = |text: &str| -> Vec<String> {
        let config = load(WHOLE, &[("HUB112_REGIONS", text)], &Flags::default()).unwrap();
        config.regions.iter().map(ToString::to_string).collect()
    };
    assert_eq!(codes("71"), ["71"]);
    assert_eq!(codes("75, 71"), ["75", "71"]);
    assert_eq!(codes("[75, 71]"), ["75", "71"]);
    assert_eq!(codes("[\"75\"]"), ["75"]);
}

#[test]
fn an_unknown_setting_is_refused_with_its_name_and_its_file() {
    let text = format!("lissten = \"127.0.0.1:1\"\n{WHOLE}");
    let file = written(&text);
    let said = Config::load_with(Some(&file.0), std::iter::empty(), &Flags::default())
        .expect_err("refused")
        .to_string();
    assert!(said.contains("unknown setting lissten"), "{said}");
    // A file near the working directory is named from there.
    let name = file.0.file_name().expect("a name").to_string_lossy().into_owned();
    assert!(said.contains(&name), "{said}");
    assert!(said.contains("`listen`"), "{said}");

    let said = refusal(&WHOLE.replace("[broker]", "pool = 3\n[broker]"), &[]);
    assert!(said.contains("unknown setting database.pool"), "{said}");

    let said = refusal(WHOLE, &[("HUB112_DATABASE__POOL", "3")]);
    assert!(said.contains("unknown setting database.pool") && said.contains("environment"), "{said}");
}

#[test]
fn names_of_tests_and_scripts_are_no_settings() {
    let environment = [
        ("HUB112_TEST_PG_URL", "x"),
        ("HUB112_OPS_VAR", "/x"),
        ("HUB112_AGENCY_AMQP", "x"),
        ("HUB112_CONFIG", "/etc/hub112/hub112.toml"),
    ];
    load(WHOLE, &environment, &Flags::default()).unwrap();
}

#[test]
fn a_missing_setting_is_named_with_both_places_to_put_it() {
    let said = refusal(&WHOLE.replace("management_url", "#"), &[]);
    assert!(said.contains("broker.management_url"), "{said}");
    assert!(said.contains("HUB112_BROKER__MANAGEMENT_URL"), "{said}");
}

#[test]
fn a_missing_file_is_named() {
    let file = Path::new("/nowhere/hub112.toml");
    let said = Config::load_with(Some(file), std::iter::empty(), &Flags::default())
        .expect_err("refused")
        .to_string();
    assert!(said.contains("/nowhere/hub112.toml"), "{said}");
}

#[test]
fn wrong_values_are_refused_by_name() {
    let table = [
        ("regions = [\"75\"]", "regions = []", "regions"),
        ("regions = [\"75\"]", "regions = [\"75\", \"75\"]", "twice"),
        ("regions = [\"75\"]", "regions = [\"99\"]", "\"99\""),
        ("regions = [\"75\"]", "regions = true", "regions"),
        ("regions = [\"75\"]", "regions = [\"75\"]\nlisten = \"here\"", "listen"),
        ("regions", "instance = \"two words\"\nregions", "instance"),
        ("regions", "lease_seconds = 0\nregions", "lease_seconds"),
        ("[broker]", "pool_size = 0\n[broker]", "database.pool_size"),
        ("[broker]", "pool_size = \"many\"\n[broker]", "database.pool_size"),
        ("[broker]", "[region_defaults.limits]\nx = 0\n[broker]", "region_defaults.limits"),
        ("[broker]", "[log]\nlevel = \"info,=,\"\n[broker]", "log.level"),
        ("[broker]", "[log]\nformat = \"xml\"\n[broker]", "log.format"),
        ("postgres://hub:s3cret@127.0.0.1:5432", "postgres://hub:s3cret@127.0.0.1:port", "database.url"),
        ("amqp://", "http://", "broker.url"),
        ("http://hub:s3cret@", "http://", "broker.management_url"),
        ("[broker]", "[broker]\nvhost = \"other\"", "broker.url"),
    ];
    for (from, to, named) in table {
        let said = refusal(&WHOLE.replacen(from, to, 1), &[]);
        assert!(said.contains(named), "{to}: {said}");
        assert!(!said.contains("s3cret"), "{to}: {said}");
    }
}

#[test]
fn secrets_are_never_printed() {
    let config = load(WHOLE, &[], &Flags::default()).unwrap();
    assert!(!format!("{config:?}").contains("s3cret"));

    // Not even by a file that does not parse at the very line of the password.
    let said = refusal(&WHOLE.replace("/hub112\"\n[broker]", "/hub112\n[broker]"), &[]);
    assert!(!said.contains("s3cret"), "{said}");
    assert!(said.contains("line 4"), "{said}");
    // Nor where a secret stands in the place of another setting.
    let said = refusal(WHOLE, &[("HUB112_DATABASE__POOL_SIZE", "s3cret")]);
    assert!(said.contains("database.pool_size") && !said.contains("s3cret"), "{said}");
}

#[test]
fn the_virtual_host_stands_in_the_address_or_beside_it() {
    let beside = WHOLE.replace(":5672/hub112\"", ":5672\"\nvhost = \"a/b\"");
    let broker = load(&beside, &[], &Flags::default()).unwrap().broker;
    assert_eq!(broker.vhost, "a/b");
    let uri: lapin::uri::AMQPUri = broker.url.expose_secret().parse().unwrap();
    assert_eq!(uri.vhost, "a/b");

    let neither = WHOLE.replace(":5672/hub112\"", ":5672\"");
    assert_eq!(load(&neither, &[], &Flags::default()).unwrap().broker.vhost, "/");
}
