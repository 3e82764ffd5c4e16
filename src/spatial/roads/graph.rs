//! The graph that ways are sought in: vertices are junctions, and junctions on the way to a restricted turn.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A vertex of the graph.
pub type Vertex = u32;
/// Milliseconds of travel.
pub type Millis = u32;
/// No way.
pub const FAR: Millis = Millis::MAX;

/// An arc from one vertex to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GraphArc {
    /// Where it goes.
    pub to: Vertex,
    /// How long it takes.
    pub weight: Millis,
    /// The drive over a piece of road that it is.
    pub drive: u32,
}

/// Arcs by the vertex that they leave, and by that which they enter.
#[derive(Debug, Default)]
pub struct Graph {
    first: Vec<u32>,
    arcs: Vec<GraphArc>,
    from: Vec<Vertex>,
    first_into: Vec<u32>,
    into: Vec<u32>,
}

impl Graph {
    /// From arcs with their beginnings.
    #[must_use]
    pub fn new(vertices: usize, mut arcs: Vec<(Vertex, GraphArc)>) -> Self {
        arcs.sort_by_key(|(from, arc)| (*from, arc.to));
        let count = |of: &mut dyn Iterator<Item = Vertex>| {
            let mut first = vec![0u32; vertices + 1];
            of.for_each(|v| first[v as usize + 1] += 1);
            for i in 0..vertices {
                first[i + 1] += first[i];
            }
            first
        };
        let first = count(&mut arcs.iter().map(|(from, _)| *from));
        let first_into = count(&mut arcs.iter().map(|(_, arc)| arc.to));
        let mut next = first_into.clone();
        let mut into = vec![0u32; arcs.len()];
        for (id, (_, arc)) in (0u32..).zip(&arcs) {
            let place = &mut next[arc.to as usize];
            into[*place as usize] = id;
            *place += 1;
        }
        let (from, arcs) = arcs.into_iter().unzip();
        Self { first, arcs, from, first_into, into }
    }

    /// How many vertices.
    #[must_use]
    pub fn vertices(&self) -> usize {
        self.first.len().saturating_sub(1)
    }

    /// How many arcs.
    #[must_use]
    pub fn arcs(&self) -> usize {
        self.arcs.len()
    }

    /// One arc.
    #[must_use]
    pub fn arc(&self, id: u32) -> GraphArc {
        self.arcs[id as usize]
    }

    /// The arcs that leave a vertex, with their numbers.
    pub fn leaving(&self, vertex: Vertex) -> impl Iterator<Item = (u32, GraphArc)> + '_ {
        let range = self.first[vertex as usize]..self.first[vertex as usize + 1];
        range.map(|id| (id, self.arcs[id as usize]))
    }

    /// The arcs that enter a vertex, with the vertices that they leave and their numbers.
    pub fn entering(&self, vertex: Vertex) -> impl Iterator<Item = (Vertex, GraphArc, u32)> + '_ {
        let range = self.first_into[vertex as usize] as usize..self.first_into[vertex as usize + 1] as usize;
        self.into[range].iter().map(|id| (self.from[*id as usize], self.arcs[*id as usize], *id))
    }

    /// Dijkstra's search backwards from a goal, until every start is settled: the time of each, and with `next` the
    /// arc that each vertex goes on by. Exact under any closures, without preparation.
    #[must_use]
    pub fn backward(
        &self,
        goal: &[(Vertex, Millis)],
        starts: &[Vec<(Vertex, Millis)>],
        closed: &dyn Fn(u32) -> bool,
        mut next: Option<&mut Vec<u32>>,
    ) -> Vec<Millis> {
        let mut time = vec![FAR; self.vertices()];
        if let Some(next) = next.as_deref_mut() {
            *next = vec![u32::MAX; self.vertices()];
        }
        let mut wanted = vec![false; self.vertices()];
        let mut open = 0usize;
        for (vertex, _) in starts.iter().flatten() {
            open += usize::from(!std::mem::replace(&mut wanted[*vertex as usize], true));
        }
        let mut queue = BinaryHeap::new();
        for (vertex, rest) in goal {
            if *rest < time[*vertex as usize] {
                time[*vertex as usize] = *rest;
                queue.push(Reverse((*rest, *vertex)));
            }
        }
        while let Some(Reverse((so_far, vertex))) = queue.pop() {
            if so_far > time[vertex as usize] {
                continue;
            }
            if std::mem::replace(&mut wanted[vertex as usize], false) {
                open -= 1;
                if open == 0 {
                    break;
                }
            }
            for (from, arc, id) in self.entering(vertex) {
                let new = so_far.saturating_add(arc.weight);
                if new < time[from as usize] && !closed(arc.drive) {
                    time[from as usize] = new;
                    if let Some(next) = next.as_deref_mut() {
                        next[from as usize] = id;
                    }
                    queue.push(Reverse((new, from)));
                }
            }
        }
        let of = |start: &Vec<(Vertex, Millis)>| {
            start.iter().map(|(v, until)| time[*v as usize].saturating_add(*until)).min().unwrap_or(FAR)
        };
        starts.iter().map(of).collect()
    }

    /// For each vertex how many can be reached from it that can reach it too (its strongly connected component).
    #[must_use]
    pub fn company(&self) -> Vec<u32> {
        let n = self.vertices();
        let (mut index, mut low) = (vec![u32::MAX; n], vec![0u32; n]);
        let mut on_stack = vec![false; n];
        let (mut stack, mut company): (Vec<u32>, Vec<u32>) = (Vec::new(), vec![0; n]);
        let mut next = 0u32;
        // Tarjan's search, with a stack of its own: a country is deeper than the program's.
        let mut walk: Vec<(u32, u32)> = Vec::new();
        for root in 0..n as u32 {
            if index[root as usize] != u32::MAX {
                continue;
            }
            walk.push((root, self.first[root as usize]));
            while let Some((vertex, arc)) = walk.last_mut() {
                let v = *vertex as usize;
                if index[v] == u32::MAX {
                    index[v] = next;
                    low[v] = next;
                    next += 1;
                    stack.push(*vertex);
                    on_stack[v] = true;
                }
                if *arc < self.first[v + 1] {
                    let to = self.arcs[*arc as usize].to;
                    *arc += 1;
                    if index[to as usize] == u32::MAX {
                        walk.push((to, self.first[to as usize]));
                    } else if on_stack[to as usize] {
                        low[v] = low[v].min(index[to as usize]);
                    }
                    continue;
                }
                walk.pop();
                if let Some((above, _)) = walk.last() {
                    low[*above as usize] = low[*above as usize].min(low[v]);
                }
                if low[v] == index[v] {
                    let from = stack.iter().rposition(|s| *s as usize == v).unwrap_or(0);
                    let size = (stack.len() - from) as u32;
                    for member in stack.drain(from..) {
                        on_stack[member as usize] = false;
                        company[member as usize] = size;
                    }
                }
            }
        }
        company
    }
}
