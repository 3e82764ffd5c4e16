//! What exactly is owed by whom for what: the scope in which one obligation stands.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::kind::{ObligationKind, Owing};
use crate::domain::directive::Addressee;
use crate::domain::ids::{
    DirectiveId, IncidentId, MessageId, RegionCode, ReportId, RequestId, ServiceKey, ShiftId, ZoneId,
};
use crate::domain::service_kind::{self, Profile};

/// Who owes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(tag = "debtor", rename_all = "snake_case")]
pub enum Debtor {
    /// Whoever is the hub's operational duty officer: the obligation outlives the shift.
    DutyOfficer,
    /// A duty-dispatch service.
    Service {
        /// Which.
        service: ServiceKey,
        /// Of which other region; absent for this hub's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        service_region: Option<RegionCode>,
    },
}

impl Debtor {
    /// A service of this hub's region.
    #[must_use]
    pub fn service(service: ServiceKey) -> Self {
        Self::Service { service, service_region: None }
    }
}

/// About what.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(tag = "subject", rename_all = "snake_case")]
#[schema(as = ObligationSubject)]
pub enum Subject {
    /// A shift.
    Shift {
        /// Which.
        shift: ShiftId,
    },
    /// A message, as the emergency information that a service passes on.
    Message {
        /// Which.
        message: MessageId,
    },
    /// An incident.
    Incident {
        /// Which.
        incident: IncidentId,
    },
    /// A request for forces.
    Request {
        /// For which incident.
        incident: IncidentId,
        /// Which.
        request: RequestId,
    },
    /// A situation report.
    Report {
        /// Which.
        report: ReportId,
    },
    /// A directive.
    Directive {
        /// Which.
        directive: DirectiveId,
    },
    /// A period in which a mode is in force.
    ModePeriod {
        /// Its number in the region.
        period: u32,
    },
    /// A zone in one of its versions.
    Zone {
        /// Which.
        zone: ZoneId,
        /// Which version of it.
        version: u32,
    },
}

impl Subject {
    /// The incident that it is about, where it is about one.
    #[must_use]
    pub fn incident(&self) -> Option<IncidentId> {
        match self {
            Self::Incident { incident } | Self::Request { incident, .. } => Some(*incident),
            _ => None,
        }
    }
}

/// Which of several things owed about one subject.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(tag = "datum", rename_all = "snake_case")]
pub enum Datum {
    /// Towards one of several addressees.
    Addressee {
        /// Whom.
        addressee: Addressee,
    },
    /// One channel of communication.
    Channel {
        /// Of which service; absent for the hub's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<ServiceKey>,
        /// Which.
        channel: String,
        /// The number of its fault in the region: one that fails again is owed again.
        fault: u32,
    },
    /// One of the repetitions that a setting asks for, from 1.
    Round {
        /// Which.
        round: u32,
    },
    /// One of the four profiles.
    Profile {
        /// Which.
        profile: Profile,
    },
}

/// The scope of an obligation: raised again in the same scope it is the same obligation, not another.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct Claim {
    /// Line of the catalogue.
    pub kind: ObligationKind,
    /// Who owes.
    #[serde(flatten)]
    pub debtor: Debtor,
    /// About what.
    #[serde(flatten)]
    pub subject: Subject,
    /// Which of several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub which: Option<Datum>,
}

impl Claim {
    /// Owed by the hub's duty officer.
    #[must_use]
    pub fn officer(kind: ObligationKind, subject: Subject) -> Self {
        Self { kind, debtor: Debtor::DutyOfficer, subject, which: None }
    }

    /// Owed by a service of this hub's region.
    #[must_use]
    pub fn service(kind: ObligationKind, service: ServiceKey, subject: Subject) -> Self {
        Self { kind, debtor: Debtor::service(service), subject, which: None }
    }

    /// One of the three data of c.5(3)¶4; `region` only when the service is another region's.
    #[must_use]
    pub fn forces(
        kind: ObligationKind,
        service: ServiceKey,
        region: Option<RegionCode>,
        incident: IncidentId,
        request: RequestId,
    ) -> Self {
        let debtor = Debtor::Service { service, service_region: region };
        Self { kind, debtor, subject: Subject::Request { incident, request }, which: None }
    }

