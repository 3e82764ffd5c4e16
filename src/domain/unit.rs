//! Units: a crew with a vehicle, what it can do, where it is and what it is doing.
//!
//! The status is a state machine: the only way from one status to another is [`UnitStatus::after`], and it
//! refuses what may not be. That is where "a unit is engaged in at most one incident at a time" is decided.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ids::{Capability, IncidentId, RegionCode, RequestId, ServiceKey, UnitId};
use super::quantities::{Metres, Point, Seconds};
use super::said::{Said, said};

/// What a unit goes by. It decides the speed of the straight-line estimate and the symbol on the map; what a
/// unit can do is said by its [`Capabilities`], never by its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    /// Fire engine with pump and tank.
    FireEngine,
    /// Aerial ladder or platform.
    Ladder,
    /// Rescue vehicle with tools for wrecks and heights.
    RescueVehicle,
    /// Heavy or special vehicle: crane, tracked carrier, tanker.
    HeavyVehicle,
    /// Duty officer's or command vehicle.
    CommandVehicle,
    /// Ambulance with a feldsher or a doctor.
    Ambulance,
    /// Ambulance with an intensive-care crew.
    IntensiveCareAmbulance,
    /// Patrol car.
    PatrolCar,
    /// Van with an investigating or special team.
    TeamVan,
    /// Repair gang with its vehicle.
    RepairVehicle,
    /// Helicopter.
    Helicopter,
    /// Aeroplane.
    Aeroplane,
    /// Boat.
    Boat,
    /// Crew on foot.
    OnFoot,
}

impl UnitKind {
    /// Every kind.
    pub const ALL: [Self; 14] = [
        Self::FireEngine,
        Self::Ladder,
        Self::RescueVehicle,
        Self::HeavyVehicle,
        Self::CommandVehicle,
        Self::Ambulance,
        Self::IntensiveCareAmbulance,
        Self::PatrolCar,
        Self::TeamVan,
        Self::RepairVehicle,
        Self::Helicopter,
        Self::Aeroplane,
        Self::Boat,
        Self::OnFoot,
    ];
}

/// Why a text is no call sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a call sign has 1 to 40 characters, none of them control characters, and no blank at either end")]
pub struct NotACallSign;

/// The name a unit answers to on the air.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, min_length = 1, max_length = 40, example = "Жедел-12")]
pub struct CallSign(Arc<str>);

impl CallSign {
    /// # Errors
    /// [`NotACallSign`] when empty, too long, padded with blanks or with control characters.
    pub fn new(s: &str) -> Result<Self, NotACallSign> {
        let fits = !s.is_empty() && s.trim() == s && s.chars().count() <= 40;
        if fits && !s.chars().any(char::is_control) { Ok(Self(s.into())) } else { Err(NotACallSign) }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CallSign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for CallSign {
    type Error = NotACallSign;
    fn try_from(s: String) -> Result<Self, NotACallSign> {
        Self::new(&s)
    }
}

impl From<CallSign> for String {
    fn from(c: CallSign) -> Self {
        c.0.as_ref().to_owned()
    }
}

/// What a unit can do: a set, kept sorted in one shared allocation because there are many units and few sets.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(from = "Vec<Capability>", into = "Vec<Capability>")]
#[schema(value_type = Vec<String>, example = json!(["pump", "rescue_tools"]))]
pub struct Capabilities(Arc<[Capability]>);

impl Default for Capabilities {
    fn default() -> Self {
        Self(Arc::from([]))
    }
}

impl Capabilities {
    /// Whether this set has every capability of `needed`.
    #[must_use]
    pub fn covers(&self, needed: &Self) -> bool {
        needed.0.iter().all(|c| self.0.binary_search(c).is_ok())
    }

    /// The capabilities in alphabetical order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Capability> {
        self.0.iter()
    }

    /// Whether nothing is in the set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Vec<Capability>> for Capabilities {
    fn from(mut list: Vec<Capability>) -> Self {
        list.sort_unstable();
        list.dedup();
        Self(list.into())
    }
}

impl From<Capabilities> for Vec<Capability> {
    fn from(c: Capabilities) -> Self {
        c.0.to_vec()
    }
}

impl FromIterator<Capability> for Capabilities {
    fn from_iter<I: IntoIterator<Item = Capability>>(iter: I) -> Self {
        iter.into_iter().collect::<Vec<_>>().into()
    }
}

/// How a position became known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PositionSource {
    /// The vehicle's own receiver.
    Avl,
    /// Said by the crew.
    Crew,
    /// Set by a duty officer.
    Officer,
    /// Nothing was heard: the unit is taken to be at its station.
    Station,
}

