//! Keeps the leases of regions: claims what is free, prolongs what is held, says what was lost.
//!
//! The lease decides who should act; that a deposed instance cannot write is decided by the epoch in every stream's
//! head, whatever this task believes (DESIGN §5, invariant 4).

use std::collections::{BTreeMap, HashMap};
use std::pin::pin;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};

use crate::domain::ids::RegionCode;
use crate::store::append::Epoch;
use crate::store::database::{Pool, StoreError};
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

/// Whether an instance may go on as it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It acts for all its regions.
    Acts,
    /// Another may act for one of them.
    Doubtful,
    /// Another has acted for one of them since, or does. What this one knows of it is of before, also when it has the lease
    /// again: it can only begin anew.
    Deposed,
}

impl Standing {
    /// Of an instance that began with these epochs.
    #[must_use]
    pub fn of(tenures: &Tenures, began: &HashMap<RegionCode, Epoch>) -> Self {
        let each = began.iter().map(|(region, epoch)| match tenures.get(region) {
            Some(Tenure::Held(now)) if now == epoch => Self::Acts,
            Some(Tenure::Doubtful(now)) if now == epoch => Self::Doubtful,
            _ => Self::Deposed,
        });
        each.max().unwrap_or(Self::Acts)
    }
}

/// The handle. Dropping the last one ends the task without giving the leases back.
#[derive(Debug, Clone)]
pub struct Leases {
    tenures: watch::Receiver<Tenures>,
    asks: mpsc::Sender<Ask>,
}

#[derive(Debug)]
enum Ask {
    ClaimNoMore,
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
        let keeper = Keeper { pool, settings, told, renewed: BTreeMap::new(), claims: true };
        tokio::spawn(keeper.run(asked));
        Self { tenures, asks }
    }

    /// The tenures, now and as they change.
    #[must_use]
    pub fn tenures(&self) -> watch::Receiver<Tenures> {
        self.tenures.clone()
    }

    /// From now on nothing more is claimed, for this instance is about to end; what is held is prolonged.
    pub fn claim_no_more(&self) {
        // Nobody else asks for anything but the end.
        drop(self.asks.try_send(Ask::ClaimNoMore));
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
    /// When each lease that is held was last asked to be prolonged, and was.
    renewed: BTreeMap<RegionCode, Instant>,
    claims: bool,
}