    /// The same, narrowed to one of several things owed.
    #[must_use]
    pub fn only(mut self, which: Datum) -> Self {
        self.which = Some(which);
        self
    }

    /// Whether the rules let this debtor owe it: an exempt service (112-R c.5(2)¶4, c.5(3)¶4), an unknown one, or
    /// an officer in a service's place owes nothing.
    #[must_use]
    pub fn is_owed(&self) -> bool {
        match (&self.debtor, self.kind.owing()) {
            (Debtor::Service { service, .. }, Owing::Service) => {
                service_kind::find(service).is_some_and(|k| self.kind.is_owed_by(k.clause))
            }
            (Debtor::DutyOfficer, Owing::DutyOfficer | Owing::DutyOfficerOrAuthoriser) => true,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_claim_shows_its_service_and_incident_at_the_top_of_its_json() {
        let claim = Claim::forces(
            ObligationKind::O11a,
            ServiceKey::new("ambulance").unwrap(),
            None,
            IncidentId(Uuid::from_u128(1)),
            RequestId(Uuid::from_u128(2)),
        );
        let json = serde_json::to_value(&claim).unwrap();
        assert_eq!(json["service"], "ambulance");
        assert_eq!(json["incident"], Uuid::from_u128(1).to_string());
        assert_eq!(serde_json::from_value::<Claim>(json).unwrap(), claim);
    }

    #[test]
    fn every_form_of_claim_survives_its_json() {
        let id = Uuid::from_u128(7);
        let service = ServiceKey::new("police").unwrap();
        let claims = [
            Claim::officer(ObligationKind::O01, Subject::Shift { shift: ShiftId(id) }).only(Datum::Channel {
                of: Some(service.clone()),
                channel: "radio".into(),
                fault: 1,
            }),
            Claim::service(ObligationKind::O02, service.clone(), Subject::Message { message: MessageId(id) }),
            Claim::officer(ObligationKind::O04, Subject::ModePeriod { period: 3 })
                .only(Datum::Round { round: 2 }),
            Claim::officer(ObligationKind::O05, Subject::Zone { zone: ZoneId(id), version: 2 })
                .only(Datum::Addressee { addressee: Addressee::Service { service } }),
            Claim::officer(ObligationKind::O09, Subject::Incident { incident: IncidentId(id) })
                .only(Datum::Profile { profile: Profile::Fire }),
            Claim::officer(ObligationKind::O12, Subject::Report { report: ReportId(id) }),
            Claim::officer(ObligationKind::O13, Subject::Directive { directive: DirectiveId(id) }).only(
                Datum::Addressee {
                    addressee: Addressee::Organisation { name: "Қазселденқорғау".into() }
                },
            ),
        ];
        for claim in claims {
            let text = serde_json::to_string(&claim).unwrap();
            assert_eq!(serde_json::from_str::<Claim>(&text).unwrap(), claim, "{text}");
        }
    }

    #[test]
    fn security_never_owes_readiness() {
        let claim = |key: &str, kind| {
            Claim::service(kind, ServiceKey::new(key).unwrap(), Subject::ModePeriod { period: 1 }).is_owed()
        };
        assert!(!claim("security", ObligationKind::O07));
        assert!(!claim("telecom", ObligationKind::O07));
        assert!(claim("ambulance", ObligationKind::O07));
        assert!(claim("security", ObligationKind::O06));
        assert!(claim("telecom", ObligationKind::O06));
    }

    #[test]
    fn an_officer_cannot_owe_what_a_service_owes_nor_the_other_way() {
        let subject = Subject::ModePeriod { period: 1 };
        assert!(!Claim::officer(ObligationKind::O07, subject.clone()).is_owed());
        let police = ServiceKey::new("police").unwrap();
        assert!(!Claim::service(ObligationKind::O04, police, subject).is_owed());
    }
}
