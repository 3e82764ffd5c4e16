//! Contraction hierarchies (Geisberger et al. 2008): vertices are taken out one after the other, from the least
//! important, and shortcuts keep the distances between those that stay. A way then only climbs and descends.
//!
//! Many to one: one backward climb from the goal is shared by all starts, and what a start finds on its climb is
//! found for the others too (lazy RPHAST, Strasser & Zeitz 2021). Vertices are numbered by rank, so a climb goes
//! upwards in memory, needs no queue by distance, and looks at every vertex once. Where the climbs of all vertices fit
//! into memory they are written out beforehand ([`super::labels`]); a country's are climbed as they are asked for.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Mutex, PoisonError};

use super::graph::{FAR, Graph, Millis, Vertex};
use super::labels::{Labels, MOST_ENTRIES};

/// An arc to a vertex of higher rank.
#[derive(Debug, Clone, Copy)]
struct Climb {
    /// The higher vertex.
    to: u32,
    weight: Millis,
    /// The arc of the graph, or, with [`SHORTCUT`], the rank of the vertex that was taken out between.
    via: u32,
}

const SHORTCUT: u32 = 1 << 31;
/// Vertices that a search for a way around looks at, at most. A way that is overlooked costs a shortcut, nothing more.
const LOOK_ROUND: usize = 500;

/// A prepared graph.
#[derive(Debug)]
pub struct Hierarchy {
    rank: Vec<u32>,
    out: Side,
    into: Side,
    labels: Option<(Labels, Labels)>,
    scratch: Mutex<Vec<Scratch>>,
}

/// Where climbs lead and how long they take.
type Times<'a> = std::iter::Map<std::slice::Iter<'a, Climb>, fn(&Climb) -> (u32, Millis)>;

/// The climbing arcs of every vertex, by rank.
#[derive(Debug, Default)]
struct Side {
    first: Vec<u32>,
    climbs: Vec<Climb>,
}

impl Side {
    fn of(&self, rank: u32) -> &[Climb] {
        let rank = rank as usize;
        &self.climbs[self.first[rank] as usize..self.first[rank + 1] as usize]
    }

    /// Where the climbs of a rank lead and how long they take.
    fn climbs_of(&self, rank: u32) -> Times<'_> {
        fn time(climb: &Climb) -> (u32, Millis) {
            (climb.to, climb.weight)
        }
        self.of(rank).iter().map(time)
    }
}

/// What a search writes on; kept for the next.
#[derive(Debug, Default)]
struct Scratch {
    generation: u32,
    /// What is written at each vertex, by rank.
    notes: Vec<Note>,
    /// With labels: the time from each hub to the goal, [`BEYOND`] between questions.
    from_hub: Vec<Millis>,
    /// By which climb from which vertex the goal's search came.
    descent: Vec<(u32, u32)>,
    queue: BinaryHeap<Reverse<u32>>,
}

/// Half of what a number holds: two of them still add up.
const BEYOND: Millis = FAR / 2;

/// The times over an arc, where they are earlier; all lanes at once.
fn relax<const K: usize>(to: &mut [Millis; K], from: &[Millis; K], weight: Millis) {
    let weight = weight.min(BEYOND);
    for (to, from) in to.iter_mut().zip(from) {
        *to = (*to).min(from + weight);
    }
}

impl Scratch {
    /// The least time over the hubs of a label that the goal is reached from.
    fn best(&self, label: &[(u32, Millis)]) -> Millis {
        let over = |(hub, time): &(u32, Millis)| self.from_hub[*hub as usize] + (*time).min(BEYOND);
        label.iter().map(over).min().filter(|time| *time < BEYOND).unwrap_or(FAR)
    }
}

/// What a search writes at a vertex: together, for it is read together.
#[derive(Debug, Clone, Copy, Default)]
struct Note {
    /// The generation that wrote from the goal.
    descends_in: u32,
    /// Time from here to the goal by descending only.
    descends: Millis,
    /// The generation that wrote from the starts.
    known_in: u32,
    /// Time from here to the goal.
    known: Millis,
}

/// An arc while contracting.
#[derive(Debug, Clone, Copy)]
struct Half {
    other: u32,
    weight: Millis,
    via: u32,
    /// Of how many arcs of the graph it is made.
    hops: u32,
}