impl Keeper {
    async fn run(mut self, mut asked: mpsc::Receiver<Ask>) {
        let mut ticks = interval(self.settings.ttl / 3);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                // First: a process that hung has more to do than one thing.
                biased;
                () = self.runs_out() => self.doubt(),
                ask = asked.recv() => match ask {
                    Some(Ask::ClaimNoMore) => self.claims = false,
                    Some(Ask::Release(done)) => {
                        self.release().await;
                        // Who asked may have gone.
                        let _ = done.send(());
                        return;
                    }
                    None => return,
                },
                _ = ticks.tick() => self.look().await,
            }
        }
    }

    async fn look(&mut self) {
        let lost = self.renew().await;
        if self.claims {
            self.claim(&lost).await;
        }
        let held = self.told.borrow().values().filter(|tenure| matches!(tenure, Tenure::Held(_))).count();
        metrics::gauge!("hub112_leases_held").set(held as f64);
    }

    /// Prolongs what is held; gives what another has taken.
    async fn renew(&mut self) -> Vec<RegionCode> {
        let held = held(&self.told.borrow());
        if held.is_empty() {
            return Vec::new();
        }
        let asked = Instant::now();
        let renewing = lease::renew(&self.pool, &self.settings.holder, &held, self.settings.ttl);
        let kept = match self.within(renewing).await {
            Ok(kept) => kept,
            Err(reason) => {
                for (region, _) in held {
                    tracing::warn!(%region, reason, "the region's lease could not be prolonged");
                }
                return Vec::new();
            }
        };
        let mut lost = Vec::new();
        for (region, epoch) in held {
            if kept.contains(&region) {
                self.renewed.insert(region, asked);
                self.tell(region, Tenure::Held(epoch));
            } else {
                tracing::error!(%region, epoch = epoch.0, "another instance has taken the region over");
                self.tell(region, Tenure::Waiting { holder: None });
                lost.push(region);
            }
        }
        lost
    }

    /// Claims what is free. What was lost a moment ago is left until the next look: whoever acted for it has to hear first
    /// that this is over.
    async fn claim(&mut self, lost: &[RegionCode]) {
        let waiting = |(region, tenure): (&RegionCode, &Tenure)| {
            (matches!(tenure, Tenure::Waiting { .. }) && !lost.contains(region)).then_some(*region)
        };
        let wanted: Vec<RegionCode> = self.told.borrow().iter().filter_map(waiting).collect();
        let asked = Instant::now();
        // Side by side: one that is locked must not hold up what has to be prolonged.
        let claims = wanted.into_iter().map(async |region| {
            let claim = lease::claim(&self.pool, region, &self.settings.holder, self.settings.ttl);
            (region, self.within(claim).await)
        });
        for (region, claim) in join_all(claims).await {
            match claim {
                Ok(Claim::Held(epoch)) => {
                    tracing::info!(%region, epoch = epoch.0, "this instance acts for the region");
                    self.renewed.insert(region, asked);
                    self.tell(region, Tenure::Held(epoch));
                }
                Ok(Claim::Taken { holder, until }) => {
                    self.tell(region, Tenure::Waiting { holder: Some((holder, until)) });
                }
                Err(reason) => tracing::warn!(%region, reason, "the region's lease could not be claimed"),
            }
        }
    }

    /// Waits for the database's answer, for a third of a lease and no longer: a line that has fallen silent says nothing, and
    /// is given up by the pool only when the lease has run out. What runs out meanwhile is in doubt at once.
    async fn within<T>(&self, query: impl Future<Output = Result<T, StoreError>>) -> Result<T, String> {
        let limit = self.settings.ttl / 3;
        let mut answer = pin!(timeout(limit, query));
        loop {
            tokio::select! {
                biased;
                answer = &mut answer => return match answer {
                    Ok(answer) => answer.map_err(|error| error.to_string()),
                    Err(_) => Err(format!("the database did not answer within {limit:?}")),
                },
                () = self.runs_out() => self.doubt(),
            }
        }
    }

    /// Waits until a lease that is held has run out, as far as this instance knows: since it asked, so before the database
    /// lets another have it.
    async fn runs_out(&self) {
        let ends = |(region, tenure): (&RegionCode, &Tenure)| match tenure {
            Tenure::Held(_) => self.end(*region),
            Tenure::Waiting { .. } | Tenure::Doubtful(_) => None,
        };
        let first = self.told.borrow().iter().filter_map(ends).min();
        match first {
            Some(end) => sleep_until(end).await,
            None => std::future::pending().await,
        }
    }

    fn doubt(&self) {
        let now = Instant::now();
        self.told.send_if_modified(|tenures| {
            let mut changed = false;
            for (region, tenure) in tenures {
                if let Tenure::Held(epoch) = *tenure
                    && self.end(*region).is_some_and(|end| end <= now)
                {
                    tracing::warn!(%region, "the region's lease has run out; another instance may act for it");
                    *tenure = Tenure::Doubtful(epoch);
                    changed = true;
                }
            }
            changed
        });
    }

    fn end(&self, region: RegionCode) -> Option<Instant> {
        self.renewed.get(&region).map(|at| *at + self.settings.ttl)
    }

    fn tell(&self, region: RegionCode, tenure: Tenure) {
        self.told.send_if_modified(|tenures| tenures.insert(region, tenure.clone()) != Some(tenure));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_held_a_region_before_another_did_is_deposed_whatever_it_holds_now() {
        let [one, other] = ["75", "71"].map(|code| code.parse::<RegionCode>().unwrap());
        let began = HashMap::from([(one, Epoch(3)), (other, Epoch(1))]);
        let standing = |of_one: Tenure| {
            Standing::of(&Tenures::from([(one, of_one), (other, Tenure::Held(Epoch(1)))]), &began)
        };
        assert_eq!(standing(Tenure::Held(Epoch(3))), Standing::Acts);
        assert_eq!(standing(Tenure::Doubtful(Epoch(3))), Standing::Doubtful);
        let holder = Some(("other".to_owned(), Timestamp::UNIX_EPOCH));
        for deposed in [
            Tenure::Waiting { holder: None },
            Tenure::Waiting { holder },
            Tenure::Held(Epoch(5)),
            Tenure::Doubtful(Epoch(5)),
        ] {
            assert_eq!(standing(deposed.clone()), Standing::Deposed, "{deposed:?}");
        }
        assert_eq!(Standing::of(&Tenures::new(), &began), Standing::Deposed);
    }
}
