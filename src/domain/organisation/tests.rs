//! The tree of c.2(2) and what may be changed in it.

use jiff::Timestamp;

use super::*;
use crate::domain::decision::{By, Refusal};
use crate::domain::directive::Force;
use crate::domain::ids::AccountName;
use crate::domain::names::Names;

use OrganisationKind as K;

fn at() -> Timestamp {
    Timestamp::from_second(1_760_000_000).unwrap()
}

fn administrator() -> By {
    By::Person { account: AccountName::new("madina").unwrap() }
}

fn key(text: &str) -> OrganisationKey {
    OrganisationKey::new(text).unwrap()
}

fn organisation(named: &str, kind: K, parent: Option<&str>) -> Organisation {
    Organisation {
        key: key(named),
        kind,
        parent: parent.map(key),
        names: Names { kk: "Атауы".into(), ru: "Название".into(), en: "Name".into() },
        bin: None,
        site: None,
        duty_number: None,
        contacts: Vec::new(),
        service: None,
    }
}

fn register(tree: &mut Organisations, organisation: Organisation) -> Result<(), Refusal> {
    let command = OrganisationCommand::Register { organisation: Box::new(organisation) };
    for event in tree.decide(command, at(), &administrator())? {
        tree.apply(&event);
    }
    Ok(())
}

/// The keys from an organisation up to the top.
fn upwards(tree: &Organisations, from: &str) -> Vec<String> {
    let mut way = Vec::new();
    let mut next = tree.get(&key(from));
    while let Some(kept) = next {
        way.push(kept.organisation.key.to_string());
        next = kept.organisation.parent.as_ref().and_then(|above| tree.get(above));
    }
    way
}

#[test]
fn the_authorised_body_leads_through_the_territorial_body_to_the_112_directorate() {
    let tree = Organisations::default();
    assert_eq!(upwards(&tree, "directorate"), ["directorate", "territorial_body", "authorised_body"]);
    assert_eq!(upwards(&tree, "fire_rescue"), ["fire_rescue", "territorial_body", "authorised_body"]);
    let kinds: Vec<K> = tree.iter().map(|kept| kept.organisation.kind).collect();
    for kind in K::ALL.into_iter().filter(|kind| kind.is_given()) {
        assert_eq!(kinds.iter().filter(|other| **other == kind).count(), 1, "{kind:?}");
    }
}

#[test]
fn the_command_centre_is_whom_the_hub_reports_to_upward() {
    let upward = Organisations::default().upward().cloned().expect("a republican level");
    assert_eq!(upward.organisation.kind, K::CommandCentre);
    assert_eq!(upward.organisation.parent, Some(key("authorised_body")));
    assert_eq!(
        upward.organisation.names.ru,
        "Командный центр стратегического планирования и оперативного управления"
    );
}

#[test]
fn every_kind_hangs_where_the_rules_put_it_and_nowhere_else() {
    let allowed: [(K, &[Option<K>]); 8] = [
        (K::AuthorisedBody, &[None]),
        (K::CommandCentre, &[Some(K::AuthorisedBody)]),
        (K::TerritorialBody, &[Some(K::AuthorisedBody)]),
        (K::Directorate, &[Some(K::TerritorialBody)]),
        (K::Subordinate, &[Some(K::AuthorisedBody), Some(K::TerritorialBody), Some(K::Subordinate)]),
        (K::LocalExecutiveBody, &[None, Some(K::LocalExecutiveBody)]),
        (K::HazardousFacility, &[None, Some(K::LocalExecutiveBody), Some(K::LegalPerson)]),
        (K::LegalPerson, &[None, Some(K::LocalExecutiveBody), Some(K::LegalPerson)]),
    ];
    assert_eq!(allowed.map(|(kind, _)| kind), K::ALL);
    for (kind, parents) in allowed {
        for parent in [None].into_iter().chain(K::ALL.map(Some)) {
            assert_eq!(kind.may_hang_under(parent), parents.contains(&parent), "{kind:?} under {parent:?}");
        }
    }
}

