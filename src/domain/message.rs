//! A message (c.2(3), c.6(1)): anything that reaches the hub from a person, an organisation or a device.

use std::collections::BTreeMap;
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::classification::categories;
use super::ids::{CategoryCode, MessageId, ServiceKey};
use super::location::Location;
use super::moment::not_ahead;
use super::names::Language;
use super::quantities::{Metres, Seconds};
use super::said::{Said, said};
use super::service_kind;

/// Longest text of a message, characters: a long e-mail, not a book.
pub const MAX_TEXT_CHARS: usize = 20_000;
/// Longest name of a sender, characters.
pub const MAX_NAME_CHARS: usize = 200;
/// Most structured answers.
pub const MAX_ANSWERS: usize = 64;
/// How long after its receipt a message is still taken. A channel that was cut off (a terminal without a network, a mail
/// server that tries again for five days, as RFC 5321 §4.5.4.1 has it) hands over what it kept within a week; what is older
/// comes from a clock that was never set, or is another system's archive: forces would be sent to what is long over.
pub const OLDEST: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The largest uncertainty of a place, metres: from its middle to its farthest corner a region has 451 km at most
/// (Karaganda; measured on `gis/regions.geojson`). Who knows no more than the country knows no point.
pub const MAX_UNCERTAINTY: Metres = Metres::whole(500_000);
/// How far a sender's clock may run ahead of the hub's.
pub const CLOCK_TOLERANCE: Seconds = Seconds(120);

/// The way by which a message came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A telephone call, typed by a call-taker.
    Call,
    /// A text message.
    Sms,
    /// The citizens' application.
    App,
    /// An SOS button.
    SosButton,
    /// A chat-bot.
    ChatBot,
    /// A widget on a site.
    Widget,
    /// E-mail.
    Email,
    /// A sensor or alarm panel.
    Sensor,
    /// A vehicle's automatic call, through the filtering centre.
    Vehicle,
    /// An agency's system.
    Agency,
}

/// How the contact went. A silent or abandoned call is a message like any other: somebody may be unable to speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Contact {
    /// The sender was heard.
    #[default]
    Heard,
    /// The line was open and nobody spoke.
    Silent,
    /// The caller was gone before an answer or before the end.
    Abandoned,
}

/// Whom the hub can call back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum CallBack {
    /// A number in international form.
    Number {
        /// `+` and 5 to 15 digits, or a short number.
        number: PhoneNumber,
    },
    /// No number: a phone without a SIM or outside its home network. Keep the caller on the line.
    NoNumber,
    /// The channel itself answers (application, chat, e-mail).
    SameChannel,
}

/// A telephone number: an optional `+` and 2 to 15 digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = r"^\+?[0-9]{2,15}$", example = "+77011234567")]
pub struct PhoneNumber(String);

impl TryFrom<String> for PhoneNumber {
    type Error = MessageError;
    fn try_from(s: String) -> Result<Self, MessageError> {
        let kept: String = s.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')')).collect();
        let digits = kept.strip_prefix('+').unwrap_or(&kept);
        if (2..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(kept))
        } else {
            Err(MessageError::BadNumber)
        }
    }
}

impl From<PhoneNumber> for String {
    fn from(n: PhoneNumber) -> String {
        n.0
    }
}

impl PhoneNumber {
    /// The digits, with `+` where given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who speaks: c.6(1) names natural and legal persons; a sensor speaks for its owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Sender {
    /// A natural person.
    Person {
        /// The name, if given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// Whom to call back.
        call_back: CallBack,
    },
    /// A legal person.
    Organisation {
        /// Its name.
        name: String,
        /// Its business identification number (БИН/БСН), twelve digits.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bin: Option<String>,
        /// Its site that the message is about (c.6(1)): a works, a shop, a building.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(max_length = 200)]
        site: Option<String>,
        /// Who there may be spoken to: name and office.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(max_length = 200)]
        contact_person: Option<String>,
        /// Whom to call back.
        call_back: CallBack,
    },
    /// A duty-dispatch service.
    Service {
        /// Which.
        service: ServiceKey,
        /// When the service itself learnt of it (c.5(1)¶4: its lateness is visible).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        learnt_at: Option<Timestamp>,
    },
    /// A device.
    Device {
        /// Its identity.
        device: String,
    },
}

