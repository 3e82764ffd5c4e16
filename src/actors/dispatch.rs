//! From a card to a recommendation to forces on their way: the units nearest to the place, held, then requested.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use tracing::{debug, warn};

use super::clock;
use super::region_hub::{Done, Order, OrderError, Seen};
use super::searches::SearchFor;
use super::sequel::{AGAIN, DISPATCH_RULE};
use super::switchboard::Switchboard;
use super::wave::Wave;
use crate::domain::command::RegionCommand;
use crate::domain::decision::{By, Expected, Refusal};
use crate::domain::forces::{Act, RecommendedUnit, RequestState};
use crate::domain::ids::{CategoryCode, IncidentId, RegionCode, ServiceKey, UnitId};
use crate::domain::location::Location;
use crate::domain::missing::Missing;
use crate::domain::outstanding::{outstanding, refused_units};
use crate::domain::quantities::{Point, Seconds};
use crate::domain::recommendation::{
    Answered, Bounds, Candidate, Need, Pick, Recommendation, drives, recommend,
};
use crate::domain::region::Versioned;
use crate::domain::response_plan::ResponsePlan;
use crate::domain::said::said;
use crate::domain::unit::{Capabilities, PositionSource};
use crate::spatial::nearest::{Found, Search};
use crate::spatial::roads::{Roads, Way};
use crate::store::append::JournalError;

/// Candidates looked at for each unit needed, so that a stale or taken one has others behind it.
const CANDIDATES_PER_UNIT: usize = 4;
/// At least so many.
const LEAST_CANDIDATES: usize = 8;
/// At least so many where roads are known: the soonest by road is seldom farther down the list of the nearest.
const LEAST_BY_ROAD: usize = 20;
/// How often a card may change under a recommendation before whoever confirmed it is told.
const MOST_TRIES: u32 = 5;

impl Seen {
    /// Units that nobody recommends for the card: their service refused to send them, or they must stay at a
    /// contracted site.
    #[must_use]
    pub fn without(&self) -> BTreeSet<UnitId> {
        let mut without = refused_units(self.card.requests.values());
        without.extend(self.bound.iter().cloned());
        without
    }
}

/// Where units are wanted, and for what.
#[derive(Debug, Clone, Copy)]
pub struct At<'a> {
    /// The region whose incident it is.
    pub region: RegionCode,
    /// The place.
    pub place: Point,
    /// Of which category the incident is: the desks of neighbouring regions that are asked follow from it.
    pub category: Option<&'a CategoryCode>,
    /// Whether the incident is part of an exercise: it takes units from no other.
    pub exercise: bool,
}

/// What is asked of one service, as an officer chose it.
#[derive(Debug, Clone)]
pub struct Selection {
    /// The need.
    pub need: Need,
    /// Of which region's service.
    pub region: RegionCode,
    /// Units to be held for it, best first.
    pub units: Vec<RecommendedUnit>,
}

/// What an officer asks for.
#[derive(Debug, Clone)]
pub enum Choice {
    /// Who is recommended; somebody else in place of those who are taken meanwhile.
    Best(Answered),
    /// These units and no others.
    Units(Selection),
}

impl Switchboard {
    /// Who should go to a card, by the response plan of its category, severity and mode, besides those who were
    /// asked already.
    ///
    /// # Errors
    /// [`OrderError::Refused`] when there is no such card, or it has no point or category yet.
    pub async fn recommend(
        &self,
        region: RegionCode,
        incident: IncidentId,
    ) -> Result<(ResponsePlan, Recommendation), OrderError> {
        let seen = self
            .look_at(region, incident)
            .await?
            .ok_or_else(|| Refusal::not_found(Missing::Incident, incident))?;
        self.recommend_to(region, &seen).await
    }

    async fn recommend_to(
        &self,
        region: RegionCode,
        seen: &Seen,
    ) -> Result<(ResponsePlan, Recommendation), OrderError> {
        let place = seen.card.point().ok_or_else(|| {
            Refusal::conflict(said!("the incident has no point yet; give it a place first"))
        })?;
        let category = seen
            .card
            .category()
            .ok_or_else(|| Refusal::conflict(said!("the incident has no category yet; give it one first")))?;
        let district = seen.card.locations.last().and_then(|l| l.district.as_ref());
        let plan = seen.plans().plan_for(&category.code, category.severity, seen.mode);
        let plan = seen.service_desks.meant_by(plan, &category.code, district);
        let bounds = seen.settings.bounds();
        let needs = outstanding(plan.needs.clone(), seen.card.requests.values());
        let at = At { region, place, category: Some(&category.code), exercise: seen.card.exercise };
        let recommendation = self.recommend_for(at, needs, seen.without(), bounds).await?;
        Ok((plan, recommendation))
    }