#[test]
fn the_territorial_body_and_what_is_subordinate_is_ordered_and_everybody_else_is_told() {
    let ordered: Vec<K> = K::ALL.into_iter().filter(|kind| kind.force() == Force::Order).collect();
    assert_eq!(ordered, [K::TerritorialBody, K::Directorate, K::Subordinate]);
}

#[test]
fn an_organisation_that_does_not_fit_the_tree_is_refused() {
    let mut tree = Organisations::default();
    register(&mut tree, organisation("75-a", K::Subordinate, Some("territorial_body"))).unwrap();
    register(&mut tree, organisation("75-b", K::Subordinate, Some("75-a"))).unwrap();
    let nameless = Organisation {
        names: Names { kk: " ".into(), ru: "Название".into(), en: "Name".into() },
        ..organisation("75-c", K::LegalPerson, None)
    };
    for (field, bad) in [
        ("names.kk", nameless),
        ("kind", organisation("75-c", K::CommandCentre, Some("authorised_body"))),
        ("kind", organisation("fire_rescue", K::LegalPerson, None)),
        ("parent", organisation("75-c", K::Subordinate, None)),
        ("parent", organisation("75-c", K::LegalPerson, Some("75-a"))),
        ("parent", organisation("75-a", K::Subordinate, Some("75-b"))),
        ("parent", organisation("75-a", K::Subordinate, Some("75-a"))),
    ] {
        match register(&mut tree, bad.clone()) {
            Err(Refusal::Invalid { field: named, .. }) => assert_eq!(named, field, "{bad:?}"),
            other => panic!("{field}: {other:?}"),
        }
    }
    let nowhere = organisation("75-c", K::Subordinate, Some("75-nobody"));
    assert!(matches!(register(&mut tree, nowhere), Err(Refusal::NotFound { .. })));
}

#[test]
fn one_number_is_one_legal_person_and_its_sites_share_it() {
    let mut tree = Organisations::default();
    let bin = Some(Bin::try_from("941240000193".to_owned()).unwrap());
    let with = |mut organisation: Organisation| {
        organisation.bin.clone_from(&bin);
        organisation
    };
    register(&mut tree, with(organisation("75-plant", K::LegalPerson, None))).unwrap();
    let twin = register(&mut tree, with(organisation("75-twin", K::LegalPerson, None)));
    assert!(matches!(twin, Err(Refusal::Conflict(_))), "{twin:?}");
    register(&mut tree, with(organisation("75-tank", K::HazardousFacility, Some("75-plant")))).unwrap();
}

#[test]
fn what_the_rules_give_is_changed_and_never_taken_off_and_nothing_is_left_hanging_in_the_air() {
    let mut tree = Organisations::default();
    let remove = |of: &str| OrganisationCommand::Remove { organisation: key(of), reason: "x".into() };
    let given = tree.get(&key("territorial_body")).cloned().unwrap();
    let called = Organisation { duty_number: Some("+7 727 000".into()), ..given.organisation };
    register(&mut tree, called.clone()).unwrap();
    register(&mut tree, called).unwrap();
    let kept = tree.territorial_body().unwrap();
    assert_eq!((kept.version, kept.organisation.to_call()), (2, Some("+7 727 000")));
    assert!(matches!(
        tree.decide(remove("territorial_body"), at(), &administrator()),
        Err(Refusal::Conflict(_))
    ));
    register(&mut tree, organisation("75-a", K::Subordinate, Some("territorial_body"))).unwrap();
    register(&mut tree, organisation("75-b", K::Subordinate, Some("75-a"))).unwrap();
    assert!(matches!(tree.decide(remove("75-a"), at(), &administrator()), Err(Refusal::Conflict(_))));
    assert!(matches!(tree.decide(remove("75-x"), at(), &administrator()), Err(Refusal::NotFound { .. })));
    assert_eq!(tree.decide(remove("75-b"), at(), &By::rule("import")), Err(Refusal::PersonNeeded));
    for gone in ["75-b", "75-a"] {
        let events = tree.decide(remove(gone), at(), &administrator()).unwrap();
        events.iter().for_each(|event| tree.apply(event));
        assert_eq!(tree.get(&key(gone)), None);
    }
}
