//! Points that share a pixel and say the same are one, with their count.

use super::mvt::Layer;
use super::{EXTENT, PIXEL};

/// More pixels than the margin has, so that columns and rows count from zero.
const BESIDE: i32 = 16;
/// Pixels along a side of a square with what is beside it.
const SIDE: usize = EXTENT as usize / PIXEL as usize + 2 * BESIDE as usize;

/// Points that are one because they share a pixel and say the same.
#[derive(Clone, Copy)]
struct Heap {
    /// The number of what they say.
    said: u32,
    /// How many they are.
    count: u32,
    /// One more than the place of another heap on the same pixel; 0 when there is none.
    under: u32,
}

/// Points that are one because they share a pixel and say the same, with how many they are.
pub(super) struct Pixels<const N: usize> {
    /// What points say, numbered in the order of their first.
    said: Vec<[u32; N]>,
    /// By pixel, one more than the place of the heap that lies on top there; 0 where there is none. Empty while nothing
    /// is added.
    top: Vec<u32>,
    heaps: Vec<Heap>,
    /// Pixels with heaps.
    taken: Vec<u32>,
}

impl<const N: usize> Default for Pixels<N> {
    fn default() -> Self {
        Self { said: Vec::new(), top: Vec::new(), heaps: Vec::new(), taken: Vec::new() }
    }
}

// A square has fewer than a million pixels, and heaps are no more than units.
#[allow(clippy::cast_possible_truncation)]
impl<const N: usize> Pixels<N> {
    /// The number of what points say.
    pub(super) fn say(&mut self, tags: [u32; N]) -> u32 {
        let known = self.said.iter().position(|said| *said == tags);
        let number = known.unwrap_or_else(|| {
            self.said.push(tags);
            self.said.len() - 1
        });
        number as u32
    }

    /// A point on a step within the margin.
    pub(super) fn add(&mut self, at: [i32; 2], said: u32) {
        if self.top.is_empty() {
            self.top.resize(SIDE * SIDE, 0);
        }
        let [x, y] = at.map(|step| (step.div_euclid(PIXEL) + BESIDE).cast_unsigned() as usize);
        let pixel = y * SIDE + x;
        let Some(top) = self.top.get_mut(pixel) else { return };
        let mut next = *top;
        while next != 0 {
            let heap = &mut self.heaps[next as usize - 1];
            if heap.said == said {
                heap.count += 1;
                return;
            }
            next = heap.under;
        }
        if *top == 0 {
            self.taken.push(pixel as u32);
        }
        self.heaps.push(Heap { said, count: 1, under: *top });
        *top = self.heaps.len() as u32;
    }

    /// Draws them in the order of the map, and on a pixel in that of what they say.
    pub(super) fn draw(mut self, layer: &mut Layer, count_key: u32) {
        self.taken.sort_unstable();
        let (mut tags, mut pile) = (Vec::with_capacity(N + 2), Vec::new());
        for pixel in self.taken {
            let at = [pixel as usize % SIDE, pixel as usize / SIDE];
            let at = at.map(|pixels| (pixels as i32 - BESIDE) * PIXEL + PIXEL / 2);
            let mut next = self.top[pixel as usize];
            while next != 0 {
                let heap = self.heaps[next as usize - 1];
                pile.push(heap);
                next = heap.under;
            }
            pile.sort_unstable_by_key(|heap| heap.said);
            for heap in pile.drain(..) {
                let count = layer.number(u64::from(heap.count));
                tags.clear();
                tags.extend_from_slice(&self.said[heap.said as usize]);
                tags.extend_from_slice(&[count_key, count]);
                layer.point(at, &tags);
            }
        }
    }
}
