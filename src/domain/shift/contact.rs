//! How duty officers are reached (112-R c.5(1)¶1): number, call sign, additional means, who confirmed it and when.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::decision::Refusal;
use crate::domain::envelope::Contact as ContractContact;
use crate::domain::ids::{AccountName, ServiceKey};
use crate::domain::quantities::Seconds;
use crate::domain::said::said;

/// Most ways to reach one service.
const MOST_CONTACTS: usize = 64;
/// Longest name or number, characters.
const LONGEST: usize = 200;

/// A means of communication.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Means {
    /// A fixed telephone.
    Telephone,
    /// A mobile telephone.
    Mobile,
    /// Radio.
    Radio,
    /// A satellite telephone.
    Satellite,
    /// A messenger.
    Messenger,
    /// Any other, in a word.
    Other(String),
}

impl Means {
    /// The word of serialised forms.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Telephone => "telephone",
            Self::Mobile => "mobile",
            Self::Radio => "radio",
            Self::Satellite => "satellite",
            Self::Messenger => "messenger",
            Self::Other(word) => word,
        }
    }
}

impl FromStr for Means {
    type Err = Infallible;
    fn from_str(s: &str) -> Result<Self, Infallible> {
        Ok(match s {
            "telephone" => Self::Telephone,
            "mobile" => Self::Mobile,
            "radio" => Self::Radio,
            "satellite" => Self::Satellite,
            "messenger" => Self::Messenger,
            other => Self::Other(other.to_owned()),
        })
    }
}

impl From<String> for Means {
    fn from(s: String) -> Self {
        s.parse().unwrap_or(Self::Other(s))
    }
}

impl From<Means> for String {
    fn from(m: Means) -> Self {
        m.as_str().to_owned()
    }
}

impl fmt::Display for Means {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One way to reach a duty officer.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DutyContact)]
pub struct Contact {
    /// Whose it is: the desk, or the officer on duty.
    #[schema(max_length = 200)]
    pub owner: String,
    /// The means.
    #[schema(value_type = String, example = "radio")]
    pub means: Means,
    /// Number, frequency or address.
    #[schema(max_length = 200)]
    pub number: String,
    /// Call sign, where the means has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    pub call_sign: Option<String>,
}

impl From<ContractContact> for Contact {
    fn from(c: ContractContact) -> Self {
        Self { owner: c.name, means: Means::from(c.means), number: c.number, call_sign: c.call_sign }
    }
}

impl From<Contact> for ContractContact {
    fn from(c: Contact) -> Self {
        Self { name: c.owner, means: c.means.into(), number: c.number, call_sign: c.call_sign }
    }
}

/// Who says that contacts are right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "who", rename_all = "snake_case")]
pub enum Confirmer {
    /// A named person of the hub.
    Person {
        /// Who.
        account: AccountName,
    },
    /// The service itself, in answer to a check.
    Service,
}

/// Contacts that were right before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PastContacts {
    /// As they were.
    pub contacts: Vec<Contact>,
    /// When they were replaced.
    pub replaced_at: Timestamp,
    /// Who replaced them.
    pub replaced_by: Confirmer,
}

/// The contacts of one service, now and before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ServiceContacts {
    /// Who is on duty there, as the service last said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duty_officer: Option<String>,
    /// As they are now.
    pub contacts: Vec<Contact>,
    /// When they were last found right; absent: never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<Timestamp>,
    /// Who found so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmed_by: Option<Confirmer>,
    /// As they were, from the first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<PastContacts>,
}

/// The contacts of every service of a region; the hub's own channels stand under `hub`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct ContactBook(BTreeMap<ServiceKey, ServiceContacts>);

impl ContactBook {
    /// The contacts of a service, now and before.
    #[must_use]
    pub fn get(&self, service: &ServiceKey) -> Option<&ServiceContacts> {
        self.0.get(service)
    }

    /// The ways to reach a service now.
    #[must_use]
    pub fn of(&self, service: &ServiceKey) -> &[Contact] {
        self.0.get(service).map_or(&[], |c| &c.contacts)
    }

    /// All services with contacts.
    pub fn iter(&self) -> impl Iterator<Item = (&ServiceKey, &ServiceContacts)> {
        self.0.iter()
    }

    /// The number to telephone when a service is silent: the officer's or desk's telephone before other means.
    #[must_use]
    pub fn to_call(&self, service: &ServiceKey) -> Option<&Contact> {
        self.of(service).iter().min_by_key(|c| &c.means)
    }

    /// Services whose contacts nobody has found right within `age`, the never confirmed among them.
    pub fn stale<'a>(
        &'a self,
        services: &'a [ServiceKey],
        age: Seconds,
        now: Timestamp,
    ) -> impl Iterator<Item = &'a ServiceKey> {
        services.iter().filter(move |service| {
            let confirmed = self.get(service).and_then(|c| c.confirmed_at);
            confirmed.is_none_or(|at| now.duration_since(at) > age.span())
        })
    }

    pub(super) fn confirm(&mut self, service: &ServiceKey, by: &Confirmer, at: Timestamp) {
        let entry = self.0.entry(service.clone()).or_default();
        entry.confirmed_at = Some(at);
        entry.confirmed_by = Some(by.clone());
    }

    pub(super) fn set_officer(&mut self, service: &ServiceKey, officer: &str) {
        self.0.entry(service.clone()).or_default().duty_officer = Some(officer.to_owned());
    }

    pub(super) fn replace(
        &mut self,
        service: &ServiceKey,
        contacts: &[Contact],
        by: &Confirmer,
        at: Timestamp,
    ) {
        let entry = self.0.entry(service.clone()).or_default();
        let past = std::mem::replace(&mut entry.contacts, contacts.to_vec());
        if !past.is_empty() {
            entry.history.push(PastContacts { contacts: past, replaced_at: at, replaced_by: by.clone() });
        }
        self.confirm(service, by, at);
    }
}

/// Whether the contacts can be kept as they are given.
pub(super) fn check(contacts: &[Contact]) -> Result<(), Refusal> {
    if contacts.is_empty() || contacts.len() > MOST_CONTACTS {
        return Err(Refusal::invalid("contacts", said!("give 1 to {most} contacts", most = MOST_CONTACTS)));
    }
    for (n, c) in contacts.iter().enumerate() {
        for (field, text) in [("owner", &c.owner), ("number", &c.number)] {
            if text.trim().is_empty() || text.chars().count() > LONGEST {
                return Err(Refusal::invalid(
                    "contacts",
                    said!(
                        "{field} of contact {n} has 1 to {most} characters; correct it",
                        field = field,
                        n = n + 1,
                        most = LONGEST
                    ),
                ));
            }
        }
        if c.means.as_str().trim().is_empty() || c.means.as_str().chars().count() > 64 {
            return Err(Refusal::invalid(
                "contacts",
                said!(
                    "the means of contact {n} has 1 to {most} characters; correct it",
                    n = n + 1,
                    most = 64
                ),
            ));
        }
        if contacts.iter().take(n).any(|other| other.means == c.means && other.number == c.number) {
            return Err(Refusal::invalid(
                "contacts",
                said!(
                    "the contact {means} {number} stands twice; leave one",
                    means = c.means,
                    number = c.number
                ),
            ));
        }
    }
    Ok(())
}
