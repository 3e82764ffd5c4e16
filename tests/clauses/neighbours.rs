//! An incident near a border is the neighbour's matter too (c.3(1)): its hub hears the whole story, not the first line.

use hub112::domain::classification::legal::Standing;
use hub112::domain::classification::order240::Scale;
use hub112::domain::command::{RegionCommand, Territory};
use hub112::domain::decision::By;
use hub112::domain::envelope::{HubContent, IncidentNotice, Kind, NoticeStage};
use hub112::domain::ids::{CategoryCode, IncidentId, RegionCode};
use hub112::domain::incident::Outcome;
use hub112::domain::region::Decision;

use super::hub::{Hub, key};

fn neighbour() -> RegionCode {
    RegionCode::new(19).unwrap()
}

/// What the neighbour's hub was told by a decision.
fn heard(decision: &Decision) -> Vec<(Kind, IncidentNotice)> {
    let mut all = Vec::new();
    for o in &decision.outbound {
        let theirs = o.recipients.iter().any(|r| r.region == neighbour() && r.service == key("hub"));
        if let (true, HubContent::IncidentNotice(notice)) = (theirs, &o.content) {
            all.push((o.kind, notice.clone()));
        }
    }
    all
}

fn near_the_border(hub: &mut Hub, exercise: bool) -> (IncidentId, Decision) {
    let mut message = hub.message("Горит дом", Some("building_fire"));
    message.exercise = exercise;
    hub.receive(message, Territory { district: None, neighbours: vec![neighbour()] })
}

#[test]
fn the_neighbours_hub_is_told_of_every_change_and_of_the_end() {
    let mut hub = Hub::new();
    let (incident, opened) = near_the_border(&mut hub, false);
    assert!(matches!(heard(&opened).as_slice(), [(Kind::Report, notice)] if !notice.emergency));

    let identified = hub.identify(incident, Standing::Emergency);
    assert!(matches!(heard(&identified).as_slice(), [(Kind::Update, notice)] if notice.emergency));

    let code = CategoryCode::new("explosion").unwrap();
    let corrected = hub.person(RegionCommand::SetCategory { incident, code: code.clone(), severity: None });
    assert!(
        matches!(heard(&corrected).as_slice(), [(Kind::Update, n)] if n.category.as_ref() == Some(&code))
    );

    hub.scale(incident, Scale::Local);
    hub.decide_against_warning(incident);
    let outcome = Outcome::Resolved { note: String::new() };
    let closed = hub.person(RegionCommand::Close { incident, outcome });
    assert!(
        matches!(heard(&closed).as_slice(), [(Kind::Cancel, notice)] if notice.stage == NoticeStage::Closed)
    );
    let reason = "it burns again".to_owned();
    let reopened = hub.person(RegionCommand::Reopen { incident, reason });
    assert!(
        matches!(heard(&reopened).as_slice(), [(Kind::Update, notice)] if notice.stage == NoticeStage::Full)
    );
}

#[test]
fn the_neighbours_hub_hears_that_a_card_went_into_another() {
    let mut hub = Hub::new();
    let (from, _) = near_the_border(&mut hub, false);
    hub.wait(3_600 * 5);
    let (into, _) = hub.call("ДТП", "road_accident");
    let reason = "the same".to_owned();
    let merged = hub.person(RegionCommand::Merge { into, from, reason });
    let [(Kind::Cancel, notice)] = &heard(&merged)[..] else { panic!("{merged:?}") };
    assert_eq!((notice.stage, notice.merged_into), (NoticeStage::Withdrawn, Some(into)));
}

#[test]
fn what_a_neighbour_tells_is_shown_with_its_exercise_mark_until_it_is_told_of_the_end() {
    for exercise in [false, true] {
        let mut theirs = Hub::new();
        let (incident, opened) = near_the_border(&mut theirs, exercise);
        assert!(opened.outbound.iter().all(|o| o.exercise == exercise));
        let mut ours = Hub::new();
        let mut take = |(_, notice): (Kind, IncidentNotice)| {
            let from = neighbour();
            let command =
                RegionCommand::TakeNeighbourNotice { from, incident, notice: Box::new(notice), exercise };
            ours.ask(command, By::Service { region: from, service: key("hub") }).unwrap();
            let card = ours.state.neighbour(incident).unwrap();
            (card.exercise, card.is_open())
        };
        assert_eq!(heard(&opened).into_iter().map(&mut take).collect::<Vec<_>>(), [(exercise, true)]);
        let outcome = Outcome::Resolved { note: String::new() };
        let closed = theirs.person(RegionCommand::Close { incident, outcome });
        assert_eq!(heard(&closed).into_iter().map(&mut take).collect::<Vec<_>>(), [(exercise, false)]);
    }
}
