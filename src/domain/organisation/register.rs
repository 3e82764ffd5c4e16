//! The tree of one region: what is given by the rules, and what the administrator keeps.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::bin::Bin;
use super::kind::OrganisationKind;
use crate::domain::decision::{By, Refusal};
use crate::domain::ids::{AccountName, ServiceKey};
use crate::domain::missing::Missing;
use crate::domain::names::Names;
use crate::domain::said::said;
use crate::domain::service_kind;
use crate::domain::shift::Contact;

/// Longest name, site or reason, characters.
const LONGEST_TEXT: usize = 300;
/// Longest number, characters.
const LONGEST_NUMBER: usize = 64;
/// Most ways of reaching one organisation.
const MOST_CONTACTS: usize = 16;
/// Most organisations of one region.
const MOST: usize = 5_000;

/// The text is no key of an organisation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an organisation has a key of 1 to 64 characters of a-z, 0-9, _ and -")]
pub struct OrganisationKeyError;

/// An organisation by its key (`territorial_body`, `75-kazselden`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[a-z0-9_-]{1,64}$")]
pub struct OrganisationKey(String);

impl OrganisationKey {
    /// # Errors
    /// [`OrganisationKeyError`] when the text is none.
    pub fn new(text: &str) -> Result<Self, OrganisationKeyError> {
        Self::try_from(text.to_owned())
    }
}

impl TryFrom<String> for OrganisationKey {
    type Error = OrganisationKeyError;
    fn try_from(text: String) -> Result<Self, OrganisationKeyError> {
        let fits =
            text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-');
        if fits && (1..=64).contains(&text.len()) { Ok(Self(text)) } else { Err(OrganisationKeyError) }
    }
}

impl From<OrganisationKey> for String {
    fn from(key: OrganisationKey) -> Self {
        key.0
    }
}

impl fmt::Display for OrganisationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is known of an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// Its key.
    pub key: OrganisationKey,
    /// What it is to the hub.
    pub kind: OrganisationKind,
    /// Under which it hangs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<OrganisationKey>,
    /// Its names.
    pub names: Names,
    /// Its business identification number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bin: Option<Bin>,
    /// Where it is: an address, or the site of a facility.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 300)]
    pub site: Option<String>,
    /// The number of its duty officer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    pub duty_number: Option<String>,
    /// Who there may be spoken to, and how.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 16)]
    pub contacts: Vec<Contact>,
    /// The duty-dispatch service of the region that is its desk: what is addressed to it goes over that link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceKey>,
}

impl Organisation {
    /// # Errors
    /// [`Refusal::Invalid`] without a name in every language, or with a text that is too long.
    fn check(&self) -> Result<(), Refusal> {
        for (field, name) in
            [("names.kk", &self.names.kk), ("names.ru", &self.names.ru), ("names.en", &self.names.en)]
        {
            text(field, name, LONGEST_TEXT)?;
        }
        if let Some(site) = &self.site {
            text("site", site, LONGEST_TEXT)?;
        }
        if let Some(number) = &self.duty_number {
            text("duty_number", number, LONGEST_NUMBER)?;
        }
        if self.contacts.len() > MOST_CONTACTS {
            let reason =
                said!("an organisation has at most {most} contacts; leave some out", most = MOST_CONTACTS);
            return Err(Refusal::invalid("contacts", reason));
        }
        for contact in &self.contacts {
            text("contacts.owner", &contact.owner, LONGEST_TEXT)?;
            text("contacts.number", &contact.number, LONGEST_TEXT)?;
        }
        if let Some(service) = &self.service
            && service_kind::find(service).is_none()
        {
            return Err(Refusal::not_found(Missing::Service, service));
        }
        Ok(())
    }

    /// The number to call: that of its duty officer, or else the first way of reaching anybody there.
    #[must_use]
    pub fn to_call(&self) -> Option<&str> {
        let first = self.contacts.first().map(|contact| contact.number.as_str());
        self.duty_number.as_deref().or(first)
    }
}

fn text(field: &'static str, given: &str, longest: usize) -> Result<(), Refusal> {
    if given.trim().is_empty() || given.chars().count() > longest {
        return Err(Refusal::invalid(field, said!("write 1 to {most} characters here", most = longest)));
    }
    Ok(())
}

