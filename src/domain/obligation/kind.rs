//! The catalogue: what a clause obliges whom to do, to whom, how soon, and who is exempt.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::limits::{Escalation, Limits};
use crate::domain::envelope::Urgency;
use crate::domain::mode::Mode;
use crate::domain::names::Names;
use crate::domain::quantities::Seconds;
use crate::domain::service_kind::ServiceClause;

/// How soon, in the three grades that the rules keep apart. The rules state no minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// Immediately (дереу, немедленно): c.5(2)¶3.
    Immediately,
    /// Urgently (шұғыл түрде, в экстренном порядке): c.5(1)¶4, c.5(3)¶2–¶4.
    Urgently,
    /// No word of time: still an obligation, its limit is a setting.
    NoStatedLimit,
}

impl Grade {
    /// The words of the official texts.
    #[must_use]
    pub fn names(self) -> Names {
        let (kk, ru, en) = match self {
            Self::Immediately => ("дереу", "немедленно", "immediately"),
            Self::Urgently => ("шұғыл түрде", "в экстренном порядке", "urgently"),
            Self::NoStatedLimit => ("мерзімі белгіленбеген", "срок не установлен", "no stated limit"),
        };
        Names { kk: kk.to_owned(), ru: ru.to_owned(), en: en.to_owned() }
    }
}

impl From<Grade> for Urgency {
    fn from(grade: Grade) -> Self {
        match grade {
            Grade::Immediately => Self::Immediately,
            Grade::Urgently => Self::Urgently,
            Grade::NoStatedLimit => Self::Unstated,
        }
    }
}

/// Who owes, as the clause says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Owing {
    /// The operational duty officer of the hub.
    DutyOfficer,
    /// The duty officer of a duty-dispatch service.
    Service,
    /// The operational duty officer, or who has the authority to order a warning.
    DutyOfficerOrAuthoriser,
}

/// To whom it is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Creditor {
    /// The officer's own shift.
    OwnShift,
    /// The hub.
    Hub,
    /// The leadership.
    Leadership,
    /// Services of the fitting profile.
    ProfileServices,
    /// The incident's record.
    Incident,
    /// The people in the zone.
    Zone,
    /// The services concerned.
    Services,
    /// The public and organisations.
    Public,
    /// Each addressee.
    Addressees,
}

/// One line of the catalogue of obligations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub enum ObligationKind {
    /// Check channels and contacts on taking up duty.
    #[serde(rename = "O-01")]
    O01,
    /// Pass emergency information to the hub.
    #[serde(rename = "O-02")]
    O02,
    /// Tell the hub what is done.
    #[serde(rename = "O-03")]
    O03,
    /// Collect and summarise monitoring information.
    #[serde(rename = "O-04")]
    O04,
    /// Pass the situation and changes in the zone to services of the profile.
    #[serde(rename = "O-05")]
    O05,
    /// Pass changes in one's speciality.
    #[serde(rename = "O-06")]
    O06,
    /// Bring formations to readiness and give their composition.
    #[serde(rename = "O-07")]
    O07,
    /// Identify the emergency by Order 240.
    #[serde(rename = "O-08")]
    O08,
    /// Send the first wave.
    #[serde(rename = "O-09")]
    O09,
    /// Inform services that more forces are needed.
    #[serde(rename = "O-10")]
    O10,
    /// Give the composition of the forces.
    #[serde(rename = "O-11a")]
    O11a,
    /// Give the time of departure.
    #[serde(rename = "O-11b")]
    O11b,
    /// Give the time of arrival.
    #[serde(rename = "O-11c")]
    O11c,
    /// Warn the public, or decide against it.
    #[serde(rename = "O-12")]
    O12,
    /// Bring a directive of the leadership to its addressees.
    #[serde(rename = "O-13")]
    O13,
}

/// What the catalogue says of one kind of obligation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CatalogueRow {
    /// Which kind.
    pub id: ObligationKind,
    /// The clause that creates it.
    pub clause: &'static str,
    /// How soon.
    pub grade: Grade,
    /// Who owes it.
    pub owed_by: Owing,
    /// To whom.
    pub owed_to: Creditor,
    /// The event that raises it.
    pub raised_by: &'static str,
    /// What meets it.
    pub met_by: &'static str,
    /// Sub-clauses whose services never owe it.
    pub exceptions: Vec<ServiceClause>,
    /// The least mode that creates it; a return below it ends it.
    pub least_mode: Mode,
    /// How long it may stay unmet where the region sets nothing, seconds: a proposal of this project, not of the law.
    pub limit: Seconds,
    /// When each step towards the silent is reached where the region sets nothing: likewise.
    pub escalation: Escalation,
    /// Names in three languages.
    pub names: Names,
}

use Creditor as To;
use ObligationKind as K;
use Owing as By;

