//! The encoding: protocol buffers as the Mapbox Vector Tile specification 2.1 lays them out, written straight.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::EXTENT;

/// Wire types of protocol buffers.
const VARINT: u64 = 0;
const BYTES: u64 = 2;

/// Room for what a tile of a city needs, bytes: memory that is not touched costs nothing, and growing copies.
const ROOM: usize = 64 << 10;

/// A feature's kind.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Point = 1,
    Polygon = 3,
}

/// A layer being written.
#[derive(Debug)]
pub(super) struct Layer {
    out: Vec<u8>,
    /// Where each text stands among the values.
    texts: HashMap<String, u32>,
    /// Where each number stands among them.
    numbers: HashMap<u64, u32, RandomState>,
    /// The number asked for last, and where it stands: moments of reports that came together are the same.
    last_number: Option<(u64, u32)>,
    values: Vec<u8>,
    count: u32,
    features: usize,
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        #[allow(clippy::cast_possible_truncation)]
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    #[allow(clippy::cast_possible_truncation)]
    out.push(value as u8);
}

fn bytes(out: &mut Vec<u8>, field: u64, content: &[u8]) {
    varint(out, field << 3 | BYTES);
    varint(out, content.len() as u64);
    out.extend_from_slice(content);
}

fn number(out: &mut Vec<u8>, field: u64, value: u64) {
    varint(out, field << 3 | VARINT);
    varint(out, value);
}

/// Small numbers of either sign as small numbers.
fn zigzag(value: i32) -> u32 {
    ((value << 1) ^ (value >> 31)).cast_unsigned()
}

fn command(id: u32, count: usize) -> u64 {
    u64::from(id) | (count as u64) << 3
}

impl Layer {
    /// An empty layer with these keys, numbered in their order.
    pub fn new(name: &str, keys: &[&str]) -> Self {
        let mut out = Vec::with_capacity(ROOM);
        number(&mut out, 15, 2);
        bytes(&mut out, 1, name.as_bytes());
        for key in keys {
            bytes(&mut out, 3, key.as_bytes());
        }
        number(&mut out, 5, u64::from(EXTENT));
        Self {
            out,
            texts: HashMap::new(),
            numbers: HashMap::default(),
            last_number: None,
            values: Vec::with_capacity(ROOM),
            count: 0,
            features: 0,
        }
    }

    fn next(&mut self) -> u32 {
        self.count += 1;
        self.count - 1
    }

    /// The number of a text among the values: the same text has one.
    pub fn text(&mut self, text: &str) -> u32 {
        if let Some(&known) = self.texts.get(text) {
            return known;
        }
        let place = self.own_text(text);
        self.texts.insert(text.to_owned(), place);
        place
    }

    /// The number of a text that occurs once: it is not looked for.
    pub fn own_text(&mut self, text: &str) -> u32 {
        self.values.reserve(text.len() + 24);
        if let Some(whole) = u8::try_from(text.len() + 2).ok().filter(|whole| *whole < 0x80) {
            // Each length is one byte.
            self.values.extend_from_slice(&[4 << 3 | BYTES as u8, whole, 1 << 3 | BYTES as u8, whole - 2]);
        } else {
            let length = text.len() as u64;
            varint(&mut self.values, 4 << 3 | BYTES);
            varint(&mut self.values, 1 + length_of(length) as u64 + length);
            varint(&mut self.values, 1 << 3 | BYTES);
            varint(&mut self.values, length);
        }
        self.values.extend_from_slice(text.as_bytes());
        self.next()
    }

    /// The number of a count or a moment among the values: the same number has one.
    pub fn number(&mut self, value: u64) -> u32 {
        if let Some((last, place)) = self.last_number
            && last == value
        {
            return place;
        }
        let known = self.numbers.get(&value).copied();
        let place = known.unwrap_or_else(|| self.new_number(value));
        self.last_number = Some((value, place));
        place
    }

    fn new_number(&mut self, value: u64) -> u32 {
        let mut whole = Few::<24>::default();
        whole.varint(4 << 3 | BYTES);
        whole.varint(1 + length_of(value) as u64);
        whole.varint(5 << 3 | VARINT);
        whole.varint(value);
        self.values.extend_from_slice(whole.written());
        let place = self.next();
        self.numbers.insert(value, place);
        place
    }

