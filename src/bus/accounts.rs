//! The broker accounts of agencies: each may read its own queues and write, into the hub's exchange, only under its
//! own name. The hub makes them over the broker's management interface.

use std::time::Duration;

use awc::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use futures_util::Stream;
use rand::RngExt;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::BusError;
use super::topology::IN;
use crate::domain::envelope::Party;
use crate::domain::ids::{RegionCode, ServiceKey};

/// How long the management interface may take to answer.
const ANSWER: Duration = Duration::from_secs(10);
/// What one agency may open: its system and a spare one, each with a few channels.
const LIMITS: [(&str, u32); 2] = [("max-connections", 8), ("max-channels", 64)];

/// Whom a broker account speaks for. It follows from the account's name alone, so that no list can be stale:
/// `agency.75.ambulance` is the ambulance of region 75, `agency.kz.air_ambulance` the medical aviation of every
/// region (a national owner: one link serves many regions).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AgencyAccount {
    /// The region, or `None` for a national owner.
    pub region: Option<RegionCode>,
    /// The kind of service.
    pub service: ServiceKey,
}

impl AgencyAccount {
    /// The account of a service of one region.
    #[must_use]
    pub fn regional(party: &Party) -> Self {
        Self { region: Some(party.region), service: party.service.clone() }
    }

    /// The account of a national owner.
    #[must_use]
    pub fn national(service: ServiceKey) -> Self {
        Self { region: None, service }
    }

    /// Reads an account's name; `None` when it is not one of an agency.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let (region, service) = name.strip_prefix("agency.")?.split_once('.')?;
        let service = service.parse().ok()?;
        if region == "kz" {
            return Some(Self { region: None, service });
        }
        Some(Self { region: Some(region.parse().ok()?), service })
    }

    /// The account's name.
    #[must_use]
    pub fn name(&self) -> String {
        match self.region {
            Some(region) => format!("agency.{region}.{}", self.service),
            None => format!("agency.kz.{}", self.service),
        }
    }

    /// Whether a message that names this sender may come from the account.
    #[must_use]
    pub fn speaks_for(&self, sender: &Party) -> bool {
        self.service == sender.service && self.region.is_none_or(|r| r == sender.region)
    }

    /// The pattern of its region in queue names and routing keys.
    fn region_pattern(&self) -> String {
        self.region.map_or_else(|| "[1-7][0-9]".to_owned(), |r| r.to_string())
    }

    fn permissions(&self) -> Value {
        let queues = format!(r"^agency\.{}\.{}$", self.region_pattern(), self.service);
        json!({"configure": "^$", "write": format!("^{}$", IN.replace('.', r"\.")), "read": queues})
    }

    fn topic_permissions(&self) -> Value {
        let keys = format!(r"^{}\.{}\.[a-z_]+$", self.region_pattern(), self.service);
        json!({"exchange": IN, "write": keys, "read": "^$"})
    }
}

/// A password of 192 random bits.
#[must_use]
pub fn random_password() -> SecretString {
    let bytes: [u8; 24] = rand::rng().random();
    hex::encode(bytes).into()
}

/// Where the broker is managed.
#[derive(Debug, Clone)]
pub struct ManagementAt {
    /// `http://user:password@host:port`.
    pub url: SecretString,
    /// The virtual host.
    pub vhost: String,
}

/// A message as the management interface gives it: what is not UTF-8 in its properties reads U+FFFD.
#[derive(Debug, Clone, PartialEq)]
pub struct FirstMessage {
    /// Under which it was published.
    pub routing_key: String,
    /// Its AMQP properties.
    pub properties: Value,
    /// Its bytes.
    pub body: Vec<u8>,
}

/// The broker's management interface, for one virtual host. Lives on an actix arbiter.
#[derive(Clone)]
pub struct Management {
    client: awc::Client,
    base: String,
    user: String,
    password: SecretString,
    vhost: String,
}

impl std::fmt::Debug for Management {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Management")
            .field("base", &self.base)
            .field("vhost", &self.vhost)
            .finish_non_exhaustive()
    }
}

impl Management {
    /// `url` is `http://user:password@host:port`.
    ///
    /// # Errors
    /// [`BusError::Management`] when the address does not read.
    pub fn new(url: &SecretString, vhost: &str) -> Result<Self, BusError> {
        let parts = || {
            let (scheme, rest) = url.expose_secret().trim_end_matches('/').split_once("://")?;
            let (credentials, host) = rest.rsplit_once('@')?;
            let (user, password) = credentials.split_once(':')?;
            Some((format!("{scheme}://{host}"), user.to_owned(), SecretString::from(password)))
        };
        let (base, user, password) =
            parts().ok_or_else(|| refused("its address", "it must be http://user:password@host:port"))?;
        let client = awc::Client::builder().timeout(ANSWER).finish();
        Ok(Self { client, base, user, password, vhost: vhost.to_owned() })
    }