/// Where a unit was, when, and how well that is known.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Position {
    /// The place.
    pub point: Point,
    /// When the unit was there, by the source's clock.
    pub at: Timestamp,
    /// Who says so.
    pub source: PositionSource,
    /// Radius of the circle that holds the true place in 68% of cases, where the source knows it.
    pub accuracy: Option<Metres>,
}

impl Position {
    /// How old the position is; zero when its time lies ahead of `now`.
    #[must_use]
    pub fn age(&self, now: Timestamp) -> Seconds {
        let seconds = now.duration_since(self.at).as_secs();
        Seconds(u32::try_from(seconds.max(0)).unwrap_or(u32::MAX))
    }

    /// Whether the position is older than the region's limit. A stale position is never shown as live.
    #[must_use]
    pub fn is_stale(&self, now: Timestamp, limit: StaleAfter) -> bool {
        self.age(now) > limit.0
    }
}

/// The age above which a position is stale: a setting of the region (112-R states none).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct StaleAfter(pub Seconds);

impl Default for StaleAfter {
    /// Five minutes: sixty missed reports of a vehicle that reports every five seconds.
    fn default() -> Self {
        Self(Seconds(300))
    }
}

/// How far an engaged unit has come. Only forwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EngagementStage {
    /// The service was asked, or the hub's own fire and rescue ordered, to send this unit.
    Requested,
    /// The service or the crew accepted.
    Accepted,
    /// On the way (c.5(3)¶4: departure time).
    Departed,
    /// In the zone (c.5(3)¶4: arrival time).
    Arrived,
}

/// What a unit is doing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum UnitStatus {
    /// Free to be sent.
    #[default]
    Available,
    /// Held for a forces request that is not sent or not answered yet: nobody else gets it, but it is not
    /// engaged.
    Reserved {
        /// The request that holds it.
        request: RequestId,
        /// When the hold ends by itself.
        until: Timestamp,
        /// Set when the unit was on its way back: it becomes free then, should the hold end.
        free_at: Option<Timestamp>,
    },
    /// Part of one incident.
    Engaged {
        /// The incident.
        incident: IncidentId,
        /// The forces request that brought it; none when its service sent it unasked.
        request: Option<RequestId>,
        /// How far it has come.
        stage: EngagementStage,
        /// When it came so far.
        since: Timestamp,
    },
    /// Released and on its way back: about to be free, may be held for another request already.
    Returning {
        /// When it is expected to be free.
        free_at: Timestamp,
    },
    /// Not to be sent: broken down, refuelling, no crew.
    OutOfService {
        /// Why, in the service's words.
        reason: String,
        /// When it is expected back, where known.
        until: Option<Timestamp>,
    },
}

/// What happens to a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum UnitChange {
    /// Held for a request until a time.
    Reserve {
        /// The request that holds it.
        request: RequestId,
        /// When the hold ends by itself.
        until: Timestamp,
    },
    /// The hold of this request is given up.
    LetGo {
        /// The request that held it.
        request: RequestId,
    },
    /// The hold ends if its time has come.
    HoldRunsOut,
    /// Becomes part of an incident, or comes further in it. A stage may be skipped, for a report may be lost;
    /// no stage is gone back to.
    Engage {
        /// The incident.
        incident: IncidentId,
        /// The forces request, if one brought it.
        request: Option<RequestId>,
        /// The stage reached.
        stage: EngagementStage,
    },
    /// Released from the incident. With a time it is on its way back until then; without, free at once.
    Release {
        /// The incident it is released from.
        incident: IncidentId,
        /// When it is expected to be free.
        free_at: Option<Timestamp>,
    },
    /// Free again: back at its station, or fit again.
    BecomeAvailable,
    /// Not to be sent any more.
    TakeOutOfService {
        /// Why.
        reason: String,
        /// When it is expected back, where known.
        until: Option<Timestamp>,
    },
}

