//! The exchanges and queues of the virtual host.
//!
//! ```text
//! hub ─► hub112.out (topic, region.service.kind) ─► agency.75.ambulance   one quorum queue per service and region
//!             └─ no queue ─► hub112.unroutable                └─ expired, too many, poison ─► hub112.dead-letters
//! agency ─► hub112.in (topic, region.service.kind) ─► hub112.inbox.75     one quorum queue per region
//! ```
//!
//! **One queue, no priorities.** Quorum queues of RabbitMQ 3.10 know none, and a second "urgent" queue would let an
//! order overtake the notice of its own incident. Urgency is served otherwise: what is of no use after a while
//! carries a time to live, so that a backlog is short; the AMQP `priority` property tells the agency what to show
//! first; and one slow agency holds up nobody, because its queue drops its oldest into the dead letters
//! (`drop-head`) where `reject-publish` would hold back the confirms of every agency of the same publish.

use std::collections::{BTreeSet, HashSet};

use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable, LongString, ShortString};
use lapin::{Channel, Connection, ExchangeKind};

use super::BusError;
use crate::domain::envelope::Party;
use crate::domain::ids::RegionCode;

/// Where the hub publishes.
pub const OUT: &str = "hub112.out";
/// Where agencies publish.
pub const IN: &str = "hub112.in";
/// Exchange and queue of what no queue takes.
pub const UNROUTABLE: &str = "hub112.unroutable";
/// Exchange of what expired, was too much or was poison.
pub const DEAD: &str = "hub112.dead";
/// Queue of the same.
pub const DEAD_LETTERS: &str = "hub112.dead-letters";

/// The most messages that wait for one agency; beyond, the oldest become dead letters.
const MAX_WAITING: i32 = 100_000;
/// The most bytes of them: what 100,000 of usual length come to. The broker's disk must outlive an agency that does not read.
/// Set by a policy ([`super::accounts::Management::bound_agency_queues`]), for a queue that is there cannot be declared otherwise.
pub const MAX_WAITING_BYTES: u64 = 512 << 20;
/// How often a message may come back unacknowledged before it is taken for poison. Every broken connection of an
/// agency counts once for all it had not acknowledged, so a bad line must not reach it.
const AGENCY_DELIVERY_LIMIT: i32 = 100;
/// The same for the hub, which sets its own poison aside and never requeues.
const INBOX_DELIVERY_LIMIT: i32 = 1_000;

/// The queue of one service of one region.
#[must_use]
pub fn agency_queue(party: &Party) -> String {
    format!("agency.{}.{}", party.region, party.service)
}

/// The queue of what agencies say to the hub of a region.
#[must_use]
pub fn inbox_queue(region: RegionCode) -> String {
    format!("hub112.inbox.{region}")
}

/// Which queues there are to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Topology {
    parties: BTreeSet<Party>,
    /// Hubs of other regions, whose queue waits for them.
    hubs: BTreeSet<Party>,
    /// The same as the first words of routing keys.
    addresses: HashSet<String>,
}

impl Topology {
    /// A queue for each of these services, and an inbox for each of their regions.
    #[must_use]
    pub fn new(parties: impl IntoIterator<Item = Party>) -> Self {
        let parties: BTreeSet<Party> = parties.into_iter().collect();
        let addresses = parties.iter().map(ToString::to_string).collect();
        Self { parties, hubs: BTreeSet::new(), addresses }
    }

    /// Besides, a queue for the hub of each of these regions, so that what a neighbour is told waits for it where
    /// it is not yet there (112-R c.3(1)).
    #[must_use]
    pub fn and_hubs(mut self, regions: impl IntoIterator<Item = RegionCode>) -> Self {
        self.hubs = regions.into_iter().map(Party::hub).filter(|hub| !self.parties.contains(hub)).collect();
        self.addresses.extend(self.hubs.iter().map(ToString::to_string));
        self
    }

    /// The same with a queue for one service more.
    #[must_use]
    pub fn and(mut self, party: Party) -> Self {
        self.add(party, false);
        self
    }

