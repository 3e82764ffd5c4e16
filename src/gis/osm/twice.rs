//! Elements that stand twice in a file, as where extracts were put together without being merged.

use super::blobs::OsmError;
use crate::domain::geography::ElementKind;

/// The most that are named.
const NAMED: usize = 10;

/// The numbers of elements that bring something, of each kind.
#[derive(Debug, Default)]
pub struct Seen {
    nodes: Vec<i64>,
    ways: Vec<i64>,
    relations: Vec<i64>,
}

impl Seen {
    /// Keeps the number of an element.
    pub fn put(&mut self, kind: ElementKind, id: i64) {
        match kind {
            ElementKind::Node => self.nodes.push(id),
            ElementKind::Way => self.ways.push(id),
            ElementKind::Relation => self.relations.push(id),
        }
    }

    /// Each stands once.
    ///
    /// # Errors
    /// [`OsmError::Twice`].
    pub fn once(self) -> Result<(), OsmError> {
        let kinds = [
            (ElementKind::Node, self.nodes),
            (ElementKind::Way, self.ways),
            (ElementKind::Relation, self.relations),
        ];
        let (mut named, mut count) = (Vec::new(), 0_usize);
        for (kind, mut ids) in kinds {
            ids.sort_unstable();
            let mut twice: Vec<i64> =
                ids.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
            twice.dedup();
            count += twice.len();
            let room = NAMED.saturating_sub(named.len());
            named.extend(twice.into_iter().take(room).map(|id| format!("{}/{id}", kind.as_str())));
        }
        if count == 0 {
            return Ok(());
        }
        let more = count - named.len();
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        let stand = if count == 1 { "stands" } else { "stand" };
        Err(OsmError::Twice(format!("{}{more} {stand} twice", named.join(", "))))
    }
}
