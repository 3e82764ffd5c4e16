//! The reference agency and the one in Python, which knows only the AsyncAPI document, take part alike.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use hub112::actors::agency_inbox::{self, Acked, AgencyReports, InboxSettings, Owed, Report, ReportRefusal};
use hub112::actors::outbox_relay::{self, RelayHandle, RelaySettings};
use hub112::agency::{self, Behaviour, Options};
use hub112::domain::envelope::{
    Act, AgencyContent, CONTRACT, Decision, Directive, DirectiveStage, Envelope, ForcesRequest, Head,
    Heartbeat, HubContent, IncidentNotice, Kind, Nature, NoticeStage, Party, Place, Recipient,
    RecommendedUnit, Status, ThreatNotice, Typed, UnitStep, Urgency,
};
use hub112::domain::ids::{DirectiveId, DistributionId, IncidentId, ReportId, RequestId, UnitId};
use hub112::store::append::OutboxRow;
use hub112::store::database;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use uuid::Uuid;

use super::setting::{LIMIT, agency_url, commit, count, hub_broker, party};
use crate::world::{World, wait_until};

/// What the agency said, as the actors would get it.
#[derive(Default)]
struct Heard {
    reports: Mutex<Vec<Envelope<AgencyContent>>>,
    acks: Mutex<Vec<Acked>>,
}

#[async_trait]
impl AgencyReports for Heard {
    async fn report(&self, report: Report) -> Result<(), ReportRefusal> {
        self.reports.lock().expect("reports").push(report.envelope);
        Ok(())
    }

    async fn acknowledged(&self, acks: &[Acked]) -> Vec<Owed> {
        self.acks.lock().expect("acks").extend_from_slice(acks);
        Vec::new()
    }
}

impl Heard {
    fn all(&self) -> Vec<Envelope<AgencyContent>> {
        self.reports.lock().expect("reports").clone()
    }

    fn answers(&self) -> impl Iterator<Item = hub112::domain::envelope::ForcesAnswer> {
        let answer = |e: Envelope<AgencyContent>| match e.content {
            AgencyContent::ForcesAnswer(answer) => Some(answer),
            _ => None,
        };
        self.all().into_iter().filter_map(answer)
    }
}

fn message(to: &Party, kind: Kind, content: HubContent, incident: Option<(IncidentId, u64)>) -> OutboxRow {
    let now = Timestamp::now();
    let envelope = Envelope {
        head: Head {
            contract: CONTRACT,
            distribution_id: DistributionId(Uuid::now_v7()),
            sender: Party::hub(to.region),
            recipients: vec![Recipient {
                region: to.region,
                service: to.service.clone(),
                sequence: incident.map(|i| i.1),
                references: None,
            }],
            sent_at: now,
            expires_at: None,
            status: Status::Exercise,
            kind,
            references: None,
            incident: incident.map(|i| i.0),
            trace: Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".into()),
        },
        content,
    };
    OutboxRow {
        distribution: envelope.head.distribution_id,
        region: to.region,
        ordering_key: incident.map_or_else(|| to.to_string(), |i| i.0.to_string()),
        routing_keys: envelope.routing_keys(),
        kind: envelope.content.content_type().into(),
        priority: 5,
        expires_at: None,
        body: envelope.to_bytes().expect("an envelope").into(),
    }
}

/// Where it burns.
fn place() -> Place {
    Place { address: Some("Абая, 10".into()), ..Place::default() }
}

/// What is known about it.
fn notice() -> HubContent {
    HubContent::IncidentNotice(IncidentNotice {
        stage: NoticeStage::Full,
        number: Some("75-1".into()),
        category: None,
        category_names: None,
        emergency: false,
        scale: None,
        scale_at_least: false,
        reported_at: Timestamp::now(),
        place: place(),
        text: "Горит квартира".into(),
        affected: None,
        affected_at_least: false,
        dangers: vec![],
        caller: None,
        reason: None,
        merged_into: None,
    })
}

