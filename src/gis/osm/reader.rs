//! Four ways through a file: all of it is checked and looked at before anything is told; then the outlines of
//! relations, then points, then lines.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use jiff::Timestamp;
use osmpbf::{Element as Raw, PrimitiveBlock, RelMemberType};

use super::blobs::{BlobPlace, Blobs, Block, OsmError};
use super::coordinates::Coordinates;
use super::restrictions::Member;
use super::roads::RoadTags;
use super::tags::Tags;
use super::twice::Seen;
use super::unplaced::{Unplaced, over_date_line};
use super::{BrokenArea, Found, areas, cover, objects, places, restrictions, rings, roads};
use crate::domain::geography::{
    CoverKind, CoverShape, Element, ElementKind, LandCover, LocalNames, Road, TurnRestriction,
};
use crate::domain::quantities::Point;

/// How far the reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Which way through the file, from 1.
    pub pass: u8,
    /// Of how many.
    pub of: u8,
    /// How much of it, percent.
    pub percent: u8,
}

/// What there is to say of a file that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Read {
    /// The state of the world that it shows, where it says so.
    pub data_at: Option<Timestamp>,
    /// Points that lines name and the file does not hold.
    pub missing_points: u64,
    /// Turn restrictions that cannot be understood.
    pub unclear_restrictions: u64,
}

const PASSES: u8 = 4;

/// Reads a file and tells of all that is found in it. Before the first thing is told, the whole file has been
/// decoded once.
///
/// # Errors
/// [`OsmError`]; [`OsmError::Stopped`] when `put` answers `false`.
pub fn read(
    path: &Path,
    put: &mut dyn FnMut(Found) -> bool,
    progress: &mut dyn FnMut(Progress),
) -> Result<Read, OsmError> {
    let mut blobs = Blobs::open(path)?;
    let mut survey = Survey::default();
    survey.run(&mut blobs, progress)?;
    if survey.with_nodes.is_empty() {
        return Err(OsmError::Nothing("points"));
    }
    if survey.with_ways.is_empty() {
        return Err(OsmError::Nothing("lines"));
    }
    std::mem::take(&mut survey.seen).once()?;
    survey.outlines(&mut blobs, progress)?;
    let mut telling = Telling { put, stopped: false, barriers: 0, missing: HashSet::new() };
    let read = Read {
        data_at: survey.data_at,
        missing_points: 0,
        unclear_restrictions: survey.unclear_restrictions,
    };
    let junctions = junctions(std::mem::take(&mut survey.road_points));
    let needed = std::mem::take(&mut survey.needed);
    let mut coordinates = Coordinates::needed(needed);
    survey.points(&mut blobs, &mut coordinates, &mut telling, progress)?;
    let lines = Lines { coordinates, junctions, barriers: std::mem::take(&mut survey.barriers) };
    survey.lines(&mut blobs, &lines, &mut telling, progress)?;
    survey.areas(&lines, &mut telling);
    survey.covers(&lines, &mut telling);
    for turn in std::mem::take(&mut survey.turns) {
        telling.tell(Found::Turn(turn));
    }
    if telling.stopped {
        return Err(OsmError::Stopped);
    }
    Ok(Read { missing_points: telling.missing.len() as u64, ..read })
}

/// Where a road may begin or end: what two roads name, or one twice. The ends are named twice by whoever collects.
fn junctions(mut named: Vec<i64>) -> Vec<i64> {
    named.sort_unstable();
    let mut junctions: Vec<i64> = named.windows(2).filter(|w| w[0] == w[1]).map(|w| w[0]).collect();
    junctions.dedup();
    junctions
}

/// An area made of several ways that is an address, a place or an object.
struct Area {
    id: i64,
    tags: Vec<(String, String)>,
    outline: Vec<i64>,
    points: Vec<i64>,
}

/// Water or green made of several ways.
struct Cover {
    id: i64,
    kind: CoverKind,
    names: LocalNames,
    outer: Vec<i64>,
    inner: Vec<i64>,
}

