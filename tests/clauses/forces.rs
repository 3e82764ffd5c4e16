//! c.5(3)¶2–¶4 with a desk that changes its mind: an obligation is met only by what the clause says meets it, and is owed
//! again when that is taken back. The hub hears here what a real desk decides.

use hub112::domain::classification::legal::Standing;
use hub112::domain::command::{NewRequest, RegionCommand};
use hub112::domain::decision::{Context, Expected, Ids, Refusal};
use hub112::domain::envelope::{ErrorCode, ErrorContent};
use hub112::domain::forces::{Act, ForcesRequest, RecommendedUnit, RequestState, Stage};
use hub112::domain::ids::{IncidentId, RequestId, UnitId};
use hub112::domain::obligation::{ObligationKind as K, Status};
use hub112::domain::quantities::Seconds;
use hub112::domain::service::{ServiceCommand, ServiceEvent, ServiceState};
use hub112::domain::unit::Unit;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::hub::{DEPOT, Hub, agency, key, officer, region};

const FIRE: &str = "fire_rescue";
const SECOND: RequestId = RequestId(Uuid::from_u128(0xA2));

/// A hub with a card, and the fire desk with eight units.
struct Fire {
    hub: Hub,
    desk: ServiceState,
    incident: IncidentId,
}

fn unit(n: u8) -> UnitId {
    UnitId::new(&format!("75-fire_rescue-{n}")).unwrap()
}

impl Fire {
    /// A building burns, with or without having been identified as an emergency.
    fn burns(standing: Standing) -> Self {
        let mut hub = Hub::new();
        let (incident, _) = hub.call("Горит дом", "building_fire");
        hub.identify(incident, standing);
        let mut fire = Self { hub, desk: ServiceState::new(region(), key(FIRE)).unwrap(), incident };
        for n in 1..=8 {
            let home = json!({"lat": 43.2, "lon": 76.9});
            let unit: Unit = serde_json::from_value(json!({
                "id": unit(n), "service": FIRE, "region": "75", "call_sign": format!("АЦ-{n}"),
                "kind": "fire_engine", "station": "1", "home": home,
                "position": {"point": home, "at": fire.hub.now, "source": "station", "accuracy": null},
            }))
            .unwrap();
            fire.desk(ServiceCommand::RegisterUnit { unit: Box::new(unit), expected: Expected::Absent })
                .unwrap();
        }
        fire
    }

    /// What the desk decides, heard by the hub as it comes.
    fn desk(&mut self, command: ServiceCommand) -> Result<(), Refusal> {
        let ctx = Context { now: self.hub.now, by: officer(), ids: Ids::new(Uuid::from_u128(9)) };
        let events = self.desk.decide(command, &ctx)?;
        for event in &events {
            self.desk.apply(event, self.hub.now);
        }
        if events.iter().any(ServiceEvent::concerns_hub) {
            self.hub.hear_all(FIRE, events);
        }
        Ok(())
    }

    fn ask(&mut self, id: RequestId, units: &[u8]) {
        let recommended: Vec<RecommendedUnit> = units
            .iter()
            .map(|n| RecommendedUnit { unit: unit(*n), distance: None, eta: Some(Seconds(60)) })
            .collect();
        let place = ServiceCommand::Place {
            request: id,
            incident: self.incident,
            of: region(),
            units: recommended.clone(),
            hold: Seconds(120),
            scene: None,
            exercise: false,
        };
        self.desk(place).unwrap();
        let new = NewRequest {
            id,
            act: Act::FirstWave,
            service: key(FIRE),
            service_region: region(),
            profile: None,
            capabilities: vec![],
            count: u16::try_from(units.len()).unwrap(),
            recommended,
        };
        let command = RegionCommand::RequestForces { incident: self.incident, requests: vec![new] };
        self.hub.person(command);
    }

    fn answers(&mut self, id: RequestId, answer: Value) {
        let mut answer = answer;
        answer["request_id"] = json!(id);
        self.desk(ServiceCommand::Answer(serde_json::from_value(answer).unwrap())).unwrap();
    }