    /// The number of a truth among the values.
    pub fn flag(&mut self, value: bool) -> u32 {
        bytes(&mut self.values, 4, &[7 << 3, u8::from(value)]);
        self.next()
    }

    /// A point with its tags: numbers of keys and values in turn.
    pub fn point(&mut self, at: [i32; 2], tags: &[u32]) {
        let [x, y] = at.map(|step| u64::from(zigzag(step)));
        let length = 1 + length_of(x) + length_of(y);
        let mut whole = head(Kind::Point, length, tags);
        [9, x, y].into_iter().for_each(|value| whole.varint(value));
        // All of it and then what was used: how many bytes that copies is known when this is compiled.
        let end = self.out.len() + whole.used;
        self.out.extend_from_slice(&whole.bytes);
        self.out.truncate(end);
        self.features += 1;
    }

    /// Polygons with their tags: each an outer ring and its holes, without the corner that closes a ring. An outer
    /// ring goes round so that its area is positive where y runs down, a hole the other way.
    pub fn polygons(&mut self, polygons: &[Vec<Vec<[i32; 2]>>], tags: &[u32]) {
        let mut geometry = Vec::new();
        let mut pen = [0i32; 2];
        let mut to = |geometry: &mut Vec<u8>, at: [i32; 2]| {
            varint(geometry, u64::from(zigzag(at[0] - pen[0])));
            varint(geometry, u64::from(zigzag(at[1] - pen[1])));
            pen = at;
        };
        for ring in polygons.iter().flatten() {
            let [first, rest @ ..] = ring.as_slice() else { continue };
            varint(&mut geometry, command(1, 1));
            to(&mut geometry, *first);
            varint(&mut geometry, command(2, rest.len()));
            rest.iter().for_each(|at| to(&mut geometry, *at));
            varint(&mut geometry, command(7, 1));
        }
        if !geometry.is_empty() {
            self.out.extend_from_slice(head(Kind::Polygon, geometry.len(), tags).written());
            self.out.extend_from_slice(&geometry);
            self.features += 1;
        }
    }

    /// The tile of this one layer; empty when it has no feature.
    pub fn finish(mut self) -> Vec<u8> {
        if self.features == 0 {
            return Vec::new();
        }
        let length = self.out.len() + self.values.len();
        let mut tile = Vec::with_capacity(length + 8);
        varint(&mut tile, 3 << 3 | BYTES);
        varint(&mut tile, length as u64);
        tile.extend_from_slice(&self.out);
        tile.append(&mut self.values);
        tile
    }
}

/// A feature up to its geometry, which has so many bytes. The tags go before it: the parts may stand in any order.
fn head(kind: Kind, geometry: usize, tags: &[u32]) -> Few<112> {
    let said: usize = tags.iter().map(|tag| length_of(u64::from(*tag))).sum();
    let with_length = |length: usize| 1 + length_of(length as u64) + length;
    let mut head = Few::default();
    head.varint(2 << 3 | BYTES);
    head.varint((with_length(said) + 2 + with_length(geometry)) as u64);
    head.varint(2 << 3 | BYTES);
    head.varint(said as u64);
    tags.iter().for_each(|tag| head.varint(u64::from(*tag)));
    head.varint(3 << 3 | VARINT);
    head.varint(kind as u64);
    head.varint(4 << 3 | BYTES);
    head.varint(geometry as u64);
    head
}

/// How long a varint is.
fn length_of(value: u64) -> usize {
    if value < 0x80 { 1 } else { 1 + (63 - value.leading_zeros() as usize) / 7 }
}

/// A few varints, written where they cost no memory of their own.
struct Few<const N: usize> {
    bytes: [u8; N],
    used: usize,
}

impl<const N: usize> Default for Few<N> {
    fn default() -> Self {
        Self { bytes: [0; N], used: 0 }
    }
}

impl<const N: usize> Few<N> {
    /// Writes one; what does not fit any more is a mistake of this module.
    #[inline]
    #[allow(clippy::cast_possible_truncation)]
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes[self.used] = value as u8 | 0x80;
            value >>= 7;
            self.used += 1;
        }
        self.bytes[self.used] = value as u8;
        self.used += 1;
    }

    fn written(&self) -> &[u8] {
        &self.bytes[..self.used]
    }
}
