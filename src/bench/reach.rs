//! Coverage: where a hundred units come within ten minutes, together and each for itself, over the prepared roads against
//! plain Dijkstra's search from all of them, respectively from each, bounded by the same time.
//!
//! Both sides find the roads of the units first. Before anything is measured both give the same times to many places.

use std::time::{Duration, Instant};

use super::row::{Rounds, Row};
use super::{BenchError, Extent};
use crate::domain::quantities::{Point, Seconds};
use crate::spatial::isochrone;
use crate::spatial::roads::{LANES, OnPiece, Roads, Source};

/// Units of a service in a large city.
pub const UNITS: usize = 100;
/// Within what time they are to arrive.
const WITHIN: Seconds = Seconds(600);

/// The rows.
///
/// # Errors
/// [`BenchError`] when the two sides do not give the same times.
pub fn rows(
    extent: &Extent,
    prepared: &Roads,
    searching: &Roads,
    units: &[Point],
    places: &[OnPiece],
) -> Result<Vec<Row>, BenchError> {
    let sources: Vec<Source> = units
        .iter()
        .map(|from| Source { from: *from, after: crate::domain::recommendation::TURNOUT })
        .collect();
    let times = |roads: &Roads| -> Vec<u32> {
        let reached = roads.reach_together(&sources, WITHIN);
        places.iter().map(|place| reached.times(place)[0]).collect()
    };
    if times(prepared) != times(searching) {
        return Err(BenchError::Hub("prepared roads and Dijkstra's search reach different places".into()));
    }
    let (mut together, mut each, mut outlines) = (Rounds::new(), Rounds::new(), Vec::new());
    for _ in 0..extent.rounds {
        let time = |roads: &Roads| {
            per(extent.side, || {
                std::hint::black_box(roads.reach_together(&sources, WITHIN));
            })
        };
        together.push((time(prepared), time(searching)));
        let time = |roads: &Roads| {
            per(extent.side, || {
                for some in sources.chunks(LANES) {
                    std::hint::black_box(roads.reach::<LANES>(some, WITHIN));
                }
            })
        };
        each.push((time(prepared), time(searching)));
        let reached = prepared.reach_together(&sources, WITHIN);
        outlines.push(per(extent.side, || {
            std::hint::black_box(isochrone::outline(&reached));
        }));
    }
    outlines.sort_unstable();
    let outline = outlines.get(outlines.len() / 2).map_or(0.0, |d| d.as_secs_f64() * 1e3);
    let rows = [
        Row::faster(&format!("where {UNITS} units come in ten minutes / Dijkstra from all"), &together, None),
        Row::faster(
            &format!("where each of {UNITS} units comes in ten minutes / Dijkstra from each"),
            &each,
            None,
        ),
        Some(Row::within("its outline as polygons", outline, "ms", None)),
    ];
    Ok(rows.into_iter().flatten().collect())
}

fn per(side: Duration, mut ask: impl FnMut()) -> Duration {
    let (start, mut asked) = (Instant::now(), 0u32);
    while asked == 0 || start.elapsed() < side {
        ask();
        asked += 1;
    }
    start.elapsed() / asked
}
