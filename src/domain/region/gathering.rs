//! Cards gathered and taken apart: merged, split, linked; what is known goes with what it belongs to.

use super::messages::{at_address, cards_reason, edition, is_surer, number};
use super::{Answer, Decision, RegionState, classify, notices, reports, warnings};
use crate::domain::command::Territory;
use crate::domain::decision::{Context, Refusal};
use crate::domain::event::RegionEvent as E;
use crate::domain::ids::IncidentId;
use crate::domain::incident::{
    CategoryVersion, Incident, IncidentStatus, JoinGuess, LocationVersion, Relation,
};
use crate::domain::joining;
use crate::domain::location::{Fix, Location, LocationSource};
use crate::domain::message::{Message, Subject};
use crate::domain::missing::Missing;
use crate::domain::quantities::Point;
use crate::domain::said::said;

pub(super) fn merge(
    state: &RegionState,
    into: IncidentId,
    from: IncidentId,
    reason: String,
    ctx: &mut Context,
) -> Result<Decision, Refusal> {
    if into == from {
        return Err(Refusal::conflict(said!("a card cannot be merged into itself; choose another")));
    }
    let kept = state.open_card(into)?;
    let ended = state.open_card(from)?;
    if kept.exercise != ended.exercise {
        return Err(Refusal::conflict(said!(
            "an exercise and the real never mix; choose a card of the same kind"
        )));
    }
    let under_way = |card: &Incident| card.requests.values().any(|r| r.is_active());
    if under_way(ended) && under_way(kept) {
        // Who is on the way was told the number of one card, and reports under it.
        return Err(Refusal::conflict(said!(
            "forces are under way on both {from} and {into}; cancel the requests of one of them, or link the cards as parts of one incident",
            from = ended.number,
            into = kept.number
        )));
    }
    if under_way(ended) {
        return Err(Refusal::conflict(said!(
            "forces are under way on {from}; merge {into} into it instead, or cancel the requests first",
            from = ended.number,
            into = kept.number
        )));
    }
    let reason = cards_reason(reason)?;
    let mut d = Decision::default();
    let links = links_of_merged(kept, ended)?;
    d.events.push(E::IncidentsMerged { into, from, reason: reason.clone() });
    d.events.extend(links);
    goes_on(state, kept, ended, &reason, &mut d, ctx);
    guessed_of_merged(state, kept, ended, &mut d);
    notices::withdrawn(state, ended, &reason, Some(into), &mut d, ctx);
    notices::update(state, kept, None, &mut d, ctx);
    Ok(d)
}

/// What is known of the card that ends goes on at the one that it goes into, where that is graver or nothing is known yet:
/// an emergency stays one, whichever card is kept (c.5(3)).
fn goes_on(
    state: &RegionState,
    kept: &Incident,
    ended: &Incident,
    reason: &str,
    d: &mut Decision,
    ctx: &mut Context,
) {
    let incident = kept.id;
    let graver = |new: &CategoryVersion| kept.category().is_none_or(|own| new.severity < own.severity);
    match ended.category() {
        // A person gave it, and a person says that it is one event.
        Some(category) if category.by.person().is_some() && graver(category) => {
            d.events.push(E::CategorySet { incident, category: category.clone() });
            if kept.subject != Subject::Emergency && kept.subject != ended.subject {
                d.events.push(E::SubjectSet {
                    incident,
                    subject: ended.subject,
                    stated: ended.subject_stated,
                });
            }
        }
        Some(category) => {
            let of_ended = classify::Classified { subject: ended.subject, category: category.clone() };
            classify::lift(kept, &of_ended, d);
        }
        None => {}
    }
    let emergency = ended.subject == Subject::Emergency && kept.subject != Subject::Emergency;
    if emergency && !d.events.iter().any(|e| matches!(e, E::SubjectSet { .. })) {
        d.events.push(E::SubjectSet { incident, subject: Subject::Emergency, stated: false });
    }
    if let (None, Some(known)) = (kept.consequences.last(), ended.consequences.last()) {
        d.events.push(E::ConsequencesSet { incident, consequences: known.clone() });
    }
    if let Some(scale) = ended.scales.last()
        && kept.scales.last().is_none_or(|own| own.scale < scale.scale)
    {
        classify::give_scale(state, kept, scale.clone(), d, ctx);
    }
    if let Some(status) = ended.legal.last().filter(|status| status.is_emergency())
        && !kept.is_emergency()
    {
        d.events.push(E::LegalStatusSet { incident, status: Box::new(status.clone()) });
    }
    // Where it is, when the other card knows that better: crews on their way hear it with the rest.
    if let Some(place) = ended.locations.last()
        && is_surer(kept, &place.location)
    {
        let location = LocationVersion { location: at_address(kept, &place.location), ..place.clone() };
        d.events.push(E::LocationSet { incident, location });
    }
    said_besides(kept, ended, d);
    if ended.public_resonance && !kept.public_resonance {
        d.events.push(E::PublicResonanceSet { incident, public_resonance: true });
    }
    warnings::merged(state, (ended.id, incident), reason, d, ctx);
}