    /// Requests what is recommended, as far as `wanted` says so of a need. Two who confirm at once send one wave: the
    /// request is made for the card as the recommendation saw it, and a card of which something has changed meanwhile on
    /// which a wave rests is looked at again; with `as_seen`, whoever confirmed it looks.
    ///
    /// # Errors
    /// As [`Switchboard::request_forces`]; a conflict when nobody is left to be asked.
    pub async fn confirm(
        &self,
        region: RegionCode,
        incident: IncidentId,
        as_seen: Option<Expected>,
        wanted: impl Fn(&Answered, &Seen) -> bool,
        order: impl Fn(RegionCommand) -> Order,
    ) -> Result<Done, OrderError> {
        let as_seen = as_seen.filter(|seen| matches!(seen, Expected::Version(_)));
        let mut tries = 0;
        loop {
            let seen = self
                .look_at(region, incident)
                .await?
                .ok_or_else(|| Refusal::not_found(Missing::Incident, incident))?;
            let (place, (_, recommendation)) = (seen.card.point(), self.recommend_to(region, &seen).await?);
            let expected = as_seen.unwrap_or(Expected::Version(seen.card.version));
            let mut wave = Wave::for_card(self, &seen);
            for need in recommendation.needs.into_iter().filter(|need| wanted(need, &seen)) {
                if let Some(place) = place {
                    wave.fill(need, place).await?;
                }
            }
            if wave.is_empty() {
                let none =
                    said!("the plan asks nobody who was not asked already; say who is to be asked besides");
                return Err(Refusal::conflict(none).into());
            }
            let expected = Some((Versioned::Card(incident), expected));
            let for_this = |command| Order { expected: expected.clone(), ..order(command) };
            match wave.send(for_this).await {
                Err(OrderError::Refused(Refusal::Stale { .. }))
                    if as_seen.is_none() && tries < MOST_TRIES =>
                {
                    tries += 1;
                }
                result => return result,
            }
        }
    }

    /// Whether a place lies in another region and, as far as it is known, not even near the border of this one.
    #[must_use]
    pub fn is_elsewhere(&self, region: RegionCode, location: &Location) -> bool {
        let Some(point) = location.point() else { return false };
        let lies_in = self.territories().locate(point).map(|(region, _)| region);
        let Some(theirs) = lies_in.filter(|theirs| *theirs != region) else { return false };
        // Seen from there: this region is its neighbour only where it is near.
        !self.place(theirs, point, location.radius()).neighbours.contains(&region)
    }

    /// Who should go to a place for these needs: one's own units first, neighbouring regions' and those about to be
    /// free when they do not suffice; `without` some units.
    ///
    /// # Errors
    /// [`OrderError::Busy`] while too many are being worked out.
    pub async fn recommend_for(
        &self,
        at: At<'_>,
        needs: Vec<Need>,
        without: BTreeSet<UnitId>,
        bounds: Bounds,
    ) -> Result<Recommendation, OrderError> {
        let (board, At { region, place, category, exercise }) = (self.clone(), at);
        let category = category.cloned();
        let work = move || {
            let now = clock::now();
            let at = At { region, place, category: category.as_ref(), exercise };
            let of = |need: &Need, widely| (need.clone(), board.candidates(at, need, widely, &without, now));
            let own = needs.iter().map(|need| of(need, false)).collect();
            let first = recommend(own, place, region, bounds, now);
            // Each need alone may have units enough that all of them together have not: the service is searched widely.
            let short: BTreeSet<&ServiceKey> =
                first.needs.iter().filter(|n| n.shortfall > 0).map(|n| &n.need.service).collect();
            if short.is_empty() {
                return first;
            }
            let wide = needs.iter().map(|need| of(need, short.contains(&need.service))).collect();
            recommend(wide, place, region, bounds, now)
        };
        self.search(SearchFor::Recommendation, work).await
    }

