//! `hub112 account`: accounts of people and of agencies.

use std::io::Read;

use argon2::{Argon2, PasswordHasher};
use clap::{Args, Subcommand};
use secrecy::{ExposeSecret, SecretString};

use super::{Failure, Settings, run};
use crate::actors::load::service_desks;
use crate::bus::accounts::{AgencyAccount, Management};
use crate::domain::ids::{AccountName, RegionCode, ServiceKey};
use crate::domain::service_kind;
use crate::store::account::{self, Account, Role};
use crate::store::database::pool;

/// What to do with accounts.
#[derive(Debug, Args)]
pub struct AccountArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make or change an account of a person; the password comes from standard input
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
    std::io::stdin().take(1_024).read_to_string(&mut text).map_err(Failure::new)?;
    let text = text.trim_end_matches(['\n', '\r']);
    if text.chars().count() < 12 {
        return Err(Failure::usage("a password has at least 12 characters; give it on standard input"));
    }
    Ok(text.to_owned().into())
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
                let hash = Argon2::default()
                    .hash_password(password.expose_secret().as_bytes())
                    .map_err(|e| Failure::new(format!("the password cannot be hashed: {e}")))?
                    .to_string();
                let database = pool(config.database.url.expose_secret(), 1).map_err(Failure::new)?;
                let made = Account {
                    name,
                    role,
                    password_hash: Some(hash),
                    region,
                    service,
                    active: true,
                    version: 0,
                };
                account::put(&database, &made).await.map_err(Failure::new)
            }
            What::Broker { region, service } => {
                let kind = service_kind::find(&service)
                    .ok_or_else(|| Failure::usage(format!("there is no service {service}")))?;
                if service.desk().is_some() {
                    let database = pool(config.database.url.expose_secret(), 1).map_err(Failure::new)?;
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