/// A graph that is being contracted.
struct Contraction {
    out: Vec<Vec<Half>>,
    into: Vec<Vec<Half>>,
    depth: Vec<u32>,
    search: Around,
}

/// A short Dijkstra search for ways around a vertex.
struct Around {
    at: Vec<Millis>,
    touched: Vec<u32>,
    queue: BinaryHeap<Reverse<(Millis, u32)>>,
}

impl Around {
    fn run(&mut self, out: &[Vec<Half>], from: u32, without: u32, within: Millis) {
        let mut look = LOOK_ROUND;
        for vertex in self.touched.drain(..) {
            self.at[vertex as usize] = FAR;
        }
        self.queue.clear();
        self.at[from as usize] = 0;
        self.touched.push(from);
        self.queue.push(Reverse((0, from)));
        while let Some(Reverse((so_far, vertex))) = self.queue.pop() {
            if so_far > self.at[vertex as usize] {
                continue;
            }
            if so_far > within || look == 0 {
                return;
            }
            look -= 1;
            for half in &out[vertex as usize] {
                let time = so_far.saturating_add(half.weight);
                let known = &mut self.at[half.other as usize];
                if half.other != without && time < *known {
                    if *known == FAR {
                        self.touched.push(half.other);
                    }
                    *known = time;
                    self.queue.push(Reverse((time, half.other)));
                }
            }
        }
    }
}

fn add(list: &mut Vec<Half>, new: Half) {
    match list.iter_mut().find(|h| h.other == new.other) {
        Some(known) if known.weight <= new.weight => {}
        Some(known) => *known = new,
        None => list.push(new),
    }
}

impl Contraction {
    fn of(graph: &Graph, closed: &dyn Fn(u32) -> bool) -> Self {
        let n = graph.vertices();
        let (mut out, mut into) = (vec![Vec::new(); n], vec![Vec::new(); n]);
        for from in 0..n as u32 {
            for (id, arc) in graph.leaving(from) {
                if from != arc.to && !closed(arc.drive) {
                    add(
                        &mut out[from as usize],
                        Half { other: arc.to, weight: arc.weight, via: id, hops: 1 },
                    );
                    add(
                        &mut into[arc.to as usize],
                        Half { other: from, weight: arc.weight, via: id, hops: 1 },
                    );
                }
            }
        }
        let search = Around { at: vec![FAR; n], touched: Vec::new(), queue: BinaryHeap::new() };
        Self { out, into, depth: vec![0; n], search }
    }

    /// The shortcuts that taking out a vertex needs.
    fn shortcuts(&mut self, vertex: u32, mut take: impl FnMut(u32, u32, Millis, u32)) {
        let farthest = self.out[vertex as usize].iter().map(|h| h.weight).max().unwrap_or(0);
        for index in 0..self.into[vertex as usize].len() {
            let from = self.into[vertex as usize][index];
            let within = from.weight.saturating_add(farthest);
            self.search.run(&self.out, from.other, vertex, within);
            for to in &self.out[vertex as usize] {
                let time = from.weight.saturating_add(to.weight);
                if to.other != from.other && self.search.at[to.other as usize] > time {
                    take(from.other, to.other, time, from.hops + to.hops);
                }
            }
        }
    }

    /// How late a vertex should be taken out: when it leaves many shortcuts for few arcs, and long ones for short, and
    /// when its neighbourhood has been thinned out already.
    fn importance(&mut self, vertex: u32) -> i64 {
        let (mut shortcuts, mut long) = (0i64, 0i64);
        self.shortcuts(vertex, |_, _, _, hops| {
            shortcuts += 1;
            long += i64::from(hops);
        });
        let v = vertex as usize;
        let (mut arcs, mut hops) = (0i64, 0i64);
        for half in self.out[v].iter().chain(&self.into[v]) {
            arcs += 1;
            hops += i64::from(half.hops);
        }
        1_000 * i64::from(self.depth[v]) + 1_000 * shortcuts / arcs.max(1) + 1_000 * long / hops.max(1)
    }