/// Why a unit's status does not change so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatusRefusal {
    /// It already is so: a repetition, to be answered as the first time.
    Already,
    /// Another request holds it.
    HeldForAnother,
    /// It is part of another incident (one incident at a time).
    EngagedElsewhere,
    /// It has come further than this.
    FurtherAlready,
    /// It is out of service.
    OutOfService,
    /// The end of the hold is not ahead, or its time has not come.
    HoldTime,
    /// It is not held or not engaged, so there is nothing to end.
    Idle,
    /// It is engaged: release it first.
    Engaged,
}

impl StatusRefusal {
    /// Why, and what to do.
    #[must_use]
    pub fn said(self) -> Said {
        match self {
            Self::Already => said!("the unit has this status already; nothing is to do"),
            Self::HeldForAnother => said!("the unit is held for another request; choose another unit"),
            Self::EngagedElsewhere => said!("the unit is engaged in another incident; choose another unit"),
            Self::FurtherAlready => {
                said!("the unit has come further than this stage already; read its status again")
            }
            Self::OutOfService => said!("the unit is out of service; choose another unit"),
            Self::HoldTime => said!("the end of the hold does not lie ahead; hold the unit again"),
            Self::Idle => said!("the unit is not held or engaged; nothing is to end"),
            Self::Engaged => said!("the unit is engaged; release it first"),
        }
    }
}

impl fmt::Display for StatusRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.said().fmt(f)
    }
}

impl std::error::Error for StatusRefusal {}

/// Whether a unit can be sent, seen from a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    /// Available now.
    Free,
    /// On its way back from an incident.
    SoonFree,
    /// Held or engaged.
    Taken,
    /// Out of service.
    Unfit,
}

impl UnitStatus {
    /// The status after a change at `now`.
    ///
    /// # Errors
    /// [`StatusRefusal`] when the change may not follow this status; [`StatusRefusal::Already`] when it is a
    /// repetition.
    pub fn after(&self, change: &UnitChange, now: Timestamp) -> Result<Self, StatusRefusal> {
        match change {
            UnitChange::Reserve { request, until } => self.reserved(*request, *until, now),
            UnitChange::LetGo { request } => match self {
                Self::Reserved { request: held, free_at, .. } if held == request => Ok(freed(*free_at, now)),
                Self::Reserved { .. } => Err(StatusRefusal::HeldForAnother),
                _ => Err(StatusRefusal::Idle),
            },
            UnitChange::HoldRunsOut => match self {
                Self::Reserved { until, free_at, .. } if *until <= now => Ok(freed(*free_at, now)),
                Self::Reserved { .. } => Err(StatusRefusal::HoldTime),
                _ => Err(StatusRefusal::Idle),
            },
            UnitChange::Engage { incident, request, stage } => self.engaged(*incident, *request, *stage, now),
            UnitChange::Release { incident, free_at } => match self {
                Self::Engaged { incident: own, .. } if own == incident => Ok(freed(*free_at, now)),
                Self::Engaged { .. } => Err(StatusRefusal::EngagedElsewhere),
                _ => Err(StatusRefusal::Idle),
            },
            UnitChange::BecomeAvailable => match self {
                Self::Available => Err(StatusRefusal::Already),
                Self::Returning { .. } | Self::OutOfService { .. } => Ok(Self::Available),
                Self::Reserved { .. } => Err(StatusRefusal::HeldForAnother),
                Self::Engaged { .. } => Err(StatusRefusal::Engaged),
            },
            UnitChange::TakeOutOfService { reason, until } => {
                let next = Self::OutOfService { reason: reason.clone(), until: *until };
                match self {
                    Self::Engaged { .. } => Err(StatusRefusal::Engaged),
                    _ if *self == next => Err(StatusRefusal::Already),
                    _ => Ok(next),
                }
            }
        }
    }

