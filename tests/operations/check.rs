//! `hub112 check` names everything that is wrong and says how to mend it.

use std::process::{Command, Output};
use std::time::Duration;

use crate::world::{Hub, World, wait_until};

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
    let parts = [
        "settings",
        "database",
        "PostGIS",
        "schema",
        "broker",
        "broker's management",
        "agencies' queues",
        "spool",
    ];
    for part in parts {
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

/// Of several policies for a queue the broker takes one: the operator's own then lifts the hub's bound of bytes.
#[actix_web::test]
async fn a_policy_of_the_brokers_operator_that_lifts_the_bound_of_agencies_queues_is_named_with_what_to_do() {
    let world = World::new().await;
    let (url, vhost) = (world.management_url.clone(), world.vhost.clone());
    let (address, credentials) = {
        let (scheme, rest) = url.split_once("://").expect("an address");
        let (credentials, host) = rest.rsplit_once('@').expect("credentials");
        (
            format!("{scheme}://{host}/api/policies/{vhost}/mirrors"),
            credentials.split_once(':').expect("both"),
        )
    };
    let put = async |definition: serde_json::Value| {
        let policy = serde_json::json!({"pattern": ".*", "apply-to": "queues", "priority": 7, "definition": definition});
        let request = awc::Client::default().put(&address).basic_auth(credentials.0, credentials.1);
        let answer = request.send_json(&policy).await.expect("an answer");
        assert!(answer.status().is_success(), "{}", answer.status());
    };
    put(serde_json::json!({"expires": 86_400_000})).await;
    let hub = world.hub().await;
    let soon = Duration::from_secs(60);
    wait_until("the check names it", soon, async || {
        let (output, said) = check(&hub, None);
        let line = said.lines().find(|line| line.starts_with("WRONG agencies' queues: "));
        line.is_some_and(|line| {
            assert_eq!(output.status.code(), Some(3), "{said}");
            ["policy mirrors", "hub112-agency-bytes", "(agency.", "max-length-bytes"]
                .iter()
                .all(|w| line.contains(w))
        })
    })
    .await;
    let ready = async || {
        let mut answer =
            awc::Client::default().get(format!("{}/health/ready", hub.url)).send().await.expect("an answer");
        assert!(answer.status().is_success(), "it takes messages all the same");
        answer.json::<serde_json::Value>().await.expect("a report")
    };
    wait_until("who asks whether the hub is ready hears of it", soon, async || {
        let report = ready().await;
        let queues =
            report["parts"].as_array().expect("parts").iter().find(|p| p["part"] == "queues").cloned();
        let detail = queues.as_ref().and_then(|part| part["detail"].as_str()).unwrap_or_default().to_owned();
        report["degraded"] == true && detail.contains("policy mirrors")
    })
    .await;
    put(serde_json::json!({"expires": 86_400_000, "max-length-bytes": 1_000_000})).await;
    wait_until("with a bound of its own it is none to mend", soon, async || {
        let (output, said) = check(&hub, None);
        output.status.success() && said.contains("ok    agencies' queues: ")
    })
    .await;
}
