//! `hub112 check` names everything that is wrong and says how to mend it.

use std::process::{Command, Output};

use crate::world::{Hub, World};

fn check(hub: &Hub, set: Option<(&str, &str)>) -> (Output, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_hub112"))
        .arg("check")
        .env("HUB112_CONFIG", &hub.config)
        .envs(set)
        .output()
        .expect("hub112 runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    (output, said)
}

#[actix_web::test]
async fn what_is_wrong_is_named_with_the_way_to_mend_it_and_what_is_right_is_said_to_be() {
    let world = World::new().await;
    let hub = world.hub().await;
    let (output, said) = check(&hub, None);
    assert!(output.status.success(), "{said}");
    for part in ["settings", "database", "PostGIS", "schema", "broker", "broker's management", "spool"] {
        assert!(said.contains(&format!("ok    {part}: ")), "{part}: {said}");
    }

    let (_, rest) = world.amqp_url.split_once('@').expect("an address");
    let wrong_password = format!("amqp://hub112:wrong@{rest}");
    let nobody = "http://hub112:wrong@127.0.0.1:1";
    let cases = [
        ("HUB112_DATABASE__URL", "postgres://hub112@127.0.0.1:1/hub112", "database", "Is PostgreSQL running"),
        ("HUB112_BROKER__URL", wrong_password.as_str(), "broker", "password"),
        ("HUB112_BROKER__MANAGEMENT_URL", nobody, "broker's management", "rabbitmq_management"),
        ("HUB112_SPOOL_DIR", "/proc/hub112", "spool", "make it"),
    ];
    for (name, value, part, mend) in cases {
        let (output, said) = check(&hub, Some((name, value)));
        assert_eq!(output.status.code(), Some(3), "{name}: {said}");
        let wrong: Vec<&str> = said.lines().filter(|line| line.starts_with("WRONG")).collect();
        assert!(
            matches!(wrong[..], [line] if line.starts_with(&format!("WRONG {part}: ")) && line.contains(mend)),
            "{name}: {said}"
        );
        assert!(!said.contains(":wrong@"), "no password is shown: {said}");
    }
    let (output, _) = check(&hub, Some(("HUB112_REGIONS", "[\"99\"]")));
    assert_eq!(output.status.code(), Some(2), "settings that do not read end it at once");
}
