//! A directive, what is asked of it and what happens to it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::addressee::{Addressee, Force};
use crate::domain::envelope::{DirectiveAck, DirectiveStage};
use crate::domain::ids::{AccountName, DirectiveId, DistributionId, IncidentId, ServiceKey};
use crate::domain::organisation::OrganisationKey;

/// Who of the leadership gave a directive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Author {
    /// Office: head of the territorial body, vice-minister.
    #[schema(max_length = 200)]
    pub role: String,
    /// Name.
    #[schema(max_length = 200)]
    pub name: String,
}

/// A stage that an addressee reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Acknowledged {
    /// When.
    pub at: Timestamp,
    /// Who at the addressee says so; absent for a system's own receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// That an addressee refuses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Refused {
    /// When.
    pub at: Timestamp,
    /// Why; always there for an order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How far a directive got at one addressee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = DirectiveDelivery)]
pub struct Delivery {
    /// To whom.
    pub addressee: Addressee,
    /// With what force.
    pub force: Force,
    /// When it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<Timestamp>,
    /// The addressee's system, or a person by telephone, has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<Acknowledged>,
    /// A person has read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<Acknowledged>,
    /// It is carried out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<Acknowledged>,
    /// It is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Refused>,
    /// When the addressee was reminded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reminders: Vec<Timestamp>,
    /// The messages that brought it, over a link: their acknowledgements name them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<DistributionId>,
}

impl Delivery {
    /// Whether the addressee has neither carried it out nor refused it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.done.is_none() && self.refused.is_none()
    }

    pub(super) fn has(&self, stage: DirectiveStage) -> bool {
        match stage {
            DirectiveStage::Received => self.received.is_some(),
            DirectiveStage::Read => self.read.is_some(),
            DirectiveStage::Done => self.done.is_some(),
        }
    }
}

/// That a directive no longer stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Withdrawn {
    /// Why.
    pub reason: String,
    /// Who.
    pub by: AccountName,
    /// When.
    pub at: Timestamp,
}

/// A directive of the leadership on urgent response measures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Directive {
    /// Identity.
    pub id: DirectiveId,
    /// Who gave it.
    pub author: Author,
    /// The directive itself.
    pub text: String,
    /// Until when it is to be carried out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// The incident that it is about; a directive need not be about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
    /// Part of an exercise.
    #[serde(default)]
    pub exercise: bool,
    /// How far it got at each addressee.
    pub deliveries: Vec<Delivery>,
    /// Who entered it.
    pub issued_by: AccountName,
    /// When.
    pub issued_at: Timestamp,
    /// That it no longer stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<Withdrawn>,
}

impl Directive {
    /// Whether some addressee has still to carry it out.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.withdrawn.is_none() && self.deliveries.iter().any(Delivery::is_open)
    }

    /// How far it got at an addressee.
    #[must_use]
    pub fn delivery(&self, to: &Addressee) -> Option<&Delivery> {
        self.deliveries.iter().find(|d| d.addressee == *to)
    }

    pub(super) fn last_change(&self) -> Timestamp {
        let ends = self.deliveries.iter().flat_map(|d| {
            [d.done.as_ref().map(|a| a.at), d.refused.as_ref().map(|r| r.at)].into_iter().flatten()
        });
        ends.chain(self.withdrawn.as_ref().map(|w| w.at)).max().unwrap_or(self.issued_at)
    }
}

/// What is asked of directives. An acknowledgement or a refusal comes from the addressee's system, or from an
/// officer to whom it was said by telephone; the rest needs a named person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub enum DirectiveCommand {
    /// Enter a directive; services are sent it at once.
    Issue {
        /// Its identity.
        directive: DirectiveId,
        /// Who gave it.
        author: Author,
        /// The directive itself.
        text: String,
        /// To whom.
        addressees: Vec<Addressee>,
        /// Until when it is to be carried out.
        #[serde(default)]
        due: Option<Timestamp>,
        /// The incident that it is about.
        #[serde(default)]
        incident: Option<IncidentId>,
        /// Part of an exercise; what is about a card of an exercise is one anyway.
        #[serde(default)]
        exercise: bool,
    },
    /// It was told to an organisation that has no link.
    MarkSent {
        /// Which directive.
        directive: DirectiveId,
        /// To whom.
        addressee: Addressee,
    },
    /// An addressee reached a stage.
    Acknowledge {
        /// Which directive.
        directive: DirectiveId,
        /// Which addressee.
        addressee: Addressee,
        /// Received, read or done.
        stage: DirectiveStage,
        /// Who at the addressee says so; needed for read and done.
        #[serde(default)]
        said_by: Option<String>,
        /// When; absent: now.
        #[serde(default)]
        at: Option<Timestamp>,
    },
    /// An addressee refuses.
    Refuse {
        /// Which directive.
        directive: DirectiveId,
        /// Which addressee.
        addressee: Addressee,
        /// Why; needed for an order (c.6(5)).
        #[serde(default)]
        reason: Option<String>,
    },
    /// Remind one addressee.
    Remind {
        /// Which directive.
        directive: DirectiveId,
        /// Whom.
        addressee: Addressee,
    },
    /// The directive no longer stands.
    Withdraw {
        /// Which.
        directive: DirectiveId,
        /// Why.
        reason: String,
    },
}

impl DirectiveCommand {
    /// The acknowledgement of a service's system.
    #[must_use]
    pub fn from_agency(service: ServiceKey, ack: DirectiveAck) -> Self {
        Self::Acknowledge {
            directive: ack.directive_id,
            addressee: Addressee::Service { service },
            stage: ack.stage,
            said_by: ack.by,
            at: Some(ack.at),
        }
    }
}

/// What happens to directives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DirectiveEvent {
    /// A directive was entered.
    Issued {
        /// Which.
        directive: DirectiveId,
        /// Who gave it.
        author: Author,
        /// The directive itself.
        text: String,
        /// To whom.
        addressees: Vec<Addressee>,
        /// Until when it is to be carried out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<Timestamp>,
        /// The incident that it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        incident: Option<IncidentId>,
        /// Part of an exercise.
        #[serde(default)]
        exercise: bool,
        /// Those of the organisations addressed to whom it is told and not ordered, as the tree was then.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        informed: Vec<OrganisationKey>,
        /// Who entered it.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
    /// It went to an addressee.
    Sent {
        /// Which directive.
        directive: DirectiveId,
        /// To whom.
        addressee: Addressee,
        /// The message that brought it, over a link.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<DistributionId>,
        /// When.
        at: Timestamp,
    },
    /// An addressee reached a stage.
    Acknowledged {
        /// Which directive.
        directive: DirectiveId,
        /// Which addressee.
        addressee: Addressee,
        /// Received, read or done.
        stage: DirectiveStage,
        /// Who at the addressee says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        said_by: Option<String>,
        /// When.
        at: Timestamp,
    },
    /// An addressee refused.
    Refused {
        /// Which directive.
        directive: DirectiveId,
        /// Which addressee.
        addressee: Addressee,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// When.
        at: Timestamp,
    },
    /// An addressee was reminded: it is sent again.
    Reminded {
        /// Which directive.
        directive: DirectiveId,
        /// Which addressee.
        addressee: Addressee,
        /// The message that brought it again, over a link.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<DistributionId>,
        /// When.
        at: Timestamp,
    },
    /// The directive no longer stands.
    Withdrawn {
        /// Which.
        directive: DirectiveId,
        /// Why.
        reason: String,
        /// Who.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
}
