//! The reader on files that the tests write themselves.

use std::path::PathBuf;

use super::{BrokenArea, Found, OsmError, Unplaced, read};
use crate::domain::geography::{
    CoverKind, CoverShape, Direction, ElementKind, ObjectKind, PlaceKind, Road, RoadClass, Turn,
};

/// A protocol buffer message in the making: just enough to write a small extract.
#[derive(Default, Clone)]
struct Message(Vec<u8>);

impl Message {
    fn varint(&mut self, mut value: u64) {
        loop {
            let low = u8::try_from(value & 127).unwrap();
            value >>= 7;
            self.0.push(if value == 0 { low } else { low | 128 });
            if value == 0 {
                return;
            }
        }
    }

    fn number(mut self, field: u64, value: u64) -> Self {
        self.varint(field << 3);
        self.varint(value);
        self
    }

    fn bytes(mut self, field: u64, value: &[u8]) -> Self {
        self.varint(field << 3 | 2);
        self.varint(value.len() as u64);
        self.0.extend(value);
        self
    }

    fn packed(self, field: u64, values: impl IntoIterator<Item = u64>) -> Self {
        let mut packed = Self::default();
        values.into_iter().for_each(|v| packed.varint(v));
        self.bytes(field, &packed.0)
    }
}

/// How the format writes numbers with a sign.
fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

type TagList<'a> = &'a [(&'a str, &'a str)];

/// A block of elements in the making.
struct Block {
    strings: Vec<String>,
    group: Message,
}

impl Block {
    fn new() -> Self {
        Self { strings: vec![String::new()], group: Message::default() }
    }

    fn string(&mut self, text: &str) -> u64 {
        let known = self.strings.iter().position(|s| s == text);
        known.unwrap_or_else(|| {
            self.strings.push(text.to_owned());
            self.strings.len() - 1
        }) as u64
    }

    fn tagged(&mut self, message: Message, tags: TagList<'_>) -> Message {
        let keys: Vec<u64> = tags.iter().map(|(k, _)| self.string(k)).collect();
        let values: Vec<u64> = tags.iter().map(|(_, v)| self.string(v)).collect();
        message.packed(2, keys).packed(3, values)
    }

    /// A point; coordinates in 10⁻⁷ degrees, the block's unit.
    fn node(mut self, id: i64, lat: i64, lon: i64, tags: TagList<'_>) -> Self {
        let node = self.tagged(Message::default().number(1, zigzag(id)), tags);
        let node = node.number(8, zigzag(lat)).number(9, zigzag(lon));
        self.group = self.group.bytes(1, &node.0);
        self
    }

    fn way(mut self, id: u64, points: &[i64], tags: TagList<'_>) -> Self {
        let way = self.tagged(Message::default().number(1, id), tags);
        let steps = points.iter().scan(0, |last, p| Some(zigzag(p - std::mem::replace(last, *p))));
        self.group = self.group.bytes(3, &way.packed(8, steps).0);
        self
    }

    fn relation(mut self, id: u64, members: &[(u64, i64, &str)], tags: TagList<'_>) -> Self {
        let relation = self.tagged(Message::default().number(1, id), tags);
        let roles: Vec<u64> = members.iter().map(|(_, _, role)| self.string(role)).collect();
        let ids = members.iter().scan(0, |last, m| Some(zigzag(m.1 - std::mem::replace(last, m.1))));
        let relation = relation.packed(8, roles).packed(9, ids).packed(10, members.iter().map(|m| m.0));
        self.group = self.group.bytes(4, &relation.0);
        self
    }

    fn written(&self) -> Vec<u8> {
        let strings = self.strings.iter().fold(Message::default(), |m, s| m.bytes(1, s.as_bytes()));
        blob("OSMData", &Message::default().bytes(1, &strings.0).bytes(2, &self.group.0).0)
    }
}

fn blob(kind: &str, content: &[u8]) -> Vec<u8> {
    let body = Message::default().bytes(1, content).0;
    let header = Message::default().bytes(1, kind.as_bytes()).number(3, body.len() as u64).0;
    let length = u32::try_from(header.len()).unwrap().to_be_bytes();
    [&length[..], &header, &body].concat()
}

fn header(feature: &str) -> Vec<u8> {
    blob("OSMHeader", &Message::default().bytes(4, b"OsmSchema-V0.6").bytes(4, feature.as_bytes()).0)
}

