//! How RabbitMQ is reached: messages over AMQP, accounts and permissions over its management interface.

use lapin::uri::AMQPUri;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::ConfigError;

/// How RabbitMQ is reached.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Broker {
    /// `amqp://user:password@host:port/vhost`. Secret, for its password. When loaded it always names the virtual
    /// host of [`Broker::vhost`].
    pub url: SecretString,
    /// `http://user:password@host:port` of the management interface, whose user has the tag `administrator`: the
    /// hub makes the agencies' accounts itself. Secret, for its password.
    pub management_url: SecretString,
    /// The virtual host. Default: the one that `url` names; where both name one, they must agree.
    #[serde(default)]
    pub vhost: String,
}

impl Broker {
    pub(super) fn checked(mut self) -> Result<Self, ConfigError> {
        let wrong = |why: &str| ConfigError::Value { key: "broker.url", why: why.to_owned() };
        // The parser's own words are left out: they may repeat the password.
        let mut uri: AMQPUri = self
            .url
            .expose_secret()
            .parse()
            .map_err(|_| wrong("must read amqp://user:password@host:port/vhost"))?;
        let named = names_vhost(self.url.expose_secret());
        if self.vhost.is_empty() {
            self.vhost.clone_from(&uri.vhost);
        } else if named && uri.vhost != self.vhost {
            return Err(wrong(&format!(
                "names the virtual host \"{}\", broker.vhost names \"{}\": name one, or the same",
                uri.vhost, self.vhost
            )));
        }
        if !named {
            uri.vhost.clone_from(&self.vhost);
            self.url = uri.to_string().into();
        }
        if !is_management(self.management_url.expose_secret()) {
            return Err(ConfigError::Value {
                key: "broker.management_url",
                why: "must read http://user:password@host:port".to_owned(),
            });
        }
        Ok(self)
    }
}

/// Whether an AMQP address has a path: `amqp://host` and `amqp://host/` name no virtual host.
fn names_vhost(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split_once('?').map_or(rest, |(before, _)| before);
    rest.split_once('/').is_some_and(|(_, path)| !path.is_empty())
}

/// Whether it is an address of a web server with a user and a password, and no path.
fn is_management(url: &str) -> bool {
    let parts = || {
        let (scheme, rest) = url.split_once("://")?;
        let (credentials, host) = rest.rsplit_once('@')?;
        let (user, password) = credentials.split_once(':')?;
        Some((scheme, user, password, host.trim_end_matches('/')))
    };
    parts().is_some_and(|(scheme, user, password, host)| {
        matches!(scheme, "http" | "https")
            && ![user, password, host].iter().any(|part| part.is_empty())
            && !host.contains('/')
    })
}
