//! What the domain wants told, put into envelopes for the outbox.

use bytes::Bytes;
use jiff::Timestamp;

use crate::domain::envelope::{CONTRACT, Envelope, Head, HubContent, Party, Status, Typed};
use crate::domain::ids::RegionCode;
use crate::domain::region::Outbound;
use crate::domain::service_kind::{self, ServiceClause};
use crate::store::append::OutboxRow;

/// Envelopes of one decision, in order.
///
/// # Errors
/// When a content does not serialize.
pub fn rows(
    region: RegionCode,
    outbound: &[Outbound],
    now: Timestamp,
    trace: Option<&str>,
) -> Result<Vec<OutboxRow>, serde_json::Error> {
    let Some(hub) = service_kind::all().iter().find(|k| k.clause == ServiceClause::C3_1) else {
        return Ok(Vec::new());
    };
    outbound
        .iter()
        .map(|o| {
            let expires_at = o.lives.map(|lives| now + lives.span());
            let envelope = Envelope {
                head: Head {
                    contract: CONTRACT,
                    distribution_id: o.distribution,
                    sender: Party { region, service: hub.key.clone() },
                    recipients: o.recipients.clone(),
                    sent_at: now,
                    expires_at,
                    status: if o.exercise { Status::Exercise } else { Status::Actual },
                    kind: o.kind,
                    references: o.references,
                    incident: o.incident,
                    trace: trace.map(str::to_owned),
                },
                content: o.content.clone(),
            };
            Ok(OutboxRow {
                distribution: o.distribution,
                region,
                // One incident, one order; what is about none is ordered per recipient.
                ordering_key: match (o.incident, o.recipients.first()) {
                    (Some(incident), _) => incident.to_string(),
                    (None, Some(r)) => r.party().to_string(),
                    (None, None) => region.to_string(),
                },
                routing_keys: envelope.routing_keys(),
                kind: o.content.content_type().into(),
                priority: priority(&o.content),
                expires_at,
                body: Bytes::from(envelope.to_bytes()?),
            })
        })
        .collect()
}

/// AMQP priority: forces and warnings of the public before errors, those before notices, notices before the rest.
fn priority(content: &HubContent) -> u8 {
    match content {
        HubContent::ForcesRequest(_) | HubContent::RequestCancelled(_) | HubContent::Warning(_) => 9,
        HubContent::ThreatNotice(_) | HubContent::Situation(_) | HubContent::Error(_) => 7,
        HubContent::IncidentNotice(_) | HubContent::Acknowledgement(_) => 5,
        HubContent::Directive(_) | HubContent::Notice(_) | HubContent::Heartbeat(_) => 4,
    }
}
