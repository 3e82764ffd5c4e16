//! c.6(1): messages become cards, join open ones, and are taken apart again when that was wrong.

use jiff::tz::TimeZone;

use super::{Answer, Decision, RegionState, classify, notices};
use crate::domain::command::Territory;
use crate::domain::decision::{By, Context, Refusal};
use crate::domain::event::RegionEvent as E;
use crate::domain::ids::IncidentId;
use crate::domain::incident::{Incident, JoinGuess, LocationVersion, MessageBrief};
use crate::domain::joining::{self, CardView, JoinProposal, MessageView};
use crate::domain::location::Location;
use crate::domain::message::{Message, PhoneNumber};
use crate::domain::rules;
use crate::domain::said::said;

pub(super) fn receive(
    state: &RegionState,
    message: Box<Message>,
    territory: Territory,
    ctx: &mut Context,
) -> Result<Decision, Refusal> {
    // The same message once more is known, however old it has become.
    if let Some(card) = state.seen.get(&message.id) {
        return Ok(Decision { answer: Answer::Known(Some(*card)), ..Decision::default() });
    }
    message.check(ctx.now).map_err(|e| Refusal::invalid(e.field(), e.said()))?;
    let words = joining::fingerprint(&message.text);
    let classified = classify::of_message(&message, ctx);
    let proposals = proposals(state, &message, &classified, &words);
    match proposals.first() {
        Some(best) if best.score >= state.settings.joining.join_by_rule => {
            Ok(join(state, message, words, best, territory, ctx))
        }
        _ => Ok(open(state, message, classified, words, proposals, territory, ctx)),
    }
}

/// At most so many cards of one number are compared, the latest first.
const MOST_CALLED: usize = 8;

fn has_called(state: &RegionState, card: IncidentId, number: &PhoneNumber) -> bool {
    state.incidents.get(&card).is_some_and(|card| card.messages.are_from(number))
}

/// Open cards that the message may speak of, best first.
fn proposals(
    state: &RegionState,
    message: &Message,
    classified: &classify::Classified,
    words: &joining::WordSet,
) -> Vec<JoinProposal> {
    let point = message.location.as_ref().and_then(|l| l.point());
    let near = match (point, message.sender.number()) {
        (Some(point), None) => state.nearby.around(point),
        (Some(point), Some(number)) => {
            let called = |id: &IncidentId| has_called(state, *id, number);
            let mut near = state.nearby.around(point);
            near.extend(state.nearby.unlocated().filter(called).take(MOST_CALLED));
            near
        }
        // Without a place and a number nothing tells one call from another.
        (None, None) => return Vec::new(),
        (None, Some(number)) => {
            let mut called: Vec<IncidentId> = state
                .incidents
                .values()
                .filter(|card| card.is_open() && has_called(state, card.id, number))
                .map(|card| card.id)
                .collect();
            called.sort_unstable_by(|x, y| y.cmp(x));
            called.truncate(MOST_CALLED);
            called
        }
    };
    if near.is_empty() {
        return Vec::new();
    }
    let views: Vec<CardView<'_>> = near
        .iter()
        .filter_map(|id| state.incidents.get(id))
        .filter(|i| i.is_open() && i.exercise == message.exercise)
        .map(|i| CardView {
            incident: i.id,
            point: i.point(),
            radius: i.location().and_then(|l| l.radius()),
            opened_at: i.opened_at,
            last_message_at: i.last_message_at,
            category: i.category().filter(|c| !c.words.is_empty() || c.clear).map(|c| &c.code),
            words: &i.words,
            same_caller: message.sender.number().is_some_and(|number| i.messages.are_from(number)),
        })
        .collect();
    let view = MessageView {
        point,
        radius: message.location.as_ref().and_then(|l| l.radius()),
        received_at: message.received_at,
        category: Some(&classified.category).filter(|c| !c.words.is_empty() || c.clear).map(|c| &c.code),
        words,
    };
    joining::propose(&view, &views, &state.settings.joining)
}

