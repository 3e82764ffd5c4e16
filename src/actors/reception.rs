//! What agencies report, by AMQP or HTTP alike, brought to the actor that it concerns.

use async_trait::async_trait;

use super::agency_inbox::{Acked, AgencyReports, Owed, Report, ReportRefusal};
use super::duty_service::Errand;
use super::region_hub::{Order, OrderError};
use super::stirred::Matter;
use super::switchboard::Switchboard;
use crate::domain::command::{RegionCommand, Territory};
use crate::domain::decision::{By, Fault, Refusal};
use crate::domain::delivery::DeliveryStep;
use crate::domain::directive::DirectiveCommand;
use crate::domain::envelope::{
    AgencyContent, Envelope, ErrorCode, ForcesAnswer, Head, HubContent, Place, Positions, Status, UnitStep,
};
use crate::domain::forces::RequestState;
use crate::domain::ids::{IncidentId, RegionCode, ReportId, RequestId};
use crate::domain::missing::Missing;
use crate::domain::quantities::Point;
use crate::domain::region::exercise::Concern;
use crate::domain::said::{Said, said};
use crate::domain::service::ServiceCommand;
use crate::domain::shift::ShiftCommand;
use crate::domain::situation::SituationCommand;
use crate::domain::unit::{Position, PositionSource, Taken};
use crate::domain::warning::WarningCommand;
use crate::store::append::{InboxMark, JournalError};
use crate::store::inbox::{self, Mark};

#[async_trait]
impl AgencyReports for Switchboard {
    async fn report(&self, report: Report) -> Result<(), ReportRefusal> {
        let mark = report.mark.clone();
        if leaves_a_trace(&report.envelope.content) && had_effect(self, &mark).await? {
            return self.declined(&report).await;
        }
        match self.take(report).await {
            // It was not taken, and that is durable.
            Err(e) if e.at_card => Err(e),
            // What was done may stand otherwise by now: a repetition of it is no mistake of the sender.
            Err(e) if e.code != ErrorCode::Unavailable && had_effect(self, &mark).await? => Ok(()),
            taken => taken,
        }
    }

    async fn acknowledged(&self, acks: &[Acked]) -> Vec<Owed> {
        self.stirred().tell(acks.iter().map(|ack| ack.party.region), Matter::Deliveries);
        let mut owed = Vec::new();
        for ack in acks {
            let command = RegionCommand::TakeAcknowledgement {
                service: ack.party.service.clone(),
                reference: ack.distribution,
                read_by: match &ack.step {
                    DeliveryStep::Read { by } => Some(by.clone()),
                    _ => None,
                },
                at: ack.at,
            };
            let by = By::Service { region: ack.party.region, service: ack.party.service.clone() };
            // What a person has read may be the request of a neighbour's hub.
            let hub = match &ack.step {
                DeliveryStep::Read { .. } => self.hub_that_told(ack.party.region, ack.distribution).await,
                _ => Ok(ack.party.region),
            };
            if let Ok(hub) = hub {
                self.stirred().tell([hub], Matter::Deliveries);
            }
            let met = match hub {
                Ok(hub) => self.region(hub, Order::new(command, by)).await,
                Err(e) => Err(e),
            };
            match met {
                Ok(_) => {}
                Err(e) if e.is_final() => {
                    tracing::warn!(distribution = %ack.distribution, error = %e, "an acknowledgement met no obligation");
                }
                Err(e) => {
                    tracing::debug!(distribution = %ack.distribution, error = %e, "an acknowledgement must wait");
                    owed.push(Owed { ack: ack.clone(), failed: matches!(e, OrderError::Failed) });
                }
            }
        }
        owed
    }

    async fn neighbour(
        &self,
        region: RegionCode,
        envelope: Envelope<HubContent>,
        mark: InboxMark,
    ) -> Result<(), ReportRefusal> {
        let Envelope { head, content } = envelope;
        if had_effect(self, &mark).await? {
            return Ok(());
        }
        let by = By::Service { region: head.sender.region, service: head.sender.service.clone() };
        let from = head.sender.region;
        let desk = Desk { board: self, region, by, head: &head, mark: mark.clone() };
        let command = match content {
            HubContent::IncidentNotice(notice) => {
                let (incident, exercise) = (desk.incident()?, is_exercise(&head));
                RegionCommand::TakeNeighbourNotice { from, incident, notice: Box::new(notice), exercise }
            }
            // What it was told of a card here it could not take: who has the card sees that.
            HubContent::Error(error) => {
                metrics::counter!("hub112_agency_errors_total", "service" => "hub", "code" => error.code.as_str())
                    .increment(1);
                tracing::warn!(%region, %from, code = %error.code, error.detail, "a neighbour's hub refused a message");
                let Some(incident) = head.incident else { return Ok(()) };
                RegionCommand::TakeAgencyError { service: head.sender.service.clone(), error, incident }
            }
            _ => {
                return Err(ReportRefusal::new(
                    ErrorCode::UnknownContentType,
                    said!("hubs tell one another of incidents only"),
                ));
            }
        };
        match desk.region(command).await {
            Err(e) if e.code == ErrorCode::Duplicate && had_effect(self, &mark).await? => Ok(()),
            taken => taken,
        }
    }
}

