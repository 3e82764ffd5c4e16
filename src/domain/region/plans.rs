//! A region's own response plans in place of the shipped ones.

use super::messages::cards_reason;
use super::{Decision, RegionState};
use crate::domain::decision::{Context, Refusal};
use crate::domain::event::RegionEvent;
use crate::domain::response_plan::{PlanFault, PlanRow, Plans};
use crate::domain::said::said;

/// The most rows of a region's plans.
pub const MOST_ROWS: usize = 2_000;

/// Reads plans that somebody entered.
///
/// # Errors
/// The first of their faults, with how many there are.
pub fn entered(rows: Vec<PlanRow>) -> Result<Plans, Refusal> {
    if rows.len() > MOST_ROWS {
        return Err(Refusal::invalid("rows", said!("plans have at most {most} rows", most = MOST_ROWS)));
    }
    Plans::of(rows).map_err(|faults| {
        let first = faults.first().map_or_else(|| said!("{text}", text = ""), |fault| fault.said());
        match faults.len() {
            0 | 1 => Refusal::invalid("rows", first),
            n => Refusal::invalid("rows", said!("{fault} (and {more} more)", fault => first, more = n - 1)),
        }
    })
}

pub(super) fn set(
    state: &RegionState,
    rows: Option<Vec<PlanRow>>,
    reason: String,
    ctx: &Context,
) -> Result<Decision, Refusal> {
    if ctx.by.person().is_none() {
        return Err(Refusal::PersonNeeded);
    }
    let reason = cards_reason(reason)?;
    let rows = rows.map(entered).transpose()?.map(|plans| plans.rows().cloned().collect::<Vec<_>>());
    if let Some(row) = rows.iter().flatten().find(|row| !state.has_service(&row.service)) {
        let unknown = said!("there is no service {service}; choose one of the list", service = &row.service);
        let fault = PlanFault::Row { line: row.line, reason: unknown };
        return Err(Refusal::invalid("rows", fault.said()));
    }
    let held = state.own_plans.as_ref().map(|plans| plans.rows().cloned().collect::<Vec<_>>());
    if rows == held {
        return Ok(Decision::default());
    }
    Ok(Decision {
        events: vec![RegionEvent::PlansSet { rows, reason, version: state.plans_version + 1 }],
        ..Decision::default()
    })
}