impl ObligationKind {
    /// Every kind, in the order of the catalogue.
    pub const ALL: [Self; 15] = [
        K::O01,
        K::O02,
        K::O03,
        K::O04,
        K::O05,
        K::O06,
        K::O07,
        K::O08,
        K::O09,
        K::O10,
        K::O11a,
        K::O11b,
        K::O11c,
        K::O12,
        K::O13,
    ];

    /// The three data of c.5(3)¶4, each an obligation of its own.
    pub const FORCES_DATA: [Self; 3] = [K::O11a, K::O11b, K::O11c];

    /// The catalogue's number: `O-11a`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            K::O01 => "O-01",
            K::O02 => "O-02",
            K::O03 => "O-03",
            K::O04 => "O-04",
            K::O05 => "O-05",
            K::O06 => "O-06",
            K::O07 => "O-07",
            K::O08 => "O-08",
            K::O09 => "O-09",
            K::O10 => "O-10",
            K::O11a => "O-11a",
            K::O11b => "O-11b",
            K::O11c => "O-11c",
            K::O12 => "O-12",
            K::O13 => "O-13",
        }
    }

    /// The clause that creates it.
    #[must_use]
    pub fn clause(self) -> &'static str {
        match self {
            K::O01 => "112-R c.5(1)¶1",
            K::O02 => "112-R c.5(1)¶4",
            K::O03 => "112-R c.5(1)¶5",
            K::O04 => "112-R c.5(2)¶1",
            K::O05 => "112-R c.5(2)¶2",
            K::O06 => "112-R c.5(2)¶3",
            K::O07 => "112-R c.5(2)¶4",
            K::O08 => "112-R c.5(3)¶1",
            K::O09 => "112-R c.5(3)¶2",
            K::O10 => "112-R c.5(3)¶3",
            K::O11a | K::O11b | K::O11c => "112-R c.5(3)¶4",
            K::O12 => "112-R c.6(4)",
            K::O13 => "112-R c.6(6)",
        }
    }

    /// How soon. O-12 stands in the rules without a word of time; the rules of the warning system (Order 945
    /// c.21–24) say at once.
    #[must_use]
    pub fn grade(self) -> Grade {
        match self {
            K::O06 | K::O12 => Grade::Immediately,
            K::O02 | K::O09 | K::O10 | K::O11a | K::O11b | K::O11c => Grade::Urgently,
            K::O01 | K::O03 | K::O04 | K::O05 | K::O07 | K::O08 | K::O13 => Grade::NoStatedLimit,
        }
    }

    /// Who owes it.
    #[must_use]
    pub fn owing(self) -> Owing {
        match self {
            K::O02 | K::O03 | K::O06 | K::O07 | K::O11a | K::O11b | K::O11c => By::Service,
            K::O01 | K::O04 | K::O05 | K::O08 | K::O09 | K::O10 | K::O13 => By::DutyOfficer,
            K::O12 => By::DutyOfficerOrAuthoriser,
        }
    }

    /// To whom.
    #[must_use]
    pub fn creditor(self) -> Creditor {
        match self {
            K::O01 => To::OwnShift,
            K::O02 | K::O03 | K::O06 | K::O07 | K::O11a | K::O11b | K::O11c => To::Hub,
            K::O04 => To::Leadership,
            K::O05 => To::ProfileServices,
            K::O08 => To::Incident,
            K::O09 => To::Zone,
            K::O10 => To::Services,
            K::O12 => To::Public,
            K::O13 => To::Addressees,
        }
    }

    /// Whether a service of this sub-clause can ever owe it. The National Security Committee (c.3(5)) and telecom
    /// operators (c.3(8)) owe neither readiness (c.5(2)¶4) nor forces (c.5(3)¶4), but do owe situation changes
    /// (c.5(2)¶3 states no exception). The hub receives and owes nothing as a service.
    #[must_use]
    pub fn is_owed_by(self, clause: ServiceClause) -> bool {
        match self {
            K::O07 => clause.owes_readiness(),
            K::O11a | K::O11b | K::O11c => clause.owes_forces(),
            K::O06 => clause.owes_situation_changes(),
            K::O02 | K::O03 => clause != ServiceClause::C3_1,
            _ => false,
        }
    }

    /// Sub-clauses that the text of the clause exempts by name.
    #[must_use]
    pub fn exceptions(self) -> &'static [ServiceClause] {
        match self {
            K::O07 | K::O11a | K::O11b | K::O11c => &[ServiceClause::C3_5, ServiceClause::C3_8],
            _ => &[],
        }
    }

    /// The least mode that creates it. What an incident creates (c.5(3)) holds in every mode, for an emergency does
    /// not wait for a declaration; what only a threat creates (c.5(2)) ends on return to everyday activity.
    #[must_use]
    pub fn least_mode(self) -> Mode {
        match self {
            K::O04 | K::O05 | K::O06 | K::O07 => Mode::HighReadiness,
            _ => Mode::Everyday,
        }
    }

    /// Whether it is owed again when a card is opened again, of what ended unfinished as it was closed. What is owed
    /// about the emergency itself is: to identify it (c.5(3)¶1), to send the first wave of each profile (c.5(3)¶2), to
    /// decide on a warning (c.6(4)). What is owed about one request for forces (c.5(1)¶5, c.5(3)¶3, ¶4) is not: a card
    /// is closed only when its requests are over, and more forces are a request of their own. The rest is about no card.
    #[must_use]
    pub fn returns_with_its_card(self) -> bool {
        match self {
            K::O08 | K::O09 | K::O12 => true,
            K::O03 | K::O10 | K::O11a | K::O11b | K::O11c => false,
            K::O01 | K::O02 | K::O04 | K::O05 | K::O06 | K::O07 | K::O13 => false,
        }
    }

    /// Whether the first step towards who is silent is that the same is sent again: the request for forces, of whose three
    /// data the first stands for all, and the threat. Of nothing else is it said.
    #[must_use]
    pub fn is_asked_again(self) -> bool {
        matches!(self, K::O07 | K::O11a)
    }

    /// The event that raises it.
    #[must_use]
    pub fn raised_by(self) -> &'static str {
        match self {
            K::O01 => "shift opened",
            K::O02 => "emergency information reached the service",
            K::O03 => "the service acts on an event",
            K::O04 => "high readiness declared",
            K::O05 => "new or changed situation, or a change in the zone",
            K::O06 => "change in the service's field in the zone",
            K::O07 => "threat of an emergency told to the service",
            K::O08 => "message of an emergency",
            K::O09 => "emergency identified",
            K::O10 => "more forces needed",
            K::O11a | K::O11b | K::O11c => "the service informed that forces are needed",
            K::O12 => "threat to life or health",
            K::O13 => "directive of the leadership",
        }
    }

    /// What meets it.
    #[must_use]
    pub fn met_by(self) -> &'static str {
        match self {
            K::O01 => "every channel and contact has a result; a failed channel works again",
            K::O02 => "the hub has it and acknowledges it; the officer's own part is O-08",
            K::O03 => "action report",
            K::O04 => "summary made",
            K::O05 => "a person of the service has read it",
            K::O06 => "situation report received",
            K::O07 => "formations ready and their composition given",
            K::O08 => "identified by a named person; of an emergency, also its scale stated",
            K::O09 => "formations of the profile sent",
            K::O10 => "a person of the service has read it or answered",
            K::O11a => "composition given",
            K::O11b => "time of departure given",
            K::O11c => "time of arrival given",
            K::O12 => "warning issued, or decided against with a reason",
            K::O13 => "a person of the addressee has read it or answered",
        }
    }

    /// The whole line of the catalogue.
    #[must_use]
    pub fn row(self) -> CatalogueRow {
        CatalogueRow {
            id: self,
            clause: self.clause(),
            grade: self.grade(),
            owed_by: self.owing(),
            owed_to: self.creditor(),
            raised_by: self.raised_by(),
            met_by: self.met_by(),
            exceptions: self.exceptions().to_vec(),
            least_mode: self.least_mode(),
            limit: Limits::default().of(self).seconds,
            escalation: Escalation::of(self.grade()),
            names: self.names(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Grade as G;
    use ServiceClause as C;

    const SERVICES: [C; 9] =
        [C::C3_1, C::C3_2, C::C3_3, C::C3_4, C::C3_5, C::C3_6, C::C3_7, C::C3_8, C::C6_5];

    #[test]
    fn the_catalogue_says_what_the_rules_say() {
        let rows: [(K, &str, &str, G, By, To, Mode); 15] = [
            (
                K::O01,
                "O-01",
                "112-R c.5(1)¶1",
                G::NoStatedLimit,
                By::DutyOfficer,
                To::OwnShift,
                Mode::Everyday,
            ),
            (K::O02, "O-02", "112-R c.5(1)¶4", G::Urgently, By::Service, To::Hub, Mode::Everyday),
            (K::O03, "O-03", "112-R c.5(1)¶5", G::NoStatedLimit, By::Service, To::Hub, Mode::Everyday),
            (
                K::O04,
                "O-04",
                "112-R c.5(2)¶1",
                G::NoStatedLimit,
                By::DutyOfficer,
                To::Leadership,
                Mode::HighReadiness,
            ),
            (
                K::O05,
                "O-05",
                "112-R c.5(2)¶2",
                G::NoStatedLimit,
                By::DutyOfficer,
                To::ProfileServices,
                Mode::HighReadiness,
            ),
            (K::O06, "O-06", "112-R c.5(2)¶3", G::Immediately, By::Service, To::Hub, Mode::HighReadiness),
            (K::O07, "O-07", "112-R c.5(2)¶4", G::NoStatedLimit, By::Service, To::Hub, Mode::HighReadiness),
            (
                K::O08,
                "O-08",
                "112-R c.5(3)¶1",
                G::NoStatedLimit,
                By::DutyOfficer,
                To::Incident,
                Mode::Everyday,
            ),
            (K::O09, "O-09", "112-R c.5(3)¶2", G::Urgently, By::DutyOfficer, To::Zone, Mode::Everyday),
            (K::O10, "O-10", "112-R c.5(3)¶3", G::Urgently, By::DutyOfficer, To::Services, Mode::Everyday),
            (K::O11a, "O-11a", "112-R c.5(3)¶4", G::Urgently, By::Service, To::Hub, Mode::Everyday),
            (K::O11b, "O-11b", "112-R c.5(3)¶4", G::Urgently, By::Service, To::Hub, Mode::Everyday),
            (K::O11c, "O-11c", "112-R c.5(3)¶4", G::Urgently, By::Service, To::Hub, Mode::Everyday),
            (
                K::O12,
                "O-12",
                "112-R c.6(4)",
                G::Immediately,
                By::DutyOfficerOrAuthoriser,
                To::Public,
                Mode::Everyday,
            ),
            (
                K::O13,
                "O-13",
                "112-R c.6(6)",
                G::NoStatedLimit,
                By::DutyOfficer,
                To::Addressees,
                Mode::Everyday,
            ),
        ];
        assert_eq!(rows.map(|r| r.0), K::ALL);
        for (kind, id, clause, grade, owing, creditor, mode) in rows {
            let row = kind.row();
            assert_eq!(
                (row.clause, row.grade, row.owed_by, row.owed_to, row.least_mode),
                (clause, grade, owing, creditor, mode),
                "{id}"
            );
            assert_eq!(serde_json::to_value(kind).unwrap(), id);
            assert_eq!(kind.as_str(), id);
        }
    }

    #[test]
    fn what_is_owed_about_the_emergency_returns_with_its_card_and_what_a_request_asked_does_not() {
        let returns: Vec<K> = K::ALL.into_iter().filter(|kind| kind.returns_with_its_card()).collect();
        assert_eq!(returns, [K::O08, K::O09, K::O12], "c.5(3)¶1, c.5(3)¶2, c.6(4)");
    }

    #[test]
    fn only_readiness_and_forces_have_exceptions_and_they_are_security_and_telecom() {
        for kind in K::ALL {
            let exempt = matches!(kind, K::O07 | K::O11a | K::O11b | K::O11c);
            let expected: &[C] = if exempt { &[C::C3_5, C::C3_8] } else { &[] };
            assert_eq!(kind.exceptions(), expected, "{kind:?}");
            for clause in kind.exceptions() {
                assert!(!kind.is_owed_by(*clause), "{kind:?} {clause:?}");
            }
        }
    }

    #[test]
    fn security_and_telecom_never_owe_readiness_or_forces_and_do_owe_situation_changes() {
        for clause in [C::C3_5, C::C3_8] {
            let owed: Vec<_> = K::ALL.into_iter().filter(|k| k.is_owed_by(clause)).collect();
            assert_eq!(owed, [K::O02, K::O03, K::O06], "{clause:?}");
        }
    }

    #[test]
    fn every_other_service_owes_all_that_services_owe() {
        for clause in SERVICES.into_iter().filter(|c| !matches!(c, C::C3_1 | C::C3_5 | C::C3_8)) {
            let owed: Vec<_> = K::ALL.into_iter().filter(|k| k.is_owed_by(clause)).collect();
            assert_eq!(owed, [K::O02, K::O03, K::O06, K::O07, K::O11a, K::O11b, K::O11c], "{clause:?}");
        }
        assert!(K::ALL.into_iter().all(|k| !k.is_owed_by(C::C3_1)), "the hub receives");
    }

    #[test]
    fn every_name_is_there_in_three_languages() {
        let mut seen = std::collections::HashSet::new();
        for kind in K::ALL {
            let names = kind.names();
            for name in [&names.kk, &names.ru, &names.en] {
                assert!(!name.trim().is_empty());
                assert!(seen.insert(name.clone()), "{name} stands twice");
            }
        }
    }

    #[test]
    fn the_three_grades_stay_apart_on_the_wire() {
        let wire: Vec<Urgency> = [G::Immediately, G::Urgently, G::NoStatedLimit].map(Urgency::from).to_vec();
        assert_eq!(wire, [Urgency::Immediately, Urgency::Urgently, Urgency::Unstated]);
    }
}
