//! One line of a file of messages, whatever its format, on its way to becoming a message of the typed door.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::went::Went;
use crate::domain::ids::MessageId;
use crate::domain::location::{Fix, Location, LocationSource, Uncertainty};
use crate::domain::message::{CallBack, Channel, Contact, Message, PhoneNumber, Sender};
use crate::domain::names::Language;
use crate::domain::quantities::{Metres, Point};

/// What somebody reported, and when on the file's own clock.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The file's name for people and the row in it, from 1: what the message's id is made from.
    pub set: String,
    /// See `set`.
    pub row: u64,
    /// Seconds on the file's clock: since midnight, or since 1970 in local time.
    pub at: i64,
    /// How it came.
    pub channel: Channel,
    /// How the contact went.
    pub contact: Contact,
    /// The number to call back.
    pub phone: Option<PhoneNumber>,
    /// The device, where a device reports.
    pub device: Option<String>,
    /// The words.
    pub text: String,
    /// The language spoken, where it is one.
    pub language: Option<Language>,
    /// Where.
    pub point: Option<Point>,
    /// Radius within which the place truly lies.
    pub uncertainty: Option<Metres>,
    /// Where, in words.
    pub address: Option<String>,
    /// The units that really went, where the log has them.
    pub went: Went,
}

impl Report {
    /// The message, as if its channel received it now.
    #[must_use]
    pub fn message(&self, now: Timestamp) -> Message {
        Message {
            id: id(&self.set, self.row),
            channel: self.channel,
            received_at: now,
            sender: self.sender(),
            contact: self.contact,
            language: self.language,
            text: self.text.clone(),
            answers: Default::default(),
            category: None,
            location: self.location(),
            exercise: false,
        }
    }

    fn sender(&self) -> Sender {
        if let Some(device) = &self.device {
            return Sender::Device { device: device.clone() };
        }
        let call_back = match (&self.phone, self.channel) {
            (Some(number), _) => CallBack::Number { number: number.clone() },
            (None, Channel::App | Channel::ChatBot | Channel::Widget | Channel::Email) => {
                CallBack::SameChannel
            }
            (None, _) => CallBack::NoNumber,
        };
        Sender::Person { name: None, call_back }
    }

    fn location(&self) -> Option<Location> {
        let uncertainty = self.uncertainty.map(|radius_m| Uncertainty::Circle { radius_m });
        let fix = self.point.map(|point| Fix { point, uncertainty });
        let source = match self.channel {
            _ if fix.is_none() => LocationSource::Caller,
            Channel::Call | Channel::Sms => LocationSource::Network,
            Channel::App | Channel::SosButton | Channel::Vehicle => LocationSource::Handset,
            Channel::Sensor => LocationSource::Sensor,
            Channel::Agency => LocationSource::Agency,
            Channel::ChatBot | Channel::Widget | Channel::Email => LocationSource::Caller,
        };
        Location::new(fix, self.address.clone(), source, None).ok()
    }
}

/// The same row of the same set is the same message in every run: version 8 of RFC 9562, from SHA-256.
#[must_use]
pub fn id(set: &str, row: u64) -> MessageId {
    let digest = digest(set, row);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    MessageId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// The chance of a row, the same in every run: for choices that its id must not show.
#[must_use]
pub fn chance(set: &str, row: u64) -> u64 {
    let digest = digest(set, row);
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&digest[24..]);
    u64::from_be_bytes(bytes)
}

fn digest(set: &str, row: u64) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(set.as_bytes());
    hash.update([0]);
    hash.update(row.to_be_bytes());
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_row_is_the_same_message_and_another_row_or_set_another() {
        assert_eq!(id("montgomery", 7), id("montgomery", 7));
        let all = [id("montgomery", 7), id("montgomery", 8), id("seattle-police", 7), id("montgomery7", 0)];
        let distinct: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
        assert!(
            all.iter().all(|i| i.0.get_version_num() == 8 && i.0.get_variant() == uuid::Variant::RFC4122)
        );
        assert_eq!(id("demo", 1).to_string(), "a87a95dd-3f94-80dd-acde-f8ba9a6c0ec8");
    }
}
