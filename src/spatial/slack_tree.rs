//! An R-tree of things that move.
//!
//! Each thing stands in the tree at its *anchor* and may stray from it by a slack before it is moved there, so
//! that most moves cost nothing. A search widens by the slack and then measures the true positions.

use rstar::{
    AABB, ParentNode, PointDistance, RStarInsertionStrategy, RTree, RTreeNode, RTreeObject, RTreeParams,
};

/// What the tree holds: where the thing is anchored, and its seat.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Anchor {
    /// Where, on the [map](super::map).
    pub at: [f32; 2],
    /// The caller's number of the thing.
    pub seat: u32,
}

impl RTreeObject for Anchor {
    type Envelope = AABB<[f32; 2]>;
    fn envelope(&self) -> Self::Envelope {
        AABB::from_point(self.at)
    }
}

impl PointDistance for Anchor {
    fn distance_2(&self, point: &[f32; 2]) -> f32 {
        let d = |i: usize| self.at[i] - point[i];
        d(0) * d(0) + d(1) * d(1)
    }
}

/// The shape of the nodes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shape;

impl RTreeParams for Shape {
    const MIN_SIZE: usize = 4;
    const MAX_SIZE: usize = 8;
    const REINSERTION_COUNT: usize = 2;
    type DefaultInsertionStrategy = RStarInsertionStrategy;
}

/// An R-tree of anchors.
pub type Anchors = RTree<Anchor, Shape>;

/// A bulk load may give a node a few more children than inserts do.
const EXPECTED_CHILDREN: usize = 25;

#[derive(Debug, Clone, Copy)]
enum Change {
    Added(Anchor),
    Removed(Anchor),
}

/// An R-tree of anchors that counts its wear: a tree changed by many inserts grows 1.8–2.7 times slower than
/// one loaded in bulk, so it is rebuilt beside itself now and then.
#[derive(Debug, Default)]
pub struct SlackTree {
    tree: Anchors,
    wear: usize,
    /// What has changed since the copy for a rebuild was taken; none when no rebuild is under way.
    since_copy: Option<Vec<Change>>,
}

impl SlackTree {
    /// A tree loaded in bulk. O(n log n).
    #[must_use]
    pub fn loaded(anchors: Vec<Anchor>) -> Self {
        Self { tree: Anchors::bulk_load_with_params(anchors), wear: 0, since_copy: None }
    }

    /// How many things stand in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tree.size()
    }

    /// Whether nothing stands in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tree.size() == 0
    }

    /// Puts a thing in. O(log n).
    pub fn add(&mut self, anchor: Anchor) {
        self.tree.insert(anchor);
        self.note(Change::Added(anchor));
    }

    /// Takes a thing out, given as it was put in. O(log n).
    pub fn remove(&mut self, anchor: Anchor) -> bool {
        let found = self.tree.remove(&anchor).is_some();
        if found {
            self.note(Change::Removed(anchor));
        }
        found
    }

    fn note(&mut self, change: Change) {
        self.wear += 1;
        if let Some(changes) = &mut self.since_copy {
            changes.push(change);
        }
    }

    /// Whether at least half as many changes as it has things, and no fewer than `least`, were made since it
    /// was last loaded in bulk.
    #[must_use]
    pub fn is_worn(&self, least: usize) -> bool {
        self.since_copy.is_none() && self.wear >= least.max(self.len() / 2)
    }

    /// First step of a rebuild: a copy of what stands in the tree. From now on changes are noted.
    pub fn copy_for_rebuild(&mut self) -> Vec<Anchor> {
        self.since_copy = Some(Vec::new());
        self.tree.iter().copied().collect()
    }

    /// Last step of a rebuild: takes the place of the worn tree, after the changes noted since the copy.
    pub fn take_rebuilt(&mut self, mut rebuilt: Anchors) {
        let changes = self.since_copy.take().unwrap_or_default();
        for change in &changes {
            match change {
                Change::Added(anchor) => rebuilt.insert(*anchor),
                Change::Removed(anchor) => {
                    rebuilt.remove(anchor);
                }
            }
        }
        self.wear = changes.len();
        self.tree = rebuilt;
    }

    /// Visits things near a point, nearer branches first. `visit` gets the seat of each thing whose anchor lies
    /// within `reach_2` (squared, on the map) and gives back the reach that still interests it, which may only shrink.
    pub fn visit_near(&self, from: [f32; 2], reach_2: f32, visit: &mut impl FnMut(u32) -> f32) -> f32 {
        if self.is_empty() {
            return reach_2;
        }
        descend(self.tree.root(), &from, reach_2, visit)
    }
}

/// Depth first, nearest child first, cut off by the reach: no queue, and the first leaf already shrinks the reach
/// to a neighbourhood.
fn descend(
    node: &ParentNode<Anchor>,
    from: &[f32; 2],
    mut reach_2: f32,
    visit: &mut impl FnMut(u32) -> f32,
) -> f32 {
    let children = node.children();
    let (mut few, mut many);
    let near: &mut [u64] = if children.len() <= EXPECTED_CHILDREN {
        few = [0; EXPECTED_CHILDREN];
        &mut few
    } else {
        many = vec![0; children.len()];
        &mut many
    };
    let mut count = 0;
    for (child, number) in children.iter().zip(0..) {
        let distance_2 = match child {
            RTreeNode::Leaf(anchor) => anchor.distance_2(from),
            RTreeNode::Parent(parent) => parent.envelope().distance_2(from),
        };
        if distance_2 <= reach_2 {
            near[count] = ranked(distance_2, number);
            count += 1;
        }
    }
    near[..count].sort_unstable();
    for &next in &near[..count] {
        let (distance_2, number) = unranked(next);
        if distance_2 > reach_2 {
            break;
        }
        match &children[number] {
            RTreeNode::Leaf(anchor) => reach_2 = visit(anchor.seat),
            RTreeNode::Parent(parent) => reach_2 = descend(parent, from, reach_2, visit),
        }
    }
    reach_2
}

/// A distance and the number of a child in one word that sorts by the distance: the bits of numbers that are not
/// negative sort as the numbers do.
fn ranked(distance_2: f32, number: u32) -> u64 {
    u64::from(distance_2.to_bits()) << 32 | u64::from(number)
}

#[allow(clippy::cast_possible_truncation)]
fn unranked(word: u64) -> (f32, usize) {
    (f32::from_bits((word >> 32) as u32), (word as u32) as usize)
}