    fn reports(&mut self, n: u8, step: &str) {
        self.hub.now += SignedDuration::from_secs(10);
        let report = json!({"unit_id": unit(n), "status": step, "at": self.hub.now});
        let report = serde_json::from_value(report).unwrap();
        self.desk(ServiceCommand::Report { report, incident: Some(self.incident) }).unwrap();
    }

    fn request(&self, id: RequestId) -> &ForcesRequest {
        &self.hub.state.incident(self.incident).unwrap().requests[&id]
    }

    fn minutes(&self, m: i64) -> Timestamp {
        self.hub.now + SignedDuration::from_mins(m)
    }

    /// Which of the three data and the report of c.5(1)¶5 are met.
    fn met(&self) -> [bool; 4] {
        [K::O11a, K::O11b, K::O11c, K::O03].map(|kind| self.hub.of(kind).iter().all(|s| *s == Status::Met))
    }

    fn waves_owed(&self) -> usize {
        self.hub.of(K::O09).iter().filter(|s| s.is_owed()).count()
    }

    fn close_by_rule(&mut self) {
        let mut settings = self.hub.state.settings().clone();
        settings.close_by_rule = true;
        self.hub.person(RegionCommand::SetSettings(Box::new(settings)));
    }

    fn is_open(&self) -> bool {
        self.hub.state.incident(self.incident).unwrap().is_open()
    }
}

fn accept(units: &[u8]) -> Value {
    json!({"decision": "accept", "units": units.iter().map(|n| unit(*n)).collect::<Vec<_>>()})
}

fn change(units: &[u8]) -> Value {
    json!({"decision": "change", "units": units.iter().map(|n| unit(*n)).collect::<Vec<_>>()})
}

#[test]
fn a_change_of_units_meets_nothing_that_the_new_units_have_not_reached() {
    let mut fire = Fire::burns(Standing::Event);
    fire.ask(DEPOT, &[1]);
    fire.answers(DEPOT, accept(&[1]));
    fire.answers(DEPOT, change(&[8]));
    let asked = fire.request(DEPOT);
    assert_eq!((asked.departure_at, asked.arrival_at), (None, None));
    assert_eq!(asked.engagements[&unit(1)].stage, Stage::Released);
    assert_eq!(fire.met(), [false; 4], "nobody has left and nobody has come");
    fire.hub.wait(86_400);
    assert_eq!(fire.hub.of(K::O11c), [Status::Late], "and it is seen that nobody does");
}

#[test]
fn a_release_says_neither_that_anybody_left_nor_that_anybody_came() {
    for (before, met) in [(&[][..], [false; 3]), (&["departed"][..], [true, true, false])] {
        let mut fire = Fire::burns(Standing::Event);
        fire.ask(DEPOT, &[1]);
        fire.answers(DEPOT, accept(&[1]));
        for step in before {
            fire.reports(1, step);
        }
        fire.reports(1, "released");
        assert_eq!(fire.met()[..3], met, "{before:?}, then released");
        assert_eq!(fire.request(DEPOT).state, RequestState::Done);
    }
}

#[test]
fn a_service_that_turned_back_its_last_unit_owes_an_arrival_until_others_of_it_come() {
    let mut fire = Fire::burns(Standing::Event);
    fire.ask(DEPOT, &[1]);
    fire.answers(DEPOT, accept(&[1]));
    fire.reports(1, "departed");
    fire.reports(1, "released");
    fire.hub.wait(86_400);
    assert_eq!(fire.hub.of(K::O11c), [Status::Late], "it is seen that nobody has come");
    fire.ask(SECOND, &[2]);
    fire.answers(SECOND, accept(&[2]));
    fire.reports(2, "departed");
    assert!(fire.hub.of(K::O11c).iter().all(|status| status.is_owed()), "on the way is not there");
    fire.reports(2, "arrived");
    assert_eq!(
        fire.hub.of(K::O11c),
        [Status::MetLate, Status::Met],
        "c.5(3)¶4: it was carried out in the end"
    );
}

