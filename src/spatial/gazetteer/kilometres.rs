//! Which kilometre of which road a place is at, by the posts beside the roads.

use super::flat::Flat;
use super::{EntryId, Gazetteer, Precision, Subject};
use crate::domain::geography::LocalNames;
use crate::domain::quantities::{Metres, Point};
use crate::spatial::earth::geodesic;

/// Whoever is nearer than this to a post is at its kilometre.
const AT_POST: Metres = Metres::whole(100);
/// Between posts farther apart than this, kilometres, nothing is reckoned: roads bend.
pub(super) const FAR_APART: f64 = 20.0;
/// Whoever is nearer than this to a road is at that road.
const AT_ROAD: f64 = 1_000.0;
/// Roads as near as this to each other are one road with two numbers.
const TOGETHER: f64 = 60.0;

/// The kilometre of a road near a place.
#[derive(Debug, Clone, PartialEq)]
pub struct NearKilometre<'a> {
    /// The road, by its number.
    pub road: &'a LocalNames,
    /// The kilometre, to a tenth.
    pub kilometre: f64,
    /// [`Precision::KilometrePost`] or [`Precision::BetweenPosts`].
    pub precision: Precision,
    /// How far along the road it may be from there.
    pub uncertainty: Metres,
    /// What the nearest post says.
    pub post_kilometre: f64,
    /// Where that post stands.
    pub post: Point,
    /// How far away the post is.
    pub distance: Metres,
}

impl Gazetteer {
    /// The kilometre of the nearest road that has posts, one of them at most so far away; between two posts the part of the
    /// way from one to the other. None at a road without posts: its kilometre is not that of another road near by.
    #[must_use]
    pub fn nearest_kilometre(&self, at: Point, within: Metres) -> Option<NearKilometre<'_>> {
        let road = self.road_with_posts(at, within)?;
        let flat = Flat::around(at);
        let away = |point: Point| {
            let [x, y] = flat.of(point);
            x * x + y * y
        };
        let nearest = self.posts_of(road).iter().min_by(|a, b| away(a.2).total_cmp(&away(b.2)))?;
        let (_, post_kilometre, post) = *nearest;
        let distance = geodesic(at, post);
        if distance > within {
            return None;
        }
        let at_post = NearKilometre {
            road: &self.entry(road).names,
            kilometre: tenth(post_kilometre),
            precision: Precision::KilometrePost,
            uncertainty: distance,
            post_kilometre,
            post,
            distance,
        };
        if distance <= AT_POST {
            return Some(at_post);
        }
        let sides = [true, false].into_iter().filter_map(|up| self.next_post(road, post_kilometre, post, up));
        let along = sides.filter_map(|(kilometre, point)| {
            let (share, off) = flat.along(post, point)?;
            Some((
                off,
                post_kilometre + (kilometre - post_kilometre) * share,
                (kilometre - post_kilometre).abs(),
            ))
        });
        // The side on whose line the place lies; beyond the last post of a road nothing is reckoned.
        let Some((_, kilometre, apart)) = along.min_by(|a, b| a.0.total_cmp(&b.0)) else {
            return Some(at_post);
        };
        Some(NearKilometre {
            kilometre: tenth(kilometre),
            precision: Precision::BetweenPosts,
            uncertainty: Metres::saturating(apart * 250.0),
            ..at_post
        })
    }

    fn posts_of(&self, road: EntryId) -> &[(EntryId, f64, Point)] {
        let from = self.posts.partition_point(|(r, _, _)| *r < road);
        let to = self.posts.partition_point(|(r, _, _)| *r <= road);
        &self.posts[from..to]
    }

    /// The nearest road that has posts; none where the place is at another one.
    fn road_with_posts(&self, at: Point, within: Metres) -> Option<EntryId> {
        let mut nearest: Option<(EntryId, f64)> = None;
        let mut bare = f64::MAX;
        for (road, entry) in (0..).zip(&self.entries) {
            if entry.subject != Subject::Road {
                continue;
            }
            let posted = !self.posts_of(road).is_empty();
            let least =
                if posted { nearest.map_or(within.get(), |(_, away)| away) } else { bare.min(AT_ROAD) };
            if geodesic(at, entry.point).get() - entry.reach.get() > least {
                continue;
            }
            let Some(on) = self.courses.nearest(road, at) else { continue };
            let away = on.away.get();
            if !posted {
                bare = bare.min(away);
            } else if away < nearest.map_or(f64::MAX, |(_, known)| known) {
                nearest = Some((road, away));
            }
        }
        nearest.filter(|(_, away)| bare > AT_ROAD || *away <= bare + TOGETHER).map(|(road, _)| road)
    }

    /// The next post up or down a road that can be so far along it as its kilometre says: of one road number there may be
    /// parts with kilometres of their own.
    fn next_post(&self, road: EntryId, kilometre: f64, post: Point, up: bool) -> Option<(f64, Point)> {
        let from = self.posts.partition_point(|(r, km, _)| (*r, *km) < (road, kilometre - FAR_APART));
        let of_road =
            self.posts[from..].iter().take_while(|(r, km, _)| *r == road && *km <= kilometre + FAR_APART);
        let side = of_road.filter(|(_, km, _)| if up { *km > kilometre } else { *km < kilometre });
        let reached = side.filter(|(_, km, point)| {
            geodesic(post, *point).get() <= (km - kilometre).abs() * 1_100.0 + AT_POST.get()
        });
        let nearer = |km: f64, point: Point| ((km - kilometre).abs(), geodesic(post, point).get());
        let next = reached.min_by(|a, b| {
            let (a, b) = (nearer(a.1, a.2), nearer(b.1, b.2));
            a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
        });
        next.map(|(_, km, point)| (*km, *point))
    }
}

fn tenth(kilometre: f64) -> f64 {
    (kilometre * 10.0).round() / 10.0
}
