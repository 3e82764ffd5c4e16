//! Where units are now. Positions are in no journal and in no feed: who shows them asks again and again for what has
//! moved since, and however slowly it asks, it gets each unit once, where it is.

use std::sync::LazyLock;

use actix_web::{get, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::ApiState;
use super::auth::Caller;
use super::problem::Problem;
use crate::actors::clock;
use crate::domain::doubt::Doubtful;
use crate::domain::ids::{RegionCode, UnitId};
use crate::domain::outside::Outside;
use crate::domain::unit::Position;
use crate::store::account::Role;

/// When this process began: marks of another one say nothing here.
static LIFE: LazyLock<i64> = LazyLock::new(|| clock::now().as_microsecond());

/// Which positions.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Since {
    /// The account's own when absent, or every region that it may see.
    region: Option<RegionCode>,
    /// The mark of the answer before: units that were seen after it. Every unit when it is absent, or of a time before
    /// the hub started anew.
    since: Option<String>,
}

/// Positions in columns: the first unit is at the first latitude and longitude, and so on.
#[derive(Debug, Serialize, ToSchema)]
pub struct Whereabouts {
    /// The hub's time.
    pub now: Timestamp,
    /// For `since` next time.
    pub mark: String,
    /// Whether this is every unit, and not what has moved since the mark asked for.
    pub whole: bool,
    /// The units.
    pub units: Vec<UnitId>,
    /// Degrees of latitude, WGS 84, to about a metre.
    pub lat: Vec<f64>,
    /// Degrees of longitude.
    pub lon: Vec<f64>,
    /// How old each position is, whole seconds.
    pub age: Vec<u32>,
    /// Every unit whose latest report is not believed: above it is where it was believed to be last.
    pub doubtful: Vec<DoubtedUnit>,
    /// Every unit that has left where it belongs without being sent.
    pub outside: Vec<UnitOutside>,
}

/// A unit whose latest report is not believed.
#[derive(Debug, Serialize, ToSchema)]
pub struct DoubtedUnit {
    /// Which.
    pub unit: UnitId,
    /// What was reported and why it is not believed.
    #[serde(flatten)]
    pub report: Doubtful,
}

/// A unit outside where it belongs.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitOutside {
    /// Which.
    pub unit: UnitId,
    /// What it left, when and where.
    #[serde(flatten)]
    pub outside: Outside,
}

/// Where the units of a region, or of all that the account may see, are, as far as they have moved since a mark. An agency sees those of its own service
/// alone.
#[utoipa::path(tag = "units", params(Since), responses((status = 200, body = Whereabouts),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/positions")]
pub async fn latest(
    state: web::Data<ApiState>,
    caller: Caller,
    query: web::Query<Since>,
) -> Result<web::Json<Whereabouts>, Problem> {
    let Since { region, since } = query.into_inner();
    let (regions, service) = if caller.account.role == Role::Agency {
        let party = caller.party(region)?;
        (vec![party.region], Some(party.service))
    } else {
        (caller.regions(region, &state)?, None)
    };
    let known = since.as_deref().and_then(|mark| seen_here(mark, &regions));
    let units = state.board.units();
    let (mut marks, mut seen) = (Vec::with_capacity(regions.len()), Vec::new());
    for (n, region) in regions.iter().enumerate() {
        let since = known.as_ref().map_or(0, |marks| marks[n]);
        let (mark, moved) = units.seen_since(*region, service.as_ref(), since);
        marks.push(mark);
        seen.extend(moved);
    }
    let mut all = columns(clock::now(), marked(&regions, &marks), known.is_none(), seen);
    for region in regions {
        for (unit, remark) in units.remarked(region, service.as_ref()) {
            all.doubtful.extend(remark.doubtful.map(|report| DoubtedUnit { unit: unit.clone(), report }));
            all.outside.extend(remark.outside.map(|outside| UnitOutside { unit, outside }));
        }
    }
    Ok(web::Json(all))
}

/// The mark of an answer: of this life of the hub, how far each region was told.
fn marked(regions: &[RegionCode], marks: &[u64]) -> String {
    let each: Vec<String> =
        regions.iter().zip(marks).map(|(region, mark)| format!("{region}-{mark}")).collect();
    format!("{}.{}", *LIFE, each.join("."))
}

/// How far each of these regions was told, by a mark that this process gave for the same regions.
fn seen_here(mark: &str, regions: &[RegionCode]) -> Option<Vec<u64>> {
    let (life, marks) = mark.split_once('.')?;
    if life.parse() != Ok(*LIFE) {
        return None;
    }
    let mut told = marks.split('.');
    let each = |region: &RegionCode| {
        let (of, mark) = told.next()?.split_once('-')?;
        (of == region.to_string()).then(|| mark.parse().ok()).flatten()
    };
    let known: Option<Vec<u64>> = regions.iter().map(each).collect();
    known.filter(|_| told.next().is_none())
}

fn columns(now: Timestamp, mark: String, whole: bool, seen: Vec<(UnitId, Position)>) -> Whereabouts {
    let mut all = Whereabouts {
        now,
        mark,
        whole,
        units: Vec::with_capacity(seen.len()),
        lat: Vec::with_capacity(seen.len()),
        lon: Vec::with_capacity(seen.len()),
        age: Vec::with_capacity(seen.len()),
        doubtful: Vec::new(),
        outside: Vec::new(),
    };
    for (unit, position) in seen {
        all.lat.push(to_a_metre(position.point.lat()));
        all.lon.push(to_a_metre(position.point.lon()));
        all.age.push(position.age(now).0);
        all.units.push(unit);
    }
    all
}

fn to_a_metre(degrees: f64) -> f64 {
    (degrees * 1e5).round() / 1e5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_of_another_life_of_the_hub_or_of_other_regions_counts_for_nothing() {
        let [almaty, zhetysu] = ["75", "33"].map(|code| code.parse().expect("a region"));
        let both = [almaty, zhetysu];
        let given = marked(&both, &[7, 40]);
        assert_eq!(seen_here(&given, &both), Some(vec![7, 40]));
        for other in ["", "7", "1.75-7.33-40", &format!("{}.x", *LIFE), &format!("{}.75-7.33-x", *LIFE)] {
            assert_eq!(seen_here(other, &both), None, "{other}");
        }
        for others in [&[almaty][..], &[zhetysu, almaty], &[almaty, zhetysu, almaty]] {
            assert_eq!(seen_here(&given, others), None);
        }
    }
}
