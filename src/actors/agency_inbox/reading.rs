//! From the bytes of a delivery to a report, or to a refusal that finds its sender. Pure.

use jiff::Timestamp;

use crate::bus::accounts::AgencyAccount;
use crate::domain::envelope::{
    AgencyContent, COUNTRY, Envelope, ErrorCode, Fault, Head, HubContent, Party, RawContent, Status, Typed,
    wrong_kind,
};
use crate::domain::ids::{DistributionId, IncidentId};
use crate::domain::said::{Said, said};
use crate::domain::service_kind;

/// A message that is not taken, with what is needed to tell its sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// Whom to tell: the party that the broker vouches for, never one that the message merely names.
    pub sender: Option<Party>,
    /// The message refused, where its id was readable.
    pub references: Option<DistributionId>,
    pub code: ErrorCode,
    /// The same for a person: to the sender in English, to the desk in its languages.
    pub detail: Said,
    /// An error is never answered with an error.
    pub is_error: bool,
    /// What the error repeats of the message.
    pub about: Box<About>,
}

/// What an answer has in common with the message that it answers: an exercise stays one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct About {
    pub status: Status,
    pub incident: Option<IncidentId>,
    pub trace: Option<String>,
}

impl About {
    pub fn of(head: &Head) -> Self {
        Self { status: head.status, incident: head.incident, trace: head.trace.clone() }
    }
}

/// What the broker says of a message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stamp<'a> {
    /// The account that published; the broker refuses a false one.
    pub user_id: Option<&'a str>,
    /// `region.service.kind`; topic permissions let an account write only under its own.
    pub routing_key: &'a str,
}

impl Stamp<'_> {
    /// The party under whose name the broker let the message pass, and the kind of message the key names.
    fn party(&self) -> Option<(Party, &str)> {
        let (address, kind) = self.routing_key.rsplit_once('.')?;
        let (region, service) = address.split_once('.')?;
        Some((Party { region: region.parse().ok()?, service: service.parse().ok()? }, kind))
    }

    /// The same, where the account agrees: else nothing is taken in anybody's name.
    pub fn vouched(&self) -> Option<(Party, &str)> {
        let account = self.user_id.and_then(AgencyAccount::parse)?;
        self.party().filter(|(party, _)| account.speaks_for(party))
    }

    /// Whom to tell of a refusal. A message without `user_id` commands nothing, but the broker let nobody else write under
    /// its key: whoever forgot the property is told so.
    pub fn refused_to(&self, me: &Party) -> Option<Party> {
        match self.user_id {
            Some(_) => self.vouched().map(|(party, _)| party),
            None => self
                .party()
                .map(|(party, _)| party)
                .filter(|party| party.region == me.region && service_kind::find(&party.service).is_some()),
        }
    }
}

/// Reads and checks a message to the hub `me`.
pub(super) fn read(
    stamp: Stamp<'_>,
    body: &[u8],
    me: &Party,
    now: Timestamp,
) -> Result<(Party, Envelope<AgencyContent>), Refusal> {
    let vouched = stamp.vouched();
    let refuse = |references, code, detail: Said, is_error, about| Refusal {
        sender: stamp.refused_to(me),
        references,
        code,
        detail,
        is_error,
        about: Box::new(about),
    };
    let raw = Envelope::parse(body)
        .map_err(|e| refuse(e.distribution_id, e.code, e.detail, false, About::default()))?;
    let id = Some(raw.head.distribution_id);
    let is_error = raw.content.content_type == "error";
    let about = About::of(&raw.head);
    let refuse = |code, detail: Said| refuse(id, code, detail, is_error, about.clone());
    let Some((sender, kind)) = vouched.clone() else {
        let detail = match stamp.user_id {
            None => said!("set the user_id property to the broker account that publishes"),
            Some(user) => said!(
                "account {user} does not speak under the routing key {key}",
                user = user,
                key = stamp.routing_key
            ),
        };
        return Err(refuse(ErrorCode::SenderMismatch, detail));
    };
    if kind != raw.content.content_type {
        let said = format!("{:.64}", raw.content.content_type);
        let detail = said!("the routing key says {kind}, content_type says {said}", kind = kind, said = said);
        return Err(refuse(ErrorCode::MalformedEnvelope, detail));
    }
    let envelope = check(&sender, raw, me, now).map_err(|(code, detail)| refuse(code, detail))?;
    Ok((sender, envelope))
}

/// Checks a message of a sender who is vouched for: by the broker, or by its token over HTTP.
pub(super) fn check(
    sender: &Party,
    raw: Envelope<RawContent>,
    me: &Party,
    now: Timestamp,
) -> Result<Envelope<AgencyContent>, Fault> {
    if raw.head.sender != *sender {
        let detail = said!(
            "the message names {named} as its sender, but comes from {sender}",
            named = raw.head.sender,
            sender = sender
        );
        return Err((ErrorCode::SenderMismatch, detail));
    }
    // The broker compares the account with the first routing key alone; a copy may lie in any region's queue.
    if sender.region != me.region {
        let detail = said!(
            "{sender} speaks to the hub of its own region, and this is the hub of {region}",
            sender = sender,
            region = me.region
        );
        return Err((ErrorCode::SenderMismatch, detail));
    }
    if service_kind::find(&sender.service).is_none() {
        return Err((
            ErrorCode::UnknownService,
            said!("there is no service {service}", service = sender.service),
        ));
    }
    raw.head.check(me, now)?;
    let content = AgencyContent::parse(raw.content)?;
    let envelope = Envelope { head: raw.head, content };
    envelope.check(now, &COUNTRY)?;
    Ok(envelope)
}