    /// Takes a vertex out; gives its neighbours.
    fn take_out(&mut self, vertex: u32) -> Vec<u32> {
        let mut new = Vec::new();
        self.shortcuts(vertex, |from, to, time, hops| new.push((from, to, time, hops)));
        let v = vertex as usize;
        let mut neighbours: Vec<u32> = self.out[v].iter().chain(&self.into[v]).map(|h| h.other).collect();
        neighbours.sort_unstable();
        neighbours.dedup();
        for other in &neighbours {
            let o = *other as usize;
            self.out[o].retain(|h| h.other != vertex);
            self.into[o].retain(|h| h.other != vertex);
            self.depth[o] = self.depth[o].max(self.depth[v] + 1);
        }
        for (from, to, weight, hops) in new {
            add(&mut self.out[from as usize], Half { other: to, weight, via: vertex | SHORTCUT, hops });
            add(&mut self.into[to as usize], Half { other: from, weight, via: vertex | SHORTCUT, hops });
        }
        neighbours
    }

    /// Takes all out in an order that it finds: always the least important, whose importance is computed again
    /// before.
    fn find_order(&mut self) -> Vec<Vertex> {
        let n = self.out.len() as u32;
        let mut queue: BinaryHeap<Reverse<(i64, u32)>> =
            (0..n).map(|v| Reverse((self.importance(v), v))).collect();
        let mut order = Vec::with_capacity(n as usize);
        let mut done = vec![false; n as usize];
        while let Some(Reverse((_, vertex))) = queue.pop() {
            if done[vertex as usize] {
                continue;
            }
            let now = self.importance(vertex);
            if queue.peek().is_some_and(|Reverse((next, _))| now > *next) {
                queue.push(Reverse((now, vertex)));
                continue;
            }
            done[vertex as usize] = true;
            order.push(vertex);
            self.take_out(vertex);
        }
        order
    }
}

/// What the climbs of both directions find, where it is not too much to be written out.
fn labels(vertices: u32, out: &Side, into: &Side) -> Option<(Labels, Labels)> {
    let forward =
        Labels::of(vertices, MOST_ENTRIES, |rank| out.climbs_of(rank), |rank| into.climbs_of(rank))?;
    let rest = MOST_ENTRIES - forward.len();
    let backward = Labels::of(vertices, rest, |rank| into.climbs_of(rank), |rank| out.climbs_of(rank))?;
    Some((forward, backward))
}

impl Hierarchy {
    /// Prepares a graph without the closed drives, and finds the order for it. Dear: see [`Self::in_order`].
    #[must_use]
    pub fn prepare(graph: &Graph, closed: &dyn Fn(u32) -> bool) -> Self {
        let mut contraction = Contraction::of(graph, closed);
        let order = contraction.find_order();
        Self::collect(&order, contraction)
    }

    /// Prepares it in an order found before, as [`Self::order`] gives it: right for any weights and closures, and
    /// fast as long as they differ little from those for which the order was found. `None` when the order is of
    /// another graph.
    #[must_use]
    pub fn in_order(graph: &Graph, order: &[Vertex], closed: &dyn Fn(u32) -> bool) -> Option<Self> {
        let mut seen = vec![false; graph.vertices()];
        let fits = order.len() == seen.len()
            && order.iter().all(|v| seen.get_mut(*v as usize).is_some_and(|s| !std::mem::replace(s, true)));
        if !fits {
            return None;
        }
        let mut contraction = Contraction::of(graph, closed);
        for vertex in order {
            contraction.take_out(*vertex);
        }
        Some(Self::collect(order, contraction))
    }

    /// What is left at a vertex when it is taken out are its arcs to those that were taken out later.
    fn collect(order: &[Vertex], contraction: Contraction) -> Self {
        let mut rank = vec![0u32; order.len()];
        for (place, vertex) in (0u32..).zip(order) {
            rank[*vertex as usize] = place;
        }
        let side = |lists: &[Vec<Half>]| {
            let mut side = Side { first: vec![0], climbs: Vec::new() };
            for vertex in order {
                let from = side.climbs.len();
                side.climbs.extend(lists[*vertex as usize].iter().map(|half| Climb {
                    to: rank[half.other as usize],
                    weight: half.weight,
                    via: if half.via & SHORTCUT == 0 {
                        half.via
                    } else {
                        rank[(half.via & !SHORTCUT) as usize] | SHORTCUT
                    },
                }));
                side.climbs[from..].sort_unstable_by_key(|c| c.to);
                side.first.push(u32::try_from(side.climbs.len()).unwrap_or(u32::MAX));
            }
            side
        };
        let (out, into) = (side(&contraction.out), side(&contraction.into));
        let labels = labels(order.len() as u32, &out, &into);
        Self { rank, out, into, labels, scratch: Mutex::default() }
    }