impl Switchboard {
    /// What came before and is durable: an answer that was not taken then is not taken now, whatever has become free.
    async fn declined(&self, report: &Report) -> Result<(), ReportRefusal> {
        let head = &report.envelope.head;
        let (AgencyContent::ForcesAnswer(answer), Some(incident)) = (&report.envelope.content, head.incident)
        else {
            return Ok(());
        };
        let hub = self.hub_of(report.region, incident).await.map_err(unavailable)?;
        let seen = self.look_at(hub, incident).await.map_err(unavailable)?;
        let request = seen.as_ref().and_then(|seen| seen.card.requests.get(&answer.request_id));
        let declined = request.and_then(|r| r.declined.iter().find(|d| d.reference == head.distribution_id));
        match declined {
            Some(declined) => Err(at_card(declined.taken.clone())),
            None => Ok(()),
        }
    }

    /// That a place is one of the country: the check of the contract knows its rectangle alone.
    fn in_the_country(&self, field: &str, point: Option<Point>) -> Result<(), ReportRefusal> {
        match point.filter(|point| self.territories().answers_for(*point).is_none()) {
            None => Ok(()),
            Some(point) => Err(ReportRefusal::new(
                ErrorCode::PlaceOutsideCountry,
                said!(
                    "{field} {lat}, {lon} is outside the country",
                    field = field,
                    lat = point.lat(),
                    lon = point.lon()
                ),
            )),
        }
    }

    /// Brings a report to its actor.
    async fn take(&self, report: Report) -> Result<(), ReportRefusal> {
        let Report { region, sender, envelope, mark } = report;
        let Envelope { head, content } = envelope;
        if !self.has_service(sender.region, &sender.service) {
            let detail = said!(
                "region {region} has no desk {desk}, or it was closed",
                region = sender.region,
                desk = sender.service
            );
            return Err(ReportRefusal::new(ErrorCode::UnknownService, detail));
        }
        let by = By::Service { region: sender.region, service: sender.service.clone() };
        let desk = Desk { board: self, region, by, head: &head, mark };
        desk.is_as_real(&content).await?;
        let service = sender.service.clone();
        match content {
            AgencyContent::ForcesAnswer(answer) => desk.answer(answer).await,
            AgencyContent::UnitStatus(report) => {
                self.in_the_country("point", report.point)?;
                desk.service(ServiceCommand::Report { report, incident: head.incident }).await
            }
            AgencyContent::ReadinessReport(report) => {
                for place in report.formations.iter().filter_map(|formation| formation.place.as_ref()) {
                    self.in_the_country("place.point", place.point)?;
                }
                desk.service(ServiceCommand::Readiness(Box::new(report))).await
            }
            // A stream of positions is never refused for one of them: a place abroad is kept as doubtful.
            AgencyContent::Positions(positions) => desk.positions(positions).await,
            AgencyContent::EmergencyReport(report) => {
                self.in_the_country("place.point", report.place.point)?;
                let territory = territory(self, region, &report.place);
                let reference = head.distribution_id;
                let (report, exercise) = (Box::new(report), is_exercise(&head));
                desk.region(RegionCommand::TakeEmergencyReport {
                    service,
                    report,
                    reference,
                    territory,
                    exercise,
                })
                .await
            }
            AgencyContent::ActionReport(report) => {
                let incident = desk.incident()?;
                desk.card(incident, RegionCommand::TakeActionReport { service, report, incident }).await
            }
            AgencyContent::SituationReport(told) => {
                self.in_the_country("place.point", told.place.as_ref().and_then(|place| place.point))?;
                let report = ReportId(head.distribution_id.0);
                let command = SituationCommand::from_agency(report, service, told, is_exercise(&head));
                desk.region(RegionCommand::Situation(command)).await
            }
            AgencyContent::DirectiveAck(ack) => {
                let command = DirectiveCommand::from_agency(service, ack);
                desk.region(RegionCommand::Directive(command)).await
            }
            AgencyContent::WarningReport(report) => {
                let exercise = Some(is_exercise(&head));
                let command = WarningCommand::Report { service, report, exercise };
                desk.region(RegionCommand::Warning(command)).await
            }
            AgencyContent::HeartbeatReply(reply) => {
                let command = ShiftCommand::from_agency(service, reply);
                desk.region(RegionCommand::Shift(command)).await
            }
            AgencyContent::Error(error) => {
                metrics::counter!("hub112_agency_errors_total", "service" => service.to_string(),
                    "code" => error.code.as_str())
                .increment(1);
                match head.incident {
                    Some(incident) => {
                        desk.card(incident, RegionCommand::TakeAgencyError { service, error, incident }).await
                    }
                    None => Ok(()),
                }
            }
            // The inbox keeps these itself and says so through `acknowledged`.
            AgencyContent::TechnicalAck(_) | AgencyContent::ReadAck(_) => Ok(()),
        }
    }
}