/// What the first way through the file finds.
#[derive(Default)]
struct Survey {
    data_at: Option<Timestamp>,
    seen: Seen,
    with_nodes: Vec<BlobPlace>,
    with_ways: Vec<BlobPlace>,
    /// Points of roads, the ends twice.
    road_points: Vec<i64>,
    needed: Vec<i64>,
    barriers: HashSet<i64>,
    turns: Vec<TurnRestriction>,
    unclear_restrictions: u64,
    areas: Vec<Area>,
    covers: Vec<Cover>,
    /// The points of the ways that covers are made of.
    of_covers: HashMap<i64, Vec<i64>>,
}

fn known(tags: &Tags<'_>) -> bool {
    places::numbered(tags) || places::kind(tags).is_some() || objects::kind(tags).is_some()
}

impl Survey {
    fn run(&mut self, blobs: &mut Blobs, progress: &mut dyn FnMut(Progress)) -> Result<(), OsmError> {
        let mut last = u8::MAX;
        while let Some((place, blob)) = blobs.next()? {
            match blobs.block(place, &blob)? {
                Block::Header(header) => {
                    let at = header.osmosis_replication_timestamp();
                    self.data_at = at.and_then(|at| Timestamp::from_second(at).ok());
                }
                Block::Data(block) => {
                    let (nodes, ways) = blobs.within(place, || self.look_at(&block))?;
                    if nodes {
                        self.with_nodes.push(place);
                    }
                    if ways {
                        self.with_ways.push(place);
                    }
                }
                Block::Other => {}
            }
            tell_progress(progress, &mut last, 1, place.offset, blobs.size());
        }
        Ok(())
    }

    fn look_at(&mut self, block: &PrimitiveBlock) -> (bool, bool) {
        let (mut nodes, mut ways) = (false, false);
        block.for_each_element(|element| match element {
            Raw::Node(node) => {
                nodes = true;
                let tags: Tags<'_> = node.tags().collect();
                if roads::barrier(&tags) {
                    self.barriers.insert(node.id());
                }
                if known(&tags) {
                    self.seen.put(ElementKind::Node, node.id());
                }
            }
            Raw::DenseNode(node) => {
                nodes = true;
                let tags: Tags<'_> = node.tags().collect();
                if !tags.is_empty() && roads::barrier(&tags) {
                    self.barriers.insert(node.id);
                }
                if !tags.is_empty() && known(&tags) {
                    self.seen.put(ElementKind::Node, node.id);
                }
            }
            Raw::Way(way) => {
                ways = true;
                let tags: Tags<'_> = way.tags().collect();
                let is_road = roads::class(&tags).is_some();
                if is_road {
                    let points: Vec<i64> = way.refs().collect();
                    self.road_points.extend(&points);
                    self.road_points.extend(points.first());
                    self.road_points.extend(points.last());
                }
                if is_road || known(&tags) || cover::area(&tags).or(cover::course(&tags)).is_some() {
                    self.needed.extend(way.refs());
                    self.seen.put(ElementKind::Way, way.id());
                }
            }
            Raw::Relation(relation) => {
                let tags: Tags<'_> = relation.tags().collect();
                let drawn = tags.is("type", &["multipolygon", "boundary", "site"]);
                if restrictions::restricts(&tags) || drawn && (known(&tags) || cover::area(&tags).is_some()) {
                    self.seen.put(ElementKind::Relation, relation.id());
                }
                if restrictions::restricts(&tags) {
                    let members: Vec<Member<'_>> = relation
                        .members()
                        .map(|m| Member {
                            kind: kind_of(&m.member_type),
                            id: m.member_id,
                            role: m.role().unwrap_or_default(),
                        })
                        .collect();
                    match restrictions::restriction(relation.id(), &tags, &members) {
                        Some(turn) => self.turns.push(turn),
                        None => self.unclear_restrictions += 1,
                    }
                    return;
                }
                if let Some(kind) = cover::area(&tags).filter(|_| tags.is("type", &["multipolygon"])) {
                    let role = |inner: bool| {
                        let ways = relation.members().filter(|m| m.member_type == RelMemberType::Way);
                        ways.filter(|m| (m.role().ok() == Some("inner")) == inner)
                            .map(|m| m.member_id)
                            .collect()
                    };
                    let (outer, inner) = (role(false), role(true));
                    self.covers.push(Cover { id: relation.id(), kind, names: tags.names(), outer, inner });
                }
                if tags.is("type", &["multipolygon", "boundary", "site"]) && known(&tags) {
                    let outline = relation
                        .members()
                        .filter(|m| m.member_type == RelMemberType::Way && m.role().ok() != Some("inner"))
                        .map(|m| m.member_id)
                        .collect();
                    let tags = tags.all().into_iter().collect();
                    self.areas.push(Area { id: relation.id(), tags, outline, points: Vec::new() });
                }
            }
        });
        (nodes, ways)
    }