/// A notice, a request, a directive, a threat and a channel check, as the hub sends them.
fn told(to: &Party, incident: IncidentId) -> Vec<OutboxRow> {
    let now = Timestamp::now();
    let request = ForcesRequest {
        request_id: RequestId(Uuid::now_v7()),
        act: Act::FirstWave,
        profile: None,
        what: "бригада".into(),
        capabilities: vec![],
        count: 1,
        urgency: Urgency::Urgently,
        recommended: vec![RecommendedUnit {
            unit_id: UnitId::new("unit-1").expect("an id"),
            eta_s: None,
            distance_m: None,
        }],
        place: place(),
        reply_due: None,
    };
    let directive = Directive {
        directive_id: DirectiveId(Uuid::now_v7()),
        author: "Начальник департамента".into(),
        text: "Усилить смены".into(),
        due: None,
    };
    let threat = ThreatNotice {
        report_id: ReportId(Uuid::now_v7()),
        nature: Nature::Other,
        text: "Сель".into(),
        outline: None,
        readiness_due: Some(now + SignedDuration::from_mins(30)),
    };
    let heartbeat = Heartbeat { check_id: Uuid::now_v7(), shift: None, contacts: vec![], reply_due: None };
    vec![
        message(to, Kind::Request, HubContent::Heartbeat(heartbeat), None),
        message(to, Kind::Report, notice(), Some((incident, 1))),
        message(to, Kind::Request, HubContent::ForcesRequest(request), Some((incident, 2))),
        message(to, Kind::Request, HubContent::Directive(directive), None),
        message(to, Kind::Report, HubContent::ThreatNotice(threat), None),
    ]
}

/// A hub's end of the broker, with an agency at the other.
struct Conversation {
    heard: Arc<Heard>,
    agency: Party,
    /// About which it was told, by two messages.
    incident: IncidentId,
    url: String,
    relay: RelayHandle,
    pg: tokio_postgres::Client,
    _inbox: agency_inbox::InboxHandle,
    world: World,
}