    fn reserved(&self, request: RequestId, until: Timestamp, now: Timestamp) -> Result<Self, StatusRefusal> {
        if until <= now {
            return Err(StatusRefusal::HoldTime);
        }
        match self {
            Self::Available => Ok(Self::Reserved { request, until, free_at: None }),
            Self::Returning { free_at } => Ok(Self::Reserved { request, until, free_at: Some(*free_at) }),
            Self::Reserved { request: held, until: end, .. } if *held == request && *end == until => {
                Err(StatusRefusal::Already)
            }
            Self::Reserved { request: held, free_at, .. } if *held == request => {
                Ok(Self::Reserved { request, until, free_at: *free_at })
            }
            Self::Reserved { until: end, free_at, .. } if *end <= now => {
                Ok(Self::Reserved { request, until, free_at: *free_at })
            }
            Self::Reserved { .. } => Err(StatusRefusal::HeldForAnother),
            Self::Engaged { .. } => Err(StatusRefusal::EngagedElsewhere),
            Self::OutOfService { .. } => Err(StatusRefusal::OutOfService),
        }
    }

    fn engaged(
        &self,
        incident: IncidentId,
        request: Option<RequestId>,
        stage: EngagementStage,
        now: Timestamp,
    ) -> Result<Self, StatusRefusal> {
        let next = Self::Engaged { incident, request, stage, since: now };
        match self {
            Self::Available | Self::Returning { .. } => Ok(next),
            Self::Reserved { request: held, .. } if request == Some(*held) => Ok(next),
            Self::Reserved { until, .. } if *until <= now => Ok(next),
            Self::Reserved { .. } => Err(StatusRefusal::HeldForAnother),
            Self::Engaged { incident: own, .. } if *own != incident => Err(StatusRefusal::EngagedElsewhere),
            Self::Engaged { stage: reached, .. } if *reached == stage => Err(StatusRefusal::Already),
            Self::Engaged { stage: reached, .. } if *reached > stage => Err(StatusRefusal::FurtherAlready),
            Self::Engaged { request: first, .. } => {
                Ok(Self::Engaged { incident, request: first.or(request), stage, since: now })
            }
            Self::OutOfService { .. } => Err(StatusRefusal::OutOfService),
        }
    }

    /// The incident it is part of.
    #[must_use]
    pub fn incident(&self) -> Option<IncidentId> {
        match self {
            Self::Engaged { incident, .. } => Some(*incident),
            _ => None,
        }
    }

    /// Whether it can be sent, seen from a search.
    #[must_use]
    pub fn availability(&self) -> Availability {
        match self {
            Self::Available => Availability::Free,
            Self::Returning { .. } => Availability::SoonFree,
            Self::Reserved { .. } | Self::Engaged { .. } => Availability::Taken,
            Self::OutOfService { .. } => Availability::Unfit,
        }
    }

    /// When a unit on its way back is expected to be free.
    #[must_use]
    pub fn free_at(&self) -> Option<Timestamp> {
        match self {
            Self::Returning { free_at } => Some(*free_at),
            _ => None,
        }
    }
}

fn freed(free_at: Option<Timestamp>, now: Timestamp) -> UnitStatus {
    match free_at {
        Some(free_at) if free_at > now => UnitStatus::Returning { free_at },
        _ => UnitStatus::Available,
    }
}

/// A crew with a vehicle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Unit {
    /// Unique in the country.
    pub id: UnitId,
    /// The kind of duty-dispatch service that owns it.
    pub service: ServiceKey,
    /// The region whose service owns it.
    pub region: RegionCode,
    /// The name it answers to.
    pub call_sign: CallSign,
    /// What it goes by.
    pub kind: UnitKind,
    /// What it can do.
    #[serde(default)]
    pub capabilities: Capabilities,
    /// The station's name, as its service calls it.
    pub station: String,
    /// Where the station stands.
    pub home: Point,
    /// What it is doing.
    #[serde(default)]
    pub status: UnitStatus,
    /// Where it was last known to be.
    pub position: Position,
    /// Grows by one with every change of the register: its ETag. What it does and where it is change nothing here, and
    /// what is sent as version counts for nothing.
    #[serde(default)]
    pub version: u64,
}

impl Unit {
    /// Changes the status, or leaves it as it is.
    ///
    /// # Errors
    /// As [`UnitStatus::after`].
    pub fn change(&mut self, change: &UnitChange, now: Timestamp) -> Result<(), StatusRefusal> {
        self.status = self.status.after(change, now)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use EngagementStage::{Accepted, Arrived, Departed, Requested};
    use proptest::prelude::*;
    use uuid::Uuid;

    fn t(second: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + second).unwrap()
    }