/// An organisation as the tree holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeptOrganisation {
    /// What is known of it.
    pub organisation: Organisation,
    /// How often it was entered or changed: its ETag. Zero: as the rules give it.
    pub version: u64,
    /// Who entered it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_by: Option<AccountName>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<Timestamp>,
}

/// What is asked of the tree, by a named person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub enum OrganisationCommand {
    /// Enter an organisation, or change what is known of it.
    Register {
        /// The organisation.
        organisation: Box<Organisation>,
    },
    /// Take it off.
    Remove {
        /// Which.
        organisation: OrganisationKey,
        /// Why.
        reason: String,
    },
}

/// What happens to the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum OrganisationEvent {
    /// An organisation was entered or changed.
    Registered {
        /// The organisation.
        organisation: Box<Organisation>,
        /// Its version from now on.
        version: u64,
        /// Who.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
    /// An organisation was taken off.
    Removed {
        /// Which.
        organisation: OrganisationKey,
        /// Why.
        reason: String,
        /// Who.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
}

impl OrganisationEvent {
    /// The organisation that it is about.
    #[must_use]
    pub fn organisation(&self) -> &OrganisationKey {
        match self {
            Self::Registered { organisation, .. } => &organisation.key,
            Self::Removed { organisation, .. } => organisation,
        }
    }
}

/// A row of the tree as the rules give it.
#[derive(Debug, Deserialize)]
struct GivenRow {
    key: OrganisationKey,
    kind: OrganisationKind,
    parent: Option<OrganisationKey>,
    service: Option<ServiceKey>,
    kk: String,
    ru: String,
    en: String,
}

/// What every region has from the beginning, with the names of the official texts.
static GIVEN: LazyLock<BTreeMap<OrganisationKey, KeptOrganisation>> = LazyLock::new(|| {
    let rows = csv::Reader::from_reader(include_str!("given.csv").as_bytes()).into_deserialize::<GivenRow>();
    rows.filter_map(Result::ok)
        .map(|row| {
            let organisation = Organisation {
                key: row.key.clone(),
                kind: row.kind,
                parent: row.parent,
                names: Names { kk: row.kk, ru: row.ru, en: row.en },
                bin: None,
                site: None,
                duty_number: None,
                contacts: Vec::new(),
                service: row.service,
            };
            let kept = KeptOrganisation { organisation, version: 0, changed_by: None, changed_at: None };
            (row.key, kept)
        })
        .collect()
});

/// The organisations of one region: those given by the rules, and in their place or beside them what was entered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Organisations(BTreeMap<OrganisationKey, KeptOrganisation>);

impl Organisations {
    /// An organisation by its key.
    #[must_use]
    pub fn get(&self, key: &OrganisationKey) -> Option<&KeptOrganisation> {
        self.0.get(key).or_else(|| GIVEN.get(key))
    }

    /// All of them, by key.
    pub fn iter(&self) -> impl Iterator<Item = &KeptOrganisation> {
        let given = GIVEN.iter().filter(|(key, _)| !self.0.contains_key(*key)).map(|(_, kept)| kept);
        given.chain(self.0.values())
    }

    /// The one of a kind that there is only one of.
    fn only(&self, kind: OrganisationKind) -> Option<&KeptOrganisation> {
        let key = GIVEN.iter().find(|(_, kept)| kept.organisation.kind == kind).map(|(key, _)| key)?;
        self.get(key)
    }

    /// Whom the hub reports to upward: the republican level (112-O c.2).
    #[must_use]
    pub fn upward(&self) -> Option<&KeptOrganisation> {
        self.only(OrganisationKind::CommandCentre)
    }

    /// The territorial body whose leadership the hub answers to (c.2(2), c.6(6)).
    #[must_use]
    pub fn territorial_body(&self) -> Option<&KeptOrganisation> {
        self.only(OrganisationKind::TerritorialBody)
    }

    /// Takes an organisation as the store has it.
    pub fn adopt(&mut self, kept: KeptOrganisation) {
        self.0.insert(kept.organisation.key.clone(), kept);
    }

    /// Decides a command.
    ///
    /// # Errors
    /// [`Refusal::PersonNeeded`], [`Refusal::NotFound`], [`Refusal::Invalid`] with what is wrong, [`Refusal::Conflict`]
    /// when others hang under what is taken off, or the rules give it.
    pub fn decide(
        &self,
        command: OrganisationCommand,
        now: Timestamp,
        by: &By,
    ) -> Result<Vec<OrganisationEvent>, Refusal> {
        let by = by.person().ok_or(Refusal::PersonNeeded)?.clone();
        match command {
            OrganisationCommand::Register { organisation } => {
                organisation.check()?;
                self.check_place(&organisation)?;
                self.check_bin(&organisation)?;
                let held = self.get(&organisation.key);
                if held.is_none() && self.iter().count() >= MOST {
                    let reason =
                        said!("a region keeps at most {most} organisations; take one off first", most = MOST);
                    return Err(Refusal::conflict(reason));
                }
                let version = held.map_or(0, |kept| kept.version) + 1;
                Ok(vec![OrganisationEvent::Registered { organisation, version, by, at: now }])
            }
            OrganisationCommand::Remove { organisation, reason } => {
                text("reason", &reason, LONGEST_TEXT)?;
                if GIVEN.contains_key(&organisation) {
                    return Err(Refusal::conflict(said!(
                        "{key} is given by the rules; change what is known of it instead",
                        key = organisation
                    )));
                }
                if !self.0.contains_key(&organisation) {
                    return Err(Refusal::not_found(Missing::Organisation, organisation));
                }
                if let Some(below) =
                    self.iter().find(|o| o.organisation.parent.as_ref() == Some(&organisation))
                {
                    return Err(Refusal::conflict(said!(
                        "{key} hangs under it; hang that elsewhere first",
                        key = below.organisation.key
                    )));
                }
                Ok(vec![OrganisationEvent::Removed { organisation, reason, by, at: now }])
            }
        }
    }

    /// Where it stands in the tree: of those given there is one each, and nothing hangs under itself.
    fn check_place(&self, organisation: &Organisation) -> Result<(), Refusal> {
        let given = GIVEN.get(&organisation.key).map(|kept| kept.organisation.kind);
        if given.map_or_else(|| organisation.kind.is_given(), |kind| kind != organisation.kind) {
            return Err(Refusal::invalid(
                "kind",
                said!("there is one of this kind, given by the rules; choose another kind"),
            ));
        }
        let parent = match &organisation.parent {
            None => None,
            Some(key) => Some(self.get(key).ok_or_else(|| Refusal::not_found(Missing::Organisation, key))?),
        };
        if !organisation.kind.may_hang_under(parent.map(|kept| kept.organisation.kind)) {
            return Err(Refusal::invalid(
                "parent",
                said!("this kind does not hang there; choose another parent"),
            ));
        }
        let mut above = parent;
        // A tree is not deeper than it has members.
        for _ in 0..=self.0.len() + GIVEN.len() {
            let Some(kept) = above else { return Ok(()) };
            if kept.organisation.key == organisation.key {
                break;
            }
            above = kept.organisation.parent.as_ref().and_then(|key| self.get(key));
        }
        Err(Refusal::invalid("parent", said!("it would hang under itself; choose another parent")))
    }

    fn check_bin(&self, organisation: &Organisation) -> Result<(), Refusal> {
        let Some(bin) = &organisation.bin else { return Ok(()) };
        let twin = self.iter().map(|kept| &kept.organisation).find(|other| {
            // Sites of one legal person share its number.
            let sites = [other.kind, organisation.kind].contains(&OrganisationKind::HazardousFacility);
            other.key != organisation.key && other.bin.as_ref() == Some(bin) && !sites
        });
        match twin {
            None => Ok(()),
            Some(other) => Err(Refusal::conflict(said!(
                "{key} has this number already; correct one of the two",
                key = other.key
            ))),
        }
    }

    /// Applies one event.
    pub fn apply(&mut self, event: &OrganisationEvent) {
        match event {
            OrganisationEvent::Registered { organisation, version, by, at } => self.adopt(KeptOrganisation {
                organisation: organisation.as_ref().clone(),
                version: *version,
                changed_by: Some(by.clone()),
                changed_at: Some(*at),
            }),
            OrganisationEvent::Removed { organisation, .. } => {
                self.0.remove(organisation);
            }
        }
    }
}