/// Tells the agency everything and waits until it has answered everything the contract demands.
async fn converse(region: &str, start: impl AsyncFnOnce(&str, &World)) -> Conversation {
    let limit = Duration::from_secs(60);
    let world = World::new().await;
    let (name, own) = (format!("{region}.ambulance"), format!("{region}.hub"));
    let agency = party(&name);
    let hub = hub_broker(&world, &[&name, &own]).await;
    let relay = outbox_relay::start(
        hub.clone(),
        database::pool(&world.database_url, 2).expect("a pool"),
        RelaySettings::default(),
    );
    relay.set_regions(vec![agency.region]);
    let heard = Arc::new(Heard::default());
    let reports: Arc<dyn AgencyReports> = heard.clone();
    let pool = database::pool(&world.database_url, 4).expect("a pool");
    let inbox = agency_inbox::start(&hub, &[agency.region], &reports, &pool, InboxSettings::default())
        .expect("an inbox");
    let url = agency_url(&world, &agency).await;
    start(&url, &world).await;

    let pg = world.pg().await;
    let incident = IncidentId(Uuid::now_v7());
    let messages = told(&agency, incident);
    let sent = messages.len();
    relay.committed(commit(&pg, messages).await);

    wait_until("every message is technically acknowledged, four are read", limit, async || {
        let acks = heard.acks.lock().expect("acks");
        let mut of: BTreeMap<DistributionId, [bool; 2]> = BTreeMap::new();
        for ack in acks.iter() {
            let read = matches!(ack.step, hub112::domain::delivery::DeliveryStep::Read { .. });
            of.entry(ack.distribution).or_default()[usize::from(read)] = true;
        }
        of.len() == sent && of.values().all(|a| a[0]) && of.values().filter(|a| a[1]).count() == 4
    })
    .await;
    wait_until("the answer has a decision, a composition, a departure and an arrival", limit, async || {
        heard.answers().any(|a| a.decision == Some(Decision::Accept))
            && heard.answers().any(|a| a.composition.is_some())
            && heard.answers().any(|a| a.departure_at.is_some())
            && heard.answers().any(|a| a.arrival_at.is_some())
    })
    .await;
    wait_until("readiness, the directive and the check are answered", limit, async || {
        let all = heard.all();
        let any = |f: fn(&AgencyContent) -> bool| all.iter().any(|e| f(&e.content));
        // A composition names units or equipment, not people alone: what does not count leaves the service owing it (O-07).
        any(|c| matches!(c, AgencyContent::ReadinessReport(r) if hub112::domain::situation::is_ready(r)))
            && any(|c| matches!(c, AgencyContent::HeartbeatReply(_)))
            && any(|c| matches!(c, AgencyContent::DirectiveAck(a) if a.stage == DirectiveStage::Read))
    })
    .await;
    for envelope in heard.all() {
        assert_eq!(envelope.head.status, Status::Exercise, "an exercise stays an exercise");
        assert!(envelope.head.trace.is_some(), "the trace comes back");
    }
    assert_eq!(count(&pg, "dead_letter").await, 0, "nothing was refused");
    Conversation { heard, agency, incident, url, relay, pg, _inbox: inbox, world }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_reference_agency_answers_everything_and_drives_its_units() {
    let (stop, stopped) = watch::channel(false);
    let running = Arc::new(Mutex::new(None));
    let it = converse("18", async |url, _| {
        let options = Options {
            region: vec!["18".parse().expect("a region")],
            service: "ambulance".parse().expect("a service"),
            amqp: url.to_owned().into(),
            units: None,
            diary: None,
            behaviour: Behaviour::Normal,
            read_delay: 5.0,
            answer_delay: 15.0,
            turnout: 60.0,
            on_scene: 20.0,
            refusal_rate: 0.0,
            change_rate: 0.0,
            speed: 45.0,
            position_every: 5.0,
            speed_up: 600.0,
            seed: 7,
        };
        *running.lock().expect("the agency") = Some(tokio::spawn(agency::run(options, stopped)));
    })
    .await;
    let steps: Vec<UnitStep> = it
        .heard
        .all()
        .into_iter()
        .filter_map(|e| match e.content {
            AgencyContent::UnitStatus(s) => Some(s.status),
            _ => None,
        })
        .collect();
    assert!(steps.starts_with(&[UnitStep::Departed]), "{steps:?}");
    stop.send_replace(true);
    let task = running.lock().expect("the agency").take().expect("started");
    tokio::time::timeout(Duration::from_secs(20), task)
        .await
        .expect("it ends")
        .expect("no panic")
        .expect("well");
}

struct Python(Child);

impl Python {
    /// The agency of the example, with its memory in a file in this folder.
    fn agency(region: &str, url: &str, folder: &Path) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("ops/examples/agency.py");
        // Debian's interpreter has Debian's pika; another `python3` of the machine may not.
        let debian = Path::new("/usr/bin/python3");
        let python = if debian.exists() { debian } else { Path::new("python3") };
        let child = Command::new(python)
            .arg(script)
            .args([region, "ambulance"])
            .env("HUB112_AGENCY_AMQP", url)
            .current_dir(folder)
            .stdin(Stdio::null())
            .spawn()
            .expect("python3 runs");
        Self(child)
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partner_with_the_document_and_a_stock_client_takes_part_and_knows_after_a_restart_where_it_was() {
    let running = Mutex::new(None);
    let it = converse("19", async |url, world| {
        *running.lock().expect("python") = Some(Python::agency("19", url, &world.dir));
    })
    .await;
    // It ends as a power cut would end it, and begins again.
    drop(running.lock().expect("python").take());
    let _again = Python::agency("19", &it.url, &it.world.dir);
    let next = message(&it.agency, Kind::Update, notice(), Some((it.incident, 3)));
    let id = next.distribution;
    it.relay.committed(commit(&it.pg, vec![next]).await);
    wait_until("the next notice is read", LIMIT, async || {
        let acks = it.heard.acks.lock().expect("acks");
        let read = |a: &Acked| matches!(a.step, hub112::domain::delivery::DeliveryStep::Read { .. });
        acks.iter().any(|a| a.distribution == id && read(a))
    })
    .await;
    let all = it.heard.all();
    let complained = all.iter().find(|e| matches!(e.content, AgencyContent::Error(_)));
    assert!(complained.is_none(), "nothing was missing: {complained:?}");
}
