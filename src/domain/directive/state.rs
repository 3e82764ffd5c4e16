//! The directives of one region: decided, applied, reminded of.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::addressee::{Addressee, Force};
use super::event::{
    Acknowledged, Author, Delivery, Directive, DirectiveCommand, DirectiveEvent, Refused, Withdrawn,
};
use super::order::may_refuse;
use crate::domain::decision::{By, Refusal};
use crate::domain::envelope::DirectiveStage;
use crate::domain::ids::{DirectiveId, DistributionId, IncidentId, ServiceKey};
use crate::domain::message::CLOCK_TOLERANCE;
use crate::domain::missing::Missing;
use crate::domain::moment::not_ahead;
use crate::domain::obligation::{Claim, Consequence, Datum, ObligationKind, Subject};
use crate::domain::organisation::{OrganisationKey, Organisations};
use crate::domain::quantities::Seconds;
use crate::domain::said::said;
use crate::domain::service_kind;

/// Most addressees of one directive.
const MOST_ADDRESSEES: usize = 64;
/// Longest directive, characters.
const LONGEST_TEXT: usize = 20_000;
/// Longest name, office or reason, characters.
const LONGEST_NAME: usize = 2_000;

/// The directives of one region that are in memory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Directives(BTreeMap<DirectiveId, Directive>);

impl Directives {
    /// A directive in memory.
    #[must_use]
    pub fn get(&self, id: DirectiveId) -> Option<&Directive> {
        self.0.get(&id)
    }

    /// All in memory, in the order of their identities.
    pub fn iter(&self) -> impl Iterator<Item = &Directive> {
        self.0.values()
    }

    /// Takes a directive as the store kept it.
    pub fn adopt(&mut self, directive: Directive) {
        self.0.insert(directive.id, directive);
    }

    /// Lets go from memory of directives that were settled before a moment; the journal and the read table keep
    /// them.
    pub fn retire(&mut self, before: Timestamp) {
        self.0.retain(|_, d| d.is_open() || d.last_change() >= before);
    }

    /// Decides a command.
    ///
    /// # Errors
    /// [`Refusal::PersonNeeded`] where a named person must act; [`Refusal::Forbidden`] when a service speaks for
    /// another; [`Refusal::NotFound`], [`Refusal::Conflict`] and [`Refusal::Invalid`], saying what is wrong.
    pub fn decide(
        &self,
        command: DirectiveCommand,
        tree: &Organisations,
        now: Timestamp,
        by: &By,
    ) -> Result<Vec<DirectiveEvent>, Refusal> {
        match command {
            DirectiveCommand::Issue { directive, author, text, addressees, due, incident, exercise } => {
                let new = Issue { directive, author, text, addressees, due, incident, exercise };
                self.issue(new, tree, now, by)
            }
            DirectiveCommand::MarkSent { directive, addressee } => {
                by.person().ok_or(Refusal::PersonNeeded)?;
                let delivery = self.delivery(directive, &addressee)?;
                if delivery.sent_at.is_some() {
                    return Ok(Vec::new());
                }
                Ok(vec![DirectiveEvent::Sent { directive, addressee, message: None, at: now }])
            }
            DirectiveCommand::Acknowledge { directive, addressee, stage, said_by, at } => {
                self.acknowledge(directive, addressee, stage, said_by, at.unwrap_or(now), now, by)
            }
            DirectiveCommand::Refuse { directive, addressee, reason } => {
                speaks_for(by, &addressee)?;
                let delivery = self.delivery(directive, &addressee)?;
                if !delivery.is_open() {
                    return Err(Refusal::conflict(said!(
                        "{addressee} has carried it out or refused it already; read the directive again",
                        addressee = addressee
                    )));
                }
                may_refuse(delivery.force, reason.as_deref())?;
                let reason = reason.map(|r| text("reason", &r, LONGEST_NAME)).transpose()?;
                Ok(vec![DirectiveEvent::Refused { directive, addressee, reason, at: now }])
            }
            DirectiveCommand::Remind { directive, addressee } => {
                by.person().ok_or(Refusal::PersonNeeded)?;
                if !self.delivery(directive, &addressee)?.is_open() {
                    return Err(Refusal::conflict(said!(
                        "{addressee} has carried it out or refused it already; read the directive again",
                        addressee = addressee
                    )));
                }
                Ok(vec![DirectiveEvent::Reminded { directive, addressee, message: None, at: now }])
            }
            DirectiveCommand::Withdraw { directive, reason } => {
                let by = by.person().ok_or(Refusal::PersonNeeded)?.clone();
                self.standing(directive)?;
                let reason = text("reason", &reason, LONGEST_NAME)?;
                Ok(vec![DirectiveEvent::Withdrawn { directive, reason, by, at: now }])
            }
        }
    }

