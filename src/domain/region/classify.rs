//! Category, legal status, consequences and scale of a card.

use std::collections::BTreeMap;

use super::messages::cards_reason;
use super::{Decision, RegionState, notices, warnings};
use crate::domain::classification::categories::Special;
use crate::domain::classification::legal::{Identification, LegalStatus};
use crate::domain::classification::order240::{Consequences, ConsequencesVersion, Scale, ScaleVersion};
use crate::domain::classification::thresholds::ScaleProposal;
use crate::domain::classification::{self, Category, Ranking};
use crate::domain::decision::{By, Context, Refusal};
use crate::domain::event::RegionEvent as E;
use crate::domain::ids::{CategoryCode, IncidentId};
use crate::domain::incident::{AnswersVersion, CategoryVersion, Incident};
use crate::domain::joining;
use crate::domain::message::{Channel, Contact, MAX_ANSWERS, Message, Subject};
use crate::domain::missing::Missing;
use crate::domain::mode::Observation;
use crate::domain::said::said;
use crate::domain::severity::Severity;

/// Longest addition to what a caller said, characters.
const LONGEST_ADDITION: usize = 4_000;
/// Most additions of one card.
pub(super) const MOST_ADDITIONS: usize = 200;
/// Most alternatives kept beside a category.
const ALTERNATIVES: usize = 5;

/// What a message is about, as far as its words and answers say.
pub(super) struct Classified {
    pub subject: Subject,
    pub category: CategoryVersion,
}

pub(super) fn of_message(message: &Message, ctx: &Context) -> Classified {
    if let Some(named) = message.category.as_ref().and_then(classification::find) {
        let ranking = classification::classify(&message.text, &message.answers);
        let by = ctx.by.clone();
        return named_category(named, by, ranking.severity.min(named.severity), ctx);
    }
    classified(&message.text, &message.answers, message.contact, Some(message.channel), ctx)
}

fn named_category(category: &Category, by: By, severity: Severity, ctx: &Context) -> Classified {
    Classified {
        subject: category.subject,
        category: CategoryVersion {
            code: category.code.clone(),
            severity,
            by,
            at: ctx.now,
            words: Vec::new(),
            ranked: Vec::new(),
            clear: true,
        },
    }
}

fn classified(
    text: &str,
    answers: &std::collections::BTreeMap<String, serde_json::Value>,
    contact: Contact,
    channel: Option<Channel>,
    ctx: &Context,
) -> Classified {
    let ranking = classification::classify(text, answers);
    let by = By::rule(classification::EDITION);
    let fallback = match (contact, channel) {
        // A silent call is a call for help of somebody who cannot speak, until the opposite is known.
        (Contact::Silent, _) => Special::SilentCall,
        (Contact::Abandoned, _) => Special::AbandonedCall,
        (_, Some(Channel::SosButton)) => Special::SosSignal,
        _ => Special::Unclear,
    };
    match ranking.candidates.first() {
        Some(best) => Classified {
            subject: best.category.subject,
            category: CategoryVersion {
                code: best.category.code.clone(),
                severity: ranking.severity,
                by,
                at: ctx.now,
                words: best.evidence.iter().map(|e| e.words.clone()).collect(),
                clear: ranking.clear,
                ranked: ranked(&ranking),
            },
        },
        None => {
            let special = classification::categories::special(fallback);
            let mut plain = named_category(special, by, special.severity, ctx);
            plain.category.clear = !special.early.is_empty();
            plain
        }
    }
}

fn ranked(ranking: &Ranking) -> Vec<(CategoryCode, f32)> {
    ranking.candidates.iter().take(ALTERNATIVES).map(|c| (c.category.code.clone(), c.confidence)).collect()
}

