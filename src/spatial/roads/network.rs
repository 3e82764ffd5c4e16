//! The graph out of pieces of road and turn restrictions.

use std::collections::HashMap;

use super::graph::{Graph, GraphArc, Millis, Vertex};
use super::shape::Shapes;
use crate::domain::geography::{Direction, Road, RoadClass, Turn, TurnRestriction};
use crate::domain::quantities::Metres;

/// A piece of road, without its course: that is in [`Shapes`].
#[derive(Debug, Clone)]
pub struct Piece {
    /// The way that it belongs to.
    pub way: i64,
    /// What it is.
    pub class: RoadClass,
    /// Its name or number, for people.
    pub name: Option<Box<str>>,
    /// How long it is.
    pub length: Metres,
    /// The drives along and against its line.
    drives: [Option<u32>; 2],
}

/// A piece driven in one direction.
#[derive(Debug, Clone, Copy)]
pub struct Drive {
    /// Which piece.
    pub piece: u32,
    /// Whether against its line.
    pub against: bool,
    from: u32,
    to: u32,
    /// How long it takes from end to end.
    pub time: Millis,
    /// The vertex at its end for who begins on it.
    arrival: Vertex,
    /// Whether one can come here from the mass of the roads, and get back there.
    connected: bool,
}

/// Roads, ready to be asked for ways.
#[derive(Debug)]
pub struct Network {
    pub(super) pieces: Vec<Piece>,
    pub(super) drives: Vec<Drive>,
    /// The vertices from which each drive begins.
    departures: Vec<Vec<Vertex>>,
    pub(super) graph: Graph,
    pub(super) shapes: Shapes,
    islands: usize,
}

/// Fewer vertices that reach one another than this are an island, unless there are no more anywhere.
const ISLAND: u32 = 50;

/// A restriction as drives, one after the other: the last is forbidden, or the only one.
struct Chain {
    drives: Vec<u32>,
    turn: Turn,
}

/// How far along which restrictions one is: chain and place in it.
type Active = Vec<(u32, u32)>;

impl Network {
    /// Builds it. Restrictions that name no drives there are without effect.
    #[must_use]
    pub fn new(roads: &[Road], restrictions: &[TurnRestriction]) -> Self {
        let mut junctions: HashMap<i64, u32> = HashMap::new();
        let mut number = |node: i64| {
            let next = u32::try_from(junctions.len()).unwrap_or(u32::MAX);
            *junctions.entry(node).or_insert(next)
        };
        let (mut pieces, mut drives) = (Vec::with_capacity(roads.len()), Vec::new());
        let shapes = Shapes::new(roads.iter().map(|road| road.line.as_slice()));
        for (index, road) in (0u32..).zip(roads) {
            let (from, to) = (number(road.from), number(road.to));
            let length = shapes.length(index);
            // Milliseconds from metres and km/h.
            let time = length.get() * 3_600.0 / f64::from(road.speed_kmh());
            let mut drive = |against: bool, from: u32, to: u32| {
                drives.push(Drive {
                    piece: index,
                    against,
                    from,
                    to,
                    time: whole(time).max(1),
                    arrival: 0,
                    connected: false,
                });
                u32::try_from(drives.len() - 1).ok()
            };
            let along = if road.direction == Direction::Backward { None } else { drive(false, from, to) };
            let against = if road.direction == Direction::Forward { None } else { drive(true, to, from) };
            pieces.push(Piece {
                way: road.way,
                class: road.class,
                name: road.names.name.as_deref().or(road.reference.as_deref()).map(Into::into),
                length,
                drives: [along, against],
            });
        }
        let chains = chains(&pieces, &drives, restrictions, &junctions);
        let mut network = Self {
            departures: vec![Vec::new(); drives.len()],
            pieces,
            drives,
            graph: Graph::default(),
            shapes,
            islands: 0,
        };
        network.connect(junctions.len(), &chains);
        network.find_islands();
        network
    }