#[test]
fn a_time_of_departure_is_owed_until_it_is_told_also_after_the_arrival() {
    let mut fire = Fire::burns(Standing::Event);
    fire.ask(DEPOT, &[1]);
    fire.answers(DEPOT, accept(&[1]));
    fire.reports(1, "arrived");
    assert_eq!(fire.met(), [true, false, true, true]);
    fire.reports(1, "departed");
    let told = fire.hub.now;
    assert_eq!((fire.request(DEPOT).departure_at, fire.met()), (Some(told), [true; 4]));
    assert_eq!(fire.request(DEPOT).engagements[&unit(1)].stage, Stage::Arrived, "it is there all the same");
    fire.reports(1, "departed");
    assert_eq!(fire.request(DEPOT).departure_at, Some(told), "once");
}

#[test]
fn a_decision_for_others_leaves_open_again_what_was_known_of_those_before() {
    let mut fire = Fire::burns(Standing::Event);
    fire.ask(DEPOT, &[1]);
    let mut whole = accept(&[1]);
    whole["composition"] = json!({"people": 6});
    whole["departure_at"] = json!(fire.minutes(1));
    whole["arrival_at"] = json!(fire.minutes(9));
    fire.answers(DEPOT, whole);
    fire.reports(1, "departed");
    assert_eq!(fire.met(), [true; 4]);

    fire.answers(DEPOT, change(&[8]));
    let asked = fire.request(DEPOT);
    assert_eq!((asked.composition.clone(), asked.departure_at, asked.arrival_at), (None, None, None));
    assert_eq!(fire.met(), [false; 4], "of the eighth nothing is known yet");
    assert!(
        fire.hub.state.obligations().of_kind(K::O11b).all(|o| o.since == fire.hub.now),
        "there is time again"
    );
    assert_eq!(fire.request(DEPOT).answers.len(), 2, "what was answered before stays to be read");

    fire.reports(8, "departed");
    fire.reports(8, "arrived");
    assert_eq!(fire.met(), [true; 4]);
    assert_eq!(fire.hub.of(K::O11c).len(), 1, "the same obligation, not another");
}

#[test]
fn who_goes_on_by_a_new_decision_keeps_what_was_met_for_it() {
    let mut fire = Fire::burns(Standing::Event);
    fire.ask(DEPOT, &[1, 2]);
    let mut whole = accept(&[1, 2]);
    whole["departure_at"] = json!(fire.minutes(1));
    fire.answers(DEPOT, whole);
    fire.reports(1, "departed");
    fire.answers(DEPOT, change(&[1]));
    assert_eq!(fire.met(), [true, true, false, true]);
    let mut again = change(&[1]);
    again["arrival_at"] = json!(fire.minutes(9));
    fire.answers(DEPOT, again);
    assert_eq!(fire.met(), [true; 4], "the same units, one datum more");
}

#[test]
fn a_unit_that_is_taken_off_and_named_again_is_on_its_way_again() {
    let mut fire = Fire::burns(Standing::Event);
    fire.ask(DEPOT, &[1]);
    fire.answers(DEPOT, accept(&[1]));
    fire.answers(DEPOT, change(&[8]));
    fire.answers(DEPOT, change(&[1]));
    assert_eq!(fire.request(DEPOT).engagements[&unit(1)].stage, Stage::Accepted);
    assert_eq!(fire.request(DEPOT).state, RequestState::Answered);
    fire.reports(1, "departed");
    fire.reports(1, "arrived");
    fire.reports(1, "released");
    assert_eq!((fire.request(DEPOT).state, fire.met()), (RequestState::Done, [true; 4]));
}

#[test]
fn a_request_ends_with_those_whom_its_service_sent_be_they_fewer_or_others() {
    for sent in [&[1][..], &[5]] {
        let mut fire = Fire::burns(Standing::Event);
        fire.ask(DEPOT, &[1, 2]);
        fire.answers(DEPOT, if sent == [1] { accept(sent) } else { change(sent) });
        assert_eq!(fire.request(DEPOT).state, RequestState::Answered);
        for step in ["departed", "arrived", "released"] {
            fire.reports(sent[0], step);
        }
        let asked = fire.request(DEPOT);
        assert_eq!(asked.state, RequestState::Done, "nobody waits for the unit that was not sent");
        assert_eq!(asked.engagements[&unit(2)].stage, Stage::Released);
        let outcome = hub112::domain::incident::Outcome::Resolved { note: "потушен".into() };
        fire.hub.person(RegionCommand::Close { incident: fire.incident, outcome });
    }
}

