//! Rows as `COPY` reads them: a line each, fields apart by tabs.

use std::fmt::Write;

use crate::domain::geography::LocalNames;
use crate::domain::quantities::Point;

/// Lines for `COPY … FROM STDIN`.
#[derive(Debug, Default)]
pub struct Lines {
    text: String,
    begun: bool,
}

/// WGS 84.
const SRID: u32 = 4326;
/// Says that a geometry carries its reference system (EWKB).
const WITH_SRID: u32 = 0x2000_0000;

impl Lines {
    /// Bytes so far.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// All of them; then there are none.
    pub fn take(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    /// Ends a line.
    pub fn end(&mut self) {
        self.text.push('\n');
        self.begun = false;
    }

    fn field(&mut self) {
        if self.begun {
            self.text.push('\t');
        }
        self.begun = true;
    }

    /// A number or a word without blanks.
    pub fn plain(&mut self, value: impl std::fmt::Display) -> &mut Self {
        self.field();
        // Writing into a string does not fail.
        let _ = write!(self.text, "{value}");
        self
    }

    /// A number that may be missing.
    pub fn maybe(&mut self, value: Option<impl std::fmt::Display>) -> &mut Self {
        match value {
            Some(value) => self.plain(value),
            None => self.plain("\\N"),
        }
    }

    /// A text that may be missing.
    pub fn text(&mut self, value: Option<&str>) -> &mut Self {
        let Some(value) = value else { return self.plain("\\N") };
        self.field();
        for c in value.chars() {
            match c {
                '\\' => self.text.push_str("\\\\"),
                '\t' => self.text.push_str("\\t"),
                '\n' => self.text.push_str("\\n"),
                '\r' => self.text.push_str("\\r"),
                // The database's text cannot hold it.
                '\0' => {}
                c => self.text.push(c),
            }
        }
        self
    }

    /// The five names.
    pub fn names(&mut self, names: &LocalNames) -> &mut Self {
        for name in [&names.name, &names.kk, &names.ru, &names.en, &names.former] {
            self.text(name.as_deref());
        }
        self
    }

    /// A point.
    pub fn point(&mut self, point: Point) -> &mut Self {
        self.field();
        self.head(1);
        self.coordinate(point);
        self
    }

    /// A line.
    pub fn line(&mut self, line: &[Point]) -> &mut Self {
        self.field();
        self.head(2);
        self.count(line.len());
        line.iter().for_each(|point| self.coordinate(*point));
        self
    }

    /// An area: polygons with their holes.
    pub fn area(&mut self, area: &geo::MultiPolygon) -> &mut Self {
        self.field();
        self.head(6);
        self.count(area.0.len());
        for polygon in area {
            self.head(3);
            self.count(1 + polygon.interiors().len());
            for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
                self.count(ring.0.len());
                for corner in ring {
                    self.bytes(&corner.x.to_le_bytes());
                    self.bytes(&corner.y.to_le_bytes());
                }
            }
        }
        self
    }

    fn count(&mut self, count: usize) {
        self.bytes(&u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
    }

    fn head(&mut self, kind: u32) {
        self.bytes(&[1]);
        self.bytes(&(kind | WITH_SRID).to_le_bytes());
        self.bytes(&SRID.to_le_bytes());
    }

    fn coordinate(&mut self, point: Point) {
        self.bytes(&point.lon().to_le_bytes());
        self.bytes(&point.lat().to_le_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        const DIGITS: [char; 16] =
            ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
        for byte in bytes {
            self.text.push(DIGITS[usize::from(byte >> 4)]);
            self.text.push(DIGITS[usize::from(byte & 15)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_field_is_escaped_and_what_is_missing_is_null() {
        let mut lines = Lines::default();
        lines.plain(7).text(Some("a\tb\\c\nd\0")).text(None).maybe(Some(1)).maybe(None::<u8>).end();
        assert_eq!(lines.take(), "7\ta\\tb\\\\c\\nd\t\\N\t1\t\\N\n");
    }
}