    /// Vertices are junctions with the restrictions that are under way there. Where none is, there is one vertex;
    /// others are made as they are met.
    fn connect(&mut self, junctions: usize, chains: &[Chain]) {
        let mut beginning: HashMap<u32, Vec<u32>> = HashMap::new();
        for (index, chain) in (0u32..).zip(chains) {
            beginning.entry(chain.drives[0]).or_default().push(index);
        }
        let mut leaving: Vec<Vec<u32>> = vec![Vec::new(); junctions];
        for (id, drive) in (0u32..).zip(&self.drives) {
            leaving[drive.from as usize].push(id);
        }
        let mut vertices: Vec<(u32, Active)> = (0..junctions as u32).map(|j| (j, Vec::new())).collect();
        let mut known: HashMap<(u32, Active), Vertex> = HashMap::new();
        let mut after = |drives: &[Drive], before: &Active, drive: u32, vertices: &mut Vec<(u32, Active)>| {
            let mut active: Active = before
                .iter()
                .filter(|(chain, at)| chains[*chain as usize].drives[*at as usize + 1] == drive)
                .map(|(chain, at)| (*chain, at + 1))
                .collect();
            active.extend(beginning.get(&drive).into_iter().flatten().map(|chain| (*chain, 0)));
            active.retain(|(chain, at)| (*at as usize) + 1 < chains[*chain as usize].drives.len());
            let junction = drives[drive as usize].to;
            if active.is_empty() {
                return junction;
            }
            active.sort_unstable();
            *known.entry((junction, active)).or_insert_with_key(|key| {
                vertices.push(key.clone());
                (vertices.len() - 1) as u32
            })
        };
        for drive in 0..self.drives.len() as u32 {
            self.drives[drive as usize].arrival = after(&self.drives, &Vec::new(), drive, &mut vertices);
        }
        let mut arcs = Vec::new();
        let mut vertex = 0;
        while vertex < vertices.len() {
            let (junction, active) = vertices[vertex].clone();
            for drive in &leaving[junction as usize] {
                if !allowed(chains, &active, *drive) {
                    continue;
                }
                let to = after(&self.drives, &active, *drive, &mut vertices);
                let weight = self.drives[*drive as usize].time;
                arcs.push((vertex as u32, GraphArc { to, weight, drive: *drive }));
                self.departures[*drive as usize].push(vertex as u32);
            }
            vertex += 1;
        }
        self.graph = Graph::new(vertices.len(), arcs);
    }

    fn find_islands(&mut self) {
        let company = self.graph.company();
        let enough = ISLAND.min(company.iter().copied().max().unwrap_or(0));
        for (id, drive) in self.drives.iter_mut().enumerate() {
            drive.connected = company[drive.arrival as usize] >= enough
                && self.departures[id].iter().any(|v| company[*v as usize] >= enough);
        }
        let cut_off =
            |piece: &Piece| piece.drives.iter().flatten().all(|d| !self.drives[*d as usize].connected);
        self.islands = self.pieces.iter().filter(|piece| cut_off(piece)).count();
    }

    /// Pieces that the mass of the roads does not reach, or that do not lead there: no way begins or ends on them.
    #[must_use]
    pub fn islands(&self) -> usize {
        self.islands
    }

    /// The ways of these pieces as the source numbers them, each once, by number.
    #[must_use]
    pub fn stranded(&self) -> Vec<i64> {
        let alone = (0u32..).zip(&self.pieces).filter(|(piece, _)| !self.is_connected(*piece));
        let mut ways: Vec<i64> = alone.map(|(_, piece)| piece.way).collect();
        ways.sort_unstable();
        ways.dedup();
        ways
    }

    /// The graph.
    #[must_use]
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The pieces.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// Whether a way may begin and end on a piece.
    pub(super) fn is_connected(&self, piece: u32) -> bool {
        self.drives_of(piece).next().is_some()
    }

    /// The drives over a piece that the mass of the roads has to do with.
    pub(super) fn drives_of(&self, piece: u32) -> impl Iterator<Item = (u32, Drive)> + '_ {
        let drives = self.pieces[piece as usize].drives.into_iter().flatten();
        drives.map(|id| (id, self.drives[id as usize])).filter(|(_, drive)| drive.connected)
    }

    /// From a place on a piece (its part of the line's length) the vertices that one comes to, with the time.
    pub(super) fn start(&self, piece: u32, part: f64) -> Vec<(Vertex, Millis)> {
        let ahead = |drive: Drive| if drive.against { part } else { 1.0 - part };
        self.drives_of(piece).map(|(_, drive)| (drive.arrival, share(drive.time, ahead(drive)))).collect()
    }

    /// To a place on a piece the vertices that one comes from, with the time that is left there.
    pub(super) fn goal(&self, piece: u32, part: f64) -> Vec<(Vertex, Millis)> {
        self.drives_of(piece)
            .flat_map(|(id, drive)| {
                let driven = if drive.against { 1.0 - part } else { part };
                let rest = share(drive.time, driven);
                self.departures[id as usize].iter().map(move |vertex| (*vertex, rest))
            })
            .collect()
    }

    /// When a drive is begun, by when its vertices are reached.
    pub(super) fn begun(&self, drive: u32, at: impl Fn(Vertex) -> Millis) -> Millis {
        self.departures[drive as usize].iter().map(|vertex| at(*vertex)).min().unwrap_or(super::FAR)
    }

    /// The vertex at the end of a drive for who begins on it, with its whole time.
    pub(super) fn start_of(&self, drive: Drive) -> (Vertex, Millis) {
        (drive.arrival, drive.time)
    }

    /// Whether a drive begins at a vertex.
    pub(super) fn departs(&self, drive: u32, vertex: Vertex) -> bool {
        self.departures[drive as usize].contains(&vertex)
    }

    /// The time along one piece without leaving it, where that is allowed in its direction.
    pub(super) fn along(&self, piece: u32, from: f64, to: f64) -> Option<Millis> {
        let fits = |drive: &Drive| if drive.against { from >= to } else { to >= from };
        let drives = self.drives_of(piece).map(|(_, drive)| drive).filter(fits);
        drives.map(|drive| share(drive.time, (to - from).abs())).min()
    }
}