#[test]
fn the_rule_closes_no_card_to_which_nobody_came() {
    for (steps, closed) in
        [(&["departed", "released"][..], false), (&["departed", "arrived", "released"][..], true)]
    {
        let mut fire = Fire::burns(Standing::Event);
        fire.close_by_rule();
        fire.ask(DEPOT, &[1]);
        fire.answers(DEPOT, accept(&[1]));
        for step in steps {
            fire.reports(1, step);
        }
        assert_eq!(fire.request(DEPOT).state, RequestState::Done);
        assert_eq!(fire.is_open(), !closed, "{steps:?}");
    }
}

#[test]
fn the_rule_closes_a_card_once_the_service_that_took_its_unit_back_was_asked_again_and_came() {
    let mut fire = Fire::burns(Standing::Event);
    fire.close_by_rule();
    fire.ask(DEPOT, &[1]);
    fire.answers(DEPOT, accept(&[1]));
    fire.reports(1, "released");
    assert!(fire.is_open());
    fire.ask(SECOND, &[2]);
    fire.answers(SECOND, accept(&[2]));
    for step in ["departed", "arrived", "released"] {
        fire.reports(2, step);
    }
    assert!(!fire.is_open());
}

/// How a first wave that was sent comes to nothing.
type Undone = fn(&mut Fire);

#[test]
fn the_first_wave_is_owed_again_when_nobody_of_it_goes_any_more() {
    let undone: [(&str, Undone); 3] = [
        ("refused", |fire| {
            fire.answers(DEPOT, json!({"decision": "refuse", "reason": {"code": "other", "text": "насос"}}))
        }),
        ("withdrawn", |fire| {
            let reason = "ошиблись".to_owned();
            fire.hub.person(RegionCommand::CancelRequest { incident: fire.incident, request: DEPOT, reason });
        }),
        ("taken back", |fire| {
            fire.answers(DEPOT, accept(&[1]));
            fire.reports(1, "departed");
            fire.reports(1, "released");
        }),
    ];
    for (how, undo) in undone {
        let mut fire = Fire::burns(Standing::Emergency);
        let all = fire.waves_owed();
        fire.ask(DEPOT, &[1]);
        assert_eq!(fire.waves_owed(), all - 1);
        undo(&mut fire);
        assert_eq!(fire.waves_owed(), all, "{how}: nobody of the fire service goes");
        fire.ask(SECOND, &[2]);
        assert_eq!(fire.waves_owed(), all - 1, "{how}, and sent again");
        assert_eq!(fire.hub.of(K::O09).len(), all, "the same obligation, not another");
    }
}

#[test]
fn the_first_wave_stays_met_while_another_of_its_profile_stands_or_somebody_has_come() {
    let mut fire = Fire::burns(Standing::Emergency);
    let all = fire.waves_owed();
    fire.ask(DEPOT, &[1]);
    fire.ask(SECOND, &[2]);
    fire.answers(DEPOT, json!({"decision": "refuse", "reason": {"code": "other", "text": "насос"}}));
    assert_eq!(fire.waves_owed(), all - 1, "the second goes");
    fire.answers(SECOND, accept(&[2]));
    for step in ["departed", "arrived", "released"] {
        fire.reports(2, step);
    }
    assert_eq!(fire.waves_owed(), all - 1, "it has been there");
    fire.hub.identify(fire.incident, Standing::Emergency);
    assert_eq!(fire.waves_owed(), all - 1, "and is not owed for being over");
}

#[test]
fn the_newest_word_on_departure_and_arrival_counts_and_what_happened_above_all() {
    let mut fire = Fire::burns(Standing::Event);
    fire.ask(DEPOT, &[1]);
    let mut whole = accept(&[1]);
    let (first, later) = (fire.minutes(9), fire.minutes(99));
    whole["arrival_at"] = json!(first);
    fire.answers(DEPOT, whole);
    assert_eq!(fire.request(DEPOT).arrival_at, Some(first));
    fire.answers(DEPOT, json!({"arrival_at": later}));
    assert_eq!(fire.request(DEPOT).arrival_at, Some(later));
    let stated: Vec<_> = fire.request(DEPOT).answers.iter().map(|a| a.arrival_at).collect();
    assert_eq!(stated, [Some(first), Some(later)], "every version is kept");

    fire.reports(1, "departed");
    assert_eq!(fire.request(DEPOT).departure_at, Some(fire.hub.now));
    fire.reports(1, "arrived");
    let arrived = fire.hub.now;
    assert_eq!(fire.request(DEPOT).arrival_at, Some(arrived), "not when it was expected");
    fire.answers(DEPOT, json!({"arrival_at": later}));
    assert_eq!(fire.request(DEPOT).arrival_at, Some(arrived), "who is there is there");
}