    /// Whether it has a queue for this service.
    #[must_use]
    pub fn has(&self, party: &Party) -> bool {
        self.parties.contains(party) || self.hubs.contains(party)
    }

    /// What of it is not in another; `None` when that is nothing.
    #[must_use]
    pub fn without(&self, other: &Self) -> Option<Self> {
        let rest =
            |all: &BTreeSet<Party>| all.iter().filter(|p| !other.has(p)).cloned().collect::<BTreeSet<_>>();
        let (parties, hubs) = (rest(&self.parties), rest(&self.hubs));
        let addresses = parties.iter().chain(&hubs).map(ToString::to_string).collect();
        (!parties.is_empty() || !hubs.is_empty()).then_some(Self { parties, hubs, addresses })
    }

    /// Both together.
    #[must_use]
    pub fn joined(mut self, other: &Self) -> Self {
        self.parties.extend(other.parties.iter().cloned());
        self.hubs.extend(other.hubs.iter().cloned());
        self.addresses.extend(other.addresses.iter().cloned());
        self
    }

    /// Whether there is a queue for messages with this routing key (`region.service.kind`).
    #[must_use]
    pub fn routes(&self, routing_key: &str) -> bool {
        routing_key.rsplit_once('.').is_some_and(|(address, _)| self.addresses.contains(address))
    }

    /// The services.
    pub fn parties(&self) -> impl Iterator<Item = &Party> {
        self.parties.iter()
    }

    /// The regions that have a service.
    #[must_use]
    pub fn regions(&self) -> BTreeSet<RegionCode> {
        self.parties.iter().map(|p| p.region).collect()
    }

    /// Declares everything. Repeating it changes nothing; what an administrator deleted comes back. Gives what of the
    /// services' queues the broker has by then, and what it refused.
    ///
    /// # Errors
    /// [`BusError::Topology`] when the broker refuses an exchange or a queue of the hub itself, holding one of the same
    /// name with other arguments; [`BusError::Amqp`].
    pub async fn declare(&self, connection: &Connection) -> Result<(Self, Self), BusError> {
        let mut channel = connection.create_channel().await?;
        self.declare_own(&channel).await?;
        let (mut declared, mut refused) = (Self::default(), Self::default());
        let hubs = self.hubs.iter().map(|party| (party, true));
        for (party, of_hub) in self.parties.iter().map(|party| (party, false)).chain(hubs) {
            let mut there = declare_for(&channel, party).await;
            if let Err(refusal @ BusError::Topology { .. }) = &there {
                // The refusal closed the channel. A queue with other arguments than the hub's is better than none.
                tracing::warn!(%party, error = %refusal, "a service's queue is not as the hub would have it");
                channel = connection.create_channel().await?;
                there = bind(&channel, &agency_queue(party), OUT, &format!("{party}.*")).await;
            }
            match there {
                Ok(()) => declared.add(party.clone(), of_hub),
                Err(error @ BusError::Topology { .. }) => {
                    tracing::error!(%party, %error, "a service has no queue: what it is told does not reach it");
                    channel = connection.create_channel().await?;
                    refused.add(party.clone(), of_hub);
                }
                Err(error) => return Err(error),
            }
        }
        channel.close(200, "declared".into()).await?;
        Ok((declared, refused))
    }

    /// What all services share, and the hub's own queues.
    async fn declare_own(&self, channel: &Channel) -> Result<(), BusError> {
        exchange(channel, UNROUTABLE, ExchangeKind::Fanout, FieldTable::default()).await?;
        exchange(channel, DEAD, ExchangeKind::Fanout, FieldTable::default()).await?;
        queue(channel, UNROUTABLE, quorum(None, MAX_WAITING)).await?;
        bind(channel, UNROUTABLE, UNROUTABLE, "").await?;
        queue(channel, DEAD_LETTERS, quorum(None, MAX_WAITING)).await?;
        bind(channel, DEAD_LETTERS, DEAD, "").await?;
        for name in [OUT, IN] {
            let mut arguments = FieldTable::default();
            arguments.insert("alternate-exchange".into(), text(UNROUTABLE));
            exchange(channel, name, ExchangeKind::Topic, arguments).await?;
        }
        for region in self.regions() {
            let name = inbox_queue(region);
            queue(channel, &name, quorum(Some(INBOX_DELIVERY_LIMIT), i32::MAX)).await?;
            bind(channel, &name, IN, &format!("{region}.*.*")).await?;
        }
        Ok(())
    }