    fn candidates(
        &self,
        at: At<'_>,
        need: &Need,
        widely: bool,
        without: &BTreeSet<UnitId>,
        now: Timestamp,
    ) -> Vec<Candidate> {
        let At { region, place, category, exercise } = at;
        let roads = self.roads();
        let least = if roads.is_some() { LEAST_BY_ROAD } else { LEAST_CANDIDATES };
        let count = (usize::from(need.count) * CANDIDATES_PER_UNIT).max(least) + without.len();
        let own = [region];
        let search = Search {
            from: place,
            service: &need.service,
            regions: &own,
            capabilities: &need.capabilities,
            soon_free_too: false,
            count,
            within: None,
        };
        let others = |found: Vec<Found>| -> Vec<Found> {
            found.into_iter().filter(|f| !without.contains(&f.unit)).collect()
        };
        let mut found = others(self.units().nearest(&search));
        let mut in_exercise = Vec::new();
        if widely || found.len() < usize::from(need.count) {
            found = self.units().nearest(&Search { soon_free_too: true, ..search.clone() });
            for (service, regions) in self.neighbours_asked(region, &need.service, category) {
                let theirs =
                    Search { service: &service, regions: &regions, soon_free_too: true, ..search.clone() };
                found.extend(self.units().nearest(&theirs));
            }
            found.sort_by(|a, b| a.distance.get().total_cmp(&b.distance.get()).then(a.unit.cmp(&b.unit)));
            found.truncate(count);
            found = others(found);
            if !exercise {
                in_exercise = others(self.units().nearest_in_exercise(&search));
            }
        } else {
            // One's own suffice. Near a border a neighbour's may all the same be there sooner: the officer is told.
            let near = self.place(region, place, None).neighbours;
            for (service, mut regions) in self.neighbours_asked(region, &need.service, category) {
                regions.retain(|region| near.contains(region));
                if !regions.is_empty() {
                    let theirs = Search {
                        service: &service,
                        regions: &regions,
                        count: LEAST_CANDIDATES,
                        ..search.clone()
                    };
                    found.extend(others(self.units().nearest(&theirs)));
                }
            }
        }
        let trains: BTreeSet<UnitId> = in_exercise.iter().map(|f| f.unit.clone()).collect();
        found.extend(in_exercise);
        let by_road = roads.map_or_else(Vec::new, |roads| ways(&roads, &found, place));
        let ways = by_road.into_iter().chain(std::iter::repeat(Way::Unknown));
        let of = |(f, way): (Found, Way)| {
            let in_exercise = trains.contains(&f.unit);
            Candidate { in_exercise, ..candidate(f, way, now, &need.service) }
        };
        found.into_iter().zip(ways).map(of).collect()
    }

    /// Which desks of the neighbouring regions are asked where this region asks one of its own: the word of a further
    /// desk is its region's own, so it is the kind that is asked there (c.3), and that region's register says which desk.
    fn neighbours_asked(
        &self,
        own: RegionCode,
        service: &ServiceKey,
        category: Option<&CategoryCode>,
    ) -> BTreeMap<ServiceKey, Vec<RegionCode>> {
        let mut asked: BTreeMap<ServiceKey, Vec<RegionCode>> = BTreeMap::new();
        for region in self.regions().filter(|region| *region != own) {
            for desk in self.service_desks(region).asked_of_neighbour(service, category) {
                asked.entry(desk).or_default().push(region);
            }
        }
        asked
    }

    /// Requests forces: each service first holds the units, then the hub's request goes out with those held. With
    /// `as_seen` nothing is asked for when the card is another by now than in this version, as far as a wave rests on it.
    ///
    /// # Errors
    /// [`OrderError`] when the hub refuses; what was held for it is let go again.
    pub async fn request_forces(
        &self,
        region: RegionCode,
        incident: IncidentId,
        choices: Vec<Choice>,
        as_seen: Option<Expected>,
        order: impl Fn(RegionCommand) -> Order,
    ) -> Result<Done, OrderError> {
        let seen = self
            .look_at(region, incident)
            .await?
            .ok_or_else(|| Refusal::not_found(Missing::Incident, incident))?;
        let mut wave = Wave::for_card(self, &seen);
        for choice in choices {
            match (choice, seen.card.point()) {
                (Choice::Best(answered), Some(place)) => wave.fill(answered, place).await?,
                (Choice::Best(_), None) => {}
                (Choice::Units(selection), _) => wave.take(&selection).await?,
            }
        }
        if wave.is_empty() {
            return Err(Refusal::conflict(said!("no unit fits; say yourself how many are needed")).into());
        }
        let expected = as_seen.map(|seen| (Versioned::Card(incident), seen));
        wave.send(|command| Order { expected: expected.clone(), ..order(command) }).await
    }
}

/// What each takes by road; all at once, for the search from the place is shared.
fn ways(roads: &Roads, found: &[Found], place: Point) -> Vec<Way> {
    let driving: Vec<Point> =
        found.iter().filter(|f| drives(f.profile.kind)).map(|f| f.position.point).collect();
    let mut ways = roads.ways(&driving, place).into_iter();
    let of = |f: &Found| {
        Some(f).filter(|f| drives(f.profile.kind)).and_then(|_| ways.next()).unwrap_or(Way::Unknown)
    };
    found.iter().map(of).collect()
}

