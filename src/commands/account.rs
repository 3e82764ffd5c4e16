//! `hub112 account`: accounts of people and of agencies.

use std::io::Read;
use std::os::unix::fs::MetadataExt;

use argon2::{Argon2, PasswordHasher};
use clap::{Args, Subcommand};
use deadpool_postgres::Pool;
use secrecy::{ExposeSecret, SecretString};

use super::{Failure, Settings, run};
use crate::actors::load::service_desks;
use crate::bus::accounts::{AgencyAccount, Management};
use crate::config::Config;
use crate::domain::ids::{AccountName, RegionCode, ServiceKey};
use crate::domain::service_kind;
use crate::store::account::{self, Account, ChangeKind, ChangedBy, Role, rules};
use crate::store::database::pool;

/// What to do with accounts.
#[derive(Debug, Args)]
pub struct AccountArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make or change an account of a person or an agency, by the rules of the console and with the same trace; the
    /// password comes from standard input
    Put {
        /// Its name
        name: AccountName,
        /// `duty_officer`, agency, manager or administrator
        #[arg(long)]
        role: Role,
        /// The one region that it belongs to; every region when absent
        #[arg(long)]
        region: Option<RegionCode>,
        /// The service that an agency's account speaks for
        #[arg(long)]
        service: Option<ServiceKey>,
    },
    /// Make or change an agency's account at the broker; the password comes from standard input, the address to
    /// connect with is printed
    Broker {
        /// Of which region
        #[arg(long)]
        region: RegionCode,
        /// Which service
        #[arg(long)]
        service: ServiceKey,
    },
}

fn password() -> Result<SecretString, Failure> {
    let mut text = String::new();
    std::io::stdin().take(4_096).read_to_string(&mut text).map_err(Failure::new)?;
    let text = text.trim_end_matches(['\n', '\r']);
    rules::password(text).map_err(|e| Failure::usage(format!("{e}; give it on standard input")))?;
    Ok(text.to_owned().into())
}

/// Who runs this, for the trace: the user of the operating system, and whoever has become that user by `sudo`.
fn user() -> String {
    let uid = std::fs::metadata("/proc/self").map(|process| process.uid()).ok();
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name_of = |uid: u32| {
        users.lines().find_map(|line| {
            let mut parts = line.split(':');
            let (name, id) = (parts.next()?, parts.nth(1)?);
            (id.parse() == Ok(uid)).then(|| name.to_owned())
        })
    };
    let user = uid.map_or_else(
        || "user unknown".to_owned(),
        |uid| name_of(uid).map_or_else(|| format!("user {uid}"), |name| format!("user {name}")),
    );
    match std::env::var("SUDO_USER") {
        Ok(before) if !before.is_empty() => format!("{user}, by sudo of {}", before.escape_default()),
        _ => user,
    }
}

/// A service that an account can speak for: one of the region, or of any that this hub serves where none is named, but
/// not the hub itself.
async fn known(
    config: &Config,
    database: &Pool,
    region: Option<RegionCode>,
    service: &ServiceKey,
) -> Result<(), Failure> {
    let kind = service_kind::find(service).filter(|_| !service_kind::is_hub(service));
    let served =
        config.regions.iter().copied().filter(|served| region.is_none_or(|region| region == *served));
    if kind.is_some() {
        for region in served {
            if service.desk().is_none()
                || service_desks(database, region).await.map_err(Failure::new)?.has(service)
            {
                return Ok(());
            }
        }
    }
    let place =
        region.map_or_else(|| "the regions served here".to_owned(), |region| format!("region {region}"));
    Err(Failure::usage(format!(
        "there is no service {service} in {place}; name one that the console shows there"
    )))
}

/// Carries it out.
///
/// # Errors
/// [`Failure`] when the settings, the password, the database or the broker are at fault.
pub fn account(settings: &Settings, args: AccountArgs) -> Result<(), Failure> {
    let config = settings.read()?;
    let password = password()?;
    run(async move {
        match args.what {
            What::Put { name, role, region, service } => {
                let database = pool(config.database.url.expose_secret(), 1).map_err(Failure::new)?;
                rules::speaks(role, service.as_ref()).map_err(Failure::usage)?;
                if let Some(service) = &service {
                    known(&config, &database, region, service).await?;
                }
                let hash = Argon2::default()
                    .hash_password(password.expose_secret().as_bytes())
                    .map_err(|e| Failure::new(format!("the password cannot be hashed: {e}")))?
                    .to_string();
                let made = Account {
                    name,
                    role,
                    password_hash: Some(hash),
                    region,
                    service,
                    active: true,
                    version: 0,
                };
                let user = user();
                let by = ChangedBy::CommandLine(&user);
                account::put(&database, &made, None, None, by)
                    .await
                    .map_err(Failure::new)?
                    .map_err(Failure::new)
            }
            What::Broker { region, service } => {
                let kind = service_kind::find(&service)
                    .ok_or_else(|| Failure::usage(format!("there is no service {service}")))?;
                let database = pool(config.database.url.expose_secret(), 1).map_err(Failure::new)?;
                if service.desk().is_some() {
                    let desks = service_desks(&database, region).await.map_err(Failure::new)?;
                    if !desks.has(&service) {
                        return Err(Failure::usage(format!(
                            "region {region} has no desk {service}, or it is closed; open it first (in the console under \
                             Administration, or PUT /api/v1/service-desks/{service}), then make its account"
                        )));
                    }
                }
                let account = if kind.national {
                    AgencyAccount::national(service)
                } else {
                    AgencyAccount { region: Some(region), service }
                };
                let management = Management::new(&config.broker.management_url, &config.broker.vhost)
                    .map_err(Failure::new)?;
                // The broker is no part of a transaction: rather a trace of what failed than none of what was done.
                let (name, user) = (account.name(), user());
                let by = ChangedBy::CommandLine(&user);
                let noted = crate::store::account::note_change(
                    &database,
                    &name,
                    ChangeKind::Broker,
                    "new password",
                    by,
                );
                noted.await.map_err(Failure::new)?;
                management.put_agency(&account, &password).await.map_err(Failure::new)?;
                println!("{}", address(config.broker.url.expose_secret(), &account, &password));
                Ok(())
            }
        }
    })
}

/// The hub's own address of the broker with the agency's account in it.
fn address(hub: &str, account: &AgencyAccount, password: &SecretString) -> String {
    let (scheme, rest) = hub.split_once("://").unwrap_or(("amqp", hub));
    let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    format!("{scheme}://{}:{}@{place}", account.name(), password.expose_secret())
}