    /// Makes the account, or gives it this password and exactly its permissions if it exists.
    ///
    /// # Errors
    /// [`BusError::Management`].
    pub async fn put_agency(&self, account: &AgencyAccount, password: &SecretString) -> Result<(), BusError> {
        let name = account.name();
        let vhost = encoded(&self.vhost);
        let user = json!({"password": password.expose_secret(), "tags": ""});
        self.put(&format!("users/{name}"), &user).await?;
        // The narrower permission first: at no moment may the account write under another's name.
        self.put(&format!("topic-permissions/{vhost}/{name}"), &account.topic_permissions()).await?;
        self.put(&format!("permissions/{vhost}/{name}"), &account.permissions()).await?;
        for (limit, value) in LIMITS {
            self.put(&format!("user-limits/{name}/{limit}"), &json!({"value": value})).await?;
        }
        Ok(())
    }

    /// Removes the account; its connections end. `false` when there was none.
    ///
    /// # Errors
    /// [`BusError::Management`].
    pub async fn remove_agency(&self, account: &AgencyAccount) -> Result<bool, BusError> {
        self.delete(&format!("users/{}", account.name())).await
    }

    /// The agencies that have an account.
    ///
    /// # Errors
    /// [`BusError::Management`].
    pub async fn agencies(&self) -> Result<Vec<AgencyAccount>, BusError> {
        let users: Vec<Named> = self.get("users").await?;
        Ok(users.iter().filter_map(|u| AgencyAccount::parse(&u.name)).collect())
    }

    /// Makes the virtual host and lets the account of this interface do everything in it.
    ///
    /// # Errors
    /// [`BusError::Management`].
    pub async fn put_vhost(&self) -> Result<(), BusError> {
        let vhost = encoded(&self.vhost);
        self.put(&format!("vhosts/{vhost}"), &json!({})).await?;
        let all = json!({"configure": ".*", "write": ".*", "read": ".*"});
        self.put(&format!("permissions/{vhost}/{}", self.user), &all).await
    }

    /// Removes the virtual host with all that is in it.
    ///
    /// # Errors
    /// [`BusError::Management`].
    pub async fn remove_vhost(&self) -> Result<(), BusError> {
        self.delete(&format!("vhosts/{}", encoded(&self.vhost))).await.map(drop)
    }

    /// Messages that wait in each queue, ready and unacknowledged.
    ///
    /// # Errors
    /// [`BusError::Management`].
    pub async fn depths(&self) -> Result<Vec<(String, u64)>, BusError> {
        let queues: Vec<Depth> = self.get(&format!("queues/{}", encoded(&self.vhost))).await?;
        Ok(queues.into_iter().map(|q| (q.name, q.messages)).collect())
    }

    /// Ends every connection whose client calls itself so, and gives how many there were.
    ///
    /// # Errors
    /// [`BusError::Management`].
    pub async fn end_connections(&self, called: &str) -> Result<usize, BusError> {
        let connections: Vec<Connected> =
            self.get(&format!("vhosts/{}/connections", encoded(&self.vhost))).await?;
        let mut ended = 0;
        for connection in connections.iter().filter(|c| c.client_properties.connection_name == called) {
            self.delete(&format!("connections/{}", encoded(&connection.name))).await?;
            ended += 1;
        }
        Ok(ended)
    }

    /// Ends every connection that an agency's account has open.
    ///
    /// # Errors
    /// [`BusError::Management`].
    pub async fn end_connections_of(&self, account: &AgencyAccount) -> Result<(), BusError> {
        self.delete(&format!("connections/username/{}", account.name())).await.map(drop)
    }

    /// Takes the first message out of a queue for good: for one that no AMQP client can read. `None` when the queue
    /// is empty.
    ///
    /// # Errors
    /// [`BusError::Management`].
    pub async fn take_first(&self, queue: &str) -> Result<Option<FirstMessage>, BusError> {
        let path = format!("queues/{}/{}/get", encoded(&self.vhost), encoded(queue));
        let request = self.client.post(self.url(&path)).basic_auth(&self.user, self.password.expose_secret());
        // Left in the queue it would not stay the first: the broker puts what comes back behind the others.
        let wish = json!({"count": 1, "ackmode": "ack_requeue_false", "encoding": "base64"});
        let mut response = request.send_json(&wish).await.map_err(|e| refused(&path, &e.to_string()))?;
        if !response.status().is_success() {
            return Err(refused(&path, &response.status().to_string()));
        }
        let taken: Vec<Got> =
            response.json().limit(64 << 20).await.map_err(|e| refused(&path, &e.to_string()))?;
        let Some(got) = taken.into_iter().next() else { return Ok(None) };
        let body = BASE64.decode(&got.payload).map_err(|e| refused(&path, &e.to_string()))?;
        Ok(Some(FirstMessage { routing_key: got.routing_key, properties: got.properties, body }))
    }