    /// The points of the outlines of areas.
    fn outlines(&mut self, blobs: &mut Blobs, progress: &mut dyn FnMut(Progress)) -> Result<(), OsmError> {
        let mut of_way: HashMap<i64, Vec<usize>> = HashMap::new();
        for (index, area) in self.areas.iter().enumerate() {
            for way in &area.outline {
                of_way.entry(*way).or_default().push(index);
            }
        }
        let of_covers = self.covers.iter().flat_map(|cover| cover.outer.iter().chain(&cover.inner));
        let of_covers: HashSet<i64> = of_covers.copied().collect();
        if of_way.is_empty() && of_covers.is_empty() {
            return Ok(());
        }
        let mut last = u8::MAX;
        for place in self.with_ways.clone() {
            each(blobs, place, |element| {
                let Raw::Way(way) = element else { return };
                if of_covers.contains(&way.id()) {
                    self.needed.extend(way.refs());
                    self.of_covers.insert(way.id(), way.refs().collect());
                }
                for index in of_way.get(&way.id()).into_iter().flatten() {
                    self.areas[*index].points.extend(way.refs());
                    self.needed.extend(way.refs());
                }
            })?;
            tell_progress(progress, &mut last, 2, place.offset, blobs.size());
        }
        Ok(())
    }

    fn points(
        &self,
        blobs: &mut Blobs,
        coordinates: &mut Coordinates,
        telling: &mut Telling<'_>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(), OsmError> {
        let mut last = u8::MAX;
        for place in &self.with_nodes {
            each(blobs, *place, |element| match element {
                Raw::Node(node) => {
                    let (lat, lon) = (node.decimicro_lat(), node.decimicro_lon());
                    let needed = coordinates.put(node.id(), lat, lon);
                    telling.point(node.id(), &node.tags().collect(), needed, lat, lon);
                }
                Raw::DenseNode(node) => {
                    let (lat, lon) = (node.decimicro_lat(), node.decimicro_lon());
                    let needed = coordinates.put(node.id, lat, lon);
                    telling.point(node.id, &node.tags().collect(), needed, lat, lon);
                }
                _ => {}
            })?;
            telling.go_on()?;
            tell_progress(progress, &mut last, 3, place.offset, blobs.size());
        }
        Ok(())
    }

    fn lines(
        &self,
        blobs: &mut Blobs,
        lines: &Lines,
        telling: &mut Telling<'_>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(), OsmError> {
        let mut last = u8::MAX;
        for place in &self.with_ways {
            each(blobs, *place, |element| {
                let Raw::Way(way) = element else { return };
                let tags: Tags<'_> = way.tags().collect();
                if let Some(road) = roads::road(&tags) {
                    telling.road(way.id(), &road, way.refs().collect(), lines);
                }
                telling.cover_way(way.id(), &tags, || way.refs().collect(), lines);
                if known(&tags) {
                    let line = lines.course(way.refs(), &mut telling.missing);
                    let element = Element { kind: ElementKind::Way, id: way.id() };
                    telling.outlined(element, &tags, &line);
                }
            })?;
            telling.go_on()?;
            tell_progress(progress, &mut last, PASSES, place.offset, blobs.size());
        }
        Ok(())
    }

    fn areas(&self, lines: &Lines, telling: &mut Telling<'_>) {
        for area in &self.areas {
            let line = lines.course(area.points.iter().copied(), &mut telling.missing);
            let tags: Tags<'_> = area.tags.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
            let element = Element { kind: ElementKind::Relation, id: area.id };
            telling.outlined(element, &tags, &line);
        }
    }
}