/// The questions go on and the answers come in: the card keeps them, the category is ranked anew from all that was
/// said, and services whose part is clear by now are told. A person's category stands above every rule.
pub(super) fn add_answers(
    state: &RegionState,
    incident: IncidentId,
    text: String,
    answers: BTreeMap<String, serde_json::Value>,
    ctx: &mut Context,
) -> Result<Decision, Refusal> {
    let card = state.open_card(incident)?;
    let text = text.trim().to_owned();
    if text.is_empty() && answers.is_empty() {
        return Err(Refusal::invalid("answers", said!("give an answer, or the caller's words")));
    }
    if text.chars().count() > LONGEST_ADDITION || text.contains('\0') {
        return Err(Refusal::invalid(
            "text",
            said!("write 1 to {most} characters here", most = LONGEST_ADDITION),
        ));
    }
    let mut after = card.clone();
    let given = AnswersVersion { by: ctx.by.clone(), at: ctx.now, text, answers };
    let words = joining::fingerprint(&given.text);
    after.answers.push(given.clone());
    let all = after.all_answers();
    if all.len() > MAX_ANSWERS || after.answers.len() > MOST_ADDITIONS {
        return Err(Refusal::invalid(
            "answers",
            said!("a message has at most {most} answers; leave some out", most = MAX_ANSWERS),
        ));
    }
    let mut d = Decision::default();
    d.events.push(E::AnswersGiven { incident, answers: given, words });
    if !card.category_is_a_persons() {
        let contact = card.messages.first().map_or(Contact::Heard, |m| m.contact);
        let anew = classified(&after.told_words(), &all, contact, None, ctx);
        let now = &anew.category;
        let same = card
            .category()
            .is_some_and(|c| (&c.code, c.severity, c.clear) == (&now.code, now.severity, now.clear));
        // What says nothing of the kind leaves the category as it is; and that it is an emergency no rule takes back.
        let less = card.subject == Subject::Emergency && anew.subject != Subject::Emergency;
        if !now.ranked.is_empty() && !same && !less {
            if card.subject != anew.subject && !(card.subject_stated && anew.subject != Subject::Emergency) {
                d.events.push(E::SubjectSet { incident, subject: anew.subject, stated: false });
            }
            d.events.push(E::CategorySet { incident, category: anew.category });
        }
    } else {
        let contact = card.messages.first().map_or(Contact::Heard, |m| m.contact);
        lift(card, &classified(&after.told_words(), &all, contact, None, ctx), &mut d);
    }
    notices::update(state, card, None, &mut d, ctx);
    Ok(d)
}

/// What one more message, or a card that goes into this one, says of a card: it never makes it less grave. A category that a
/// person gave stands, and a graver one is proposed beside it; that an emergency is reported is for the officer to judge in
/// any case (c.5(3)¶1).
pub(super) fn lift(card: &Incident, new: &Classified, d: &mut Decision) {
    let incident = card.id;
    let lifted = lifted(card, &new.category);
    let clear_emergency = new.subject == Subject::Emergency && new.category.clear;
    let mut follows = clear_emergency;
    if let Some(category) = lifted {
        let known = card.proposed_category.as_ref();
        if !card.category_is_a_persons() {
            follows |= category.code == new.category.code && card.subject != Subject::Emergency;
            d.events.push(E::CategorySet { incident, category });
        } else if category.severity < card.severity() && known.is_none_or(|k| category.severity < k.severity)
        {
            d.events.push(E::CategoryProposed { incident, category });
        }
    }
    if follows && card.subject != new.subject {
        d.events.push(E::SubjectSet { incident, subject: new.subject, stated: false });
    }
}

/// The category that a card has after one more message, where that says something graver, or something at all.
fn lifted(card: &Incident, new: &CategoryVersion) -> Option<CategoryVersion> {
    let Some(now) = card.category() else { return Some(new.clone()) };
    // That many are hurt makes any category graver.
    let is_raised =
        |c: &CategoryVersion| classification::find(&c.code).is_some_and(|known| c.severity < known.severity);
    if new.clear && (!now.clear || new.severity < now.severity) {
        let severity = if is_raised(now) { new.severity.min(now.severity) } else { new.severity };
        return Some(CategoryVersion { severity, ..new.clone() });
    }
    if !new.clear && new.severity < now.severity && is_raised(new) {
        return Some(CategoryVersion {
            severity: new.severity,
            by: new.by.clone(),
            at: new.at,
            ..now.clone()
        });
    }
    None
}

pub(super) fn set_category(
    state: &RegionState,
    incident: IncidentId,
    code: CategoryCode,
    severity: Option<Severity>,
    ctx: &mut Context,
) -> Result<Decision, Refusal> {
    let card = state.open_card(incident)?;
    let category = classification::find(&code).ok_or_else(|| Refusal::not_found(Missing::Category, &code))?;
    let severity = severity.unwrap_or(category.severity);
    let classified = named_category(category, ctx.by.clone(), severity, ctx);
    let mut d = Decision::default();
    d.events.push(E::CategorySet { incident, category: classified.category });
    // What a person said of it by itself is a decision of its own.
    if card.subject != classified.subject && !card.subject_stated {
        d.events.push(E::SubjectSet { incident, subject: classified.subject, stated: false });
    }
    notices::update(state, card, None, &mut d, ctx);
    Ok(d)
}

