//! Decides which row goes to which lane and when: from memory as rows are committed, from the table when something
//! may have been missed. Pure of the broker and the database, so that its order can be proved.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::lane::Queued;
use crate::store::append::OutboxRow;

/// Ids of settled rows that are remembered, so that a row found in the table and handed over in memory a little
/// later is not published twice.
const REMEMBERED: usize = 65_536;

/// Whether committed rows are taken from memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Every row committed comes through memory and is passed on at once.
    Live,
    /// Something may have been missed: rows come from the table, oldest first, and what comes through memory
    /// meanwhile is held back.
    Behind,
}

/// What the relay holds. A row is known from the moment it is passed to a lane until its deletion is durable.
pub(super) struct Sorter {
    pub mode: Mode,
    capacity: usize,
    known: HashMap<i64, usize>,
    bytes: usize,
    max_bytes: usize,
    remembered: HashSet<i64>,
    remembered_order: VecDeque<i64>,
    held: Vec<(i64, OutboxRow)>,
    held_whole: bool,
    suspects: HashSet<i64>,
}

impl Sorter {
    pub fn new(capacity: usize, max_bytes: usize) -> Self {
        Self {
            mode: Mode::Behind,
            capacity,
            known: HashMap::new(),
            bytes: 0,
            max_bytes,
            remembered: HashSet::new(),
            remembered_order: VecDeque::new(),
            held: Vec::new(),
            held_whole: false,
            suspects: HashSet::new(),
        }
    }

    /// Rows known and not yet settled.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    fn is_full(&self) -> bool {
        self.known.len() >= self.capacity || self.bytes >= self.max_bytes
    }

    /// How many rows of the table may be loaded now: none until half of the room is free, so that a long backlog
    /// is read in large pieces.
    pub fn room(&self) -> usize {
        if self.bytes * 2 >= self.max_bytes || self.known.len() * 2 >= self.capacity {
            return 0;
        }
        self.capacity - self.known.len()
    }

    /// Something was missed: from now on the table counts.
    pub fn fall_behind(&mut self) {
        self.mode = Mode::Behind;
        self.held.clear();
        self.held_whole = false;
    }

    /// Rows that were committed, in the order of commit. Gives those to pass on now.
    pub fn committed(&mut self, rows: Vec<(i64, OutboxRow)>) -> Vec<Queued> {
        let mut out = Vec::with_capacity(rows.len());
        for (id, row) in rows {
            if self.mode == Mode::Live && self.is_full() {
                self.fall_behind();
            }
            match self.mode {
                Mode::Live => out.extend(self.pass(id, row)),
                Mode::Behind if self.held.len() < self.capacity => self.held.push((id, row)),
                Mode::Behind => {
                    self.held.clear();
                    self.held_whole = false;
                }
            }
        }
        out
    }

    /// Before the table is read: what is committed from now on is held, so that nothing falls between.
    pub fn begin_reading(&mut self) {
        self.held.clear();
        self.held_whole = true;
    }

    /// Of these ids of the table, oldest first, those that the relay does not know.
    pub fn unknown(&self, ids: &[i64]) -> Vec<i64> {
        let known = |id: &i64| self.known.contains_key(id) || self.remembered.contains(id);
        ids.iter().copied().filter(|id| !known(id)).collect()
    }

    /// Rows that were read from the table. With `whole`, no row was left in the table that is not known or among
    /// them; then, if all that was committed meanwhile was held, the relay is live again.
    pub fn read(&mut self, rows: Vec<(i64, OutboxRow)>, whole: bool) -> Vec<Queued> {
        let mut rows = rows;
        let live = whole && self.held_whole;
        if live {
            rows.append(&mut self.held);
            // One writer commits the rows of one ordering key, so within a key the ids ascend as they were committed.
            rows.sort_by_key(|(id, _)| *id);
            self.mode = Mode::Live;
        }
        rows.into_iter().filter_map(|(id, row)| self.pass(id, row)).collect()
    }

    /// While live: whether rows of the table have to be passed on that nobody will hand over. One look may see what is
    /// about to be handed over or was deleted a moment ago; an id seen by two is either of a process that ended
    /// between commit and hand-over, or its deletion was lost with a crash of the database, and is to be done again.
    pub fn missed(&mut self, ids: &[i64]) -> bool {
        let strange: HashSet<i64> = ids.iter().copied().filter(|id| !self.known.contains_key(id)).collect();
        let mut missed = false;
        for id in strange.intersection(&self.suspects) {
            self.remembered.remove(id);
            missed = true;
        }
        self.suspects = strange;
        missed
    }

    /// These rows are deleted, as far as the database does not crash within the next moment.
    pub fn settled(&mut self, ids: &[i64]) {
        for id in ids {
            if let Some(bytes) = self.known.remove(id) {
                self.bytes -= bytes;
            }
            if self.remembered.insert(*id) {
                self.remembered_order.push_back(*id);
            }
        }
        while self.remembered_order.len() > REMEMBERED {
            if let Some(old) = self.remembered_order.pop_front() {
                self.remembered.remove(&old);
            }
        }
    }

    fn pass(&mut self, id: i64, row: OutboxRow) -> Option<Queued> {
        if self.known.contains_key(&id) || self.remembered.contains(&id) {
            return None;
        }
        self.known.insert(id, row.body.len());
        self.bytes += row.body.len();
        Some(Queued { id, row: Arc::new(row) })
    }
}

