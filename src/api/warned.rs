//! How far warnings of the public got outside the hub (c.6(4); Order 945 c.23, c.24).

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::ApiState;
use super::problem::Problem;
use crate::domain::delivery::{Delivery, DeliveryStage};
use crate::domain::envelope::{WarningOutcome, WarningStage, WarningTask};
use crate::domain::ids::{DistributionId, ServiceKey};
use crate::domain::warning::WarningCase;
use crate::store::delivery;

/// One message about a warning at one service.
#[derive(Debug, Serialize, ToSchema)]
pub struct WarnedMessage {
    /// The message.
    pub message: DistributionId,
    /// Which version of the warning.
    pub version: u32,
    /// Issued, updated or ended.
    pub stage: WarningStage,
    /// What the service is to do.
    pub task: WarningTask,
    /// The furthest that is known of the message; sent is what waits for the broker.
    pub reached: DeliveryStage,
    /// Everything that is known of it.
    pub delivery: Delivery,
}

/// How far a warning got at one service.
#[derive(Debug, Serialize, ToSchema)]
pub struct WarnedService {
    /// The service.
    pub service: ServiceKey,
    /// Whether it gives the warning to people; the others are informed.
    pub gives_out: bool,
    /// The furthest that is known of the message that counts: of what is to be given out now, else of the newest.
    pub reached: DeliveryStage,
    /// What the service reports of what is to be given out now: transmitted stands above refused.
    pub outcome: Option<WarningOutcome>,
    /// Every message about it, the oldest first.
    pub messages: Vec<WarnedMessage>,
}

type Known = HashMap<(DistributionId, ServiceKey), Delivery>;

/// For each case, how far it got at each service that was told of it: those that give it out first.
pub(super) async fn of(state: &ApiState, cases: &[WarningCase]) -> Result<Vec<Vec<WarnedService>>, Problem> {
    let messages: Vec<DistributionId> = cases
        .iter()
        .flat_map(|case| &case.sent)
        .flat_map(|sent| &sent.sendings)
        .map(|sending| sending.message)
        .collect();
    let rows = delivery::of_distributions(&state.database, &messages).await?;
    let known: Known =
        rows.into_iter().map(|row| ((row.distribution, row.to.service), row.delivery)).collect();
    Ok(cases.iter().map(|case| services(case, &known)).collect())
}

fn services(case: &WarningCase, known: &Known) -> Vec<WarnedService> {
    let mut all: Vec<WarnedService> = Vec::new();
    for sent in &case.sent {
        for sending in &sent.sendings {
            for service in &sending.services {
                let delivery = known.get(&(sending.message, service.clone())).cloned();
                let delivery = delivery.unwrap_or(Delivery { sent_at: Some(sent.at), ..Delivery::default() });
                let message = WarnedMessage {
                    message: sending.message,
                    version: sent.version,
                    stage: sent.stage,
                    task: sending.task,
                    reached: delivery.stage().unwrap_or(DeliveryStage::Sent),
                    delivery,
                };
                match all.iter_mut().find(|one| one.service == *service) {
                    Some(one) => one.messages.push(message),
                    None => all.push(WarnedService {
                        service: service.clone(),
                        gives_out: false,
                        reached: message.reached,
                        outcome: None,
                        messages: vec![message],
                    }),
                }
            }
        }
    }
    for one in &mut all {
        let counts = one.messages.iter().rev().find(|message| message.task.is_reported());
        one.gives_out = counts.is_some();
        if let Some(message) = counts.or(one.messages.last()) {
            one.reached = message.reached;
        }
        one.outcome = case.outcome_at(&one.service);
    }
    all.sort_by(|a, b| b.gives_out.cmp(&a.gives_out).then_with(|| a.service.cmp(&b.service)));
    all
}