    /// Who has not read a directive, or has not carried it out when its own time is over, is reminded every so
    /// often.
    #[must_use]
    pub fn due(&self, now: Timestamp, every: Seconds) -> Vec<DirectiveEvent> {
        let mut events = Vec::new();
        for directive in self.0.values().filter(|d| d.withdrawn.is_none()) {
            let overdue = directive.due.is_some_and(|due| due <= now);
            for delivery in
                directive.deliveries.iter().filter(|d| d.is_open() && (d.read.is_none() || overdue))
            {
                let Some(last) = delivery.reminders.last().copied().or(delivery.sent_at) else { continue };
                if now.duration_since(last) >= every.span() {
                    let addressee = delivery.addressee.clone();
                    events.push(DirectiveEvent::Reminded {
                        directive: directive.id,
                        addressee,
                        message: None,
                        at: now,
                    });
                }
            }
        }
        events
    }

    /// A person of a service has read a message: when it brought a directive, that is read (c.6(6)).
    #[must_use]
    pub fn read(
        &self,
        service: &ServiceKey,
        message: DistributionId,
        person: &str,
        at: Timestamp,
    ) -> Vec<DirectiveEvent> {
        let mut events = Vec::new();
        for directive in self.0.values().filter(|d| d.withdrawn.is_none()) {
            let to_it = directive.deliveries.iter().filter(|d| {
                let brought = d.messages.contains(&message);
                brought && matches!(&d.addressee, Addressee::Service { service: to } if to == service)
            });
            events.extend(to_it.filter(|d| d.read.is_none()).map(|d| DirectiveEvent::Acknowledged {
                directive: directive.id,
                addressee: d.addressee.clone(),
                stage: DirectiveStage::Read,
                said_by: Some(person.chars().take(LONGEST_NAME).collect()),
                at,
            }));
        }
        events
    }

    fn standing(&self, id: DirectiveId) -> Result<&Directive, Refusal> {
        let found = self.get(id).ok_or_else(|| Refusal::not_found(Missing::Directive, id))?;
        if found.withdrawn.is_some() {
            return Err(Refusal::conflict(said!(
                "this directive was withdrawn; give a new one where it is needed"
            )));
        }
        Ok(found)
    }

    fn delivery(&self, id: DirectiveId, to: &Addressee) -> Result<&Delivery, Refusal> {
        self.standing(id)?.delivery(to).ok_or_else(|| Refusal::not_found(Missing::DirectiveAddressee, to))
    }

    fn issue(
        &self,
        new: Issue,
        tree: &Organisations,
        now: Timestamp,
        by: &By,
    ) -> Result<Vec<DirectiveEvent>, Refusal> {
        let by = by.person().ok_or(Refusal::PersonNeeded)?.clone();
        let Issue { directive, author, text: words, addressees, due, incident, exercise } = new;
        if self.0.contains_key(&directive) {
            return Err(Refusal::conflict(said!(
                "there is a directive of this identity already; take a new identity"
            )));
        }
        let author = Author {
            role: text("author.role", &author.role, LONGEST_NAME)?,
            name: text("author.name", &author.name, LONGEST_NAME)?,
        };
        let words = text("text", &words, LONGEST_TEXT)?;
        let addressees: Vec<Addressee> =
            addressees.into_iter().map(|to| to.at_its_desk(tree)).collect::<Result<_, _>>()?;
        check(&addressees)?;
        let informed = informed(&addressees, tree);
        if due.is_some_and(|due| due <= now) {
            return Err(Refusal::invalid("due", said!("the time must lie ahead; give a later one")));
        }
        let linked: Vec<_> =
            addressees.iter().filter(|a| matches!(a, Addressee::Service { .. })).cloned().collect();
        let mut events = vec![DirectiveEvent::Issued {
            directive,
            author,
            text: words,
            addressees,
            due,
            incident,
            exercise,
            informed,
            by,
            at: now,
        }];
        events.extend(linked.into_iter().map(|addressee| DirectiveEvent::Sent {
            directive,
            addressee,
            message: None,
            at: now,
        }));
        Ok(events)
    }