/// A major incident stays whole when one of its cards ends in another: the parts of the card that ends, and what it is
/// related to, belong to the one that goes on.
fn links_of_merged(kept: &Incident, ended: &Incident) -> Result<Vec<E>, Refusal> {
    let is = |card: &Incident, relation| card.links.iter().any(|(r, _)| *r == relation);
    let (parent, part) = (is(ended, Relation::ParentOf), is(kept, Relation::ChildOf));
    if parent && part {
        return Err(Refusal::conflict(said!(
            "{from} is a major incident and {into} a part of one; merge the part into it, or unlink it first",
            from = ended.number,
            into = kept.number
        )));
    }
    let has_place =
        |relation: Relation| relation != Relation::ChildOf || !part && !is(kept, Relation::ParentOf);
    let by_hand = [Relation::ParentOf, Relation::ChildOf, Relation::Related];
    let links = ended.links.iter().filter(|(relation, _)| by_hand.contains(relation));
    let moved = links.flat_map(|&(relation, other)| {
        let off = E::IncidentsUnlinked { one: ended.id, relation, other };
        let on = (other != kept.id && has_place(relation)).then_some(E::IncidentsLinked {
            one: kept.id,
            relation,
            other,
        });
        [Some(off), on]
    });
    Ok(moved.flatten().collect())
}

/// What was said on the card that ends after its messages came is said on the other too. An answer to a question that was
/// answered there stays as it is.
fn said_besides(kept: &Incident, ended: &Incident, d: &mut Decision) {
    let answered = kept.all_answers();
    let open = |name: &String| !answered.contains_key(name.as_str());
    let room = classify::MOST_ADDITIONS.saturating_sub(kept.answers.len());
    for given in ended.answers.iter().take(room) {
        let mut answers = given.clone();
        answers.answers.retain(|name, _| open(name));
        if !answers.text.is_empty() || !answers.answers.is_empty() {
            let words = joining::fingerprint(&answers.text);
            d.events.push(E::AnswersGiven { incident: kept.id, answers, words });
        }
    }
}

/// A card that may speak of the one that ended may speak of the one that goes on with its messages, and that of what the
/// other may have spoken of: nobody is sent there by a rule before a person has looked.
fn guessed_of_merged(state: &RegionState, kept: &Incident, ended: &Incident, d: &mut Decision) {
    let mut others: Vec<&Incident> = state
        .incidents
        .values()
        .filter(|card| card.is_open() && card.id != kept.id && card.id != ended.id)
        .filter(|card| card.guesses.iter().any(|guess| guess.incident == ended.id))
        .collect();
    others.sort_unstable_by_key(|card| card.id);
    for card in others {
        let moved = card.guesses.iter().filter(|guess| guess.incident == ended.id);
        let moved = moved.map(|guess| JoinGuess { incident: kept.id, ..guess.clone() });
        let known = card.guesses.iter().filter(|guess| guess.incident != ended.id).cloned();
        guess_each_once(card.id, known, moved, d);
    }
    let open = |guess: &&JoinGuess| state.incidents.get(&guess.incident).is_some_and(Incident::is_open);
    let taken_over: Vec<JoinGuess> =
        ended.guesses.iter().filter(|guess| guess.incident != kept.id).filter(open).cloned().collect();
    if !taken_over.is_empty() {
        let known = kept.guesses.iter().filter(|guess| guess.incident != ended.id).cloned();
        guess_each_once(kept.id, known, taken_over.into_iter(), d);
    }
}