/// c.5(3)¶1: the duty officer identifies the information under Order 240; every decision is kept.
pub(super) fn identify(
    state: &RegionState,
    incident: IncidentId,
    identification: Identification,
    ctx: &mut Context,
) -> Result<Decision, Refusal> {
    let Some(by) = ctx.by.person().cloned() else { return Err(Refusal::PersonNeeded) };
    let card = state.open_card(incident)?;
    identification.check(ctx.now)?;
    let status = LegalStatus { identification, by, at: ctx.now };
    let mut d = Decision::default();
    if !status.is_emergency() {
        warnings::no_emergency(state, card, &status, &mut d, ctx);
    } else {
        warnings::ask_to_warn(state, card, &status, &mut d, ctx);
        if let Some(scale) = card.scales.last() {
            propose_mode(state, card, scale.scale, &mut d, ctx);
        }
    }
    d.events.push(E::LegalStatusSet { incident, status: Box::new(status) });
    notices::update(state, card, None, &mut d, ctx);
    Ok(d)
}

pub(super) fn set_consequences(
    state: &RegionState,
    incident: IncidentId,
    figures: Consequences,
    ctx: &mut Context,
) -> Result<Decision, Refusal> {
    let card = state.open_card(incident)?;
    if figures.affected.is_some_and(|affected| figures.hurt() > affected) {
        return Err(Refusal::invalid(
            "affected",
            said!("the dead and the injured are among the affected; give at least as many affected"),
        ));
    }
    let mut d = Decision::default();
    let day = ctx.now.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(5))).date();
    let proposal = state.settings.thresholds.propose(&figures, day);
    d.events.push(E::ConsequencesSet {
        incident,
        consequences: ConsequencesVersion { figures, by: ctx.by.clone(), at: ctx.now },
    });
    if let ScaleProposal::Proposed { scale, unknown } = proposal {
        let basis = "certified thresholds".to_owned();
        let proposed = ScaleVersion { scale, by: By::rule("order240"), at: ctx.now, basis, unknown };
        give_scale(state, card, proposed, &mut d, ctx);
    }
    notices::update(state, card, None, &mut d, ctx);
    Ok(d)
}

/// A scale is given. What a person has stated stands until a person states another: what a rule says by then is proposed
/// beside it. A change is told; the same scale again is none.
pub(super) fn give_scale(
    state: &RegionState,
    card: &Incident,
    new: ScaleVersion,
    d: &mut Decision,
    ctx: &Context,
) {
    let (incident, scale) = (card.id, new.scale);
    let now = card.scales.last();
    let rule_over_person = new.by.person().is_none() && card.scale_is_a_persons();
    let news = new.replaces(now);
    if rule_over_person {
        let proposed = (news && now.is_none_or(|s| s.scale != scale)).then_some(new);
        if card.proposed_scale.as_ref().map(|s| s.scale) != proposed.as_ref().map(|s| s.scale) {
            d.events.push(E::ScaleProposed { incident, scale: proposed });
        }
        return;
    }
    if new.by.person().is_none() && !news {
        return;
    }
    d.events.push(E::ScaleSet { incident, scale: new });
    warnings::scale_set(state, incident, scale, d, ctx);
    if card.is_emergency() {
        propose_mode(state, card, scale, d, ctx);
    }
}

pub(super) fn set_scale(
    state: &RegionState,
    incident: IncidentId,
    scale: Scale,
    basis: String,
    ctx: &mut Context,
) -> Result<Decision, Refusal> {
    if ctx.by.person().is_none() {
        return Err(Refusal::PersonNeeded);
    }
    let card = state.open_card(incident)?;
    let basis = cards_reason(basis)?;
    let mut d = Decision::default();
    let version = ScaleVersion { scale, by: ctx.by.clone(), at: ctx.now, basis, unknown: Vec::new() };
    give_scale(state, card, version, &mut d, ctx);
    notices::update(state, card, None, &mut d, ctx);
    Ok(d)
}

/// An emergency of a scale may call for a mode: the hub proposes it, a named person confirms. An exercise calls for none.
fn propose_mode(state: &RegionState, card: &Incident, scale: Scale, d: &mut Decision, ctx: &Context) {
    if card.exercise {
        return;
    }
    let seen = Observation::Emergency { incident: card.id, scale };
    d.events.extend(state.mode.propose(&seen, &state.settings.modes, ctx.now).into_iter().map(E::Mode));
}