    #[allow(clippy::too_many_arguments)]
    fn acknowledge(
        &self,
        directive: DirectiveId,
        addressee: Addressee,
        stage: DirectiveStage,
        said_by: Option<String>,
        at: Timestamp,
        now: Timestamp,
        by: &By,
    ) -> Result<Vec<DirectiveEvent>, Refusal> {
        speaks_for(by, &addressee)?;
        let found = self.standing(directive)?;
        let delivery = self.delivery(directive, &addressee)?;
        not_ahead("at", at, now)?;
        if found.issued_at.duration_since(at) > CLOCK_TOLERANCE.span() {
            return Err(Refusal::out_of_order(
                "at",
                said!("the directive was not given by then; give a later time"),
            ));
        }
        let said_by = said_by.map(|s| text("said_by", &s, LONGEST_NAME)).transpose()?;
        if stage > DirectiveStage::Received && said_by.is_none() {
            return Err(Refusal::invalid(
                "said_by",
                said!("a person reads and carries out a directive; name the person"),
            ));
        }
        if delivery.has(stage) {
            return Ok(Vec::new());
        }
        if delivery.refused.is_some() && stage == DirectiveStage::Done {
            return Err(Refusal::conflict(said!(
                "{addressee} has refused it; speak to them, or give a new directive",
                addressee = addressee
            )));
        }
        Ok(vec![DirectiveEvent::Acknowledged { directive, addressee, stage, said_by, at }])
    }

    /// What follows for the obligations (O-13, one towards each addressee) from the events of one decision, while
    /// `self` stands before them. A directive is brought to an addressee when a person there has read it, or has
    /// answered with a refusal.
    #[must_use]
    pub fn consequences(&self, events: &[DirectiveEvent]) -> Vec<Consequence> {
        let mut all = Vec::new();
        for event in events {
            match event {
                DirectiveEvent::Issued { directive, addressees, at, .. } => {
                    all.extend(
                        addressees
                            .iter()
                            .map(|to| Consequence::Raise { claim: claim(*directive, to), since: *at }),
                    );
                }
                DirectiveEvent::Acknowledged { directive, addressee, stage, at, .. }
                    if *stage >= DirectiveStage::Read =>
                {
                    let evidence = "read by a person of the addressee".to_owned();
                    all.push(Consequence::Meet { claim: claim(*directive, addressee), evidence, at: *at });
                }
                DirectiveEvent::Refused { directive, addressee, at, .. } => {
                    let evidence = "refused by the addressee".to_owned();
                    all.push(Consequence::Meet { claim: claim(*directive, addressee), evidence, at: *at });
                }
                DirectiveEvent::Withdrawn { directive, reason, by, at } => {
                    let open = self.get(*directive).into_iter().flat_map(|d| &d.deliveries);
                    all.extend(open.map(|d| Consequence::Cancel {
                        claim: claim(*directive, &d.addressee),
                        reason: reason.clone(),
                        by: by.clone(),
                        at: *at,
                    }));
                }
                _ => {}
            }
        }
        all
    }

    /// Applies one event.
    pub fn apply(&mut self, event: &DirectiveEvent) {
        match event {
            DirectiveEvent::Issued {
                directive,
                author,
                text,
                addressees,
                due,
                incident,
                exercise,
                informed,
                by,
                at,
            } => {
                self.adopt(Directive {
                    id: *directive,
                    author: author.clone(),
                    text: text.clone(),
                    due: *due,
                    incident: *incident,
                    exercise: *exercise,
                    deliveries: addressees.iter().map(|to| undelivered(to, informed)).collect(),
                    issued_by: by.clone(),
                    issued_at: *at,
                    withdrawn: None,
                });
            }
            DirectiveEvent::Sent { directive, addressee, message, at } => {
                self.change(*directive, addressee, |d| {
                    d.sent_at.get_or_insert(*at);
                    d.messages.extend(message);
                });
            }
            DirectiveEvent::Acknowledged { directive, addressee, stage, said_by, at } => {
                self.change(*directive, addressee, |d| {
                    let now = || Acknowledged { at: *at, by: said_by.clone() };
                    d.sent_at.get_or_insert(*at);
                    d.received.get_or_insert_with(now);
                    if *stage >= DirectiveStage::Read {
                        d.read.get_or_insert_with(now);
                    }
                    if *stage == DirectiveStage::Done {
                        d.done.get_or_insert_with(now);
                    }
                });
            }
            DirectiveEvent::Refused { directive, addressee, reason, at } => {
                self.change(*directive, addressee, |d| {
                    d.refused.get_or_insert_with(|| Refused { at: *at, reason: reason.clone() });
                });
            }
            DirectiveEvent::Reminded { directive, addressee, message, at } => {
                self.change(*directive, addressee, |d| {
                    d.reminders.push(*at);
                    d.messages.extend(message);
                });
            }
            DirectiveEvent::Withdrawn { directive, reason, by, at } => {
                if let Some(found) = self.0.get_mut(directive) {
                    let (reason, by) = (reason.clone(), by.clone());
                    found.withdrawn.get_or_insert(Withdrawn { reason, by, at: *at });
                }
            }
        }
    }