/// Whether a content becomes an event, with a mark by which its repetition is known. Positions and acknowledgements do
/// not, and are by far the most frequent: nobody looks them up.
fn leaves_a_trace(content: &AgencyContent) -> bool {
    !matches!(
        content,
        AgencyContent::Positions(_) | AgencyContent::TechnicalAck(_) | AgencyContent::ReadAck(_)
    )
}

/// Whether the message was taken in before; another one under its id is refused. The journal would refuse the repetition
/// too, but only after it was decided, and then the actor has to start anew: a unit that has gone on since could be
/// taken out of service again by what it said before.
async fn had_effect(board: &Switchboard, mark: &InboxMark) -> Result<bool, ReportRefusal> {
    match inbox::mark(board.database(), mark).await {
        Ok(Some(Mark::Taken)) => Ok(true),
        Ok(None) => Ok(false),
        Ok(Some(Mark::Another)) => Err(ReportRefusal::new(
            ErrorCode::Duplicate,
            said!("another message came with this id before; give every message an id of its own"),
        )),
        Err(error) => {
            tracing::warn!(%error, "it could not be looked up whether a message came before");
            Err(ReportRefusal::new(ErrorCode::Unavailable, not_now()))
        }
    }
}

/// Whether a message is real. A test is none, as an exercise is none.
fn is_exercise(head: &Head) -> bool {
    head.status != Status::Actual
}

/// The district and the near borders of a place, as far as it has a point.
fn territory(board: &Switchboard, region: RegionCode, place: &Place) -> Territory {
    place.point.map(|p| board.place(region, p, place.uncertainty_m)).unwrap_or_default()
}

/// One report on its way to its actor.
struct Desk<'a> {
    board: &'a Switchboard,
    region: RegionCode,
    by: By,
    head: &'a Head,
    mark: InboxMark,
}

