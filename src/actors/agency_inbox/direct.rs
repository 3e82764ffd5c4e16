//! What an agency says without the broker: the same checks, the same effects, once each, as over AMQP. A refusal is
//! the answer to the one who asked, so that no dead letter is needed.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use deadpool_postgres::Pool;
use jiff::Timestamp;

use super::acks::acknowledged;
use super::reading::check;
use super::region::{mark, told_by};
use super::reports::{Acked, AgencyReports, Report};
use crate::actors::traced::traced;
use crate::domain::envelope::{Envelope, ErrorCode, Party, Typed};
use crate::domain::ids::DistributionId;
use crate::domain::said::{Said, said};
use crate::store::database::StoreError;
use crate::store::delivery::{self, News};
use crate::store::letter;

/// Why a message that came without the broker is not taken: what over AMQP is an error of the contract.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct NotTaken {
    /// Why, for a program.
    pub code: ErrorCode,
    /// The same for a person.
    pub detail: Said,
    /// The message, where its id was readable.
    pub references: Option<DistributionId>,
}

/// The way in for agencies that come without the broker.
pub struct Direct {
    reports: Arc<dyn AgencyReports>,
    pool: Pool,
    /// One agency's messages are taken one after another, as from its queue.
    turns: Mutex<HashMap<Party, Arc<tokio::sync::Mutex<()>>>>,
}

impl Direct {
    /// To these actors and this store.
    #[must_use]
    pub fn new(reports: Arc<dyn AgencyReports>, pool: Pool) -> Self {
        Self { reports, pool, turns: Mutex::new(HashMap::new()) }
    }

    /// Takes a message of an agency whose token vouches for it. Returns when its effect is durable, or was before.
    ///
    /// # Errors
    /// The error of the contract; nothing has changed then. [`ErrorCode::Unavailable`]: the same message may be sent
    /// again.
    pub async fn take(&self, sender: &Party, body: &[u8], now: Timestamp) -> Result<(), NotTaken> {
        let raw = Envelope::parse(body).map_err(|e| NotTaken {
            code: e.code,
            detail: e.detail,
            references: e.distribution_id,
        })?;
        let id = raw.head.distribution_id;
        let refuse = |(code, detail)| NotTaken { code, detail, references: Some(id) };
        let envelope = check(sender, raw, &Party::hub(sender.region), now).map_err(refuse)?;
        let kind = envelope.content.content_type();
        metrics::counter!("hub112_agency_messages_total", "kind" => kind).increment(1);
        let about = |e: NotTaken| NotTaken { references: Some(id), ..e };
        if let Some(acks) = acknowledged(sender, &envelope, now) {
            return self.acknowledge(acks).await.map_err(about);
        }
        let news = told_by(&envelope);
        let has_effect = kind != "error" || envelope.head.incident.is_some();
        let mark = mark(sender, &envelope);
        let report = Report { region: sender.region, sender: sender.clone(), envelope, mark };
        let turn = self.turn(sender);
        let _turn = turn.lock().await;
        let trace = report.envelope.head.trace.clone();
        traced(trace, self.reports.report(report))
            .await
            .map_err(|refusal| refuse((refusal.code, refusal.detail)))?;
        match news {
            // The answer is also news of the message answered.
            Some((distribution, step)) => {
                let news = Acked { party: sender.clone(), distribution, step, at: now };
                match self.acknowledge(vec![news]).await {
                    // What took effect is not refused: its sender would take it for undone, and answer otherwise.
                    Err(e) if e.code == ErrorCode::UnknownReference && has_effect => {
                        tracing::warn!(%sender, %distribution, "what a message that was taken says it answers was never sent");
                        Ok(())
                    }
                    recorded => recorded.map_err(about),
                }
            }
            None => Ok(()),
        }
    }

    /// Records acknowledgements of one agency and lets them have their effects.
    ///
    /// # Errors
    /// `unknown_reference` for those that answer nothing ever sent to the agency: the others are recorded.
    /// [`ErrorCode::Unavailable`] when the database or the region's hub does not answer: they may be sent again.
    pub async fn acknowledge(&self, acks: Vec<Acked>) -> Result<(), NotTaken> {
        let strange = record(&self.pool, &acks).await.map_err(unrecorded)?;
        let (known, strange): (Vec<Acked>, Vec<Acked>) =
            acks.iter().cloned().partition(|a| !strange.contains(&a.distribution));
        self.follow(&known).await?;
        // Last of all: what was not taken to its end lies there still.
        let letters = letters(&self.pool, &acks).await.map_err(unrecorded)?;
        let (letters, unknown): (Vec<Acked>, Vec<Acked>) =
            strange.into_iter().partition(|a| letters.contains(&a.distribution));
        self.follow(&letters).await?;
        if unknown.is_empty() {
            return Ok(());
        }
        let ids: Vec<String> = unknown.iter().take(5).map(|a| a.distribution.to_string()).collect();
        let detail = said!("no such message was sent to you: {ids}", ids = ids.join(", "));
        Err(NotTaken { code: ErrorCode::UnknownReference, detail, references: None })
    }

    /// Lets them have their effects, or says that they are to be sent again.
    async fn follow(&self, acks: &[Acked]) -> Result<(), NotTaken> {
        if acks.is_empty() {
            return Ok(());
        }
        metrics::counter!("hub112_agency_acks_total").increment(acks.len() as u64);
        if self.reports.acknowledged(acks).await.is_empty() { Ok(()) } else { Err(unavailable()) }
    }

    fn turn(&self, of: &Party) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry(of.clone()).or_default())
    }
}

fn unavailable() -> NotTaken {
    let detail = said!("it could not be made durable; nothing has changed; try again in a moment");
    NotTaken { code: ErrorCode::Unavailable, detail, references: None }
}

fn unrecorded(error: StoreError) -> NotTaken {
    tracing::warn!(%error, "acknowledgements could not be recorded");
    unavailable()
}

/// Makes them durable; gives those that were no delivery to the agency.
async fn record(pool: &Pool, acks: &[Acked]) -> Result<HashSet<DistributionId>, StoreError> {
    let news: Vec<News> = acks
        .iter()
        .map(|a| News {
            distribution: a.distribution,
            at_party: a.party.clone(),
            step: a.step.clone(),
            at: a.at,
        })
        .collect();
    Ok(delivery::record(pool, &news).await?.into_iter().map(|(id, _)| id).collect())
}

/// Takes the agency's letters that these acknowledge.
async fn letters(pool: &Pool, acks: &[Acked]) -> Result<HashSet<DistributionId>, StoreError> {
    let Some(first) = acks.first() else { return Ok(HashSet::new()) };
    let ids: Vec<DistributionId> = acks.iter().map(|a| a.distribution).collect();
    Ok(letter::take(pool, &first.party, &ids, first.at).await?.into_iter().collect())
}
