//! Keeps the leases of regions: claims what is free, prolongs what is held, says what was lost.
//!
//! The lease decides who should act; that a deposed instance cannot write is decided by the epoch in every stream's
//! head, whatever this task believes (DESIGN §5, invariant 4).

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot, watch};

use crate::domain::ids::RegionCode;
use crate::store::append::Epoch;
use crate::store::database::Pool;
use crate::store::lease::{self, Claim};

/// Which regions this instance wants, and how it holds them.
#[derive(Debug, Clone)]
pub struct LeaseSettings {
    /// The name of this instance, different from every other's and the same after a restart.
    pub holder: String,
    /// The regions to act for.
    pub regions: Vec<RegionCode>,
    /// How long a lease lasts without being prolonged; it is prolonged three times in that time. A standby takes
    /// over within one and a third of it.
    pub ttl: Duration,
}

/// How this instance stands to a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tenure {
    /// Another instance acts for it, or nothing is known yet.
    Waiting {
        /// Who, and until when unless prolonged.
        holder: Option<(String, Timestamp)>,
    },
    /// This instance acts for it.
    Held(Epoch),
    /// This instance acted for it until the database could not be reached for longer than the lease lasts. Another
    /// may have taken over; nothing can be written meanwhile, and what is shown may be old.
    Doubtful(Epoch),
}

/// The tenure of every region wanted.
pub type Tenures = BTreeMap<RegionCode, Tenure>;

/// The handle. Dropping the last one ends the task without giving the leases back.
#[derive(Debug, Clone)]
pub struct Leases {
    tenures: watch::Receiver<Tenures>,
    asks: mpsc::Sender<Ask>,
}

#[derive(Debug)]
enum Ask {
    Look,
    Release(oneshot::Sender<()>),
}

impl Leases {
    /// Starts to claim and keep, on the current tokio runtime.
    #[must_use]
    pub fn keep(pool: Pool, settings: LeaseSettings) -> Self {
        let none: Tenures =
            settings.regions.iter().map(|region| (*region, Tenure::Waiting { holder: None })).collect();
        let (told, tenures) = watch::channel(none);
        let (asks, asked) = mpsc::channel(16);
        let keeper = Keeper { pool, settings, told, renewed: BTreeMap::new() };
        tokio::spawn(keeper.run(asked));
        Self { tenures, asks }
    }

    /// The tenures, now and as they change.
    #[must_use]
    pub fn tenures(&self) -> watch::Receiver<Tenures> {
        self.tenures.clone()
    }

    /// Asks for a look at the database now: the journal has said that this instance is deposed.
    pub fn look(&self) {
        // A full queue means that a look is due anyway.
        drop(self.asks.try_send(Ask::Look));
    }

    /// Gives all leases back and ends, so that a standby takes over at once. Stop writing first.
    pub async fn release(&self) {
        let (done, released) = oneshot::channel();
        if self.asks.send(Ask::Release(done)).await.is_ok() {
            // An error means that the task has ended already.
            drop(released.await);
        }
    }
}

struct Keeper {
    pool: Pool,
    settings: LeaseSettings,
    told: watch::Sender<Tenures>,
    renewed: BTreeMap<RegionCode, Instant>,
}

impl Keeper {
    async fn run(mut self, mut asked: mpsc::Receiver<Ask>) {
        let mut ticks = tokio::time::interval(self.settings.ttl / 3);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => self.look().await,
                ask = asked.recv() => match ask {
                    Some(Ask::Look) => self.look().await,
                    Some(Ask::Release(done)) => {
                        self.release().await;
                        // Who asked may have gone.
                        let _ = done.send(());
                        return;
                    }
                    None => return,
                },
            }
        }
    }

    async fn look(&mut self) {
        let before = self.told.borrow().clone();
        let mut tenures = before.clone();
        self.renew(&mut tenures).await;
        for (region, tenure) in &mut tenures {
            if !matches!(tenure, Tenure::Waiting { .. }) {
                continue;
            }
            let asked = Instant::now();
            match lease::claim(&self.pool, *region, &self.settings.holder, self.settings.ttl).await {
                Ok(Claim::Held(epoch)) => {
                    tracing::info!(%region, epoch = epoch.0, "this instance acts for the region");
                    self.renewed.insert(*region, asked);
                    *tenure = Tenure::Held(epoch);
                }
                Ok(Claim::Taken { holder, until }) => {
                    *tenure = Tenure::Waiting { holder: Some((holder, until)) }
                }
                Err(error) => tracing::warn!(%region, %error, "the region's lease could not be claimed"),
            }
        }
        let held = tenures.values().filter(|tenure| matches!(tenure, Tenure::Held(_))).count();
        metrics::gauge!("hub112_leases_held").set(held as f64);
        if tenures != before {
            self.told.send_replace(tenures);
        }
    }

    async fn renew(&mut self, tenures: &mut Tenures) {
        let held = held(tenures);
        if held.is_empty() {
            return;
        }
        let asked = Instant::now();
        let kept = lease::renew(&self.pool, &self.settings.holder, &held, self.settings.ttl).await;
        for (region, epoch) in held {
            let tenure = match &kept {
                Ok(kept) if kept.contains(&region) => {
                    self.renewed.insert(region, asked);
                    Tenure::Held(epoch)
                }
                Ok(_) => {
                    tracing::error!(%region, epoch = epoch.0, "another instance has taken the region over");
                    Tenure::Waiting { holder: None }
                }
                Err(error) => {
                    tracing::warn!(%region, %error, "the region's lease could not be prolonged");
                    let alive = self.renewed.get(&region).is_some_and(|at| at.elapsed() < self.settings.ttl);
                    if alive { Tenure::Held(epoch) } else { Tenure::Doubtful(epoch) }
                }
            };
            tenures.insert(region, tenure);
        }
    }

    async fn release(&mut self) {
        let mut tenures = self.told.borrow().clone();
        let held = held(&tenures);
        if let Err(error) = lease::release(&self.pool, &self.settings.holder, &held).await {
            tracing::warn!(%error, "the leases could not be given back; they end by themselves");
        }
        for tenure in tenures.values_mut() {
            *tenure = Tenure::Waiting { holder: None };
        }
        self.told.send_replace(tenures);
    }
}

fn held(tenures: &Tenures) -> Vec<(RegionCode, Epoch)> {
    tenures
        .iter()
        .filter_map(|(region, tenure)| match tenure {
            Tenure::Held(epoch) | Tenure::Doubtful(epoch) => Some((*region, *epoch)),
            Tenure::Waiting { .. } => None,
        })
        .collect()
}