    fn request(n: u128) -> RequestId {
        RequestId(Uuid::from_u128(n))
    }

    fn incident(n: u128) -> IncidentId {
        IncidentId(Uuid::from_u128(n))
    }

    fn engage(i: u128, stage: EngagementStage) -> UnitChange {
        UnitChange::Engage { incident: incident(i), request: None, stage }
    }

    #[test]
    fn a_held_unit_goes_to_nobody_but_its_request() {
        let held =
            UnitStatus::Available.after(&UnitChange::Reserve { request: request(1), until: t(60) }, t(0));
        let held = held.unwrap();
        let other = UnitChange::Reserve { request: request(2), until: t(90) };
        assert_eq!(held.after(&other, t(10)), Err(StatusRefusal::HeldForAnother));
        assert_eq!(held.after(&engage(1, Requested), t(10)), Err(StatusRefusal::HeldForAnother));
        let own = UnitChange::Engage { incident: incident(1), request: Some(request(1)), stage: Requested };
        assert_eq!(held.after(&own, t(10)).unwrap().incident(), Some(incident(1)));
    }

    #[test]
    fn a_hold_ends_at_its_time_and_not_before() {
        let held = UnitStatus::Reserved { request: request(1), until: t(60), free_at: None };
        assert_eq!(held.after(&UnitChange::HoldRunsOut, t(59)), Err(StatusRefusal::HoldTime));
        assert_eq!(held.after(&UnitChange::HoldRunsOut, t(60)), Ok(UnitStatus::Available));
        let next = UnitChange::Reserve { request: request(2), until: t(90) };
        assert!(held.after(&next, t(60)).is_ok(), "a hold past its time holds nothing");
    }

    #[test]
    fn a_hold_on_a_returning_unit_gives_it_back_returning() {
        let returning = UnitStatus::Returning { free_at: t(300) };
        let held = returning.after(&UnitChange::Reserve { request: request(1), until: t(60) }, t(0)).unwrap();
        assert_eq!(held.after(&UnitChange::LetGo { request: request(1) }, t(20)), Ok(returning));
        let late = held.after(&UnitChange::LetGo { request: request(1) }, t(400));
        assert_eq!(late, Ok(UnitStatus::Available));
    }

    #[test]
    fn a_unit_is_engaged_in_one_incident_at_a_time() {
        let there = UnitStatus::Available.after(&engage(1, Departed), t(0)).unwrap();
        assert_eq!(there.after(&engage(2, Requested), t(1)), Err(StatusRefusal::EngagedElsewhere));
        let hold = UnitChange::Reserve { request: request(9), until: t(60) };
        assert_eq!(there.after(&hold, t(1)), Err(StatusRefusal::EngagedElsewhere));
        let wrong = UnitChange::Release { incident: incident(2), free_at: None };
        assert_eq!(there.after(&wrong, t(1)), Err(StatusRefusal::EngagedElsewhere));
    }

    #[test]
    fn stages_go_forwards_may_be_skipped_and_are_never_gone_back_to() {
        let mut status = UnitStatus::Available.after(&engage(1, Requested), t(0)).unwrap();
        status = status.after(&engage(1, Departed), t(5)).unwrap();
        assert_eq!(status.after(&engage(1, Departed), t(6)), Err(StatusRefusal::Already));
        assert_eq!(status.after(&engage(1, Accepted), t(6)), Err(StatusRefusal::FurtherAlready));
        status = status.after(&engage(1, Arrived), t(7)).unwrap();
        let out = UnitChange::TakeOutOfService { reason: "tyre".into(), until: None };
        assert_eq!(status.after(&out, t(8)), Err(StatusRefusal::Engaged));
        let release = UnitChange::Release { incident: incident(1), free_at: Some(t(600)) };
        assert_eq!(status.after(&release, t(9)), Ok(UnitStatus::Returning { free_at: t(600) }));
    }

    #[test]
    fn an_unfit_unit_is_neither_held_nor_engaged() {
        let unfit = UnitStatus::OutOfService { reason: "no crew".into(), until: None };
        let hold = UnitChange::Reserve { request: request(1), until: t(60) };
        assert_eq!(unfit.after(&hold, t(0)), Err(StatusRefusal::OutOfService));
        assert_eq!(unfit.after(&engage(1, Requested), t(0)), Err(StatusRefusal::OutOfService));
        assert_eq!(unfit.after(&UnitChange::BecomeAvailable, t(0)), Ok(UnitStatus::Available));
    }