impl Desk<'_> {
    async fn region(self, command: RegionCommand) -> Result<(), ReportRefusal> {
        let order =
            Order { inbox: Some(self.mark), trace: self.head.trace.clone(), ..Order::new(command, self.by) };
        settled(self.board.region(self.region, order).await.map(|_| ()))
    }

    /// To the hub that has the card: a neighbour's, when its request is spoken of.
    async fn card(self, incident: IncidentId, command: RegionCommand) -> Result<(), ReportRefusal> {
        let region = self.board.hub_of(self.region, incident).await.map_err(unavailable)?;
        Desk { region, ..self }.region(command).await
    }

    async fn service(self, command: ServiceCommand) -> Result<(), ReportRefusal> {
        settled(self.errand(command).await)
    }

    async fn errand(self, command: ServiceCommand) -> Result<(), OrderError> {
        let By::Service { service, .. } = &self.by else { return Err(Refusal::PersonNeeded.into()) };
        let service = service.clone();
        let errand = Errand {
            inbox: Some(self.mark),
            trace: self.head.trace.clone(),
            ..Errand::new(command, self.by)
        };
        self.board.service(self.region, &service, errand).await.map(|_| ())
    }

    /// An answer that names a unit which another request has stands at its card, and its sender is told from there.
    async fn answer(self, answer: ForcesAnswer) -> Result<(), ReportRefusal> {
        let request = answer.request_id;
        let again = Desk { mark: self.mark.clone(), by: self.by.clone(), ..self };
        match again.errand(ServiceCommand::Answer(answer)).await {
            Err(OrderError::Refused(Refusal::Taken(taken))) => {
                let By::Service { service, .. } = &self.by else { return Err(coded(&Refusal::Taken(taken))) };
                let command = RegionCommand::DeclineAnswer {
                    service: service.clone(),
                    request,
                    reference: self.head.distribution_id,
                    taken: taken.as_ref().clone(),
                };
                let told = match self.head.incident {
                    Some(incident) => self.card(incident, command).await,
                    None => self.region(command).await,
                };
                match told {
                    Ok(()) => Err(at_card(*taken)),
                    Err(e) if e.code == ErrorCode::Unavailable => Err(e),
                    Err(_) => Err(coded(&Refusal::Taken(taken))),
                }
            }
            // What crosses a withdrawal, or comes after the sender's own refusal, is no answer to something unknown.
            Err(OrderError::Refused(refusal @ Refusal::NotFound { .. })) => {
                Err(self.ended(request).await.unwrap_or_else(|| coded(&refusal)))
            }
            result => settled(result),
        }
    }

    /// The refusal of an answer to a request of the sender's that is over.
    async fn ended(&self, request: RequestId) -> Option<ReportRefusal> {
        let By::Service { service, .. } = &self.by else { return None };
        let incident = self.head.incident?;
        let hub = self.board.hub_of(self.region, incident).await.ok()?;
        let seen = self.board.look_at(hub, incident).await.ok()??;
        let request = seen.card.requests.get(&request).filter(|r| r.service == *service)?;
        let detail = match request.state {
            RequestState::Open | RequestState::Answered => return None,
            RequestState::Refused => said!(
                "you have refused this request, and others may have been asked; call the 112 service, which asks you anew"
            ),
            RequestState::Cancelled => said!("the request was withdrawn; send nobody for it"),
            RequestState::Done => said!("all units of this request are released; it is over"),
        };
        Some(ReportRefusal::new(ErrorCode::RequestEnded, detail))
    }

    async fn positions(self, positions: Positions) -> Result<(), ReportRefusal> {
        let By::Service { service, .. } = &self.by else { return Ok(()) };
        let moved = positions
            .positions
            .into_iter()
            .map(|p| {
                let position = Position {
                    point: p.point,
                    at: p.at,
                    source: PositionSource::Avl,
                    accuracy: p.accuracy_m,
                };
                (p.unit_id, position)
            })
            .collect();
        match self.board.positions(self.region, service, moved).await {
            Ok(unknown) => match unknown.first() {
                None => Ok(()),
                Some(unit) => Err(ReportRefusal::new(
                    ErrorCode::UnknownUnit,
                    said!(
                        "{count} units are not yours, the first {unit}; the others were taken",
                        count = unknown.len(),
                        unit = unit
                    ),
                )),
            },
            Err(e) => settled(Err(e)),
        }
    }

    /// What is marked an exercise answers nothing real, and what is real nothing of an exercise: the obligations, units and
    /// receipts of the one would stand for the other's.
    async fn is_as_real(&self, content: &AgencyContent) -> Result<(), ReportRefusal> {
        let card = || self.head.incident.map(Concern::Card);
        let said = is_exercise(self.head);
        let concern = match content {
            AgencyContent::ForcesAnswer(answer) => Some(match self.head.incident {
                Some(card) => Concern::RequestOf(answer.request_id, card),
                None => Concern::Request(answer.request_id),
            }),
            // A crew that is free, or unfit, is so outside any exercise; and where a unit truly is, a test does not say.
            AgencyContent::UnitStatus(status)
                if said
                    && (status.status == UnitStep::OutOfService
                        || status.status == UnitStep::Available && self.head.incident.is_none()) =>
            {
                return Err(ReportRefusal::new(ErrorCode::StatusMismatch, real_alone()));
            }
            AgencyContent::UnitStatus(_) if said && self.head.incident.is_none() => {
                return self.incident().map(|_| ());
            }
            AgencyContent::Positions(_) if self.head.status == Status::Test => {
                return Err(ReportRefusal::new(ErrorCode::StatusMismatch, real_alone()));
            }
            AgencyContent::UnitStatus(_) | AgencyContent::ActionReport(_) => card(),
            AgencyContent::DirectiveAck(ack) => Some(Concern::Directive(ack.directive_id)),
            AgencyContent::ReadinessReport(_) => Some(Concern::Readiness),
            _ => None,
        };
        let Some(concern) = concern else { return Ok(()) };
        let region = match concern {
            Concern::Card(incident) | Concern::RequestOf(_, incident) => {
                self.board.hub_of(self.region, incident).await.map_err(unavailable)?
            }
            _ => self.region,
        };
        let mut known = self.board.is_exercise(region, concern).await.map_err(unavailable)?;
        if let (None, Concern::RequestOf(request, _)) = (known, concern) {
            known =
                self.board.is_exercise(self.region, Concern::Request(request)).await.map_err(unavailable)?;
            if known.is_some() {
                return Err(ReportRefusal::new(
                    ErrorCode::UnknownIncident,
                    said!(
                        "the request belongs to another incident than the head names; copy the incident of the request"
                    ),
                ));
            }
        }
        let detail = match known {
            Some(true) if !said => {
                said!(
                    "what it answers is part of an exercise, and the status says actual; answer with the status that you were sent"
                )
            }
            Some(false) if said => real_alone(),
            _ => return Ok(()),
        };
        Err(ReportRefusal::new(ErrorCode::StatusMismatch, detail))
    }

    fn incident(&self) -> Result<IncidentId, ReportRefusal> {
        self.head.incident.ok_or_else(|| {
            ReportRefusal::new(ErrorCode::MissingReference, said!("the head names no incident; name it"))
        })
    }
}