#[test]
fn however_often_a_service_corrects_itself_its_newest_words_stand() {
    let mut fire = Fire::burns(Standing::Event);
    fire.ask(DEPOT, &[1]);
    let mut whole = accept(&[1]);
    let departs = fire.minutes(2);
    whole["departure_at"] = json!(departs);
    whole["composition"] = json!({"people": 6});
    fire.answers(DEPOT, whole);
    for minute in 1..=50 {
        let arrives = fire.minutes(minute);
        fire.answers(DEPOT, json!({"arrival_at": arrives}));
        let asked = fire.request(DEPOT);
        assert_eq!((asked.departure_at, asked.arrival_at), (Some(departs), Some(arrives)));
        assert_eq!(asked.composition.as_ref().map(|c| c.people), Some(6));
    }
    assert!(fire.request(DEPOT).answers.len() < 50, "what is kept beside the card is bounded");
}

#[test]
fn answers_written_before_their_units_were_kept_read_as_they_did() {
    let mut fire = Fire::burns(Standing::Event);
    fire.ask(DEPOT, &[1]);
    let answered = |arrival_at: &str| -> hub112::domain::event::RegionEvent {
        serde_json::from_value(json!({
            "event": "forces_answered", "incident": fire.incident, "request": DEPOT,
            "decision": {"decision": "accepted"}, "composition": {"people": 6}, "departure_at": null,
            "arrival_at": arrival_at, "at": fire.hub.now,
        }))
        .unwrap()
    };
    let old = [answered("2025-11-23T05:09:00Z"), answered("2025-11-23T06:00:00Z")];
    for event in &old {
        fire.hub.state.apply(event, fire.hub.now);
    }
    assert_eq!(fire.request(DEPOT).arrival_at, Some("2025-11-23T05:09:00Z".parse().unwrap()));
    assert_eq!(fire.request(DEPOT).state, RequestState::Answered);
    // What comes from now on counts as it should, and what stood is not forgotten.
    let event = ServiceEvent::ForcesAnswered {
        request: DEPOT,
        incident: fire.incident,
        decision: None,
        composition: None,
        departure_at: None,
        arrival_at: Some("2025-11-23T05:30:00Z".parse().unwrap()),
        units: vec![],
        telephoned: None,
    };
    fire.hub.hear_all(FIRE, vec![event]);
    let asked = fire.request(DEPOT);
    assert_eq!(asked.arrival_at, Some("2025-11-23T05:30:00Z".parse().unwrap()));
    assert_eq!((asked.composition.as_ref().map(|c| c.people), asked.answers.len()), (Some(6), 2));
}

#[test]
fn an_error_of_an_agencys_system_is_no_report_of_what_it_does() {
    let mut fire = Fire::burns(Standing::Event);
    fire.ask(DEPOT, &[1]);
    fire.answers(DEPOT, accept(&[1]));
    let error = |service: &str| RegionCommand::TakeAgencyError {
        service: key(service),
        error: ErrorContent {
            code: ErrorCode::MalformedContent,
            detail: "нет адреса".into(),
            references: None,
        },
        incident: fire.incident,
    };
    let (own, stranger) = (error(FIRE), error("telecom"));
    fire.hub.ask(own, agency(FIRE)).unwrap();
    let card = fire.hub.state.incident(fire.incident).unwrap();
    assert!(card.notes.last().unwrap().text.contains("malformed_content"), "it is seen on the card");
    assert_eq!(fire.hub.of(K::O03), [Status::Open], "c.5(1)¶5 is still owed");
    let refused = fire.hub.ask(stranger, agency("telecom"));
    assert!(
        matches!(refused, Err(Refusal::Forbidden(_))),
        "who was told nothing of a card writes nothing on it"
    );
}
