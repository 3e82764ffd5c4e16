//! Where is what a caller names, and what is near a place.

use actix_web::{HttpResponse, get, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::ApiState;
use super::auth::Caller;
use super::problem::Problem;
use crate::domain::geography::{LocalNames, ObjectKind, PlaceKind};
use crate::domain::ids::{DistrictCode, RegionCode};
use crate::domain::quantities::{Metres, Point};
use crate::domain::said::said;
use crate::spatial::gazetteer::{Ask, Hit, LONGEST, LONGEST_LINK, Precision, SearchError, Subject};

/// Places told when nobody says how many.
const USUAL: usize = 8;
/// The most places told at once.
const MOST: usize = 50;
/// A house farther away is not the address of a place.
const AT_HOUSE: Metres = Metres::whole(200);
/// A kilometre post farther away says nothing of a place.
const AT_POST: Metres = Metres::whole(10_000);
/// A road farther away is not where a place lies.
const AT_ROAD: Metres = Metres::whole(1_000);

/// What is asked.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// A street with its house, a crossing, a place, an object, a road with its kilometre, or coordinates, as people
    /// say and write them in Kazakh, Russian or Latin letters. At most 200 characters, a link of a map 2000.
    #[param(max_length = 2000, example = "абая 10")]
    q: String,
    /// What the officer looks at: latitude. Of two places that fit equally the nearer comes first.
    #[param(minimum = -90, maximum = 90)]
    lat: Option<f64>,
    /// Longitude of the same.
    #[param(minimum = -180, maximum = 180)]
    lon: Option<f64>,
    /// The most answers, 8 when absent.
    #[param(minimum = 1, maximum = 50)]
    limit: Option<u16>,
}

/// What a place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FoundKind {
    /// A town, village or quarter; a park, wood or water.
    Place,
    /// A street, with or without its house.
    Street,
    /// A road by its number.
    Road,
    /// An object, or a building by its own name.
    Object,
    /// Where two streets cross.
    Crossing,
    /// Coordinates.
    Coordinates,
}

/// How exactly a place is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FoundPrecision {
    /// The coordinates were given.
    Coordinates,
    /// The house is known.
    House,
    /// A house with the same number and another letter or fraction is known.
    HouseBeside,
    /// Between the houses that are known on that side of the street.
    BetweenHouses,
    /// Where two streets cross.
    Crossing,
    /// A kilometre post stands there.
    KilometrePost,
    /// Between two kilometre posts.
    BetweenPosts,
    /// The street or quarter is known, the house asked for is not: somewhere along it.
    HouseUnknown,
    /// The road is known, the kilometre asked for is not: somewhere along it.
    KilometreUnknown,
    /// The thing as a whole: its middle.
    Whole,
}

impl From<Precision> for FoundPrecision {
    fn from(precision: Precision) -> Self {
        match precision {
            Precision::Coordinates => Self::Coordinates,
            Precision::House => Self::House,
            Precision::HouseBeside => Self::HouseBeside,
            Precision::BetweenHouses => Self::BetweenHouses,
            Precision::Crossing => Self::Crossing,
            Precision::KilometrePost => Self::KilometrePost,
            Precision::BetweenPosts => Self::BetweenPosts,
            Precision::HouseUnknown => Self::HouseUnknown,
            Precision::KilometreUnknown => Self::KilometreUnknown,
            Precision::Whole => Self::Whole,
        }
    }
}