/// The lane of an ordering key: the same for the life of the process.
pub(super) fn lane_of(ordering_key: &str, lanes: usize) -> usize {
    let mut hasher = DefaultHasher::new();
    ordering_key.hash(&mut hasher);
    usize::try_from(hasher.finish() % lanes.max(1) as u64).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::DistributionId;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    fn row(key: u8) -> OutboxRow {
        OutboxRow {
            distribution: DistributionId(uuid::Uuid::nil()),
            region: "75".parse().unwrap(),
            ordering_key: key.to_string(),
            routing_keys: vec![],
            kind: "incident_notice".into(),
            priority: 0,
            expires_at: None,
            body: vec![0; 10].into(),
        }
    }

    #[derive(Debug, Clone)]
    enum Step {
        /// A row of a key is committed; its hand-over is lost or arrives.
        Commit {
            key: u8,
            lost: bool,
        },
        /// A row was committed by a process that died before it handed over.
        Orphan {
            key: u8,
        },
        Look,
        TakeIds,
        TakeRows,
        Settle(usize),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            6 => (0_u8..3, prop::bool::weighted(0.1)).prop_map(|(key, lost)| Step::Commit { key, lost }),
            2 => Just(Step::Look),
            2 => Just(Step::TakeIds),
            2 => Just(Step::TakeRows),
            3 => (0_usize..6).prop_map(Step::Settle),
        ]
    }

    /// The relay's loop with everything but the sorter replaced by plain collections.
    struct World {
        sorter: Sorter,
        table: BTreeMap<i64, u8>,
        next: i64,
        passed: Vec<(u8, i64)>,
        unsettled: Vec<i64>,
        ids: Option<(Vec<i64>, bool)>,
        rows: Option<(Vec<i64>, bool)>,
    }

    impl World {
        fn new() -> Self {
            let sorter = Sorter::new(8, 1_000);
            Self {
                sorter,
                table: BTreeMap::new(),
                next: 0,
                passed: vec![],
                unsettled: vec![],
                ids: None,
                rows: None,
            }
        }

        fn pass(&mut self, out: Vec<Queued>) {
            for queued in out {
                self.passed.push((queued.row.ordering_key.parse().unwrap(), queued.id));
                self.unsettled.push(queued.id);
            }
        }

        fn commit(&mut self, key: u8) -> i64 {
            self.next += 1;
            self.table.insert(self.next, key);
            self.next
        }

        fn step(&mut self, step: Step) {
            match step {
                Step::Commit { key, lost } => {
                    let id = self.commit(key);
                    if lost {
                        self.sorter.fall_behind();
                    } else {
                        let out = self.sorter.committed(vec![(id, row(key))]);
                        self.pass(out);
                    }
                }
                Step::Orphan { key } => {
                    self.commit(key);
                }
                Step::Look if self.ids.is_none() && self.rows.is_none() => {
                    let limit = match self.sorter.mode {
                        Mode::Live => self.sorter.len() + 8,
                        Mode::Behind if self.sorter.room() > 0 => {
                            self.sorter.begin_reading();
                            self.sorter.len() + self.sorter.room()
                        }
                        Mode::Behind => return,
                    };
                    let ids: Vec<i64> = self.table.keys().copied().take(limit).collect();
                    let all = ids.len() < limit;
                    self.ids = Some((ids, all));
                }
                Step::TakeIds => {
                    let Some((ids, all)) = self.ids.take() else { return };
                    if self.sorter.mode == Mode::Live {
                        if self.sorter.missed(&ids) {
                            self.sorter.fall_behind();
                        }
                        return;
                    }
                    let mut unknown = self.sorter.unknown(&ids);
                    let whole = all && unknown.len() <= self.sorter.room();
                    unknown.truncate(self.sorter.room());
                    self.rows = Some((unknown, whole));
                }
                Step::TakeRows => {
                    let Some((ids, whole)) = self.rows.take() else { return };
                    let rows =
                        ids.iter().filter_map(|id| self.table.get(id).map(|k| (*id, row(*k)))).collect();
                    let out = self.sorter.read(rows, whole);
                    self.pass(out);
                }
                Step::Settle(n) => {
                    let n = n.min(self.unsettled.len());
                    let ids: Vec<i64> = self.unsettled.drain(..n).collect();
                    self.table.retain(|id, _| !ids.contains(id));
                    self.sorter.settled(&ids);
                }
                Step::Look => {}
            }
        }

        fn finish(&mut self) {
            for _ in 0..1_000 {
                for step in [Step::TakeIds, Step::TakeRows, Step::Settle(99), Step::Look] {
                    self.step(step);
                }
                if self.table.is_empty() && self.sorter.mode == Mode::Live {
                    return;
                }
            }
            panic!("the table does not drain: {:?}", self.table);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]
        #[test]
        fn every_committed_row_is_passed_on_once_and_in_the_order_of_its_key(
            steps in prop::collection::vec(step(), 0..120)
        ) {
            let mut world = World::new();
            for step in steps {
                world.step(step);
                prop_assert!(world.sorter.len() <= 16, "memory is bounded");
            }
            world.finish();
            let once: BTreeSet<i64> = world.passed.iter().map(|p| p.1).collect();
            prop_assert_eq!(once.len(), world.passed.len(), "a double");
            prop_assert_eq!(once.len() as i64, world.next, "a loss");
            for key in 0..3 {
                let ids: Vec<i64> = world.passed.iter().filter(|p| p.0 == key).map(|p| p.1).collect();
                prop_assert!(ids.is_sorted(), "an inversion: {:?}", ids);
            }
        }
    }

    #[test]
    fn a_row_whose_deletion_was_lost_with_the_database_is_passed_on_again_once() {
        let mut world = World::new();
        world.finish();
        world.step(Step::Commit { key: 1, lost: false });
        world.finish();
        let deleted = world.next;
        assert!(world.table.is_empty());
        world.table.insert(deleted, 1);
        for _ in 0..2 {
            world.step(Step::Look);
            world.step(Step::TakeIds);
        }
        world.finish();
        assert!(world.table.is_empty(), "its deletion was done again");
        assert_eq!(world.passed, [(1, deleted), (1, deleted)]);
    }

    #[test]
    fn a_row_that_nobody_handed_over_is_found_at_the_second_look() {
        let mut world = World::new();
        world.finish();
        world.step(Step::TakeIds);
        world.step(Step::Orphan { key: 1 });
        world.step(Step::Look);
        world.step(Step::TakeIds);
        assert_eq!(world.sorter.mode, Mode::Live, "one look may be ahead of the hand-over");
        world.step(Step::Look);
        world.step(Step::TakeIds);
        assert_eq!(world.sorter.mode, Mode::Behind);
        world.finish();
        assert_eq!(world.passed.len(), 1);
    }

    #[test]
    fn one_ordering_key_always_takes_the_same_lane() {
        assert_eq!(lane_of("incident", 4), lane_of("incident", 4));
        let lanes: BTreeSet<usize> = (0..100).map(|i| lane_of(&i.to_string(), 4)).collect();
        assert_eq!(lanes.len(), 4);
    }
}