    /// As a network too large for labels has it.
    #[cfg(test)]
    pub(super) fn without_labels(self) -> Self {
        Self { labels: None, ..self }
    }

    /// The order in which the vertices were taken out.
    #[must_use]
    pub fn order(&self) -> Vec<Vertex> {
        let mut order = vec![0; self.rank.len()];
        for (vertex, rank) in (0u32..).zip(&self.rank) {
            order[*rank as usize] = vertex;
        }
        order
    }

    /// Arcs and shortcuts, in both directions together.
    #[must_use]
    pub fn arcs(&self) -> usize {
        self.out.climbs.len() + self.into.climbs.len()
    }

    /// The time from each start to the goal; [`FAR`] where there is no way. The goal is reached from its vertices
    /// with the time that remains from there; a start begins at its vertices with the time until there.
    #[must_use]
    pub fn many_to_one(&self, goal: &[(Vertex, Millis)], starts: &[Vec<(Vertex, Millis)>]) -> Vec<Millis> {
        self.with_scratch(|scratch| match &self.labels {
            Some(labels) => self.by_labels(labels, goal, starts, scratch),
            None => {
                self.descend(goal, scratch);
                let mut time = |start: &Vec<(Vertex, Millis)>| {
                    let times = start.iter().map(|(vertex, until)| {
                        self.climb(self.rank[*vertex as usize], scratch).saturating_add(*until)
                    });
                    times.min().unwrap_or(FAR)
                };
                starts.iter().map(&mut time).collect()
            }
        })
    }

    fn by_labels(
        &self,
        (out, into): &(Labels, Labels),
        goal: &[(Vertex, Millis)],
        starts: &[Vec<(Vertex, Millis)>],
        scratch: &mut Scratch,
    ) -> Vec<Millis> {
        let to = |vertex: Vertex| into.of_rank(self.rank[vertex as usize]);
        for (vertex, rest) in goal {
            for (hub, time) in to(*vertex) {
                let known = &mut scratch.from_hub[*hub as usize];
                *known = (*known).min(time.saturating_add(*rest));
            }
        }
        let time = |start: &Vec<(Vertex, Millis)>| {
            let times = start.iter().map(|(vertex, until)| {
                scratch.best(out.of_rank(self.rank[*vertex as usize])).saturating_add(*until)
            });
            times.min().unwrap_or(FAR)
        };
        let times = starts.iter().map(time).collect();
        for (vertex, _) in goal {
            to(*vertex).iter().for_each(|(hub, _)| scratch.from_hub[*hub as usize] = BEYOND);
        }
        times
    }

    /// When each vertex is reached from starts, a lane for each: exact as far as it is no later than `within`, and no
    /// earlier than that otherwise. A pass up and a pass down over the ranks.
    pub(super) fn everywhere<const K: usize>(
        &self,
        starts: &[(usize, Vertex, Millis)],
        within: Millis,
    ) -> Vec<[Millis; K]> {
        let mut at = vec![[BEYOND; K]; self.rank.len()];
        for (lane, vertex, until) in starts {
            let known = &mut at[self.rank[*vertex as usize] as usize][*lane];
            *known = (*known).min(*until);
        }
        let count = u32::try_from(at.len()).unwrap_or(u32::MAX);
        for rank in 0..count {
            let here = at[rank as usize];
            if here.iter().any(|time| *time <= within) {
                for climb in self.out.of(rank) {
                    relax(&mut at[climb.to as usize], &here, climb.weight);
                }
            }
        }
        for rank in (0..count).rev() {
            let mut here = at[rank as usize];
            for climb in self.into.of(rank) {
                relax(&mut here, &at[climb.to as usize], climb.weight);
            }
            at[rank as usize] = here;
        }
        self.rank.iter().map(|rank| at[*rank as usize]).collect()
    }