fn guess_each_once(
    incident: IncidentId,
    known: impl Iterator<Item = JoinGuess>,
    more: impl Iterator<Item = JoinGuess>,
    d: &mut Decision,
) {
    let mut guesses: Vec<JoinGuess> = known.collect();
    for guess in more {
        if guesses.iter().all(|known| known.incident != guess.incident) {
            guesses.push(guess);
        }
    }
    d.events.push(E::JoinGuessed { incident, guesses });
}

pub(super) fn split(
    state: &RegionState,
    from: IncidentId,
    message: Box<Message>,
    reason: String,
    territory: Territory,
    ctx: &mut Context,
) -> Result<Decision, Refusal> {
    let card = state.card(from)?;
    let id = message.id;
    // A merged card only shows what it held: the message is moved from where it lies.
    if card.status == IncidentStatus::Merged
        && let Some(holder) = state.seen.get(&id).and_then(|holder| state.incident(*holder))
    {
        return Err(Refusal::conflict(said!(
            "the messages of {from} are on {into} since they were merged; split this one off there",
            from = card.number,
            into = holder.number
        )));
    }
    if card.messages.find(id).is_none() {
        return Err(Refusal::not_found(Missing::MessageOfCard, id));
    }
    if card.messages.len() < 2 {
        return Err(Refusal::conflict(said!(
            "the only message of a card cannot be split off; leave it, or close the card"
        )));
    }
    let reason = cards_reason(reason)?;
    let to = IncidentId(ctx.ids.next_id());
    let mut classified = classify::of_message(&message, ctx);
    // What a service reported as an emergency stays one (c.5(1)¶4).
    if reports::reports_emergency(&message) {
        classified.subject = Subject::Emergency;
    }
    let mut d = Decision { answer: Answer::Taken { incident: to, opened: true }, ..Decision::default() };
    d.events.push(E::MessageSplit { message: id, from, to, reason });
    let number = number(state, ctx);
    d.events.push(E::IncidentOpened {
        incident: to,
        number: number.clone(),
        subject: classified.subject,
        message: id,
        words: joining::fingerprint(&message.text),
        exercise: card.exercise,
        edition: edition(ctx),
    });
    d.events.push(E::IncidentsLinked { one: to, relation: Relation::SplitFrom, other: from });
    // A place that was found better on the card, for the point of this very message, goes with it.
    let point = message.location.as_ref().and_then(Location::point);
    let of_card = card.locations.last().filter(|v| point.is_some() && v.location.point() == point);
    let own = message.location.clone().map(|location| LocationVersion {
        location,
        by: ctx.by.clone(),
        at: ctx.now,
        district: territory.district.clone(),
    });
    let location = of_card.cloned().or(own);
    if let Some(location) = location.clone() {
        d.events.push(E::LocationSet { incident: to, location });
    }
    d.events.push(E::CategorySet { incident: to, category: classified.category.clone() });
    // c.5(1)¶2: the card that was split off is news to those whose part it is, as any new one.
    let new = notices::NewCard {
        id: to,
        number: &number,
        reported_at: message.received_at,
        text: &message.text,
        caller: message.sender.number(),
        exercise: card.exercise,
        location: location.as_ref(),
        category: &classified.category,
    };
    notices::early(state, &new, &territory, &mut d, ctx);
    if let Some(place) = place_without(card, &message, ctx) {
        d.events.push(E::LocationSet { incident: from, location: place });
    }
    // Whoever is under way was told what the message said, and where: that was of the other event.
    notices::update(state, card, None, &mut d, ctx);
    Ok(d)
}