fn real_alone() -> Said {
    said!("what it answers is real, and the status says exercise or test; answer with the status actual")
}

fn settled(result: Result<(), OrderError>) -> Result<(), ReportRefusal> {
    match result {
        Ok(()) => Ok(()),
        // Whether it is the same message again, the inbox knows.
        Err(OrderError::Journal(JournalError::DuplicateMessage { .. })) => Err(ReportRefusal::new(
            ErrorCode::Duplicate,
            said!("another message came with this id before; give every message an id of its own"),
        )),
        Err(OrderError::Refused(refusal)) => Err(coded(&refusal)),
        Err(e) => Err(unavailable(e)),
    }
}

fn unavailable(error: OrderError) -> ReportRefusal {
    let failed = matches!(error, OrderError::Failed);
    tracing::debug!(%error, "a report cannot be taken now");
    ReportRefusal { failed, ..ReportRefusal::new(ErrorCode::Unavailable, not_now()) }
}

/// What is told when it may be sent again: what is the matter stands in the log.
fn not_now() -> Said {
    said!("it could not be made durable; nothing has changed; try again in a moment")
}

/// An answer that was not taken and stands at its card.
fn at_card(taken: Taken) -> ReportRefusal {
    ReportRefusal { at_card: true, ..coded(&Refusal::Taken(Box::new(taken))) }
}

/// A refusal of the rules as a code of the contract.
#[must_use]
pub fn coded(refusal: &Refusal) -> ReportRefusal {
    let code = match refusal {
        Refusal::NotFound { what, .. } => match what {
            Missing::Incident => ErrorCode::UnknownIncident,
            Missing::Request | Missing::RequestOfCard => ErrorCode::UnknownRequest,
            Missing::Unit => ErrorCode::UnknownUnit,
            Missing::Service => ErrorCode::UnknownService,
            _ => ErrorCode::UnknownReference,
        },
        Refusal::Conflict(_) | Refusal::Stale { .. } => ErrorCode::Conflict,
        Refusal::Taken(_) => ErrorCode::UnitTaken,
        Refusal::Forbidden(_) => ErrorCode::NotAddressedToSender,
        Refusal::PersonNeeded => ErrorCode::NotPermitted,
        Refusal::Invalid { fault, .. } => match fault {
            Fault::Value => ErrorCode::MalformedContent,
            Fault::Ahead => ErrorCode::TimeInFuture,
            Fault::OutOfOrder => ErrorCode::OutOfOrder,
            Fault::NoReason => ErrorCode::ReasonRequired,
        },
    };
    ReportRefusal::new(code, refusal.said())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_before_anybody_was_asked_is_out_of_order_whatever_its_words() {
        let at = "2025-11-23T05:00:00Z".parse().unwrap();
        let asked = "2025-11-23T06:00:00Z".parse().unwrap();
        let refused = crate::domain::moment::since_asked("at", at, asked).unwrap_err();
        assert_eq!(coded(&refused).code, ErrorCode::OutOfOrder);
        let other =
            Refusal::out_of_order("at", said!("there is no such thing any more; read again what there is"));
        assert_eq!(coded(&other).code, ErrorCode::OutOfOrder);
        let ahead = crate::domain::moment::not_ahead("at", asked, at).unwrap_err();
        assert_eq!(coded(&ahead).code, ErrorCode::TimeInFuture);
    }

    #[test]
    fn what_the_rules_refuse_is_said_to_the_sender_in_its_words_and_to_the_desk_in_three_languages() {
        let refused = coded(&Refusal::not_found(Missing::Incident, "75-26-000112"));
        assert_eq!(refused.code, ErrorCode::UnknownIncident);
        let said = refused.detail.names();
        assert!([&said.kk, &said.ru, &said.en].iter().all(|words| words.contains("75-26-000112")));
        assert!(said.kk != said.en && said.ru != said.en && said.kk != said.ru);
    }
}
