//! Does a message speak of an open card? Alike in place, time, words, category and caller; proposed with the
//! reasons, joined by rule only when very sure, and split again when it was wrong.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::classification::{self, words};
use super::ids::{CategoryCode, IncidentId};
use super::quantities::{Metres, Point, Seconds};

/// Stems of the words of a text as a small sorted set of hashes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct WordSet(Vec<u32>);

/// Most stems kept.
const MOST_STEMS: usize = 64;
/// A stem is the beginning of a word: endings of Kazakh and Russian follow it.
const STEM_LETTERS: usize = 5;

impl WordSet {
    /// Adds another set's stems, as long as there is room.
    pub fn extend(&mut self, other: &Self) {
        for stem in &other.0 {
            if self.0.len() >= MOST_STEMS {
                break;
            }
            if let Err(place) = self.0.binary_search(stem) {
                self.0.insert(place, *stem);
            }
        }
    }

    /// Share of the smaller set's stems that both have, 0 to 1; 0 when one is empty.
    #[must_use]
    pub fn overlap(&self, other: &Self) -> f32 {
        let least = self.0.len().min(other.0.len());
        if least == 0 {
            return 0.0;
        }
        let both = self.0.iter().filter(|s| other.0.binary_search(s).is_ok()).count();
        // At most 64 each.
        #[allow(clippy::cast_precision_loss)]
        let share = both as f32 / least as f32;
        share
    }

    /// Whether no word was kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Doubt about two places is taken for no more than this, metres.
const MOST_DOUBT_M: f64 = 1_500.0;

/// Stems of a text. Words of one or two letters say nothing.
#[must_use]
pub fn fingerprint(text: &str) -> WordSet {
    let mut stems: Vec<u32> = words::split(text)
        .map(|(_, w)| words::fold(w))
        .filter(|w| w.len() > 2)
        .take(MOST_STEMS)
        .map(|w| hash(&w[..w.len().min(STEM_LETTERS)]))
        .collect();
    stems.sort_unstable();
    stems.dedup();
    WordSet(stems)
}

/// FNV-1a over the letters: the same on every machine and version, for it is stored.
fn hash(letters: &[char]) -> u32 {
    letters.iter().fold(0x811c_9dc5, |h: u32, c| (h ^ u32::from(*c)).wrapping_mul(0x0100_0193))
}

/// Why a message is held to speak of a card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum JoinReason {
    /// So near.
    Near {
        /// Metres.
        distance: Metres,
    },
    /// So soon after the card's last message.
    Soon {
        /// Seconds.
        after: Seconds,
    },
    /// The same category.
    SameCategory,
    /// Another category of the same group.
    LikeCategory,
    /// Another category.
    OtherCategory,
    /// So many of the same words.
    SameWords {
        /// 0 to 1.
        share: f32,
    },
    /// The same telephone number called before.
    SameCaller,
}

/// When a message is proposed or joined.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct JoinSettings {
    /// From this score on a card is proposed.
    pub propose: f32,
    /// From this score on the rule joins by itself; above 1 it never does.
    pub join_by_rule: f32,
    /// Farther apart than this they are never the same, metres (added to both uncertainties).
    pub within: Metres,
    /// Longer after the last message than this they are never the same.
    pub window: Seconds,
}

impl Default for JoinSettings {
    fn default() -> Self {
        Self { propose: 0.45, join_by_rule: 0.85, within: Metres::saturating(500.0), window: Seconds(3_600) }
    }
}

/// A card as the comparison needs it.
#[derive(Debug, Clone)]
pub struct CardView<'a> {
    /// Which.
    pub incident: IncidentId,
    /// Where.
    pub point: Option<Point>,
    /// Radius of uncertainty.
    pub radius: Option<Metres>,
    /// Opened.
    pub opened_at: Timestamp,
    /// Latest message.
    pub last_message_at: Timestamp,
    /// Category in force.
    pub category: Option<&'a CategoryCode>,
    /// Stems of all its messages.
    pub words: &'a WordSet,
    /// Whether the number that calls now has called about it before.
    pub same_caller: bool,
}

/// A message as the comparison needs it.
#[derive(Debug, Clone)]
pub struct MessageView<'a> {
    /// Where.
    pub point: Option<Point>,
    /// Radius of uncertainty.
    pub radius: Option<Metres>,
    /// When.
    pub received_at: Timestamp,
    /// Category as classified or named.
    pub category: Option<&'a CategoryCode>,
    /// Its stems.
    pub words: &'a WordSet,
}

/// A card that the message may speak of.
#[derive(Debug, Clone, PartialEq)]
pub struct JoinProposal {
    /// Which.
    pub incident: IncidentId,
    /// 0 to 1.
    pub score: f32,
    /// Why.
    pub reasons: Vec<JoinReason>,
}

/// Cards that the message may speak of, the likeliest first.
#[must_use]
pub fn propose(message: &MessageView<'_>, cards: &[CardView<'_>], s: &JoinSettings) -> Vec<JoinProposal> {
    let mut proposals: Vec<JoinProposal> =
        cards.iter().filter_map(|c| compare(message, c, s)).filter(|p| p.score >= s.propose).collect();
    proposals.sort_by(|a, b| b.score.total_cmp(&a.score).then(b.incident.cmp(&a.incident)));
    proposals
}

fn group(code: &CategoryCode) -> Option<&'static str> {
    classification::find(code).map(|category| category.group.as_str())
}