impl Survey {
    /// Water and green made of several ways: whole, or named as broken.
    fn covers(&self, lines: &Lines, telling: &mut Telling<'_>) {
        for cover in &self.covers {
            let ways = |of: &[i64]| -> Result<Vec<&[i64]>, BrokenArea> {
                let points =
                    |way: &i64| self.of_covers.get(way).map(Vec::as_slice).ok_or(BrokenArea::NoWay(*way));
                of.iter().map(points).collect()
            };
            let area = ways(&cover.outer)
                .and_then(|outer| Ok((outer, ways(&cover.inner)?)))
                .and_then(|(outer, inner)| rings::area(&outer, &inner, &|id| lines.corner(id)));
            let element = Element { kind: ElementKind::Relation, id: cover.id };
            telling.cover(element, cover.kind, &cover.names, area);
        }
    }
}

fn kind_of(member: &RelMemberType) -> ElementKind {
    match member {
        RelMemberType::Node => ElementKind::Node,
        RelMemberType::Way => ElementKind::Way,
        RelMemberType::Relation => ElementKind::Relation,
    }
}

fn each(blobs: &mut Blobs, place: BlobPlace, mut work: impl FnMut(Raw<'_>)) -> Result<(), OsmError> {
    let blob = blobs.again(place)?;
    match blobs.block(place, &blob)? {
        Block::Data(block) => blobs.within(place, || block.for_each_element(&mut work)),
        _ => Err(blobs.damaged(place, "the file was changed while it was read")),
    }
}

fn tell_progress(progress: &mut dyn FnMut(Progress), last: &mut u8, pass: u8, at: u64, size: u64) {
    let percent = u8::try_from(at.saturating_mul(100) / size.max(1)).unwrap_or(100);
    if percent != *last {
        *last = percent;
        progress(Progress { pass, of: PASSES, percent });
    }
}

/// What is needed to draw lines.
struct Lines {
    coordinates: Coordinates,
    junctions: Vec<i64>,
    barriers: HashSet<i64>,
}

impl Lines {
    fn course(&self, points: impl Iterator<Item = i64>, missing: &mut HashSet<i64>) -> Vec<Point> {
        let mut at = |id: i64| {
            let point = self.coordinates.get(id);
            if point.is_none() {
                missing.insert(id);
            }
            point
        };
        points.filter_map(&mut at).collect()
    }

    /// Longitude and latitude of a point.
    fn corner(&self, id: i64) -> Option<geo::Coord> {
        self.coordinates.get(id).map(|at| geo::coord! { x: at.lon(), y: at.lat() })
    }

    fn splits_at(&self, id: i64) -> bool {
        self.junctions.binary_search(&id).is_ok() || self.barriers.contains(&id)
    }
}

/// Points of a road between two junctions.
type Piece = Vec<(i64, Point)>;

/// Whoever takes what is found.
struct Telling<'a> {
    put: &'a mut dyn FnMut(Found) -> bool,
    stopped: bool,
    /// Ends of roads at barriers so far: each is a junction of its own, numbered downwards from −1.
    barriers: i64,
    missing: HashSet<i64>,
}

