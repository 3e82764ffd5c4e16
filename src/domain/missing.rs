//! Kinds of things that somebody names and that are not there: told in words to people, in codes to agencies.

use super::said::{Said, said};

/// A kind of thing that can be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// A category of the table.
    Category,
    /// A channel check that waits for the sender's answer.
    ChannelCheck,
    /// A line of the check list.
    CheckListLine,
    /// A directive.
    Directive,
    /// An addressee of the directive.
    DirectiveAddressee,
    /// A formation.
    Formation,
    /// A forwarded emergency.
    ForwardedEmergency,
    /// An incident card.
    Incident,
    /// A proposal to join cards.
    JoinProposal,
    /// A link between cards.
    Link,
    /// A look-up of a caller's place or data.
    Lookup,
    /// A message of the card.
    MessageOfCard,
    /// A period of a mode.
    ModePeriod,
    /// A proposed mode.
    ModeProposal,
    /// A notice to a person.
    Notice,
    /// An obligation.
    Obligation,
    /// An organisation of the tree.
    Organisation,
    /// A situation report.
    Report,
    /// A request for forces.
    Request,
    /// A request of the card.
    RequestOfCard,
    /// A closed road.
    RoadClosure,
    /// A kind of duty-dispatch service.
    Service,
    /// A service of the region.
    ServiceOfRegion,
    /// A shift.
    Shift,
    /// A source of monitoring data.
    Source,
    /// A unit of the service.
    Unit,
    /// A warning of the public.
    Warning,
    /// A zone.
    Zone,
}

impl Missing {
    /// Its name in the three languages.
    #[must_use]
    pub fn said(self) -> Said {
        match self {
            Self::Category => said!("category"),
            Self::ChannelCheck => said!("check that waits for your answer"),
            Self::CheckListLine => said!("line of the check list"),
            Self::Directive => said!("directive"),
            Self::DirectiveAddressee => said!("addressee of the directive"),
            Self::Formation => said!("formation"),
            Self::ForwardedEmergency => said!("forwarded emergency"),
            Self::Incident => said!("incident"),
            Self::JoinProposal => said!("proposal to join"),
            Self::Link => said!("link"),
            Self::Lookup => said!("look-up"),
            Self::MessageOfCard => said!("message on this card"),
            Self::ModePeriod => said!("mode period"),
            Self::ModeProposal => said!("mode proposal"),
            Self::Notice => said!("notice"),
            Self::Obligation => said!("obligation"),
            Self::Organisation => said!("organisation"),
            Self::Report => said!("report"),
            Self::Request => said!("request"),
            Self::RequestOfCard => said!("request on this card"),
            Self::RoadClosure => said!("road closure"),
            Self::Service => said!("service"),
            Self::ServiceOfRegion => said!("service of the region"),
            Self::Shift => said!("shift"),
            Self::Source => said!("source"),
            Self::Unit => said!("unit of this service"),
            Self::Warning => said!("warning"),
            Self::Zone => said!("zone"),
        }
    }
}
