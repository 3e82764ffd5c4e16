//! What a well-formed message of an agency must still keep: addressee, kind, references, times, places, lengths.

use jiff::{SignedDuration, Timestamp};

use super::agency_content::{AgencyContent, DirectiveStage, ForcesAnswer, UnitStep};
use super::content::{Contact, Place, Typed};
use super::{Composition, Envelope, Equipment, ErrorCode, Head, Kind, Party, WarningOutcome};
use crate::domain::ids::DistributionId;
use crate::domain::quantities::Point;
use crate::domain::said::{Said, said};

/// The longest body of a message, bytes.
pub const MAX_BODY_BYTES: usize = 256 * 1024;
/// The longest text of a field, characters.
pub const MAX_TEXT_CHARS: usize = 20_000;
/// The most positions in one message.
pub const MAX_POSITIONS: usize = 1_000;
/// By how much the clocks of two systems may differ.
pub const MAX_CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(5);
/// The longest list other than positions.
const MAX_LIST: usize = 1_000;
/// People, or pieces of one kind of equipment, of one formation: more is a slip of the hand.
const MOST_OF_ONE_KIND: u32 = 10_000;
/// The longest name or number, characters.
const MAX_NAME_CHARS: usize = 200;
/// How far ahead a departure or arrival may be planned.
const MAX_PLAN: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A rectangle that holds a country: the coarse check of every point. Which region and district a point is in
/// is found by polygons, later.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Country {
    /// Southernmost and northernmost latitude, degrees.
    pub lat: (f64, f64),
    /// Westernmost and easternmost longitude, degrees.
    pub lon: (f64, f64),
}

/// Kazakhstan with about ten kilometres around it, so that a border post's fix is not refused.
pub const COUNTRY: Country = Country { lat: (40.46, 55.55), lon: (46.35, 87.45) };

impl Country {
    /// Whether the point can be in the country.
    #[must_use]
    pub fn holds(&self, point: Point) -> bool {
        (self.lat.0..=self.lat.1).contains(&point.lat()) && (self.lon.0..=self.lon.1).contains(&point.lon())
    }
}

/// A code with what is wrong, for a person.
pub type Fault = (ErrorCode, Said);

impl Head {
    /// Addressee and times of a message that reached `me`.
    ///
    /// # Errors
    /// `malformed_envelope`, `not_addressed`, `time_in_future` or `expired`.
    pub fn check(&self, me: &Party, now: Timestamp) -> Result<(), Fault> {
        if self.recipients.is_empty() || self.recipients.len() > 64 {
            return Err((
                ErrorCode::MalformedEnvelope,
                said!("a message has 1 to {most} recipients", most = 64),
            ));
        }
        if !self.recipients.iter().any(|r| r.region == me.region && r.service == me.service) {
            return Err((
                ErrorCode::NotAddressed,
                said!("{me} is not among the recipients; address it", me = me),
            ));
        }
        past("sent_at", self.sent_at, now)?;
        if self.expires_at.is_some_and(|at| at <= now) {
            return Err((
                ErrorCode::Expired,
                said!(
                    "the time in {field} has passed; nothing follows from the message",
                    field = "expires_at"
                ),
            ));
        }
        Ok(())
    }
}

impl Envelope<AgencyContent> {
    /// Everything that can be said about a message of an agency without knowing the state of anything.
    ///
    /// # Errors
    /// The code and, for a person, the field.
    pub fn check(&self, now: Timestamp, country: &Country) -> Result<(), Fault> {
        if !self.content.kinds().contains(&self.head.kind) {
            return Err(wrong_kind(self.content.content_type(), self.head.kind));
        }
        self.check_references()?;
        check_content(&self.content, self.head.references, now, country)
    }

    fn check_references(&self) -> Result<(), Fault> {
        let missing = |what: Said| Err((ErrorCode::MissingReference, what));
        match &self.content {
            AgencyContent::TechnicalAck(_) | AgencyContent::ReadAck(_) if self.head.references.is_none() => {
                missing(said!("{field} must name the message acknowledged", field = "references"))
            }
            AgencyContent::ActionReport(_) if self.head.incident.is_none() => {
                missing(said!("{field} must name the incident acted upon", field = "incident"))
            }
            AgencyContent::UnitStatus(status)
                if matches!(status.status, UnitStep::Departed | UnitStep::Arrived | UnitStep::Released)
                    && self.head.incident.is_none() =>
            {
                missing(said!(
                    "{field} must name the incident that the unit departed to, arrived at or was released from",
                    field = "incident"
                ))
            }
            _ => Ok(()),
        }
    }
}

impl ForcesAnswer {
    /// Whether it may be taken as it stands, whoever wrote it down: bounds, times, and that it says something.
    ///
    /// # Errors
    /// What is wrong and what would be right.
    pub fn check(&self, now: Timestamp) -> Result<(), Said> {
        forces_answer(self, now).map_err(|(_, said)| said)
    }
}