    pub(super) async fn put<T: Serialize>(&self, path: &str, body: &T) -> Result<(), BusError> {
        let request = self.client.put(self.url(path)).basic_auth(&self.user, self.password.expose_secret());
        let response = request.send_json(body).await.map_err(|e| refused(path, &e.to_string()))?;
        settled(path, response).await
    }

    /// The virtual host for which it asks.
    pub(super) fn vhost(&self) -> &str {
        &self.vhost
    }

    /// `false` when there is nothing to remove.
    async fn delete(&self, path: &str) -> Result<bool, BusError> {
        let request =
            self.client.delete(self.url(path)).basic_auth(&self.user, self.password.expose_secret());
        let response = request.send().await.map_err(|e| refused(path, &e.to_string()))?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(false);
        }
        settled(path, response).await?;
        Ok(true)
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, BusError> {
        let request = self.client.get(self.url(path)).basic_auth(&self.user, self.password.expose_secret());
        let mut response = request.send().await.map_err(|e| refused(path, &e.to_string()))?;
        if !response.status().is_success() {
            return Err(refused(path, &response.status().to_string()));
        }
        response.json().limit(64 << 20).await.map_err(|e| refused(path, &e.to_string()))
    }

    fn url(&self, path: &str) -> String {
        format!("{}/api/{path}", self.base)
    }
}

#[derive(serde::Deserialize)]
struct Named {
    name: String,
}

#[derive(serde::Deserialize)]
struct Depth {
    name: String,
    #[serde(default)]
    messages: u64,
}

#[derive(serde::Deserialize)]
struct Got {
    routing_key: String,
    #[serde(default)]
    properties: Value,
    payload: String,
}

#[derive(serde::Deserialize)]
struct Connected {
    name: String,
    #[serde(default)]
    client_properties: ClientProperties,
}

#[derive(Default, serde::Deserialize)]
struct ClientProperties {
    #[serde(default)]
    connection_name: String,
}

async fn settled<S>(path: &str, mut response: awc::ClientResponse<S>) -> Result<(), BusError>
where
    S: Stream<Item = Result<bytes::Bytes, awc::error::PayloadError>>,
{
    if response.status().is_success() {
        return Ok(());
    }
    let body = response.body().await.unwrap_or_default();
    Err(refused(path, &format!("{}: {}", response.status(), String::from_utf8_lossy(&body))))
}

fn refused(what: &str, reason: &str) -> BusError {
    BusError::Management { what: what.to_owned(), reason: reason.into() }
}

/// One segment of a path: everything but letters, digits, `-`, `.` and `_` as `%XX`.
pub(super) fn encoded(segment: &str) -> String {
    segment.bytes().fold(String::new(), |mut out, b| {
        if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_') {
            out.push(char::from(b));
        } else {
            out.push('%');
            out.push_str(&hex::encode_upper([b]));
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(region: &str, service: &str) -> Party {
        Party { region: region.parse().unwrap(), service: service.parse().unwrap() }
    }

    #[test]
    fn an_account_speaks_for_its_own_service_and_a_national_one_for_every_region() {
        let ambulance = AgencyAccount::regional(&party("75", "ambulance"));
        assert_eq!(AgencyAccount::parse(&ambulance.name()), Some(ambulance.clone()));
        assert!(ambulance.speaks_for(&party("75", "ambulance")));
        assert!(!ambulance.speaks_for(&party("71", "ambulance")));
        assert!(!ambulance.speaks_for(&party("75", "police")));
        let air = AgencyAccount::parse("agency.kz.air_ambulance").unwrap();
        assert!(
            air.speaks_for(&party("75", "air_ambulance")) && air.speaks_for(&party("10", "air_ambulance"))
        );
        assert!(!air.speaks_for(&party("75", "ambulance")));
        // Desks of one kind speak for themselves alone, those of a national owner too.
        let gas = AgencyAccount::parse("agency.75.utilities-gas").unwrap();
        assert_eq!(gas, AgencyAccount::regional(&party("75", "utilities-gas")));
        let north = AgencyAccount::parse("agency.kz.air_ambulance-north").unwrap();
        assert!(north.speaks_for(&party("10", "air_ambulance-north")));
        for (account, other) in [(&gas, "utilities"), (&gas, "utilities-power"), (&north, "air_ambulance")] {
            assert!(!account.speaks_for(&party("75", other)), "{account:?} for {other}");
        }
        assert!(!air.speaks_for(&party("75", "air_ambulance-north")));
        for name in ["hub112", "agency.75", "agency.99.police", "agency..police", "agency.75.a.b"] {
            assert_eq!(AgencyAccount::parse(name), None, "{name}");
        }
    }

    #[test]
    fn a_path_segment_is_encoded() {
        assert_eq!(encoded("/"), "%2F");
        assert_eq!(encoded("127.0.0.1:1 -> b"), "127.0.0.1%3A1%20-%3E%20b");
    }
}