fn candidate(found: Found, way: Way, now: Timestamp, wanted: &ServiceKey) -> Candidate {
    // A unit at its station is where it is, however long ago it was entered.
    let position_age = match found.position.source {
        PositionSource::Station => Seconds(0),
        _ => found.position.age(now),
    };
    let free_in = found
        .free_at
        .map(|at| Seconds(u32::try_from(at.duration_since(now).as_secs().max(0)).unwrap_or(u32::MAX)));
    Candidate {
        unit: found.unit,
        region: found.region,
        service: Some(&found.profile.service).filter(|service| *service != wanted).cloned(),
        kind: found.profile.kind,
        distance: found.distance,
        position_age,
        free_in,
        by_road: way.time().map(|time| time.0),
        cut_off: way == Way::CutOff,
        in_exercise: false,
    }
}

/// One selection per desk that a need's picks belong to; the shortfall is asked of one's own service.
#[must_use]
pub fn selections(answered: &Answered, own: RegionCode) -> Vec<Selection> {
    let of = |p: &Pick| (p.region, p.service.clone().unwrap_or_else(|| answered.need.service.clone()));
    let mut desks: Vec<(RegionCode, ServiceKey)> = answered.picks.iter().map(of).collect();
    desks.push((own, answered.need.service.clone()));
    desks.sort_unstable();
    desks.dedup();
    desks
        .into_iter()
        .filter_map(|(region, service)| {
            let units: Vec<RecommendedUnit> = answered
                .picks
                .iter()
                .filter(|p| of(p) == (region, service.clone()))
                .map(|p| RecommendedUnit {
                    unit: p.unit.clone(),
                    distance: Some(p.distance),
                    eta: Some(p.eta),
                })
                .collect();
            let found = u16::try_from(units.len()).unwrap_or(u16::MAX);
            let count = if region == own { found.saturating_add(answered.shortfall) } else { found };
            // A neighbour's service is informed and sends by itself (c.5(3)¶3).
            let act = if region == own { answered.need.act } else { Act::Additional };
            (count > 0).then(|| Selection {
                need: Need { count, act, service, ..answered.need.clone() },
                region,
                units,
            })
        })
        .collect()
}

/// The rule that a person switched on: the plan's forces are requested as soon as the category is clear, and others
/// in place of those refused.
pub(super) async fn by_rule(board: &Switchboard, region: RegionCode, incident: IncidentId) {
    board.dispatching().take(incident, || serve(board, region, incident)).await;
}

async fn serve(board: &Switchboard, region: RegionCode, incident: IncidentId) {
    let wanted = |need: &Answered, seen: &Seen| {
        // A message may have reached a hub far from where it happened. Its neighbour there is told; whether anybody
        // goes from here all the same is for a person.
        if seen.card.location().is_some_and(|place| board.is_elsewhere(region, place)) {
            return false;
        }
        let of_service = seen.card.requests.values().filter(|r| r.service == need.need.service);
        let (mut refused, mut had_nobody) = (0, false);
        for request in of_service.filter(|r| r.came_to_nothing()) {
            refused += u32::from(!request.recommended.is_empty());
            had_nobody |= request.recommended.is_empty();
        }
        let withdrawn = seen.card.requests.values().any(|r| {
            r.state == RequestState::Cancelled
                && r.service == need.need.service
                && Capabilities::from(r.capabilities.clone()) == need.need.capabilities
        });
        // A service that refused to send somebody is asked again at most twice; then an officer decides. One that
        // had nobody is asked again once it has. What a person withdrew no rule asks for again.
        refused < 3 && !withdrawn && !(had_nobody && need.picks.is_empty())
    };
    let order = |command| Order::new(command, By::rule(DISPATCH_RULE));
    let mut pause = AGAIN.0;
    loop {
        match board.confirm(region, incident, None, wanted, order).await {
            Ok(_) => return,
            Err(OrderError::Refused(refusal)) if !matches!(refusal, Refusal::Stale { .. }) => {
                debug!(%region, %incident, %refusal, "the dispatch rule leaves the card to an officer");
                return;
            }
            // Whoever leads the region next takes the card up.
            Err(OrderError::Journal(JournalError::Closed | JournalError::Deposed { .. })) => return,
            // It is tried again when the hub looks over what stands.
            Err(
                e @ (OrderError::Failed
                | OrderError::NotHere(_)
                | OrderError::Journal(JournalError::Rejected(_))),
            ) => {
                warn!(%region, %incident, error = %e, "the dispatch rule could not request forces");
                return;
            }
            // The card is looked at anew: what was asked for after all is not asked for again.
            Err(e) => {
                debug!(%region, %incident, error = %e, "the dispatch rule could not request forces yet");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(AGAIN.1);
            }
        }
    }
}