    fn change(&mut self, id: DirectiveId, to: &Addressee, with: impl FnOnce(&mut Delivery)) {
        let found = self.0.get_mut(&id).and_then(|d| d.deliveries.iter_mut().find(|d| d.addressee == *to));
        if let Some(delivery) = found {
            with(delivery);
        }
    }
}

/// A directive to be entered.
struct Issue {
    directive: DirectiveId,
    author: Author,
    text: String,
    addressees: Vec<Addressee>,
    due: Option<Timestamp>,
    incident: Option<IncidentId>,
    exercise: bool,
}

/// Organisations of the tree that a directive informs and does not order.
fn informed(addressees: &[Addressee], tree: &Organisations) -> Vec<OrganisationKey> {
    let told = addressees.iter().filter(|to| to.force(tree) == Force::Information);
    told.filter_map(|to| match to {
        Addressee::Registered { organisation } => Some(organisation.clone()),
        _ => None,
    })
    .collect()
}

fn undelivered(to: &Addressee, informed: &[OrganisationKey]) -> Delivery {
    let force = match to {
        Addressee::Registered { organisation } if informed.contains(organisation) => Force::Information,
        Addressee::Registered { .. } | Addressee::Organisation { .. } => Force::Order,
        Addressee::Service { service } => Force::towards(service),
    };
    Delivery {
        addressee: to.clone(),
        force,
        sent_at: None,
        received: None,
        read: None,
        done: None,
        refused: None,
        reminders: Vec::new(),
        messages: Vec::new(),
    }
}

fn claim(directive: DirectiveId, to: &Addressee) -> Claim {
    Claim::officer(ObligationKind::O13, Subject::Directive { directive })
        .only(Datum::Addressee { addressee: to.clone() })
}

/// A service speaks only for itself; a person may write down what was said by telephone; a rule says nothing.
fn speaks_for(by: &By, addressee: &Addressee) -> Result<(), Refusal> {
    match by {
        By::Person { .. } => Ok(()),
        By::Service { service, .. } if *addressee == (Addressee::Service { service: service.clone() }) => {
            Ok(())
        }
        By::Service { service, .. } => Err(Refusal::Forbidden(said!(
            "{service} does not speak for {addressee}; let the addressee answer",
            service => service,
            addressee = addressee
        ))),
        By::Rule { .. } => Err(Refusal::PersonNeeded),
    }
}

fn check(addressees: &[Addressee]) -> Result<(), Refusal> {
    if addressees.is_empty() || addressees.len() > MOST_ADDRESSEES {
        return Err(Refusal::invalid(
            "addressees",
            said!("name 1 to {most} addressees", most = MOST_ADDRESSEES),
        ));
    }
    for (n, to) in addressees.iter().enumerate() {
        match to {
            Addressee::Service { service } if service_kind::find(service).is_none() => {
                return Err(Refusal::not_found(Missing::Service, service));
            }
            // The hub has no desk that could carry out what it issues, and no link to itself.
            Addressee::Service { service } if service_kind::is_hub(service) => {
                return Err(Refusal::invalid(
                    "addressees",
                    said!("the hub does not direct itself; name a service or an organisation"),
                ));
            }
            Addressee::Organisation { name } => drop(text("addressees", name, LONGEST_NAME)?),
            Addressee::Service { .. } | Addressee::Registered { .. } => {}
        }
        if addressees.iter().take(n).any(|other| other == to) {
            return Err(Refusal::invalid("addressees", said!("{to} stands twice; leave one", to = to)));
        }
    }
    Ok(())
}

fn text(field: &'static str, given: &str, longest: usize) -> Result<String, Refusal> {
    let given = given.trim();
    if given.is_empty() || given.chars().count() > longest {
        return Err(Refusal::invalid(field, said!("write 1 to {most} characters here", most = longest)));
    }
    Ok(given.to_owned())
}