fn forces_answer(a: &ForcesAnswer, now: Timestamp) -> Result<(), Fault> {
    list("units", a.units.len(), 0, MAX_LIST)?;
    text("reason.text", a.reason.as_ref().map_or("", |r| &r.text))?;
    a.composition.as_ref().map_or(Ok(()), composition)?;
    planned("departure_at", a.departure_at, now)?;
    planned("arrival_at", a.arrival_at, now)?;
    let nothing = a.decision.is_none()
        && a.units.is_empty()
        && a.composition.is_none()
        && a.departure_at.is_none()
        && a.arrival_at.is_none();
    if nothing {
        return Err((
            ErrorCode::MalformedContent,
            said!("an answer holds a decision, units, a composition, a departure or an arrival"),
        ));
    }
    Ok(())
}

fn check_content(
    content: &AgencyContent,
    references: Option<DistributionId>,
    now: Timestamp,
    country: &Country,
) -> Result<(), Fault> {
    match content {
        AgencyContent::TechnicalAck(a) => {
            list("also", a.also.len(), 0, MAX_LIST)?;
            past("received_at", a.received_at, now)?;
            since_sent("received_at", a.received_at, references)
        }
        AgencyContent::ReadAck(a) => {
            named("by", &a.by)?;
            past("at", a.at, now)?;
            since_sent("at", a.at, references)
        }
        AgencyContent::ForcesAnswer(a) => forces_answer(a, now),
        AgencyContent::UnitStatus(s) => {
            text("note", s.note.as_deref().unwrap_or(""))?;
            inside("point", s.point, country)?;
            past("at", s.at, now)
        }
        AgencyContent::Positions(p) => {
            // One device with a wrong clock or without a fix refuses no other's place: its own is kept as doubtful.
            list("positions", p.positions.len(), 1, MAX_POSITIONS)
        }
        AgencyContent::ReadinessReport(r) => {
            list("formations", r.formations.len(), 1, MAX_LIST)?;
            r.formations.iter().try_for_each(|f| {
                named("name", &f.name)?;
                list("units", f.units.len(), 0, MAX_LIST)?;
                forces("formations", f.people, &f.equipment)?;
                f.place.as_ref().map_or(Ok(()), |p| place(p, country))
            })?;
            past("at", r.at, now)
        }
        AgencyContent::SituationReport(r) => {
            said("text", &r.text)?;
            list("measurements", r.measurements.len(), 0, MAX_LIST)?;
            r.measurements.iter().try_for_each(|m| named("measurements.name", &m.name))?;
            r.place.as_ref().map_or(Ok(()), |p| place(p, country))?;
            past("observed_at", r.observed_at, now)
        }
        AgencyContent::EmergencyReport(r) => {
            said("text", &r.text)?;
            text("reporter", r.reporter.as_deref().unwrap_or(""))?;
            place(&r.place, country)?;
            past("received_at", r.received_at, now)
        }
        AgencyContent::ActionReport(r) => {
            said("text", &r.text)?;
            list("units", r.units.len(), 0, MAX_LIST)?;
            past("at", r.at, now)
        }
        AgencyContent::DirectiveAck(a) => {
            if a.stage != DirectiveStage::Received {
                named("by", a.by.as_deref().unwrap_or(""))?;
            }
            past("at", a.at, now)
        }
        AgencyContent::WarningReport(r) => {
            text("reason.text", r.reason.as_ref().map_or("", |reason| &reason.text))?;
            match r.outcome {
                WarningOutcome::Transmitted if r.channel.is_none() => {
                    let detail = said!("name the channel over which it was given out");
                    return Err((ErrorCode::MalformedContent, detail));
                }
                WarningOutcome::Refused if r.reason.is_none() => {
                    let detail = said!("say why the warning is not given out");
                    return Err((ErrorCode::ReasonRequired, detail));
                }
                _ => {}
            }
            past("at", r.at, now)
        }
        AgencyContent::HeartbeatReply(r) => {
            text("duty_officer", r.duty_officer.as_deref().unwrap_or(""))?;
            let contacts = r.contacts.as_deref().unwrap_or_default();
            list("contacts", contacts.len(), 0, 64)?;
            contacts.iter().try_for_each(contact)
        }
        AgencyContent::Error(e) => text("detail", &e.detail),
    }
}

/// A content that is not sent as this kind of message.
#[must_use]
pub fn wrong_kind(content_type: &str, kind: Kind) -> Fault {
    let kind = format!("{kind:?}").to_lowercase();
    let detail = said!("{content} is not sent as {kind}", content = content_type, kind = kind);
    (ErrorCode::KindMismatch, detail)
}

fn too_long(field: &str, most: usize) -> Fault {
    (ErrorCode::TooLarge, said!("{field} has at most {most} characters", field = field, most = most))
}

fn past(field: &str, at: Timestamp, now: Timestamp) -> Result<(), Fault> {
    if at.duration_since(now) > MAX_CLOCK_SKEW {
        let detail = said!("{field} is {at}, the hub's clock says {now}", field = field, at = at, now = now);
        return Err((ErrorCode::TimeInFuture, detail));
    }
    known(field, at)
}

