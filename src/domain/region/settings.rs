//! What a region sets for itself: rules that a person switched on, limits, thresholds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Decision, RegionState};
use crate::domain::classification::thresholds::Thresholds;
use crate::domain::coverage::NormativeTime;
use crate::domain::decision::{Context, Refusal};
use crate::domain::event::RegionEvent;
use crate::domain::ids::ServiceKey;
use crate::domain::joining::JoinSettings;
use crate::domain::mode::ModeSettings;
use crate::domain::notice::NoticeSteps;
use crate::domain::obligation::Limits;
use crate::domain::quantities::{Metres, Seconds};
use crate::domain::recommendation::{Bounds, Reach};
use crate::domain::said::said;
use crate::domain::unit::StaleAfter;

/// A border nearer than this makes an incident the neighbour's matter too: a figure of this project, not of the law.
pub const BORDER: Metres = Metres::whole(3_000);

/// What happened may lie so far from its point that a neighbour is told for it, at most: the farthest that a cell of a
/// telephone network reaches (3GPP TS 45.010 §5.6.2, timing advance 63). A place that is hardly known is not everybody's matter.
pub const FARTHEST_CELL: Metres = Metres::whole(35_000);

/// Settings of one region. Every change is an event with a named person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RegionSettings {
    /// Services are sent the response plan's first wave as soon as the category is clear, without waiting for an
    /// officer's key. Off unless a person switched it on.
    pub dispatch_by_rule: bool,
    /// A card is closed when its forces have been there and are all released. Off unless a person switched it on.
    pub close_by_rule: bool,
    /// How alike a message must be to be proposed or joined.
    pub joining: JoinSettings,
    /// Limits of obligations.
    pub limits: Limits,
    /// Thresholds of Order 240, empty until an administrator enters and certifies them.
    pub thresholds: Thresholds,
    /// To whom what is late is told, step by step, and where summaries are reported.
    pub notices: NoticeSteps,
    /// When the hub proposes a mode.
    pub modes: ModeSettings,
    /// How long recommended units are held for a request.
    pub hold: Seconds,
    /// A position older than this lowers a unit in the recommendation.
    pub stale_position: Seconds,
    /// How far a unit is sent that no officer named: beyond it the service is short of one, and says so.
    pub reach: Reach,
    /// How long answers to the heartbeat of a shift's check are waited for.
    pub heartbeat_wait: Seconds,
    /// How often those who have not read a directive are reminded.
    pub remind_every: Seconds,
    /// How old the composition of a service's formations may grow under a threat before it is asked for again.
    pub composition_age: Seconds,
    /// How long after a warning of the public went out some operator is to have given it to people. A figure of this
    /// project: Order 945 c.24 says "at once".
    pub warning_wait: Seconds,
    /// By service, within what time its units are to arrive, with the act that says so. Empty until an administrator
    /// enters what binds the service: 112-R states no minutes.
    pub normative_times: BTreeMap<ServiceKey, NormativeTime>,
}

impl Default for RegionSettings {
    fn default() -> Self {
        Self {
            dispatch_by_rule: false,
            close_by_rule: false,
            joining: JoinSettings::default(),
            limits: Limits::default(),
            notices: NoticeSteps::default(),
            thresholds: Thresholds::default(),
            modes: ModeSettings::default(),
            hold: Seconds(120),
            stale_position: Seconds(300),
            reach: Reach::default(),
            heartbeat_wait: Seconds(30),
            remind_every: Seconds(600),
            composition_age: Seconds(6 * 3_600),
            warning_wait: Seconds(300),
            normative_times: BTreeMap::new(),
        }
    }
}

impl RegionSettings {
    /// What is set for who is recommended.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        Bounds { stale_after: StaleAfter(self.stale_position), reach: self.reach }
    }
}

/// A time that a region sets for itself, with the bounds within which it makes sense.
fn within(field: &'static str, time: Seconds, least: u32, most: u32) -> Result<(), Refusal> {
    if (least..=most).contains(&time.0) {
        return Ok(());
    }
    Err(Refusal::invalid(field, said!("give {least} to {most} seconds", least = least, most = most)))
}

/// A distance that a region sets for itself, with the bounds in kilometres within which it makes sense.
fn across(field: &'static str, distance: Metres, least: u32, most: u32) -> Result<(), Refusal> {
    let bounds = Metres::whole(least * 1_000).get()..=Metres::whole(most * 1_000).get();
    if bounds.contains(&distance.get()) {
        return Ok(());
    }
    Err(Refusal::invalid(field, said!("give {least} to {most} kilometres", least = least, most = most)))
}

/// A score of likeness that a region sets for itself. No pair scores more than 1: what lies above it means never.
fn alike(field: &'static str, score: f32, most: u8) -> Result<(), Refusal> {
    if (0.0..=f32::from(most)).contains(&score) {
        return Ok(());
    }
    Err(Refusal::invalid(field, said!("give a likeness of {least} to {most}", least = 0, most = most)))
}

/// All settings at once. Who certifies thresholds is who sends them, whatever name they came with.
pub(super) fn set(
    state: &RegionState,
    mut settings: RegionSettings,
    ctx: &Context,
) -> Result<Decision, Refusal> {
    let Some(by) = ctx.by.person() else { return Err(Refusal::PersonNeeded) };
    if settings.hold.0 == 0 || settings.hold.0 > 3_600 {
        return Err(Refusal::invalid(
            "hold",
            said!("a hold lasts 1 to {most} seconds; correct it", most = 3_600),
        ));
    }
    alike("joining.propose", settings.joining.propose, 1)?;
    alike("joining.join_by_rule", settings.joining.join_by_rule, 2)?;
    within("stale_position", settings.stale_position, 10, 86_400)?;
    within("reach.by_road", settings.reach.by_road, 600, 86_400)?;
    across("reach.straight", settings.reach.straight, 5, 1_000)?;
    across("reach.by_air", settings.reach.by_air, 5, 3_000)?;
    within("heartbeat_wait", settings.heartbeat_wait, 1, 3_600)?;
    within("remind_every", settings.remind_every, 10, 7 * 86_400)?;
    within("composition_age", settings.composition_age, 10, 30 * 86_400)?;
    within("warning_wait", settings.warning_wait, 10, 86_400)?;
    for (service, normative) in &settings.normative_times {
        state.needs_service(service)?;
        within("normative_times", normative.within, 60, 7_200)?;
        if normative.source.trim().is_empty() || normative.source.chars().count() > 300 {
            return Err(Refusal::invalid(
                "normative_times",
                said!(
                    "name the act and its clause that set the normative time, in 1 to {most} characters",
                    most = 300
                ),
            ));
        }
    }
    settings.limits.check()?;
    settings.notices.check(&state.organisations)?;
    settings.modes.check()?;
    settings.thresholds.check()?;
    settings.thresholds = settings.thresholds.entered(&state.settings.thresholds, by, ctx.now);
    Ok(Decision {
        events: vec![RegionEvent::SettingsSet { settings: Box::new(settings) }],
        ..Decision::default()
    })
}
