//! What a desk says of itself and its units, as the contract has it.

use jiff::Timestamp;

use super::Desk;
use crate::domain::envelope::{
    AgencyContent, Contact, Directive, DirectiveAck, DirectiveStage, Equipment, ForcesAnswer,
    FormationReadiness, Heartbeat, HeartbeatReply, Readiness, ReadinessReport, ReasonCode, UnitStatus,
    UnitStep,
};
use crate::domain::ids::{RequestId, UnitId};

/// People in one unit.
pub(super) const CREW: u32 = 3;

impl Desk {
    pub(super) fn status(&self, unit: &UnitId, status: UnitStep, at: Timestamp) -> AgencyContent {
        let point = self.fleet.position(unit);
        AgencyContent::UnitStatus(UnitStatus { unit_id: unit.clone(), status, at, point, note: None })
    }

    pub(super) fn directive_ack(
        &self,
        directive: &Directive,
        stage: DirectiveStage,
        at: Timestamp,
    ) -> AgencyContent {
        let by = (stage != DirectiveStage::Received).then(|| self.officer.clone());
        AgencyContent::DirectiveAck(DirectiveAck { directive_id: directive.directive_id, stage, by, at })
    }

    pub(super) fn heartbeat_reply(&self, heartbeat: &Heartbeat) -> AgencyContent {
        // Where the hub holds no contact it is given one; otherwise those it holds are right.
        let contacts = heartbeat.contacts.is_empty().then(|| {
            vec![Contact {
                name: self.officer.clone(),
                means: "telephone".into(),
                number: "+7 727 000 01 12".into(),
                call_sign: Some(self.options.service.to_string()),
            }]
        });
        let duty_officer = Some(self.officer.clone());
        AgencyContent::HeartbeatReply(HeartbeatReply { check_id: heartbeat.check_id, duty_officer, contacts })
    }

    pub(super) fn readiness(&self, at: Timestamp) -> AgencyContent {
        let units: Vec<UnitId> = self.fleet.ids().take(200).cloned().collect();
        let people = CREW * u32::try_from(units.len().max(1)).unwrap_or(1);
        let formation = FormationReadiness {
            name: format!("Формирование {}", self.options.service),
            readiness: Readiness::High,
            units,
            people,
            equipment: vec![Equipment { name: "автомобиль".into(), count: people / CREW }],
            place: None,
        };
        AgencyContent::ReadinessReport(ReadinessReport { formations: vec![formation], at })
    }
}

/// An answer that says nothing yet.
pub(super) fn nothing(request_id: RequestId) -> ForcesAnswer {
    ForcesAnswer {
        request_id,
        decision: None,
        reason: None,
        units: Vec::new(),
        composition: None,
        departure_at: None,
        arrival_at: None,
    }
}

pub(super) fn reason_text(code: ReasonCode) -> &'static str {
    match code {
        ReasonCode::NoneFree => "Свободных подходящих бригад нет",
        ReasonCode::NoneFitting => "Подходящих бригад нет",
        ReasonCode::BetterUnit => "Ближе другая бригада",
        ReasonCode::Breakdown => "Неисправность",
        _ => "Другая причина",
    }
}
