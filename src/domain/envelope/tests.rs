use super::*;
use crate::domain::ids::RequestId;
use uuid::Uuid;

fn party(text: &str) -> Party {
    let (region, service) = text.split_once('.').unwrap();
    Party { region: region.parse().unwrap(), service: ServiceKey::new(service).unwrap() }
}

fn now() -> Timestamp {
    "2026-03-01T10:00:00Z".parse().unwrap()
}

fn answer() -> Envelope<AgencyContent> {
    let hub = party("75.hub");
    Envelope {
        head: Head {
            contract: CONTRACT,
            distribution_id: DistributionId(Uuid::from_u128(1)),
            sender: party("75.ambulance"),
            recipients: vec![Recipient {
                region: hub.region,
                service: hub.service,
                sequence: None,
                references: None,
            }],
            sent_at: now(),
            expires_at: None,
            status: Status::Actual,
            kind: Kind::Response,
            references: Some(DistributionId(Uuid::from_u128(2))),
            incident: Some(IncidentId(Uuid::from_u128(3))),
            trace: None,
        },
        content: AgencyContent::ForcesAnswer(ForcesAnswer {
            request_id: RequestId(Uuid::from_u128(4)),
            decision: Some(Decision::Accept),
            reason: None,
            units: vec![],
            composition: Some(Composition { people: 3, equipment: vec![] }),
            departure_at: None,
            arrival_at: None,
        }),
    }
}

/// Reads a message the way the hub does, and gives the code of the first fault.
fn taken(value: &Value) -> Result<AgencyContent, ErrorCode> {
    let raw = Envelope::parse(value.to_string().as_bytes()).map_err(|e| e.code)?;
    raw.head.check(&party("75.hub"), now()).map_err(|f| f.0)?;
    let content = AgencyContent::parse(raw.content).map_err(|f| f.0)?;
    let envelope = Envelope { head: raw.head, content };
    envelope.check(now(), &COUNTRY).map_err(|f| f.0)?;
    Ok(envelope.content)
}

/// c.5(3)¶4: a composition says who goes.
#[test]
fn a_composition_of_nobody_and_nothing_or_of_more_than_anybody_has_is_refused() {
    let nobody = with("/content/composition", serde_json::json!({"people": 0}));
    assert_eq!(taken(&nobody), Err(ErrorCode::MalformedContent));
    let only = serde_json::json!({"people": 0, "equipment": [{"name": "БАС", "count": 1}]});
    assert!(taken(&with("/content/composition", only)).is_ok(), "an unmanned aircraft");
    for (people, pumps, fits) in [(10_000, 1, true), (10_001, 1, false), (4, 4_000_000_000_u32, false)] {
        let forces = serde_json::json!({"people": people, "equipment": [{"name": "pump", "count": pumps}]});
        assert_eq!(
            taken(&with("/content/composition", forces)).is_ok(),
            fits,
            "{people} people, {pumps} pumps"
        );
    }
}

#[test]
fn nobody_has_read_a_message_before_it_was_written() {
    let read = |at: &str| {
        let mut message = serde_json::to_value(answer()).unwrap();
        // Written at 2026-03-01T09:00:00Z, as the id says.
        message["references"] = "019ca8a0-3e80-7000-8000-000000000001".into();
        message["kind"] = "ack".into();
        message["content_type"] = "read_ack".into();
        message["content"] = serde_json::json!({"by": "Akhmetov", "at": at});
        taken(&message).map(|_| ())
    };
    let written = DistributionId("019ca8a0-3e80-7000-8000-000000000001".parse().unwrap()).written_at();
    assert_eq!(written, Some("2026-03-01T09:00:00Z".parse().unwrap()));
    assert_eq!(read("2026-03-01T09:30:00Z"), Ok(()));
    assert_eq!(read("2026-03-01T08:57:00Z"), Ok(()), "clocks differ");
    assert_eq!(read("2001-01-01T00:00:00Z"), Err(ErrorCode::OutOfOrder));
}

fn with(pointer: &str, value: Value) -> Value {
    let mut whole = serde_json::to_value(answer()).unwrap();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let object = whole.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    if value.is_null() {
        object.remove(name);
    } else {
        object.insert(name.to_owned(), value);
    }
    whole
}

#[test]
fn what_is_written_is_read_again() {
    let value = serde_json::to_value(answer()).unwrap();
    assert_eq!(value["content_type"], "forces_answer");
    assert_eq!(value["recipients"][0]["service"], "hub");
    assert_eq!(taken(&value), Ok(answer().content));
}