    fn add(&mut self, party: Party, of_hub: bool) {
        self.addresses.insert(party.to_string());
        if of_hub { &mut self.hubs } else { &mut self.parties }.insert(party);
    }
}

/// Declares the queue of one service, where the exchanges are there already.
async fn declare_for(channel: &Channel, party: &Party) -> Result<(), BusError> {
    let name = agency_queue(party);
    queue(channel, &name, quorum(Some(AGENCY_DELIVERY_LIMIT), MAX_WAITING)).await?;
    bind(channel, &name, OUT, &format!("{party}.*")).await
}

fn text(s: &str) -> AMQPValue {
    AMQPValue::LongString(LongString::from(s.as_bytes()))
}

/// The arguments of a quorum queue; with a delivery limit its dead go to [`DEAD`].
fn quorum(delivery_limit: Option<i32>, max_length: i32) -> FieldTable {
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), text("quorum"));
    arguments.insert("x-overflow".into(), text("drop-head"));
    if max_length < i32::MAX {
        arguments.insert("x-max-length".into(), AMQPValue::LongInt(max_length));
    }
    if let Some(limit) = delivery_limit {
        arguments.insert("x-delivery-limit".into(), AMQPValue::LongInt(limit));
        arguments.insert("x-dead-letter-exchange".into(), text(DEAD));
    }
    arguments
}

async fn exchange(
    channel: &Channel,
    name: &str,
    kind: ExchangeKind,
    arguments: FieldTable,
) -> Result<(), BusError> {
    let options = ExchangeDeclareOptions { durable: true, ..Default::default() };
    channel
        .exchange_declare(ShortString::from(name), kind, options, arguments)
        .await
        .map_err(|e| refused(format!("exchange {name}"), &e))
}

async fn queue(channel: &Channel, name: &str, arguments: FieldTable) -> Result<(), BusError> {
    let options = QueueDeclareOptions { durable: true, ..Default::default() };
    channel
        .queue_declare(ShortString::from(name), options, arguments)
        .await
        .map(drop)
        .map_err(|e| refused(format!("queue {name}"), &e))
}

async fn bind(channel: &Channel, queue: &str, exchange: &str, key: &str) -> Result<(), BusError> {
    let (queue_name, exchange_name) = (ShortString::from(queue), ShortString::from(exchange));
    channel
        .queue_bind(queue_name, exchange_name, key.into(), QueueBindOptions::default(), FieldTable::default())
        .await
        .map_err(|e| refused(format!("binding of {queue} to {exchange}"), &e))
}

fn refused(what: String, error: &lapin::Error) -> BusError {
    if !error.is_amqp_soft_error() {
        return BusError::Amqp(error.clone());
    }
    let reason = format!(
        "{error}. If it exists with other arguments, let its messages be taken, delete it in the broker, and it is \
         made anew"
    );
    BusError::Topology { what, reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_registered_services_are_routed() {
        let party = |r: &str, s: &str| Party { region: r.parse().unwrap(), service: s.parse().unwrap() };
        let topology = Topology::new([party("75", "ambulance"), party("71", "police")]);
        assert!(topology.routes("75.ambulance.forces_request"));
        for key in ["75.police.situation", "71.ambulance.situation", "75", "", "75.Ambulance.x"] {
            assert!(!topology.routes(key), "{key}");
        }
        assert_eq!(topology.regions().len(), 2);
        assert_eq!(agency_queue(&party("75", "ambulance")), "agency.75.ambulance");
        let more = topology.and(party("75", "utilities-gas"));
        assert!(
            more.routes("75.utilities-gas.forces_request") && !more.routes("75.utilities.forces_request")
        );
    }
}