/// Reads and checks a message of another region's hub to the hub `me`. Into that queue the broker lets hubs alone write;
/// which of them it was, the message says.
pub(super) fn read_of_hub(body: &[u8], me: &Party, now: Timestamp) -> Result<Envelope<HubContent>, Refusal> {
    let hub =
        |named: &Party| (named.service == me.service && named.region != me.region).then(|| named.clone());
    let raw = Envelope::parse_from_hub(body).map_err(|e| Refusal {
        sender: e.sender.as_ref().and_then(hub),
        references: e.distribution_id,
        code: e.code,
        detail: e.detail,
        is_error: false,
        about: Box::default(),
    })?;
    let sender = hub(&raw.head.sender);
    let (references, about) = (Some(raw.head.distribution_id), Box::new(About::of(&raw.head)));
    let is_error = raw.content.content_type == "error";
    checked_of_hub(sender.is_some(), raw, me, now).map_err(|(code, detail)| Refusal {
        sender,
        references,
        code,
        detail,
        is_error,
        about,
    })
}

fn checked_of_hub(
    of_hub: bool,
    raw: Envelope<RawContent>,
    me: &Party,
    now: Timestamp,
) -> Result<Envelope<HubContent>, Fault> {
    if !of_hub {
        let detail = said!("{sender} is no hub of another region", sender = raw.head.sender);
        return Err((ErrorCode::SenderMismatch, detail));
    }
    raw.head.check(me, now)?;
    let content = HubContent::parse(raw.content)?;
    if !content.kinds().contains(&raw.head.kind) {
        return Err(wrong_kind(content.content_type(), raw.head.kind));
    }
    Ok(Envelope { head: raw.head, content })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const NOW: &str = "2026-03-01T10:00:00Z";

    fn message() -> Value {
        json!({
            "contract": "1.0", "distribution_id": "0195516e-0000-7000-8000-000000000001",
            "sender": {"region": "75", "service": "ambulance"},
            "recipients": [{"region": "75", "service": "hub"}],
            "sent_at": NOW, "status": "actual", "kind": "report",
            "content_type": "unit_status",
            "content": {"unit_id": "75-ambulance-1", "status": "available", "at": NOW}
        })
    }

    fn taken(user_id: Option<&str>, routing_key: &str, message: &Value) -> Result<Party, Refusal> {
        let me = Party { region: "75".parse().unwrap(), service: "hub".parse().unwrap() };
        let stamp = Stamp { user_id, routing_key };
        read(stamp, message.to_string().as_bytes(), &me, NOW.parse().unwrap()).map(|r| r.0)
    }

    #[test]
    fn who_the_broker_vouches_for_must_be_who_the_message_names() {
        let own = "75.ambulance.unit_status";
        assert!(taken(Some("agency.75.ambulance"), own, &message()).is_ok());
        let mut for_another = message();
        for_another["sender"]["service"] = "police".into();
        let refusal = taken(Some("agency.75.ambulance"), own, &for_another).unwrap_err();
        assert_eq!(refusal.code, ErrorCode::SenderMismatch);
        assert_eq!(
            refusal.sender.map(|p| p.to_string()),
            Some("75.ambulance".into()),
            "told to the real sender"
        );

        let forgotten = taken(None, own, &message()).unwrap_err();
        assert_eq!(forgotten.code, ErrorCode::SenderMismatch);
        assert_eq!(
            forgotten.sender.map(|p| p.to_string()),
            Some("75.ambulance".into()),
            "who forgot the property is told so: nobody else may write under its key"
        );
        for (user, key) in [
            (None, "71.ambulance.unit_status"),
            (None, "75.ghosts.unit_status"),
            (Some("agency.75.police"), own),
            (Some("hub112"), own),
            (Some("agency.71.ambulance"), own),
            (Some("agency.75.ambulance"), "75.police.unit_status"),
        ] {
            let refusal = taken(user, key, &message()).unwrap_err();
            assert_eq!((refusal.code, refusal.sender), (ErrorCode::SenderMismatch, None), "{user:?} {key}");
        }
    }

    /// A copy (`CC`) goes where the broker does not ask who may write there.
    #[test]
    fn a_copy_of_another_regions_message_commands_nobody_here() {
        let mut copy = message();
        copy["sender"]["region"] = "71".into();
        let refusal = taken(Some("agency.71.ambulance"), "71.ambulance.unit_status", &copy).unwrap_err();
        assert_eq!(refusal.code, ErrorCode::SenderMismatch);
    }

    #[test]
    fn a_national_owner_speaks_for_its_service_in_every_region() {
        let mut air = message();
        air["sender"]["service"] = "air_ambulance".into();
        assert!(taken(Some("agency.kz.air_ambulance"), "75.air_ambulance.unit_status", &air).is_ok());
        assert!(taken(Some("agency.kz.air_ambulance"), "75.ambulance.unit_status", &message()).is_err());
    }

    #[test]
    fn a_broken_message_is_refused_to_the_one_who_sent_it() {
        let key = "75.ambulance.unit_status";
        let mut broken = message();
        broken["sent_at"] = "soon".into();
        let refusal = taken(Some("agency.75.ambulance"), key, &broken).unwrap_err();
        assert_eq!(refusal.code, ErrorCode::MalformedEnvelope);
        assert!(refusal.sender.is_some() && refusal.references.is_some());
        let refusal = taken(Some("agency.75.ambulance"), "75.ambulance.positions", &message()).unwrap_err();
        assert_eq!(refusal.code, ErrorCode::MalformedEnvelope, "key and content type differ");
        let refusal = taken(Some("agency.75.ghosts"), "75.ghosts.unit_status", &{
            let mut m = message();
            m["sender"]["service"] = "ghosts".into();
            m
        });
        assert_eq!(refusal.unwrap_err().code, ErrorCode::UnknownService);
    }
}