fn share(time: Millis, part: f64) -> Millis {
    whole(f64::from(time) * part.clamp(0.0, 1.0))
}

fn whole(millis: f64) -> Millis {
    // Clamped first, so that the cast keeps the number.
    millis.clamp(0.0, f64::from(Millis::MAX / 4)).round() as Millis
}

fn allowed(chains: &[Chain], active: &Active, drive: u32) -> bool {
    active.iter().all(|(chain, at)| {
        let chain = &chains[*chain as usize];
        let last = chain.drives.len() - 1;
        if *at as usize + 1 != last {
            return true;
        }
        match chain.turn {
            Turn::Forbidden => chain.drives[last] != drive,
            Turn::Only => chain.drives[last] == drive,
        }
    })
}

/// Restrictions speak of ways; drives are pieces of these. A way is left at the junction that the next one begins at.
fn chains(
    pieces: &[Piece],
    drives: &[Drive],
    restrictions: &[TurnRestriction],
    junctions: &HashMap<i64, u32>,
) -> Vec<Chain> {
    let mut of_way: HashMap<i64, Vec<u32>> = HashMap::new();
    for restriction in restrictions {
        for way in [restriction.from_way, restriction.to_way].iter().chain(&restriction.via_ways) {
            of_way.entry(*way).or_default();
        }
    }
    for (id, drive) in (0u32..).zip(drives) {
        if let Some(of) = of_way.get_mut(&pieces[drive.piece as usize].way) {
            of.push(id);
        }
    }
    let mut chains = Vec::new();
    for restriction in restrictions {
        let (first, last) = (&of_way[&restriction.from_way], &of_way[&restriction.to_way]);
        let via_node = match restriction.via_node.map(|node| junctions.get(&node)) {
            Some(None) => continue,
            Some(Some(node)) => Some(*node),
            None => None,
        };
        let to = |drive: u32| drives[drive as usize].to;
        let from = |drive: u32| drives[drive as usize].from;
        // Whoever comes back on the piece that he came from turns round: that is meant only where it is said.
        let turns_round = |a: u32, b: u32| drives[a as usize].piece == drives[b as usize].piece;
        let mut partial: Vec<Vec<u32>> =
            first.iter().filter(|d| via_node.is_none_or(|n| to(**d) == n)).map(|d| vec![*d]).collect();
        for way in &restriction.via_ways {
            partial = over(&partial, &of_way[way], drives);
        }
        for chain in partial {
            let Some(end) = chain.last().copied() else { continue };
            let same_way = restriction.from_way == restriction.to_way;
            for drive in last.iter().filter(|d| from(**d) == to(end) && (same_way || !turns_round(end, **d)))
            {
                // On one way a restriction is a ban on turning round.
                if same_way && restriction.via_node.is_some() && !turns_round(end, *drive) {
                    continue;
                }
                let mut whole = chain.clone();
                whole.push(*drive);
                chains.push(Chain { drives: whole, turn: restriction.turn });
            }
        }
    }
    chains
}

/// Chains prolonged over a way between: over its pieces one after the other, in one direction, from where the chain
/// ends; each place where the way may be left gives a chain.
fn over(chains: &[Vec<u32>], way: &[u32], drives: &[Drive]) -> Vec<Vec<u32>> {
    /// More pieces than any way between has.
    const LONGEST: usize = 24;
    let mut result = Vec::new();
    for chain in chains {
        let mut growing = vec![chain.clone()];
        while let Some(chain) = growing.pop() {
            let Some(end) = chain.last().map(|d| drives[*d as usize]) else { continue };
            for drive in way {
                let next = drives[*drive as usize];
                let again = chain.iter().any(|d| drives[*d as usize].piece == next.piece);
                if next.from == end.to && !again && chain.len() < LONGEST {
                    let mut longer = chain.clone();
                    longer.push(*drive);
                    result.push(longer.clone());
                    growing.push(longer);
                }
            }
        }
    }
    result
}