impl Sender {
    /// The number to call back, if there is one.
    #[must_use]
    pub fn number(&self) -> Option<&PhoneNumber> {
        match self {
            Self::Person { call_back: CallBack::Number { number }, .. }
            | Self::Organisation { call_back: CallBack::Number { number }, .. } => Some(number),
            _ => None,
        }
    }
}

impl Sender {
    /// When the service itself learnt of it, where a service speaks and says so.
    fn learnt_at(&self) -> Option<Timestamp> {
        if let Self::Service { learnt_at, .. } = self { *learnt_at } else { None }
    }

    /// How a person, an organisation with its site and contact person, or a device is called.
    fn names(&self) -> impl Iterator<Item = &str> {
        let [one, two, three] = match self {
            Self::Person { name, .. } => [name.as_deref(), None, None],
            Self::Organisation { name, site, contact_person, .. } => {
                [Some(name.as_str()), site.as_deref(), contact_person.as_deref()]
            }
            Self::Device { device } => [Some(device.as_str()), None, None],
            Self::Service { .. } => [None, None, None],
        };
        [one, two, three].into_iter().flatten()
    }
}

/// A message as it reaches the typed door.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// Given by the sender or the channel; the same id is the same message.
    pub id: MessageId,
    /// How it came.
    pub channel: Channel,
    /// When the channel received it.
    pub received_at: Timestamp,
    /// Who speaks.
    pub sender: Sender,
    /// How the contact went.
    #[serde(default)]
    pub contact: Contact,
    /// The language spoken, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// The words. Empty only for a silent or abandoned contact, a button or a device.
    #[serde(default)]
    pub text: String,
    /// Answers to structured questions, by question code.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<String, serde_json::Value>,
    /// A category that the sender or the call-taker already named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryCode>,
    /// Where, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// Part of an exercise: never mixed with the real (invariant 9).
    #[serde(default)]
    pub exercise: bool,
}

/// Why a message is refused at the door. Nothing is changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageError {
    /// Too long.
    TextTooLong,
    /// No words where the channel must have some.
    Empty,
    /// A time that has not come.
    FromTheFuture,
    /// A place of a time that has not come.
    PlaceFromTheFuture,
    /// A time from before any such channel, which no system of record can keep either.
    BeforeAnyClock,
    /// A receipt longer ago than [`OLDEST`].
    TooOld,
    /// A service that learnt of it longer ago than [`OLDEST`].
    LearntTooLongAgo,
    /// An organisation or a device that is not named.
    NoName,
    /// A category that the table does not have.
    UnknownCategory(CategoryCode),
    /// A service of no kind that there is.
    UnknownService(ServiceKey),
    /// A place that may be anywhere.
    TooUncertain,
    /// A name too long.
    NameTooLong,
    /// Answers too long.
    AnswersTooLong,
    /// Not a number.
    BadNumber,
    /// Too many answers.
    TooManyAnswers,
    /// Not twelve digits.
    BadBin,
    /// A text with a NUL, which no system of record can keep.
    Nul,
}