/// A place that may be meant.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundPlace {
    /// What it is.
    kind: FoundKind,
    /// What kind of place, where it is one.
    place: Option<PlaceKind>,
    /// What kind of object, where it is one.
    object: Option<ObjectKind>,
    /// Its names; none for coordinates.
    names: Option<LocalNames>,
    /// The street that it crosses.
    crossing: Option<LocalNames>,
    /// The house number.
    house: Option<String>,
    /// The kilometre asked for.
    kilometre: Option<f64>,
    /// Its town or village.
    settlement: Option<LocalNames>,
    /// Its region; none outside the country.
    region: Option<RegionCode>,
    /// Its district, where districts are known.
    district: Option<DistrictCode>,
    /// Whether a former name, or one that it bears beside, is what fits.
    former_name: bool,
    /// How exactly it is known.
    precision: FoundPrecision,
    /// Where.
    point: Point,
    /// How far from there it may be, metres.
    uncertainty_m: Metres,
    /// How far it is from what the officer looks at, metres.
    distance_m: Option<Metres>,
    /// How well the words fit, 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    likeness: f32,
}

/// Places that may be meant.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundPlaces {
    /// Best first; empty when nothing fits.
    items: Vec<FoundPlace>,
    /// Things with names that were looked through: 0 says that no land was imported, not that nothing fits.
    known: usize,
}

/// Places by name: streets with houses, crossings, towns, objects, kilometres of roads, coordinates. Words may be
/// misheard, unfinished, transliterated or of a former name.
#[utoipa::path(tag = "gazetteer", params(Question), responses((status = 200, body = FoundPlaces),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/gazetteer")]
pub async fn search(
    state: web::Data<ApiState>,
    _caller: Caller,
    query: web::Query<Question>,
) -> Result<HttpResponse, Problem> {
    let Question { q, lat, lon, limit } = query.into_inner();
    let longest = if q.contains("://") { LONGEST_LINK } else { LONGEST };
    if q.chars().count() > longest {
        return Err(Problem::new(
            "invalid",
            said!(
                "a name to look for has at most {most} characters; leave out what is not the place",
                most = longest
            ),
        )
        .at("q"));
    }
    let around = match (lat, lon) {
        (None, None) => None,
        (Some(lat), Some(lon)) => Some(point(lat, lon)?),
        _ => {
            return Err(Problem::new(
                "invalid",
                said!("latitude and longitude belong together; give both or neither"),
            )
            .at("lat"));
        }
    };
    let most = limit.map_or(USUAL, usize::from);
    if !(1..=MOST).contains(&most) {
        return Err(
            Problem::new("invalid", said!("a limit is 1 to {most}; ask for fewer", most = MOST)).at("limit")
        );
    }
    let (gazetteer, territory) = (state.board.gazetteer(), state.board.territories());
    let found = gazetteer.search(Ask { text: &q, around, most }, |point| territory.contains(point));
    let hits = found.map_err(|error| {
        let said = match error {
            SearchError::Empty => said!("there is no word and no number to look for; type a street, place or object"),
            SearchError::ThreeWords => said!(
                "three words of an addressing scheme: only its owner knows where they are; ask the caller for a street, \
                 a landmark or the coordinates"
            ),
            SearchError::Grid => said!(
                "there is no such place in the grid of the zone; ask for it once more, or for latitude and longitude"
            ),
            SearchError::Link => said!(
                "a link that carries no place, as a shortened one: let the caller open it and read out the coordinates or the \
                 address"
            ),
            SearchError::ShortCode => said!(
                "a short plus code says where only with its town: ask for the town and type it behind the code"
            ),
        };
        Problem::new("invalid", said).at("q")
    })?;
    let items = hits
        .into_iter()
        .map(|hit| {
            let (region, district) = territory.locate(hit.point).map_or((None, None), |(r, d)| (Some(r), d));
            told(hit, region, district)
        })
        .collect();
    Ok(HttpResponse::Ok().json(FoundPlaces { items, known: gazetteer.extent().entries }))
}

fn point(lat: f64, lon: f64) -> Result<Point, Problem> {
    Point::new(lat, lon).map_err(|_| {
        Problem::new(
            "invalid",
            said!("that is no place on Earth; latitude is -90 to 90, longitude -180 to 180"),
        )
        .at("lat")
    })
}