    #[test]
    fn a_position_is_stale_once_older_than_the_limit() {
        let position = Position {
            point: Point::new(43.2, 76.9).unwrap(),
            at: t(0),
            source: PositionSource::Avl,
            accuracy: None,
        };
        let limit = StaleAfter(Seconds(60));
        assert!(!position.is_stale(t(60), limit));
        assert!(position.is_stale(t(61), limit));
        assert_eq!(position.age(t(-5)), Seconds(0));
    }

    #[test]
    fn capabilities_are_a_set_whatever_the_order_they_are_told_in() {
        let set =
            |names: &[&str]| -> Capabilities { names.iter().map(|n| Capability::new(n).unwrap()).collect() };
        assert_eq!(set(&["pump", "ladder", "pump"]), set(&["ladder", "pump"]));
        assert!(set(&["ladder", "pump"]).covers(&set(&["pump"])));
        assert!(!set(&["ladder"]).covers(&set(&["pump"])));
        assert_eq!(serde_json::to_string(&set(&["pump", "ladder"])).unwrap(), r#"["ladder","pump"]"#);
    }

    #[test]
    fn a_call_sign_is_short_and_printable() {
        assert!(CallSign::new("Жедел-12").is_ok());
        for bad in ["", " 7", "7 ", "a\nb", &"x".repeat(41)] {
            assert_eq!(CallSign::new(bad), Err(NotACallSign), "{bad:?}");
        }
    }

    fn any_change() -> impl Strategy<Value = UnitChange> {
        let id = 1u128..4;
        let stage = prop::sample::select(vec![Requested, Accepted, Departed, Arrived]);
        prop_oneof![
            (id.clone(), 0i64..200)
                .prop_map(|(r, u)| UnitChange::Reserve { request: request(r), until: t(u) }),
            id.clone().prop_map(|r| UnitChange::LetGo { request: request(r) }),
            Just(UnitChange::HoldRunsOut),
            (id.clone(), prop::option::of(id.clone()), stage).prop_map(|(i, r, stage)| {
                UnitChange::Engage { incident: incident(i), request: r.map(request), stage }
            }),
            (id, prop::option::of(0i64..200))
                .prop_map(|(i, f)| UnitChange::Release { incident: incident(i), free_at: f.map(t) }),
            Just(UnitChange::BecomeAvailable),
            Just(UnitChange::TakeOutOfService { reason: "x".into(), until: None }),
        ]
    }

    proptest! {
        /// Whatever is tried in whatever order: an engaged unit leaves its incident by release from that
        /// incident alone, a stage never falls, and a live hold is ended by nobody but its own request.
        #[test]
        fn no_order_of_changes_takes_a_unit_from_its_incident_or_its_hold(
            changes in prop::collection::vec(any_change(), 1..60)
        ) {
            let mut status = UnitStatus::Available;
            for (second, change) in changes.iter().enumerate() {
                let now = t(i64::try_from(second).unwrap() * 3);
                let Ok(next) = status.after(change, now) else { continue };
                prop_assert_ne!(&next, &status, "a change that changes nothing is a repetition");
                match (&status, &next) {
                    (UnitStatus::Engaged { incident: a, stage: s, .. },
                     UnitStatus::Engaged { incident: b, stage: n, .. }) => {
                        prop_assert_eq!(a, b);
                        prop_assert!(n > s);
                    }
                    (UnitStatus::Engaged { incident: own, .. }, _) => {
                        let own_release = matches!(change,
                            UnitChange::Release { incident, .. } if incident == own);
                        prop_assert!(own_release);
                    }
                    (UnitStatus::Reserved { request: held, until, .. },
                     UnitStatus::Engaged { request: by, .. }) => {
                        prop_assert!(*by == Some(*held) || *until <= now);
                    }
                    (UnitStatus::Reserved { request: held, until, .. },
                     UnitStatus::Reserved { request: by, .. }) => {
                        prop_assert!(by == held || *until <= now);
                    }
                    _ => {}
                }
                status = next;
            }
        }
    }
}