impl MessageError {
    /// What is wrong, and what to do.
    #[must_use]
    pub fn said(&self) -> Said {
        match self {
            Self::TextTooLong => {
                said!("the text has more than {most} characters; shorten it", most = MAX_TEXT_CHARS)
            }
            Self::Empty => said!("a heard message needs words, answers or a category; add one of them"),
            Self::FromTheFuture => {
                said!("the time of receipt lies in the future; set the clock of the sender")
            }
            Self::PlaceFromTheFuture => {
                said!("the time lies in the future; give the time at which it happened")
            }
            Self::BeforeAnyClock => {
                said!("the time of receipt lies before the year 1970; set the clock of the sender")
            }
            Self::TooOld => said!(
                "the message was received more than {days} days ago; set the clock of the sender",
                days = OLDEST.as_hours() / 24
            ),
            Self::LearntTooLongAgo => said!(
                "the service learnt of it more than {days} days ago; correct the time",
                days = OLDEST.as_hours() / 24
            ),
            Self::NoName => said!("the sender has no name; name the organisation or the device"),
            Self::UnknownCategory(code) => {
                said!("there is no category {code}; leave it out or take one of the table", code = code)
            }
            Self::UnknownService(service) => {
                said!("there is no service {service}; name the one that speaks", service = service)
            }
            Self::TooUncertain => said!(
                "the place may lie {most} km away from its point; give an address instead of the point",
                most = MAX_UNCERTAINTY.get() / 1_000.0
            ),
            Self::NameTooLong => {
                said!("a name has at most {most} characters; shorten it", most = MAX_NAME_CHARS)
            }
            Self::AnswersTooLong => {
                said!("answers have at most {most} characters in all; shorten them", most = MAX_TEXT_CHARS)
            }
            Self::BadNumber => {
                said!("a telephone number is an optional + and 2 to 15 digits; correct it")
            }
            Self::TooManyAnswers => {
                said!("a message has at most {most} answers; leave some out", most = MAX_ANSWERS)
            }
            Self::BadBin => said!("a business identification number has twelve digits; correct it"),
            Self::Nul => said!("a text cannot hold the character of number 0; take it out"),
        }
    }
}

impl MessageError {
    /// The field at fault.
    #[must_use]
    pub fn field(&self) -> &'static str {
        match self {
            Self::TooOld => "received_at",
            Self::LearntTooLongAgo => "sender.learnt_at",
            Self::UnknownCategory(_) => "category",
            Self::UnknownService(_) => "sender.service",
            Self::PlaceFromTheFuture => "location.at",
            Self::TooUncertain => "location.fix.uncertainty",
            Self::NoName => "sender",
            _ => "message",
        }
    }
}

impl fmt::Display for MessageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.said().fmt(f)
    }
}

impl std::error::Error for MessageError {}

impl Message {
    /// Checks what its types alone do not.
    ///
    /// # Errors
    /// The first [`MessageError`].
    pub fn check(&self, now: Timestamp) -> Result<(), MessageError> {
        if self.text.chars().count() > MAX_TEXT_CHARS {
            return Err(MessageError::TextTooLong);
        }
        if self.text.contains('\0') {
            return Err(MessageError::Nul);
        }
        if self.answers.len() > MAX_ANSWERS {
            return Err(MessageError::TooManyAnswers);
        }
        let speaks = !self.text.trim().is_empty() || !self.answers.is_empty() || self.category.is_some();
        let may_be_mute = self.contact != Contact::Heard
            || matches!(self.channel, Channel::SosButton | Channel::Sensor | Channel::Vehicle);
        if !speaks && !may_be_mute {
            return Err(MessageError::Empty);
        }
        let length = |(code, answer): (&String, &serde_json::Value)| {
            code.chars().count() + answer.to_string().chars().count()
        };
        if self.answers.iter().map(length).sum::<usize>() > MAX_TEXT_CHARS {
            return Err(MessageError::AnswersTooLong);
        }
        for at in [Some(self.received_at), self.sender.learnt_at()].into_iter().flatten() {
            if at.duration_since(now) > CLOCK_TOLERANCE.span() {
                return Err(MessageError::FromTheFuture);
            }
            if at < Timestamp::UNIX_EPOCH {
                return Err(MessageError::BeforeAnyClock);
            }
        }
        if now.duration_since(self.received_at) > OLDEST {
            return Err(MessageError::TooOld);
        }
        if self.sender.learnt_at().is_some_and(|learnt_at| now.duration_since(learnt_at) > OLDEST) {
            return Err(MessageError::LearntTooLongAgo);
        }
        if self.location.as_ref().and_then(Location::at).is_some_and(|at| not_ahead("at", at, now).is_err()) {
            return Err(MessageError::PlaceFromTheFuture);
        }
        self.check_sender()?;
        if let Some(code) = self.category.as_ref().filter(|code| categories::find(code).is_none()) {
            return Err(MessageError::UnknownCategory(code.clone()));
        }
        if self.location.as_ref().is_some_and(Location::is_anywhere) {
            return Err(MessageError::TooUncertain);
        }
        Ok(())
    }