/// Where the card is once a message is off it, when its place was that message's: as it was known before, or as the
/// first of the messages that stay says.
fn place_without(card: &Incident, message: &Message, ctx: &Context) -> Option<LocationVersion> {
    let gone = message.location.as_ref().and_then(Location::point)?;
    if card.point() != Some(gone) {
        return None;
    }
    let elsewhere = |point: Option<Point>| point.is_some_and(|point| point != gone);
    let known = card.locations.iter().rev().find(|known| elsewhere(known.location.point()));
    let told = || {
        let stay = card.messages.iter().filter(|one| one.id != message.id);
        let point = stay.filter_map(|one| one.point).find(|point| *point != gone)?;
        let fix = Fix { point, uncertainty: None };
        let location = Location::new(Some(fix), None, LocationSource::Caller, None).ok()?;
        Some(LocationVersion { location, by: ctx.by.clone(), at: ctx.now, district: None })
    };
    known.map(|known| LocationVersion { by: ctx.by.clone(), at: ctx.now, ..known.clone() }).or_else(told)
}

/// What the rule guessed a person denies: neither card waits for the other any more.
pub(super) fn decline_join(
    state: &RegionState,
    incident: IncidentId,
    other: IncidentId,
    reason: String,
) -> Result<Decision, Refusal> {
    let (one, two) = (state.card(incident)?, state.card(other)?);
    let guesses = |card: &Incident, of: IncidentId| card.guesses.iter().any(|g| g.incident == of);
    if !guesses(one, other) && !guesses(two, incident) {
        return Err(Refusal::not_found(Missing::JoinProposal, other));
    }
    let reason = cards_reason(reason)?;
    Ok(Decision { events: vec![E::JoinDeclined { incident, other, reason }], ..Decision::default() })
}

pub(super) fn link(
    state: &RegionState,
    one: IncidentId,
    relation: Relation,
    other: IncidentId,
) -> Result<Decision, Refusal> {
    let (a, b) = (state.card(one)?, state.card(other)?);
    if one == other {
        return Err(Refusal::conflict(said!("a card cannot be linked to itself; choose another")));
    }
    if !matches!(relation, Relation::ParentOf | Relation::ChildOf | Relation::Related) {
        return Err(Refusal::invalid(
            "relation",
            said!(
                "only these links are made by hand: {links}; choose one of them",
                links = "parent_of, child_of, related"
            ),
        ));
    }
    if a.exercise != b.exercise {
        return Err(Refusal::conflict(said!(
            "an exercise and the real never mix; choose a card of the same kind"
        )));
    }
    let (parent, child) = match relation {
        Relation::ParentOf => (a, b),
        Relation::ChildOf => (b, a),
        _ => return Ok(linked(one, relation, other)),
    };
    if child.links.iter().any(|(r, id)| *r == Relation::ChildOf && *id != parent.id) {
        return Err(Refusal::conflict(said!(
            "{number} belongs to another major incident already; unlink it there first",
            number = child.number
        )));
    }
    if parent.links.iter().any(|(r, _)| *r == Relation::ChildOf)
        || child.links.iter().any(|(r, _)| *r == Relation::ParentOf)
    {
        return Err(Refusal::conflict(said!(
            "a part of a major incident has no parts of its own; link it to the major incident itself"
        )));
    }
    Ok(linked(one, relation, other))
}

fn linked(one: IncidentId, relation: Relation, other: IncidentId) -> Decision {
    Decision { events: vec![E::IncidentsLinked { one, relation, other }], ..Decision::default() }
}

pub(super) fn unlink(
    state: &RegionState,
    one: IncidentId,
    relation: Relation,
    other: IncidentId,
) -> Result<Decision, Refusal> {
    let card = state.card(one)?;
    if !matches!(relation, Relation::ParentOf | Relation::ChildOf | Relation::Related)
        || !card.links.contains(&(relation, other))
    {
        return Err(Refusal::not_found(Missing::Link, format!("{} {other}", relation.as_str())));
    }
    Ok(Decision { events: vec![E::IncidentsUnlinked { one, relation, other }], ..Decision::default() })
}