/// A file that goes away with its test.
struct File(PathBuf);

impl File {
    fn of(name: &str, blobs: &[Vec<u8>]) -> Self {
        let path = std::env::temp_dir().join(format!("hub112-{name}-{}.osm.pbf", std::process::id()));
        std::fs::write(&path, blobs.concat()).unwrap();
        Self(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn found(file: &File) -> Result<Vec<Found>, OsmError> {
    let mut found = Vec::new();
    read(
        &file.0,
        &mut |f| {
            found.push(f);
            true
        },
        &mut |_| {},
    )
    .map(|_| found)
}

fn roads(found: &[Found]) -> Vec<&Road> {
    found.iter().filter_map(|f| if let Found::Road(road) = f { Some(road) } else { None }).collect()
}

/// A street of five points, crossed in the middle, with a bollard behind; a hospital, a village, two house numbers of
/// one corner; a forbidden turn.
fn town() -> Vec<Vec<u8>> {
    let points = Block::new()
        .node(1, 432_000_000, 769_000_000, &[])
        .node(2, 432_000_000, 769_010_000, &[])
        .node(3, 432_000_000, 769_020_000, &[])
        .node(4, 432_000_000, 769_030_000, &[("barrier", "bollard")])
        .node(5, 432_000_000, 769_040_000, &[])
        .node(6, 432_010_000, 769_020_000, &[])
        .node(
            7,
            432_020_000,
            769_020_000,
            &[("amenity", "hospital"), ("name", "№7"), ("name:kk", "№7 аурухана")],
        )
        .node(8, 432_030_000, 769_020_000, &[("place", "village"), ("name", "Ауыл"), ("population", "1 200")])
        .node(
            9,
            432_000_500,
            769_020_500,
            &[
                ("addr:housenumber", "12А"),
                ("addr:street", "Абая"),
                ("addr2:housenumber", "3"),
                ("addr2:street", "Мира"),
            ],
        );
    let lines = Block::new()
        .way(
            10,
            &[1, 2, 3, 4, 5],
            &[
                ("highway", "residential"),
                ("name", "проспект Абая"),
                ("maxspeed", "40"),
                ("old_name", "Ленина"),
            ],
        )
        .way(11, &[3, 6, 99], &[("highway", "primary"), ("oneway", "yes")])
        .way(12, &[1, 2, 6], &[("highway", "steps")]);
    let relations = Block::new()
        .relation(
            20,
            &[(1, 10, "from"), (0, 3, "via"), (1, 11, "to")],
            &[("type", "restriction"), ("restriction", "no_left_turn")],
        )
        .relation(
            21,
            &[(1, 10, "from"), (1, 11, "to")],
            &[("type", "restriction"), ("restriction", "no_u_turn")],
        );
    vec![header("DenseNodes"), points.written(), lines.written(), relations.written()]
}

#[test]
fn roads_are_cut_at_crossings_at_barriers_and_where_a_point_is_missing() {
    let file = File::of("town", &town());
    let mut all = Vec::new();
    let told = read(
        &file.0,
        &mut |f| {
            all.push(f);
            true
        },
        &mut |_| {},
    )
    .unwrap();
    assert_eq!((told.missing_points, told.unclear_restrictions), (1, 1));
    let pieces: Vec<(i64, i64, i64)> = roads(&all).iter().map(|r| (r.way, r.from, r.to)).collect();
    assert_eq!(pieces, [(10, 1, 3), (10, 3, -1), (10, -2, 5), (11, 3, 6)]);
    let street = roads(&all)[0];
    assert_eq!((street.class, street.limit_kmh, street.line.len()), (RoadClass::Residential, Some(40), 3));
    assert_eq!(street.names.former.as_deref(), Some("Ленина"));
    assert_eq!(roads(&all)[3].direction, Direction::Forward);
    let turns: Vec<_> =
        all.iter().filter_map(|f| if let Found::Turn(t) = f { Some(t) } else { None }).collect();
    assert_eq!((turns.len(), turns[0].turn, turns[0].via_node), (1, Turn::Forbidden, Some(3)));
}

#[test]
fn a_house_on_a_corner_has_two_addresses_and_objects_their_names() {
    let file = File::of("corner", &town());
    let all = found(&file).unwrap();
    let houses: Vec<_> = all
        .iter()
        .filter_map(|f| {
            if let Found::Address(a) = f { Some((a.house.as_str(), a.street.as_deref())) } else { None }
        })
        .collect();
    assert_eq!(houses, [("12А", Some("Абая")), ("3", Some("Мира"))]);
    assert!(all.iter().any(|f| matches!(f, Found::Object(o) if o.kind == ObjectKind::Hospital
        && o.element.kind == ElementKind::Node && o.names.kk.as_deref() == Some("№7 аурухана"))));
    assert!(all.iter().any(
        |f| matches!(f, Found::Place(p) if p.kind == PlaceKind::Village && p.population == Some(1_200))
    ));
}

#[test]
fn water_and_green_are_whole_or_named_as_broken() {
    let mut blobs = town();
    let corner = |id: i64, lat: i64, lon: i64| (id, 432_000_000 + lat * 10_000, 769_000_000 + lon * 10_000);
    let corners = [corner(101, 0, 0), corner(102, 0, 9), corner(103, 9, 9), corner(104, 9, 0)];
    let hole = [corner(105, 3, 3), corner(106, 3, 4), corner(107, 4, 4)];
    let points =
        corners.iter().chain(&hole).fold(Block::new(), |b, (id, lat, lon)| b.node(*id, *lat, *lon, &[]));
    let lines = Block::new()
        .way(110, &[101, 102, 103], &[])
        .way(111, &[101, 104, 103], &[])
        .way(112, &[105, 106, 107, 105], &[("leisure", "park"), ("name", "Арал")])
        .way(113, &[101, 103], &[("waterway", "river"), ("name", "Есентай")])
        .way(114, &[101, 102, 103], &[("natural", "wood")])
        .way(115, &[101, 103], &[("waterway", "stream"), ("tunnel", "culvert")]);
    let relations = Block::new()
        .relation(
            120,
            &[(1, 110, "outer"), (1, 112, "inner"), (1, 111, "outer")],
            &[("type", "multipolygon"), ("natural", "water"), ("name:kk", "Көл")],
        )
        .relation(121, &[(1, 110, "outer")], &[("type", "multipolygon"), ("landuse", "forest")])
        .relation(
            122,
            &[(1, 110, "outer"), (1, 999, "outer")],
            &[("type", "multipolygon"), ("natural", "water")],
        );
    blobs.extend([points.written(), lines.written(), relations.written()]);
    let (mut whole, mut broken) = (Vec::new(), Vec::new());
    for found in found(&File::of("cover", &blobs)).unwrap() {
        match found {
            Found::Cover(cover) => whole.push(cover),
            Found::Broken(element, fault) => broken.push((element.id, fault)),
            _ => {}
        }
    }
    whole.sort_by_key(|cover| cover.element.id);
    let kinds: Vec<(i64, CoverKind)> = whole.iter().map(|c| (c.element.id, c.kind)).collect();
    assert_eq!(kinds, [(112, CoverKind::Park), (113, CoverKind::River), (120, CoverKind::Water)]);
    assert_eq!(whole[2].names.kk.as_deref(), Some("Көл"));
    let CoverShape::Area(lake) = &whole[2].shape else { panic!("{:?}", whole[2].shape) };
    assert_eq!((lake.0.len(), lake.0[0].interiors().len()), (1, 1));
    assert!(matches!(whole[1].shape, CoverShape::Course(_)));
    let faults = [(114, BrokenArea::Open(103)), (121, BrokenArea::Open(103)), (122, BrokenArea::NoWay(999))];
    assert_eq!(broken, faults);
}

#[test]
fn what_stands_twice_is_named_and_the_file_refused_before_anything_is_told() {
    let mut blobs = town();
    blobs.extend(town().split_off(1));
    let error = found(&File::of("twice", &blobs)).unwrap_err().to_string();
    let named = "node/7, node/8, node/9, way/10, way/11, relation/20, relation/21 stand twice in the file";
    assert!(error.starts_with(named), "{error}");
    let mut blobs = town();
    blobs.push(Block::new().way(11, &[3, 6], &[("highway", "primary")]).written());
    let error = found(&File::of("twice-way", &blobs)).unwrap_err().to_string();
    assert!(error.starts_with("way/11 stands twice in the file"), "{error}");
}

#[test]
fn what_can_stand_nowhere_is_named_with_its_reason() {
    let mut blobs = town();
    let points = Block::new()
        .node(201, 910_000_000, 769_000_000, &[("amenity", "hospital"), ("name", "№8")])
        .node(202, 432_000_000, 1_900_000_000, &[])
        .node(203, 432_000_000, 1_799_000_000, &[])
        .node(204, 432_000_000, -1_799_000_000, &[])
        .node(205, 432_100_000, 1_799_000_000, &[]);
    let lines = Block::new()
        .way(210, &[202, 1], &[("highway", "residential")])
        .way(211, &[203, 204], &[("highway", "residential")])
        .way(212, &[901, 902], &[("amenity", "hospital"), ("name", "№9")])
        .way(213, &[203, 204], &[("waterway", "river")])
        .way(214, &[203, 204, 205, 203], &[("natural", "water")])
        .way(215, &[901, 902], &[("waterway", "river")]);
    blobs.extend([points.written(), lines.written()]);
    let all = found(&File::of("nowhere", &blobs)).unwrap();
    let left: Vec<_> = all
        .iter()
        .filter_map(|f| if let Found::LeftOut(element, why) = f { Some((element.id, *why)) } else { None })
        .collect();
    let expected = [
        (201, Unplaced::OffGlobe),
        (202, Unplaced::OffGlobe),
        (210, Unplaced::NoPoints),
        (211, Unplaced::DateLine),
        (212, Unplaced::NoPoints),
        (213, Unplaced::DateLine),
        (214, Unplaced::DateLine),
        (215, Unplaced::NoPoints),
    ];
    assert_eq!(left, expected);
    assert!(roads(&all).iter().all(|road| road.way < 200));
}

#[test]
fn a_last_blob_that_is_damaged_is_not_called_cut_off() {
    let whole = town().concat();
    let said = |bytes: &[u8]| match found(&File::of("last", &[bytes.to_vec()])) {
        Err(error @ OsmError::Damaged { .. }) => error.to_string(),
        other => panic!("{other:?}"),
    };
    assert!(said(&whole[..whole.len() - 5]).contains("cut off"));
    let mut damaged = whole.clone();
    let last = town().last().map_or(0, Vec::len);
    // The blob's own content, behind its header: it says that it holds more than there is.
    let at = whole.len() - last + 4 + usize::from(whole[whole.len() - last + 3]);
    damaged[at + 1..at + 3].fill(0x7f);
    let said = said(&damaged);
    assert!(!said.contains("cut off"), "{said}");
}

#[test]
fn a_file_cut_off_anywhere_is_refused_before_anything_is_told() {
    let blobs = town();
    let whole = blobs.concat();
    let ends: Vec<usize> = blobs
        .iter()
        .scan(0, |at, b| {
            *at += b.len();
            Some(*at)
        })
        .collect();
    for length in (0..whole.len()).filter(|length| !ends.contains(length)) {
        let file = File::of("cut", &[whole[..length].to_vec()]);
        let mut told = 0;
        let error = read(
            &file.0,
            &mut |_| {
                told += 1;
                true
            },
            &mut |_| {},
        )
        .unwrap_err();
        assert_eq!(told, 0, "cut at {length}");
        let begun = ends.iter().filter(|end| **end <= length).count();
        match error {
            OsmError::Damaged { blob, offset, .. } => {
                let from = if begun == 0 { 0 } else { ends[begun - 1] };
                assert_eq!((blob, offset), (begun, from as u64), "cut at {length}");
            }
            OsmError::Nothing(_) => assert_eq!(length, 0),
            other => panic!("cut at {length}: {other}"),
        }
    }
}

#[test]
fn a_damaged_byte_never_breaks_the_reader() {
    let whole = town().concat();
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        // Without a checksum of its own a block may still be read; it must not end the program.
        let file = File::of("flipped", &[bytes]);
        let _ = found(&file);
    }
}

#[test]
fn a_history_of_the_map_is_not_taken_for_its_present() {
    let mut blobs = town();
    blobs[0] = header("HistoricalInformation");
    let error = found(&File::of("history", &blobs)).unwrap_err();
    assert!(matches!(error, OsmError::Feature(feature) if feature == "HistoricalInformation"));
}