    fn check_sender(&self) -> Result<(), MessageError> {
        match &self.sender {
            Sender::Organisation { name, .. } | Sender::Device { device: name } if name.trim().is_empty() => {
                return Err(MessageError::NoName);
            }
            Sender::Service { service, .. } if service_kind::find(service).is_none() => {
                return Err(MessageError::UnknownService(service.clone()));
            }
            _ => {}
        }
        let mut names = self.sender.names();
        if names.any(|name| name.len() > MAX_NAME_CHARS && name.chars().count() > MAX_NAME_CHARS) {
            return Err(MessageError::NameTooLong);
        }
        if let Sender::Organisation { bin: Some(bin), .. } = &self.sender
            && (bin.len() != 12 || !bin.bytes().all(|b| b.is_ascii_digit()))
        {
            return Err(MessageError::BadBin);
        }
        Ok(())
    }
}

/// What c.2(3) says the hub takes messages about; "not ours" is an answer too, with where it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// (a) Preconditions of an emergency: nothing has happened yet.
    Precondition,
    /// (b) An emergency.
    Emergency,
    /// (c) A fire.
    Fire,
    /// (d) A threat to life or harm to health.
    ThreatToLife,
    /// (e) Another case that needs urgent help.
    OtherUrgent,
    /// Not a matter of the hub: passed to where it belongs.
    NotOurs,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> Message {
        Message {
            id: MessageId(uuid::Uuid::nil()),
            channel: Channel::Call,
            received_at: Timestamp::UNIX_EPOCH,
            sender: Sender::Person { name: None, call_back: CallBack::NoNumber },
            contact: Contact::Heard,
            language: None,
            text: "пожар".into(),
            answers: BTreeMap::new(),
            category: None,
            location: None,
            exercise: false,
        }
    }

    #[test]
    fn a_caller_without_a_number_and_a_silent_call_are_taken() {
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(message().check(now), Ok(()));
        for contact in [Contact::Silent, Contact::Abandoned] {
            let silent = Message { text: String::new(), contact, ..message() };
            assert_eq!(silent.check(now), Ok(()), "{contact:?}");
        }
    }

    #[test]
    fn a_heard_call_without_words_a_future_time_and_an_enormous_text_are_refused() {
        let now = Timestamp::UNIX_EPOCH;
        let empty = Message { text: "  ".into(), ..message() };
        assert_eq!(empty.check(now), Err(MessageError::Empty));
        let future = Message { received_at: now + Seconds(121).span(), ..message() };
        assert_eq!(future.check(now), Err(MessageError::FromTheFuture));
        let long = Message { text: "ж".repeat(MAX_TEXT_CHARS + 1), ..message() };
        assert_eq!(long.check(now), Err(MessageError::TextTooLong));
        let ancient = Message { received_at: "-006000-01-02T00:00:00Z".parse().unwrap(), ..message() };
        assert_eq!(ancient.check(now), Err(MessageError::BeforeAnyClock));
        let early = Sender::Service {
            service: ServiceKey::new("police").unwrap(),
            learnt_at: Some(now - Seconds(1).span()),
        };
        assert_eq!(Message { sender: early, ..message() }.check(now), Err(MessageError::BeforeAnyClock));
        let later = now + OLDEST + OLDEST;
        let learnt =
            |at| Sender::Service { service: ServiceKey::new("police").unwrap(), learnt_at: Some(at) };
        let of = |at| Message { received_at: later, sender: learnt(at), ..message() }.check(later);
        assert_eq!(of(later - OLDEST), Ok(()), "late, and told");
        assert_eq!(of(later - OLDEST - Seconds(1).span()), Err(MessageError::LearntTooLongAgo));
        let kept = Message { received_at: later - OLDEST, ..message() };
        assert_eq!(kept.check(later), Ok(()));
        let old = Message { received_at: later - OLDEST - Seconds(1).span(), ..message() };
        assert_eq!(old.check(later), Err(MessageError::TooOld));
        let device = Sender::Device { device: "ж".repeat(MAX_NAME_CHARS + 1) };
        assert_eq!(Message { sender: device, ..message() }.check(now), Err(MessageError::NameTooLong));
        let answers = BTreeMap::from([("a".to_owned(), "ж".repeat(MAX_TEXT_CHARS + 1).into())]);
        assert_eq!(Message { answers, ..message() }.check(now), Err(MessageError::AnswersTooLong));
    }

    #[test]
    fn what_names_nothing_that_there_is_and_a_place_that_may_be_anywhere_are_refused() {
        let now = Timestamp::UNIX_EPOCH;
        let code = CategoryCode::new("dragon").unwrap();
        let dragon = Message { category: Some(code.clone()), ..message() };
        assert_eq!(dragon.check(now), Err(MessageError::UnknownCategory(code)));
        let ghosts = ServiceKey::new("ghosts").unwrap();
        let of_ghosts = Sender::Service { service: ghosts.clone(), learnt_at: None };
        let told = Message { sender: of_ghosts, ..message() };
        assert_eq!(told.check(now), Err(MessageError::UnknownService(ghosts)));
        let police = Sender::Service { service: ServiceKey::new("police").unwrap(), learnt_at: None };
        assert_eq!(Message { sender: police, ..message() }.check(now), Ok(()));
        let device = Sender::Device { device: " ".into() };
        assert_eq!(Message { sender: device, ..message() }.check(now), Err(MessageError::NoName));
        let within = |km: f64| {
            let fix = format!(
                r#"{{"source":"network","fix":{{"point":{{"lat":48,"lon":67}},"uncertainty":{{"shape":"circle","radius_m":{}}}}}}}"#,
                km * 1_000.0
            );
            Message { location: Some(serde_json::from_str(&fix).unwrap()), ..message() }
        };
        assert_eq!(within(500.0).check(now), Ok(()));
        assert_eq!(within(500.1).check(now), Err(MessageError::TooUncertain));
    }

    #[test]
    fn a_legal_person_is_known_by_its_number_its_site_and_who_there_may_be_spoken_to() {
        let told = r#"{"kind": "organisation", "name": "ТОО «Завод»", "bin": "941240000193", "site": "цех № 2",
            "contact_person": "Ким А., диспетчер", "call_back": {"kind": "no_number"}}"#;
        let sender: Sender = serde_json::from_str(told).unwrap();
        let at = Timestamp::UNIX_EPOCH;
        assert_eq!(Message { sender: sender.clone(), ..message() }.check(at), Ok(()), "c.6(1)");
        let kept = serde_json::to_value(&sender).unwrap();
        assert_eq!(
            (&kept["site"], &kept["contact_person"]),
            (&"цех № 2".into(), &"Ким А., диспетчер".into())
        );
        let Sender::Organisation { name, bin, call_back, .. } = sender else { panic!("an organisation") };
        let long = |site: bool| {
            let text = Some("я".repeat(MAX_NAME_CHARS + 1));
            let (site, contact_person) = if site { (text, None) } else { (None, text) };
            Sender::Organisation {
                name: name.clone(),
                bin: bin.clone(),
                site,
                contact_person,
                call_back: call_back.clone(),
            }
        };
        for sender in [long(true), long(false)] {
            assert_eq!(Message { sender, ..message() }.check(at), Err(MessageError::NameTooLong));
        }
    }
}
