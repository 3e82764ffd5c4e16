//! Turn restrictions out of relations.

use super::tags::Tags;
use crate::domain::geography::{ElementKind, Turn, TurnRestriction, VIA_LIMIT};

/// A part of a relation.
pub struct Member<'a> {
    /// Its kind.
    pub kind: ElementKind,
    /// Its number.
    pub id: i64,
    /// What part it plays.
    pub role: &'a str,
}

/// Whether a relation restricts turns at all times and for emergency vehicles.
pub fn restricts(tags: &Tags<'_>) -> bool {
    let excepted = tags.get("except").is_some_and(|e| e.split(';').any(|e| e.trim() == "emergency"));
    tags.get("type").is_some_and(|t| t == "restriction") && tags.get("restriction").is_some() && !excepted
}

/// The restriction of a relation for which [`restricts`] holds; none when it is unclear.
pub fn restriction(id: i64, tags: &Tags<'_>, members: &[Member<'_>]) -> Option<TurnRestriction> {
    let turn = match tags.get("restriction")? {
        word if word.starts_with("no_") => Turn::Forbidden,
        word if word.starts_with("only_") => Turn::Only,
        _ => return None,
    };
    let with = |kind: ElementKind, role: &'static str| {
        members.iter().filter(move |m| m.kind == kind && m.role == role).map(|m| m.id)
    };
    let one = |mut of: Box<dyn Iterator<Item = i64> + '_>| of.next().filter(|_| of.next().is_none());
    // "no_entry" may come from many ways and "no_exit" go into many; such are told as unclear.
    let from_way = one(Box::new(with(ElementKind::Way, "from")))?;
    let to_way = one(Box::new(with(ElementKind::Way, "to")))?;
    let via_node = one(Box::new(with(ElementKind::Node, "via")));
    let via_ways: Vec<i64> = with(ElementKind::Way, "via").collect();
    if via_node.is_some() != via_ways.is_empty() || via_ways.len() > VIA_LIMIT {
        return None;
    }
    Some(TurnRestriction { id, turn, from_way, via_node, via_ways, to_way })
}