fn open(
    state: &RegionState,
    message: Box<Message>,
    classified: classify::Classified,
    words: joining::WordSet,
    proposals: Vec<JoinProposal>,
    territory: Territory,
    ctx: &mut Context,
) -> Decision {
    let id = IncidentId(ctx.ids.next_id());
    let number = number(state, ctx);
    let mut d = Decision { answer: Answer::Taken { incident: id, opened: true }, ..Decision::default() };
    let location = message.location.clone().map(|location| LocationVersion {
        location,
        by: ctx.by.clone(),
        at: ctx.now,
        district: territory.district.clone(),
    });
    d.events.push(E::MessageReceived { message: message.clone(), incident: id });
    d.events.push(E::IncidentOpened {
        incident: id,
        number: number.clone(),
        subject: classified.subject,
        message: message.id,
        words,
        exercise: message.exercise,
        edition: edition(ctx),
    });
    if let Some(location) = location.clone() {
        d.events.push(E::LocationSet { incident: id, location });
    }
    d.events.push(E::CategorySet { incident: id, category: classified.category.clone() });
    if !proposals.is_empty() {
        d.events.push(E::JoinGuessed { incident: id, guesses: proposals.into_iter().map(guess).collect() });
    }
    notices::early(
        state,
        &notices::NewCard {
            id,
            number: &number,
            reported_at: message.received_at,
            text: &message.text,
            caller: message.sender.number(),
            exercise: message.exercise,
            location: location.as_ref(),
            category: &classified.category,
        },
        &territory,
        &mut d,
        ctx,
    );
    d
}

fn guess(p: JoinProposal) -> JoinGuess {
    JoinGuess { incident: p.incident, score: p.score, reasons: p.reasons }
}

fn join(
    state: &RegionState,
    message: Box<Message>,
    words: joining::WordSet,
    best: &JoinProposal,
    territory: Territory,
    ctx: &mut Context,
) -> Decision {
    let mut d =
        Decision { answer: Answer::Taken { incident: best.incident, opened: false }, ..Decision::default() };
    d.events.push(E::MessageReceived { message: message.clone(), incident: best.incident });
    d.events.push(E::MessageJoined {
        message: message.id,
        incident: best.incident,
        by: By::rule("join"),
        score: best.score,
        reasons: best.reasons.clone(),
        words,
    });
    let Some(card) = state.incidents.get(&best.incident) else { return d };
    // A second caller often knows the place better: a surer point is taken, a person's never overruled.
    let place = better_place(card, &message).map(|location| LocationVersion {
        location,
        by: By::rule("join"),
        at: ctx.now,
        district: territory.district.clone(),
    });
    if let Some(location) = place.clone() {
        d.events.push(E::LocationSet { incident: card.id, location });
    }
    classify::lift(card, &classify::of_message(&message, ctx), &mut d);
    if notices::may_wait(state, card, &d, ctx) {
        return d;
    }
    let brief = MessageBrief::of(&message);
    notices::update(state, card, Some(&brief), &mut d, ctx);
    if let Some(place) = place {
        // The better place may lie near another border (c.3(1)).
        notices::moved(state, card, Some(&brief), place, &territory, &mut d, ctx);
    }
    d
}

fn better_place(card: &crate::domain::incident::Incident, message: &Message) -> Option<Location> {
    let new = message.location.as_ref()?;
    is_surer(card, new).then(|| at_address(card, new))
}

/// Whether a place is surer than the card's. What a person found out is not overruled; where nobody knows a point yet, any is
/// better than none, and what a device said in the first call stays a device's word, whoever took the call.
pub(super) fn is_surer(card: &Incident, new: &Location) -> bool {
    if card.point().is_none() {
        return new.point().is_some();
    }
    let a_persons = card.locations.last().is_some_and(|known| {
        let by_device = card.locations.len() == 1 && known.location.source().is_a_device();
        known.by.person().is_some() && !by_device
    });
    match (new.radius(), card.location().and_then(|l| l.radius())) {
        (Some(new_radius), Some(old)) => !a_persons && new_radius < old,
        _ => false,
    }
}

/// A better point; the address that is known stays where it brings none.
pub(super) fn at_address(card: &Incident, new: &Location) -> Location {
    let known = card.location().and_then(Location::address);
    match (new.address(), known) {
        (None, Some(address)) => new.clone().at_address(address),
        _ => new.clone(),
    }
}

/// The edition of the rules in force now: the card keeps it, whatever comes after (112-O c.1, c.4).
pub(super) fn edition(ctx: &Context) -> Option<String> {
    rules::in_force_at(ctx.now).map(|edition| edition.order.clone())
}

pub(super) fn number(state: &RegionState, ctx: &Context) -> String {
    // One zone, UTC+5, since 1 March 2024.
    let year = ctx.now.to_zoned(TimeZone::fixed(jiff::tz::offset(5))).year().rem_euclid(100);
    format!("{}-{year:02}-{:06}", state.region, state.next_number)
}

/// A reason has words, and not a book of them.
pub(super) fn cards_reason(reason: String) -> Result<String, Refusal> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > 2_000 {
        return Err(Refusal::invalid("reason", said!("say why, in 1 to {most} characters", most = 2_000)));
    }
    Ok(reason.to_owned())
}
