//! `hub112 check`: looks at settings, database and broker, and says what is wrong and how to mend it.

use std::time::Duration;

use secrecy::ExposeSecret;

use super::{Failure, Settings, run};
use crate::bus::accounts::Management;
use crate::bus::connection::{Broker, BrokerSettings, Link};
use crate::config::Config;
use crate::store::database::{connect, explain};
use crate::store::migrate;

/// How long the broker may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// Prints one line for each thing looked at.
///
/// # Errors
/// [`Failure`] with code 3 when anything is not as it should be.
pub fn check(settings: &Settings) -> Result<(), Failure> {
    let config = settings.read()?;
    println!("ok    settings: regions {}", listed(&config));
    run(async move {
        let mut wrong = 0;
        let findings =
            [database(&config).await, broker(&config).await, management(&config).await, spool(&config)];
        for finding in findings {
            for (what, outcome) in finding {
                match outcome {
                    Ok(detail) => println!("ok    {what}: {detail}"),
                    Err(mend) => {
                        wrong += 1;
                        println!("WRONG {what}: {mend}");
                    }
                }
            }
        }
        if wrong == 0 {
            Ok(())
        } else {
            Err(Failure::found(format!("{wrong} things to mend before `hub112 serve`")))
        }
    })
}

type Findings = Vec<(&'static str, Result<String, String>)>;

fn listed(config: &Config) -> String {
    config.regions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

async fn database(config: &Config) -> Findings {
    let url = config.database.url.expose_secret();
    let client = match connect(url, "hub112 check").await {
        Ok(client) => client,
        Err(e) => {
            let mend =
                format!("{e}. Is PostgreSQL running, and do address, user and password in database.url fit?");
            return vec![("database", Err(mend))];
        }
    };
    let mut findings: Findings = Vec::new();
    let version = client.query_one("SELECT current_setting('server_version_num')::int", &[]).await;
    findings.push((
        "database",
        match version.map(|r| r.get::<_, i32>(0)) {
            Ok(v) if v >= 150_000 => Ok(format!("PostgreSQL {}", v / 10_000)),
            Ok(v) => Err(format!("PostgreSQL {} is too old; 15 or newer is needed", v / 10_000)),
            Err(e) => Err(explain(&e)),
        },
    ));
    let postgis =
        client.query_opt("SELECT extversion FROM pg_extension WHERE extname = 'postgis'", &[]).await;
    findings.push((
        "PostGIS",
        match postgis {
            Ok(Some(row)) => Ok(row.get::<_, String>(0)),
            Ok(None) => Err("not in this database; as a superuser: CREATE EXTENSION postgis".to_owned()),
            Err(e) => Err(explain(&e)),
        },
    ));
    findings.push((
        "schema",
        match migrate::missing(url).await {
            Ok(missing) if missing.is_empty() => Ok("up to date".to_owned()),
            Ok(missing) => Err(format!("{} missing; run `hub112 migrate`", missing.join(", "))),
            Err(e) => Err(e.to_string()),
        },
    ));
    findings
}

/// The connection over which messages go, as the hub itself opens it.
async fn broker(config: &Config) -> Findings {
    let settings = BrokerSettings { url: config.broker.url.clone(), name: "hub112 check".to_owned() };
    let broker = match Broker::connect(&settings, None) {
        Ok(broker) => broker,
        Err(e) => return vec![("broker", Err(e.to_string()))],
    };
    let mut link = broker.link();
    // The first news: it is up, or the first attempt failed.
    let news = tokio::time::timeout(PATIENCE, link.changed()).await;
    let found = match (news, &*link.borrow()) {
        (Ok(Ok(())), Link::Up { .. }) => Ok("messages can go".to_owned()),
        (Ok(Ok(())), Link::Down { reason, .. }) => Err(format!(
            "{reason}. Is RabbitMQ running, and do address, user, password and virtual host in broker.url fit?"
        )),
        _ => Err(format!("no answer within {} seconds; is that RabbitMQ at broker.url?", PATIENCE.as_secs())),
    };
    broker.close().await;
    vec![("broker", found)]
}

async fn management(config: &Config) -> Findings {
    let management = match Management::new(&config.broker.management_url, &config.broker.vhost) {
        Ok(m) => m,
        Err(e) => return vec![("broker's management", Err(e.to_string()))],
    };
    let mut findings = vec![(
        "broker's management",
        match management.depths().await {
            Ok(queues) => {
                Ok(format!("virtual host {} answers, {} queues", config.broker.vhost, queues.len()))
            }
            Err(e) => Err(format!(
                "{e}. Is RabbitMQ running with rabbitmq_management, does virtual host {} exist, and is the user an administrator?",
                config.broker.vhost
            )),
        },
    )];
    // Without an answer it is said above what to mend.
    if let Ok(displaced) = management.displaced_bounds().await {
        let none = displaced.is_empty();
        let bounded = || ("agencies' queues", Ok("no other policy lifts their bound of bytes".to_owned()));
        findings.extend(none.then(bounded));
        findings.extend(displaced.iter().map(|one| ("agencies' queues", Err(one.to_string()))));
    }
    findings
}

fn spool(config: &Config) -> Findings {
    let dir = &config.spool_dir;
    let probe = dir.join(".hub112-check");
    let tried = std::fs::create_dir_all(dir)
        .and_then(|()| std::fs::write(&probe, b"x"))
        .and_then(|()| std::fs::remove_file(&probe));
    vec![(
        "spool",
        match tried {
            Ok(()) => Ok(dir.display().to_string()),
            Err(e) => {
                Err(format!("{} cannot be written ({e}); make it, owned by the hub's user", dir.display()))
            }
        },
    )]
}
