//! Roads by their kilometres.

use super::*;

#[test]
fn a_kilometre_of_a_road_that_is_called_by_its_ends_is_no_crossing() {
    let g = town();
    for text in ["Алматы – Өскемен 35 км", "Алматы-Өскемен 35 км", "А-3 тасжолының 35 шақырымында"]
    {
        let (name, _, precision, at) = first(&g, text);
        assert_eq!((name.as_str(), precision), ("А-3", Precision::BetweenPosts), "{text}");
        assert!((at.lat() - 43.493).abs() < 1e-6, "{text}");
    }
    let at = first(&g, "А-3 35 км 500 м").3;
    assert!((at.lat() - 43.4895).abs() < 1e-6);
}

/// Two roads side by side, each with its posts; a third has none.
#[test]
fn the_kilometre_is_that_of_the_road_where_one_stands() {
    let mut b = Builder::default();
    let line = |lat| [point(lat, 76.0), point(lat, 76.2)];
    for (id, name, lat) in [(1, "А-1", 43.50), (3, "А-2", 43.51), (5, "Р-9", 43.54)] {
        b.road(&road(LocalNames::default(), Some(name), id, id + 1, line(lat)));
    }
    for (reference, kilometre, lat, lon) in [
        ("А-1", "10", 43.5, 76.02),
        ("А-1", "20", 43.5, 76.14),
        ("А-2", "110", 43.51, 76.07),
        ("А-2", "112", 43.51, 76.095),
    ] {
        b.object(&Object {
            element: element(9),
            kind: ObjectKind::KilometrePost,
            names: LocalNames::default(),
            phone: None,
            tags: [("distance", kilometre), ("ref", reference)].map(|(k, v)| (k.into(), v.into())).into(),
            point: point(lat, lon),
        });
    }
    let g = b.finish();
    let near = |lat| g.nearest_kilometre(point(lat, 76.08), Metres::whole(10_000));
    // A post of the other road is the nearest.
    let at = near(43.5001).expect("a road with posts");
    assert_eq!((at.road.name.as_deref(), at.kilometre), (Some("А-1"), 15.0));
    let other = near(43.5099).expect("a road with posts");
    assert_eq!((other.road.name.as_deref(), other.kilometre), (Some("А-2"), 110.8));
    assert_eq!(near(43.5401), None, "that road has no posts");
}

#[test]
fn a_kilometre_lies_between_its_posts_and_what_is_not_posted_is_said() {
    let g = town();
    let (name, _, precision, at) = first(&g, "35 км трассы А3");
    assert_eq!((name.as_str(), precision), ("А-3", Precision::BetweenPosts));
    assert!((at.lat() - 43.493).abs() < 1e-6);
    assert_eq!(first(&g, "А-3 34 км").2, Precision::KilometrePost);
    assert_eq!(first(&g, "А-3 340 км").2, Precision::KilometreUnknown);
}

#[test]
fn a_place_beside_a_road_is_told_by_the_kilometre_between_the_posts_around_it() {
    let g = town();
    let near = |lat, lon| g.nearest_kilometre(point(lat, lon), Metres::whole(10_000));
    let at = near(43.4997, 77.1002).expect("a post");
    assert_eq!(
        (at.kilometre, at.precision, at.road.name.as_deref()),
        (34.0, Precision::KilometrePost, Some("А-3"))
    );
    // Half the way from post 34 to post 36.
    let between = near(43.493, 77.0931).expect("a road with posts");
    assert_eq!((between.kilometre, between.precision), (35.0, Precision::BetweenPosts));
    assert!(between.uncertainty.get() >= 500.0 && between.distance.get() > 900.0);
    assert!((near(43.4895, 77.0896).expect("a road").kilometre - 35.5).abs() < 0.11);
    // Before the first post and after the last one nothing is reckoned: the post is named, and how far it is.
    let before = near(43.52, 77.12).expect("a post");
    assert_eq!((before.kilometre, before.precision), (34.0, Precision::KilometrePost));
    assert!(before.uncertainty.get() > 2_000.0);
    assert_eq!(near(43.2, 76.5), None);
    assert_eq!(Gazetteer::default().nearest_kilometre(point(43.5, 77.1), Metres::whole(10_000)), None);
}