/// A time from before 1970 is a clock that was never set, and the database knows no year before -4713.
fn known(field: &str, at: Timestamp) -> Result<(), Fault> {
    if at < Timestamp::UNIX_EPOCH {
        let detail = said!("{field} is {at}, before the year 1970; set the clock", field = field, at = at);
        return Err((ErrorCode::MalformedContent, detail));
    }
    Ok(())
}

fn planned(field: &str, at: Option<Timestamp>, now: Timestamp) -> Result<(), Fault> {
    match at {
        Some(at) if at.duration_since(now) > MAX_PLAN => Err((
            ErrorCode::TimeInFuture,
            said!("{field} is {at}, more than a week ahead", field = field, at = at),
        )),
        Some(at) => known(field, at),
        None => Ok(()),
    }
}

fn text(field: &str, value: &str) -> Result<(), Fault> {
    // Bytes bound characters: only a text that could be too long is counted.
    if value.len() > MAX_TEXT_CHARS && value.chars().count() > MAX_TEXT_CHARS {
        return Err(too_long(field, MAX_TEXT_CHARS));
    }
    Ok(())
}

fn said(field: &str, value: &str) -> Result<(), Fault> {
    if value.trim().is_empty() {
        return Err((ErrorCode::MalformedContent, said!("{field} is empty; fill it in", field = field)));
    }
    text(field, value)
}

fn named(field: &str, value: &str) -> Result<(), Fault> {
    if value.trim().is_empty() {
        let detail = said!("{field} must name somebody or something", field = field);
        return Err((ErrorCode::MalformedContent, detail));
    }
    if value.chars().count() > MAX_NAME_CHARS {
        return Err(too_long(field, MAX_NAME_CHARS));
    }
    Ok(())
}

fn list(field: &str, len: usize, min: usize, max: usize) -> Result<(), Fault> {
    if len < min {
        let detail = said!("{field} has at least {min} entries", field = field, min = min);
        return Err((ErrorCode::MalformedContent, detail));
    }
    if len > max {
        let detail =
            said!("{field} has at most {max} entries, not {len}", field = field, max = max, len = len);
        return Err((ErrorCode::TooLarge, detail));
    }
    Ok(())
}

fn inside(field: &str, point: Option<Point>, country: &Country) -> Result<(), Fault> {
    match point {
        Some(p) if !country.holds(p) => {
            let detail = said!(
                "{field} {lat}, {lon} is outside the country",
                field = field,
                lat = p.lat(),
                lon = p.lon()
            );
            Err((ErrorCode::PlaceOutsideCountry, detail))
        }
        _ => Ok(()),
    }
}

fn place(place: &Place, country: &Country) -> Result<(), Fault> {
    text("address", place.address.as_deref().unwrap_or(""))?;
    text("directions", place.directions.as_deref().unwrap_or(""))?;
    inside("point", place.point, country)
}

/// Nobody has a message before it was written; when the hub wrote it stands in its id (UUID version 7).
fn since_sent(field: &str, at: Timestamp, message: Option<DistributionId>) -> Result<(), Fault> {
    let early = message.and_then(|message| before_written(field, at, message));
    early.map_or(Ok(()), |said| Err((ErrorCode::OutOfOrder, said)))
}

/// What is wrong with a time at which somebody is said to have had a message that was not written yet; nothing otherwise.
#[must_use]
pub fn before_written(field: &str, at: Timestamp, message: DistributionId) -> Option<Said> {
    let written = message.written_at()?;
    (written.duration_since(at) > MAX_CLOCK_SKEW).then(|| {
        said!(
            "{field} lies before the message that it answers; give the time at which it happened",
            field = field
        )
    })
}

/// c.5(3)¶4: the composition of the forces; what names neither people nor equipment composes nothing.
fn composition(c: &Composition) -> Result<(), Fault> {
    if c.people == 0 && c.equipment.is_empty() {
        return Err((
            ErrorCode::MalformedContent,
            said!("a composition names people or equipment; give how many go"),
        ));
    }
    forces("composition", c.people, &c.equipment)
}

/// People and equipment in numbers that one service has.
fn forces(field: &'static str, people: u32, equipment: &[Equipment]) -> Result<(), Fault> {
    list("equipment", equipment.len(), 0, MAX_LIST)?;
    if people.max(equipment.iter().map(|e| e.count).max().unwrap_or(0)) > MOST_OF_ONE_KIND {
        return Err((
            ErrorCode::MalformedContent,
            said!(
                "{field} holds more than {most} of one kind; give how many there really are",
                field = field,
                most = MOST_OF_ONE_KIND
            ),
        ));
    }
    equipment.iter().try_for_each(|e| named("equipment.name", &e.name))
}

fn contact(c: &Contact) -> Result<(), Fault> {
    named("contacts.name", &c.name)?;
    named("contacts.means", &c.means)?;
    named("contacts.number", &c.number)?;
    c.call_sign.as_deref().map_or(Ok(()), |s| named("contacts.call_sign", s))
}