/// The same number calls again within the window, and one of the two calls has no place: an abandoned call taken up
/// again, or a caller who only now can say where. A person decides: without a place no rule joins.
fn compare_without_place(m: &MessageView<'_>, c: &CardView<'_>, s: &JoinSettings) -> Option<JoinProposal> {
    let gap = m.received_at.duration_since(c.last_message_at).as_secs().unsigned_abs();
    if gap > u64::from(s.window.0) || !c.same_caller {
        return None;
    }
    let mut reasons = vec![
        JoinReason::SameCaller,
        JoinReason::Soon { after: Seconds(u32::try_from(gap).unwrap_or(u32::MAX)) },
    ];
    // Below a day: the cast loses nothing that matters.
    #[allow(clippy::cast_precision_loss)]
    let soon = 1.0 - gap as f32 / s.window.0.max(1) as f32;
    let share = m.words.overlap(c.words);
    if share > 0.0 {
        reasons.push(JoinReason::SameWords { share });
    }
    let score = (0.5 + 0.2 * soon + 0.2 * share).min(s.join_by_rule - 0.01);
    Some(JoinProposal { incident: c.incident, score: score.clamp(0.0, 1.0), reasons })
}

fn compare(m: &MessageView<'_>, c: &CardView<'_>, s: &JoinSettings) -> Option<JoinProposal> {
    let (Some(here), Some(there)) = (m.point, c.point) else { return compare_without_place(m, c, s) };
    let distance = here.distance(there);
    let doubt = (m.radius.map_or(0.0, Metres::get) + c.radius.map_or(0.0, Metres::get)).min(MOST_DOUBT_M);
    // What the doubt about both places explains is no distance between them.
    let apart = (distance.get() - doubt).max(0.0);
    let gap = m.received_at.duration_since(c.last_message_at).as_secs().unsigned_abs();
    if apart > s.within.get() || gap > u64::from(s.window.0) {
        return None;
    }
    let mut reasons = vec![
        JoinReason::Near { distance },
        JoinReason::Soon { after: Seconds(u32::try_from(gap).unwrap_or(u32::MAX)) },
    ];
    // All shares lie between 0 and 1; the casts lose nothing that matters.
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
    let (near, soon) = {
        let reach = s.within.get().max(1.0);
        // To be near within a great doubt says less.
        let sharp = reach / (reach + doubt / 4.0);
        (((1.0 - apart / reach) * sharp) as f32, 1.0 - gap as f32 / s.window.0.max(1) as f32)
    };
    let mut score = 0.4 * near + 0.15 * soon;
    match (m.category, c.category) {
        (Some(a), Some(b)) if a == b => {
            score += 0.3;
            reasons.push(JoinReason::SameCategory);
        }
        (Some(a), Some(b)) if group(a).is_some() && group(a) == group(b) => {
            score += 0.15;
            reasons.push(JoinReason::LikeCategory);
        }
        (Some(_), Some(_)) => {
            score -= 0.2;
            reasons.push(JoinReason::OtherCategory);
        }
        _ => {}
    }
    let share = m.words.overlap(c.words);
    if share > 0.0 {
        score += 0.2 * share;
        reasons.push(JoinReason::SameWords { share });
    }
    if c.same_caller {
        score += 0.3;
        reasons.push(JoinReason::SameCaller);
    }
    Some(JoinProposal { incident: c.incident, score: score.clamp(0.0, 1.0), reasons })
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn t(second: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + second).unwrap()
    }

    fn score(metres_north: f64, seconds: i64, same: bool, words: (&str, &str)) -> Option<f32> {
        let (fire, theft) =
            (CategoryCode::new("building_fire").unwrap(), CategoryCode::new("burglary").unwrap());
        let (a, b) = (fingerprint(words.0), fingerprint(words.1));
        let card = CardView {
            incident: IncidentId(Uuid::nil()),
            point: Point::new(43.2, 76.9).ok(),
            radius: None,
            opened_at: t(0),
            last_message_at: t(0),
            category: Some(&fire),
            words: &a,
            same_caller: false,
        };
        let message = MessageView {
            point: Point::new(43.2 + metres_north / 111_195.0, 76.9).ok(),
            radius: None,
            received_at: t(seconds),
            category: Some(if same { &fire } else { &theft }),
            words: &b,
        };
        propose(&message, &[card], &JoinSettings { propose: 0.0, ..JoinSettings::default() })
            .first()
            .map(|p| p.score)
    }

    #[test]
    fn a_second_call_about_the_same_fire_is_joined_by_rule() {
        let s = JoinSettings::default();
        let same =
            score(60.0, 90, true, ("горит квартира на пятом этаже", "пожар, горит квартира, пятый этаж"));
        assert!(same.is_some_and(|x| x >= s.join_by_rule), "{same:?}");
    }

    #[test]
    fn another_kind_of_incident_next_door_is_not() {
        let s = JoinSettings::default();
        let other = score(60.0, 90, false, ("горит квартира", "украли телефон"));
        assert!(other.is_some_and(|x| x < s.propose), "{other:?}");
    }

    #[test]
    fn what_is_far_or_long_ago_is_never_the_same() {
        let words = ("горит квартира", "горит квартира");
        assert_eq!(score(700.0, 10, true, words), None);
        assert_eq!(score(10.0, 3_700, true, words), None);
    }

    #[test]
    fn endings_and_kazakh_letters_do_not_hide_the_same_word() {
        assert!(fingerprint("өртеніп жатыр").overlap(&fingerprint("ортенiп жатыр")) > 0.9);
        assert!(fingerprint("квартира").overlap(&fingerprint("квартиру")) > 0.9);
    }
}