fn told(hit: Hit<'_>, region: Option<RegionCode>, district: Option<DistrictCode>) -> FoundPlace {
    let kind = match (hit.crossing, hit.subject) {
        (Some(_), _) => FoundKind::Crossing,
        (None, None) => FoundKind::Coordinates,
        (None, Some(Subject::Place(_) | Subject::Cover)) => FoundKind::Place,
        (None, Some(Subject::Street)) => FoundKind::Street,
        (None, Some(Subject::Road)) => FoundKind::Road,
        (None, Some(Subject::Object(_) | Subject::Building)) => FoundKind::Object,
    };
    FoundPlace {
        kind,
        place: match hit.subject {
            Some(Subject::Place(kind)) => Some(kind),
            _ => None,
        },
        object: match hit.subject {
            Some(Subject::Object(kind)) => Some(kind),
            _ => None,
        },
        names: hit.names.cloned(),
        crossing: hit.crossing.cloned(),
        house: hit.house.map(Into::into),
        kilometre: hit.kilometre,
        settlement: hit.settlement.cloned(),
        region,
        district,
        former_name: hit.former_name,
        precision: hit.precision.into(),
        point: hit.point,
        uncertainty_m: hit.uncertainty,
        distance_m: hit.distance,
        likeness: hit.likeness.clamp(0.0, 1.0),
    }
}

/// A place on the map.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct At {
    /// Latitude, degrees north.
    #[param(minimum = -90, maximum = 90)]
    lat: f64,
    /// Longitude, degrees east.
    #[param(minimum = -180, maximum = 180)]
    lon: f64,
}

/// The address nearest to a place.
#[derive(Debug, Serialize, ToSchema)]
pub struct NearestAddress {
    /// Its street or quarter.
    names: LocalNames,
    /// Its number.
    house: String,
    /// Where it stands.
    point: Point,
    /// How far away, metres.
    distance_m: Metres,
}

/// The road nearest to a place.
#[derive(Debug, Serialize, ToSchema)]
pub struct NearestRoad {
    /// The name on its sign.
    name: Option<String>,
    /// The point of it that is nearest.
    point: Point,
    /// How far away, metres.
    distance_m: Metres,
}

/// The kilometre of the road whose kilometre post is nearest to a place.
#[derive(Debug, Serialize, ToSchema)]
pub struct NearestKilometre {
    /// The road, by its number.
    road: LocalNames,
    /// The kilometre, to a tenth: of the post, or between two posts by the part of the way.
    kilometre: f64,
    /// `kilometre_post` or `between_posts`.
    precision: FoundPrecision,
    /// How far along the road it may be from there, metres.
    uncertainty_m: Metres,
    /// What the nearest post says.
    post_kilometre: f64,
    /// Where that post stands.
    post: Point,
    /// How far away the post is, metres.
    distance_m: Metres,
}

/// What is at a place.
#[derive(Debug, Serialize, ToSchema)]
pub struct WhatIsHere {
    /// Its region; none outside the country.
    region: Option<RegionCode>,
    /// Its district, where districts are known.
    district: Option<DistrictCode>,
    /// Its town or village.
    settlement: Option<LocalNames>,
    /// The address nearest to it, within 200 m.
    address: Option<NearestAddress>,
    /// The road nearest to it, within 1 km.
    road: Option<NearestRoad>,
    /// The kilometre of the road whose post is nearest, within 10 km.
    kilometre: Option<NearestKilometre>,
}

/// Regions that are one city: its districts are parts of it.
const CITIES: [u8; 3] = [71, 75, 79];

