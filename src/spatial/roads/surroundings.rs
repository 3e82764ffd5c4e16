//! Where one comes within a time by Dijkstra's search, a source at a time and bounded by the time: what it costs depends on
//! how far one comes, not on how large the country is.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::graph::{FAR, Graph, Millis, Vertex};

/// When each vertex is reached, of those alone that are.
#[derive(Debug)]
pub(super) struct Surroundings<const K: usize> {
    /// By vertex: where its times stand. At 0 stand those of who is not reached. It is made of zeros, and memory of zeros
    /// is given by the system where it is looked at and not before.
    place: Vec<u32>,
    times: Vec<[Millis; K]>,
    /// Those that are reached, in the order of their places, which begin at 1.
    reached: Vec<Vertex>,
}

impl<const K: usize> Surroundings<K> {
    /// From starts, a lane for each; exact under any closures, without preparation. None when more than `most` vertices
    /// were looked at, over all lanes, and some are left.
    pub(super) fn of(
        graph: &Graph,
        starts: &[(usize, Vertex, Millis)],
        within: Millis,
        closed: impl Fn(u32) -> bool,
        most: usize,
    ) -> Option<Self> {
        let mut around =
            Self { place: vec![0; graph.vertices()], times: vec![[FAR; K]], reached: Vec::new() };
        let mut queue = BinaryHeap::new();
        let mut left = most;
        for lane in 0..K {
            for (_, vertex, until) in starts.iter().filter(|(own, ..)| *own == lane) {
                if around.is_earlier(*vertex, lane, *until, within) {
                    queue.push(Reverse((*until, *vertex)));
                }
            }
            while let Some(Reverse((so_far, vertex))) = queue.pop() {
                if so_far > around.of_vertex(vertex)[lane] {
                    continue;
                }
                left = left.checked_sub(1)?;
                for (_, arc) in graph.leaving(vertex) {
                    let new = so_far.saturating_add(arc.weight);
                    if new <= within && !closed(arc.drive) && around.is_earlier(arc.to, lane, new, within) {
                        queue.push(Reverse((new, arc.to)));
                    }
                }
            }
        }
        Some(around)
    }

    /// Whether a vertex is reached earlier than was known, which is noted.
    fn is_earlier(&mut self, vertex: Vertex, lane: usize, time: Millis, within: Millis) -> bool {
        if time > within {
            return false;
        }
        let place = &mut self.place[vertex as usize];
        if *place == 0 {
            // No more vertices than have numbers.
            *place = u32::try_from(self.times.len()).unwrap_or(u32::MAX);
            self.times.push([FAR; K]);
            self.reached.push(vertex);
        }
        let known = &mut self.times[*place as usize][lane];
        let earlier = time < *known;
        *known = time.min(*known);
        earlier
    }

    /// When each lane is at a vertex; [`FAR`] where it is not in time.
    pub(super) fn of_vertex(&self, vertex: Vertex) -> &[Millis; K] {
        &self.times[self.place[vertex as usize] as usize]
    }

    /// Those that any lane reaches.
    pub(super) fn reached(&self) -> &[Vertex] {
        &self.reached
    }
}