    /// The arcs of the graph from the best vertex of a start to the best of the goal, with the time; none without a
    /// way.
    #[must_use]
    pub fn route(
        &self,
        goal: &[(Vertex, Millis)],
        start: &[(Vertex, Millis)],
    ) -> Option<(Vertex, Vec<u32>, Millis)> {
        self.with_scratch(|scratch| {
            self.descend(goal, scratch);
            let times = start.iter().map(|(vertex, until)| {
                (self.climb(self.rank[*vertex as usize], scratch).saturating_add(*until), *vertex)
            });
            let (time, vertex) = times.min().filter(|(time, _)| *time < FAR)?;
            let mut arcs = Vec::new();
            let mut at = self.rank[vertex as usize];
            // Up as long as a climb gives the time, then down the way that the goal's search came.
            loop {
                let note = scratch.notes[at as usize];
                if note.descends_in == scratch.generation && note.descends == note.known {
                    break;
                }
                let up = self.out.of(at).iter().find(|c| {
                    let higher = scratch.notes[c.to as usize];
                    higher.known_in == scratch.generation
                        && c.weight.saturating_add(higher.known) == note.known
                })?;
                self.unpack(at, up.to, up.via, &mut arcs);
                at = up.to;
            }
            while scratch.descent[at as usize].0 != u32::MAX {
                let (below, via) = scratch.descent[at as usize];
                self.unpack(at, below, via, &mut arcs);
                at = below;
            }
            Some((vertex, arcs, time))
        })
    }

    fn unpack(&self, from: u32, to: u32, via: u32, arcs: &mut Vec<u32>) {
        let mut waiting = vec![(from, to, via)];
        while let Some((from, to, via)) = waiting.pop() {
            if via & SHORTCUT == 0 {
                arcs.push(via);
                continue;
            }
            let middle = via & !SHORTCUT;
            let first = self.into.of(middle).iter().find(|c| c.to == from);
            let second = self.out.of(middle).iter().find(|c| c.to == to);
            if let (Some(first), Some(second)) = (first, second) {
                waiting.push((middle, to, second.via));
                waiting.push((from, middle, first.via));
            }
        }
    }

    fn with_scratch<T>(&self, work: impl FnOnce(&mut Scratch) -> T) -> T {
        let kept = self.scratch.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut scratch = kept.unwrap_or_else(|| {
            let n = self.rank.len();
            Scratch {
                generation: 0,
                notes: vec![Note::default(); n],
                from_hub: vec![BEYOND; n],
                descent: vec![(u32::MAX, 0); n],
                queue: BinaryHeap::new(),
            }
        });
        if scratch.generation == u32::MAX {
            scratch.generation = 0;
            scratch.notes.fill(Note::default());
        }
        scratch.generation += 1;
        let result = work(&mut scratch);
        self.scratch.lock().unwrap_or_else(PoisonError::into_inner).push(scratch);
        result
    }

    /// The backward climb from the goal, once for all starts.
    fn descend(&self, goal: &[(Vertex, Millis)], scratch: &mut Scratch) {
        let generation = scratch.generation;
        let reach = |scratch: &mut Scratch, at: u32, time: Millis, by: (u32, u32)| {
            let note = &mut scratch.notes[at as usize];
            if note.descends_in != generation {
                note.descends_in = generation;
                scratch.queue.push(Reverse(at));
            } else if note.descends <= time {
                return;
            }
            note.descends = time;
            scratch.descent[at as usize] = by;
        };
        scratch.queue.clear();
        for (vertex, rest) in goal {
            reach(scratch, self.rank[*vertex as usize], *rest, (u32::MAX, 0));
        }
        while let Some(Reverse(at)) = scratch.queue.pop() {
            let here = scratch.notes[at as usize].descends;
            for climb in self.into.of(at) {
                reach(scratch, climb.to, here.saturating_add(climb.weight), (at, climb.via));
            }
        }
    }

    /// The time from a vertex to the goal: by descending from here, or over a higher one.
    fn climb(&self, at: u32, scratch: &mut Scratch) -> Millis {
        let note = scratch.notes[at as usize];
        if note.known_in == scratch.generation {
            return note.known;
        }
        let mut best = if note.descends_in == scratch.generation { note.descends } else { FAR };
        for climb in self.out.of(at) {
            // What is no better by its first arc need not be looked at further.
            if climb.weight < best {
                best = best.min(climb.weight.saturating_add(self.climb(climb.to, scratch)));
            }
        }
        let generation = scratch.generation;
        let note = &mut scratch.notes[at as usize];
        note.known_in = generation;
        note.known = best;
        best
    }
}