/// Whether a settlement, by where its middle lies, may hold a place: none reaches into another region, and none but a city
/// with districts of its own into another district.
fn may_hold(
    (region, district): (Option<RegionCode>, Option<&DistrictCode>),
    middle: Option<(RegionCode, Option<&DistrictCode>)>,
    kind: PlaceKind,
) -> bool {
    let (Some(region), Some((of, of_district))) = (region, middle) else { return true };
    // Districts of a city have its code's first four digits.
    let same = |a: &DistrictCode, b: &DistrictCode| a.as_str().get(..4) == b.as_str().get(..4);
    let within = match (district, of_district) {
        (Some(a), Some(b)) => a == b || (kind == PlaceKind::City && same(a, b)),
        _ => true,
    };
    region == of && (CITIES.contains(&region.number()) || within)
}

/// What is at a place: region, district, settlement, the nearest address, road and kilometre.
#[utoipa::path(tag = "gazetteer", params(At), responses((status = 200, body = WhatIsHere),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/gazetteer/here")]
pub async fn here(
    state: web::Data<ApiState>,
    _caller: Caller,
    query: web::Query<At>,
) -> Result<HttpResponse, Problem> {
    let at = point(query.lat, query.lon)?;
    let gazetteer = state.board.gazetteer();
    let (region, district) = state.board.territories().locate(at).map_or((None, None), |(r, d)| (Some(r), d));
    let address = gazetteer.nearest_house(at, AT_HOUSE).map(|house| NearestAddress {
        names: house.names.clone(),
        house: house.number.to_string(),
        point: house.point,
        distance_m: house.distance,
    });
    let road = state.board.roads().and_then(|roads| {
        let near = roads.nearest(at).filter(|near| near.away.get() <= AT_ROAD.get())?;
        let piece = roads.network().pieces().get(near.piece as usize)?;
        Some(NearestRoad {
            name: piece.name.as_deref().map(str::to_owned),
            point: near.point,
            distance_m: near.away,
        })
    });
    let kilometre = gazetteer.nearest_kilometre(at, AT_POST).map(|near| NearestKilometre {
        road: near.road.clone(),
        kilometre: near.kilometre,
        precision: near.precision.into(),
        uncertainty_m: near.uncertainty,
        post_kilometre: near.post_kilometre,
        post: near.post,
        distance_m: near.distance,
    });
    let territories = state.board.territories();
    let settlement = gazetteer.settlement(at, |kind, middle| {
        let of = territories.locate(middle);
        may_hold((region, district.as_ref()), of.as_ref().map(|(r, d)| (*r, d.as_ref())), kind)
    });
    let settlement = settlement.cloned();
    Ok(HttpResponse::Ok().json(WhatIsHere { region, district, settlement, address, road, kilometre }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_settlement_of_another_region_or_district_does_not_hold_a_place() {
        let region = |code| RegionCode::new(code).unwrap();
        let district = |code: &str| code.parse::<DistrictCode>().unwrap();
        let (karasai, talgar) = (district("195200000"), district("196200000"));
        let (medeu, almaly) = (district("751710000"), district("751110000"));
        let (almaty, oblast) = (region(75), region(19));
        let spot = (Some(oblast), Some(&karasai));
        assert!(may_hold(spot, Some((oblast, Some(&karasai))), PlaceKind::Village));
        assert!(!may_hold(spot, Some((oblast, Some(&talgar))), PlaceKind::Village));
        assert!(!may_hold(spot, Some((almaty, Some(&almaly))), PlaceKind::City));
        assert!(may_hold((Some(almaty), Some(&medeu)), Some((almaty, Some(&almaly))), PlaceKind::City));
        assert!(may_hold((Some(oblast), None), Some((oblast, Some(&talgar))), PlaceKind::Village));
        assert!(may_hold((None, None), Some((oblast, None)), PlaceKind::Village));
        let (one, other) = (district("351011000"), district("351013000"));
        let karaganda = region(35);
        assert!(may_hold((Some(karaganda), Some(&one)), Some((karaganda, Some(&other))), PlaceKind::City));
        assert!(!may_hold((Some(karaganda), Some(&one)), Some((karaganda, Some(&other))), PlaceKind::Town));
    }
}