impl Telling<'_> {
    fn tell(&mut self, found: Found) {
        if !self.stopped {
            self.stopped = !(self.put)(found);
        }
    }

    fn go_on(&self) -> Result<(), OsmError> {
        if self.stopped { Err(OsmError::Stopped) } else { Ok(()) }
    }

    fn point(&mut self, id: i64, tags: &Tags<'_>, needed: bool, lat: i32, lon: i32) {
        let brings = !tags.is_empty() && known(tags);
        if !brings && !needed {
            return;
        }
        let element = Element { kind: ElementKind::Node, id };
        match Point::new(f64::from(lat) / 1e7, f64::from(lon) / 1e7) {
            Ok(point) if brings => self.features(element, tags, point),
            Ok(_) => {}
            Err(_) => self.tell(Found::LeftOut(element, Unplaced::OffGlobe)),
        }
    }

    /// What is known by its outline, at the middle of that.
    fn outlined(&mut self, element: Element, tags: &Tags<'_>, line: &[Point]) {
        if over_date_line(line.iter().copied()) {
            self.tell(Found::LeftOut(element, Unplaced::DateLine));
        } else if let Some(point) = areas::middle(line) {
            self.features(element, tags, point);
        } else {
            self.tell(Found::LeftOut(element, Unplaced::NoPoints));
        }
    }

    fn features(&mut self, element: Element, tags: &Tags<'_>, point: Point) {
        for address in places::addresses(element, tags, point) {
            self.tell(Found::Address(address));
        }
        if let Some(place) = places::place(element, tags, point) {
            self.tell(Found::Place(place));
        }
        if let Some(object) = objects::object(element, tags, point) {
            self.tell(Found::Object(object));
        }
    }

    /// A way that is water or green: an area where it is closed, else a course.
    fn cover_way(&mut self, way: i64, tags: &Tags<'_>, points: impl FnOnce() -> Vec<i64>, lines: &Lines) {
        let element = Element { kind: ElementKind::Way, id: way };
        if let Some(kind) = cover::area(tags) {
            let points = points();
            let area = rings::area(&[&points], &[], &|id| lines.corner(id));
            self.cover(element, kind, &tags.names(), area);
        } else if let Some(kind) = cover::course(tags) {
            let line = lines.course(points().into_iter(), &mut self.missing);
            if line.len() < 2 {
                self.tell(Found::LeftOut(element, Unplaced::NoPoints));
            } else if over_date_line(line.iter().copied()) {
                self.tell(Found::LeftOut(element, Unplaced::DateLine));
            } else {
                let (names, shape) = (tags.names(), CoverShape::Course(line));
                self.tell(Found::Cover(LandCover { element, kind, names, shape }));
            }
        }
    }

    fn cover(
        &mut self,
        element: Element,
        kind: CoverKind,
        names: &LocalNames,
        area: Result<geo::MultiPolygon, BrokenArea>,
    ) {
        let around = |area: &geo::MultiPolygon| {
            let mut rings = area.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
            rings.any(|ring| ring.lines().any(|line| line.dx().abs() > 180.0))
        };
        self.tell(match area {
            Ok(area) if around(&area) => Found::LeftOut(element, Unplaced::DateLine),
            Ok(area) => {
                Found::Cover(LandCover { element, kind, names: names.clone(), shape: CoverShape::Area(area) })
            }
            Err(fault) => Found::Broken(element, fault),
        });
    }

    /// A way in pieces from junction to junction. Where a point is missing the way is cut; at a barrier it ends on
    /// either side.
    fn road(&mut self, way: i64, tags: &RoadTags, points: Vec<i64>, lines: &Lines) {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut piece = Piece::new();
        for (index, id) in points.iter().copied().enumerate() {
            let Some(point) = lines.coordinates.get(id) else {
                self.missing.insert(id);
                pieces.push(std::mem::take(&mut piece));
                continue;
            };
            if lines.barriers.contains(&id) {
                self.barriers -= 1;
                piece.push((self.barriers, point));
                pieces.push(std::mem::take(&mut piece));
                self.barriers -= 1;
                piece.push((self.barriers, point));
                continue;
            }
            piece.push((id, point));
            if index > 0 && lines.splits_at(id) {
                pieces.push(std::mem::replace(&mut piece, vec![(id, point)]));
            }
        }
        pieces.push(piece);
        pieces.retain(|piece| piece.len() > 1);
        let element = Element { kind: ElementKind::Way, id: way };
        if pieces.is_empty() {
            self.tell(Found::LeftOut(element, Unplaced::NoPoints));
        }
        let all = pieces.len();
        pieces.retain(|piece| !over_date_line(piece.iter().map(|(_, point)| *point)));
        if pieces.len() < all {
            self.tell(Found::LeftOut(element, Unplaced::DateLine));
        }
        for piece in pieces {
            self.piece(way, tags, piece);
        }
    }

    fn piece(&mut self, way: i64, tags: &RoadTags, piece: Piece) {
        let (Some((from, _)), Some((to, _))) = (piece.first(), piece.last()) else { return };
        if piece.len() < 2 {
            return;
        }
        if from == to {
            // A loop that nothing else joins: in two halves, so that every piece has two ends.
            if piece.len() > 3 {
                let mut first = piece;
                let second = first.split_off(first.len() / 2);
                first.extend(second.first().copied());
                self.piece(way, tags, first);
                self.piece(way, tags, second);
            }
            return;
        }
        let road = Road {
            way,
            from: *from,
            to: *to,
            class: tags.class,
            direction: tags.direction,
            limit_kmh: tags.limit_kmh,
            rough: tags.rough,
            names: tags.names.clone(),
            reference: tags.reference.clone(),
            line: piece.iter().map(|(_, point)| *point).collect(),
        };
        self.tell(Found::Road(road));
    }
}