#[test]
fn each_fault_has_its_code() {
    use ErrorCode as E;
    let text = |s: &str| Value::String(s.to_owned());
    let long = "ж".repeat(MAX_TEXT_CHARS + 1);
    let table = [
        ("/contract", text("2.0"), E::UnsupportedVersion),
        ("/contract", text("1.5"), E::UnsupportedVersion),
        ("/contract", text("one"), E::MalformedEnvelope),
        ("/sender", Value::Null, E::MalformedEnvelope),
        ("/status", text("drill"), E::MalformedEnvelope),
        ("/distribution_id", text("17"), E::MalformedEnvelope),
        ("/sent_at", text("yesterday"), E::MalformedEnvelope),
        ("/sent_at", text("2026-03-01T10:06:00Z"), E::TimeInFuture),
        ("/sent_at", text("-006000-01-02T00:00:00Z"), E::MalformedContent),
        ("/trace", text("00-\0"), E::MalformedEnvelope),
        ("/content/reason", serde_json::json!({"code": "other", "text": "a\0b"}), E::MalformedEnvelope),
        ("/content/departure_at", text("-006000-01-02T00:00:00Z"), E::MalformedContent),
        ("/expires_at", text("2026-03-01T09:59:59Z"), E::Expired),
        ("/recipients", serde_json::json!([]), E::MalformedEnvelope),
        ("/recipients", serde_json::json!([{"region": "71", "service": "hub"}]), E::NotAddressed),
        ("/kind", text("report"), E::KindMismatch),
        ("/content_type", text("gossip"), E::UnknownContentType),
        ("/content/arival_at", text("2026-03-01T10:06:00Z"), E::MalformedContent),
        ("/content/request_id", Value::Null, E::MalformedContent),
        ("/content/arrival_at", text("2036-03-01T10:06:00Z"), E::TimeInFuture),
        ("/content/reason", serde_json::json!({"code": "other", "text": long}), E::TooLarge),
    ];
    for (pointer, value, code) in table {
        assert_eq!(taken(&with(pointer, value.clone())), Err(code), "{pointer} = {value:.40}");
    }
}

#[test]
fn an_answer_that_says_nothing_is_malformed() {
    let empty = serde_json::json!({"request_id": Uuid::from_u128(4)});
    assert_eq!(taken(&with("/content", empty)), Err(ErrorCode::MalformedContent));
}

#[test]
fn a_place_outside_the_country_is_refused_and_one_at_its_border_is_not() {
    let status = |lat: f64, lon: f64| {
        let mut v = with("/kind", Value::String("report".into()));
        v["content_type"] = "unit_status".into();
        v["content"] = serde_json::json!({"unit_id": "75-ambulance-1", "status": "arrived",
            "at": "2026-03-01T10:00:00Z", "point": {"lat": lat, "lon": lon}});
        taken(&v)
    };
    assert_eq!(status(55.75, 37.62), Err(ErrorCode::PlaceOutsideCountry), "Moscow");
    assert_eq!(status(91.0, 76.9), Err(ErrorCode::MalformedContent), "no place at all");
    for (lat, lon) in [(43.24, 76.95), (55.44, 68.9), (40.57, 68.9), (49.15, 87.31), (48.9, 46.49)] {
        assert!(status(lat, lon).is_ok(), "{lat} {lon}");
    }
}

#[test]
fn an_error_finds_its_sender_though_the_head_is_broken() {
    let broken = with("/sent_at", Value::String("yesterday".into()));
    let fault = Envelope::parse(broken.to_string().as_bytes()).unwrap_err();
    assert_eq!(fault.sender, Some(party("75.ambulance")));
    assert_eq!(fault.distribution_id, Some(DistributionId(Uuid::from_u128(1))));
    let fault = Envelope::parse(b"\xff\xfe").unwrap_err();
    assert_eq!((fault.code, fault.sender), (ErrorCode::MalformedEnvelope, None));
    assert_eq!(Envelope::parse(&vec![b' '; MAX_BODY_BYTES + 1]).unwrap_err().code, ErrorCode::TooLarge);
}

#[test]
fn the_head_tolerates_what_it_does_not_know_and_a_content_does_not() {
    assert!(taken(&with("/priority_hint", 3.into())).is_ok());
    assert_eq!(taken(&with("/content/priority_hint", 3.into())), Err(ErrorCode::MalformedContent));
}

#[test]
fn a_trace_that_is_none_is_passed_over_and_the_message_is_taken() {
    let trace = |text: &str| {
        let body = with("/trace", Value::String(text.to_owned())).to_string();
        Envelope::parse(body.as_bytes()).unwrap().head.trace
    };
    let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    assert_eq!(trace(good).as_deref(), Some(good));
    assert_eq!(trace("трассировка"), None);
}

#[test]
fn a_status_about_an_incident_must_name_it() {
    let mut v = with("/kind", Value::String("report".into()));
    v["content_type"] = "unit_status".into();
    v["content"] = serde_json::json!({"unit_id": "u", "status": "departed", "at": "2026-03-01T10:00:00Z"});
    v.as_object_mut().unwrap().remove("incident");
    assert_eq!(taken(&v), Err(ErrorCode::MissingReference));
    v["content"]["status"] = "available".into();
    assert!(taken(&v).is_ok());
}

#[test]
fn a_routing_key_names_region_service_and_content() {
    assert_eq!(answer().routing_keys(), ["75.hub.forces_answer"]);
}

#[test]
fn every_code_reads_back_from_its_text() {
    for code in ErrorCode::ALL {
        let text = serde_json::to_value(code).unwrap();
        assert_eq!(text, code.as_str());
        assert_eq!(serde_json::from_value::<ErrorCode>(text).unwrap(), *code);
    }
}
