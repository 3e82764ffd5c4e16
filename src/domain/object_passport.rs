//! The passport of a potentially dangerous facility (112-R c.5(2)¶1): what is in it, how much, whose it is, whom to telephone
//! at any hour, how far people are kept away, and what is done first. Its facts come from who operates it, are dated, and
//! hold until a day that they name; after that they are shown as outdated and never as if they were certain.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::decision::Refusal;
use super::geography::Element;
use super::organisation::Bin;
use super::quantities::{Metres, Point, Tonnes};
use super::said::said;
use super::shift::Contact;
use super::zone::plume;

/// The most substances of one facility.
const SUBSTANCES: usize = 50;
/// The most persons of one facility.
const CONTACTS: usize = 16;
/// The longest name, address or number, characters.
const SHORT: usize = 300;
/// The longest plan, characters.
const LONG: usize = 8_000;

/// A class of danger, from 1, the most dangerous, to 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "u8", into = "u8")]
#[schema(value_type = u8, minimum = 1, maximum = 4)]
pub struct HazardClass(u8);

/// A substance's number in the UN Model Regulations on the Transport of Dangerous Goods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "u16", into = "u16")]
#[schema(value_type = u16, minimum = 1, maximum = 9999, example = 1017)]
pub struct UnNumber(u16);

/// Why a number is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotNumber {
    /// It is no class of danger.
    #[error("a class of danger is 1, 2, 3 or 4")]
    Class,
    /// It is no UN number.
    #[error("a UN number is from 1 to 9999")]
    Un,
}

impl TryFrom<u8> for HazardClass {
    type Error = NotNumber;
    fn try_from(class: u8) -> Result<Self, NotNumber> {
        if (1..=4).contains(&class) { Ok(Self(class)) } else { Err(NotNumber::Class) }
    }
}

impl From<HazardClass> for u8 {
    fn from(class: HazardClass) -> Self {
        class.0
    }
}

impl TryFrom<u16> for UnNumber {
    type Error = NotNumber;
    fn try_from(number: u16) -> Result<Self, NotNumber> {
        if (1..=9_999).contains(&number) { Ok(Self(number)) } else { Err(NotNumber::Un) }
    }
}

impl From<UnNumber> for u16 {
    fn from(number: UnNumber) -> Self {
        number.0
    }
}

/// How far people are kept away when a substance comes out, by the Emergency Response Guidebook: what the sector of a
/// release ([`plume::Release`]) is drawn by.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseDistances {
    /// The initial isolation distance, metres.
    pub isolation: Metres,
    /// The protective action distance, metres.
    pub protective: Metres,
}

/// A substance that is kept or used there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Substance {
    /// Its name.
    #[schema(max_length = 300)]
    pub name: String,
    /// Its UN number, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub un: Option<UnNumber>,
    /// Its class of danger, where the operator states one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<HazardClass>,
    /// The most that may be there at once, tonnes.
    pub tonnes: Tonnes,
    /// How and where on the site it is kept.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(max_length = 300)]
    pub storage: String,
    /// The distances of a release of it here, where they were looked up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<ReleaseDistances>,
}

/// The facility's local warning system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LocalWarning {
    /// How many sirens it has.
    pub sirens: u16,
    /// Who sets it off, how, and whom it reaches.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(max_length = 300)]
    pub how: String,
}

/// The nearest fire brigade of the operator's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnBrigade {
    /// Its name, and where it stands.
    #[schema(max_length = 300)]
    pub name: String,
    /// Its telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 300)]
    pub telephone: Option<String>,
    /// How many vehicles it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vehicles: Option<u16>,
    /// How many people it has on duty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<u16>,
}

/// Somebody who looked or told, and on which day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OnDay {
    /// Who.
    #[schema(max_length = 300)]
    pub by: String,
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
}

/// What is known of a dangerous facility.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectPassport {
    /// Its name.
    #[schema(max_length = 300)]
    pub name: String,
    /// Where it stands.
    pub point: Point,
    /// The element of the imported land that it is; absent where the land does not have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub element: Option<Element>,
    /// Who operates it.
    #[schema(max_length = 300)]
    pub operator: String,
    /// The operator's business identification number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bin: Option<Bin>,
    /// Its address.
    #[schema(max_length = 300)]
    pub address: String,
    /// The number that is answered at any hour.
    #[schema(max_length = 300)]
    pub duty_number: String,
    /// Who else there may be spoken to, and how.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 16)]
    pub contacts: Vec<Contact>,
    /// Its class of danger, where the operator states one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<HazardClass>,
    /// What is in it.
    #[schema(max_items = 50)]
    pub substances: Vec<Substance>,
    /// How many people are on the site at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<u32>,
    /// Its local warning system; absent where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<LocalWarning>,
    /// The nearest fire brigade of its own; absent where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fire_brigade: Option<OwnBrigade>,
    /// What is done first in an accident, and where its plans are.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(max_length = 8000)]
    pub plans: String,
    /// Who inspected it last, and when; absent where nobody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inspected: Option<OnDay>,
    /// Who of the operator stated these facts, and when.
    pub stated: OnDay,
    /// The last day on which they may be believed.
    #[schema(value_type = String, format = Date)]
    pub valid_until: Date,
}

fn text(field: &'static str, given: &str, least: usize, most: usize) -> Result<(), Refusal> {
    let long = given.trim().chars().count();
    if (least..=most).contains(&long) {
        return Ok(());
    }
    Err(Refusal::invalid(field, said!("write {least} to {most} characters here", least = least, most = most)))
}

impl ObjectPassport {
    /// The same, if it can be used.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] names the field at fault.
    pub fn checked(self, now: Timestamp) -> Result<Self, Refusal> {
        let today = day(now);
        text("name", &self.name, 1, SHORT)?;
        text("operator", &self.operator, 1, SHORT)?;
        text("address", &self.address, 1, SHORT)?;
        text("duty_number", &self.duty_number, 1, SHORT)?;
        text("plans", &self.plans, 0, LONG)?;
        text("stated.by", &self.stated.by, 1, SHORT)?;
        if self.contacts.len() > CONTACTS {
            let said = said!("a facility has at most {most} contacts; leave some out", most = CONTACTS);
            return Err(Refusal::invalid("contacts", said));
        }
        for contact in &self.contacts {
            text("contacts.owner", &contact.owner, 1, SHORT)?;
            text("contacts.number", &contact.number, 1, SHORT)?;
        }
        if let Some(warning) = &self.warning {
            text("warning.how", &warning.how, 0, SHORT)?;
        }
        if let Some(brigade) = &self.fire_brigade {
            text("fire_brigade.name", &brigade.name, 1, SHORT)?;
            text("fire_brigade.telephone", brigade.telephone.as_deref().unwrap_or_default(), 0, SHORT)?;
        }
        if let Some(inspected) = &self.inspected {
            text("inspected.by", &inspected.by, 1, SHORT)?;
            past("inspected.on", inspected.on, today)?;
        }
        past("stated.on", self.stated.on, today)?;
        if self.valid_until < self.stated.on {
            let said = said!("it is valid until a day after it was stated; correct the days");
            return Err(Refusal::invalid("valid_until", said));
        }
        self.check_substances()?;
        Ok(self)
    }

    fn check_substances(&self) -> Result<(), Refusal> {
        if self.substances.len() > SUBSTANCES {
            let said =
                said!("a facility has at most {most} substances; gather the small ones", most = SUBSTANCES);
            return Err(Refusal::invalid("substances", said));
        }
        let mut names = BTreeSet::new();
        for substance in &self.substances {
            text("substances.name", &substance.name, 1, SHORT)?;
            text("substances.storage", &substance.storage, 0, SHORT)?;
            if let Some(ReleaseDistances { isolation, protective }) = substance.release {
                plume::check_distances(isolation, protective).map_err(|fault| fault.refusal())?;
            }
            if !names.insert((substance.name.trim().to_lowercase(), substance.storage.trim())) {
                let said = said!(
                    "{substance} stands there twice with the same storage; write it once with the whole quantity",
                    substance = substance.name
                );
                return Err(Refusal::invalid("substances", said));
            }
        }
        Ok(())
    }

    /// How far a release of what is in it makes itself felt: the farthest protective action distance; zero where none is
    /// known.
    #[must_use]
    pub fn reach(&self) -> Metres {
        let distances = self.substances.iter().filter_map(|one| one.release);
        distances.fold(Metres::whole(0), |far, one| if one.protective > far { one.protective } else { far })
    }

    /// Whether its facts may no longer be believed.
    #[must_use]
    pub fn is_outdated(&self, now: Timestamp) -> bool {
        self.valid_until < day(now)
    }
}

/// The day of the country, UTC+5.
fn day(now: Timestamp) -> Date {
    now.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(5))).date()
}

fn past(field: &'static str, on: Date, today: Date) -> Result<(), Refusal> {
    if on <= today {
        return Ok(());
    }
    Err(Refusal::invalid(field, said!("that day has not come yet; correct it")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use serde_json::{Value, json};

    fn store() -> Value {
        json!({
            "name": "Аммиак қоймасы", "point": {"lat": 43.24, "lon": 76.95}, "element": {"kind": "way", "id": 28871},
            "operator": "«Салқын» ЖШС", "bin": "941240000193", "address": "Рысқұлов даңғылы, 1",
            "duty_number": "+7 727 300 00 01", "class": 2, "people": 35,
            "contacts": [{"owner": "Бас инженер", "means": "mobile", "number": "+7 701 000 00 01"}],
            "substances": [
                {"name": "аммиак", "un": 1005, "class": 4, "tonnes": 40.0, "storage": "2 ресивер", "release": {"isolation": 150.0, "protective": 2300.0}},
                {"name": "күкірт қышқылы", "tonnes": 3.5},
            ],
            "warning": {"sirens": 2}, "fire_brigade": {"name": "Өрт бекеті", "vehicles": 1},
            "plans": "қақпаны жабу", "inspected": {"by": "ТЖД", "on": "2026-06-01"},
            "stated": {"by": "директор", "on": "2026-11-01"}, "valid_until": "2027-11-01",
        })
    }

    fn read(value: Value) -> ObjectPassport {
        serde_json::from_value(value).unwrap()
    }

    /// Eleven in the evening of 27 November by UTC is the 28th in the country.
    fn now() -> Timestamp {
        "2026-11-27T23:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_passport_is_taken_whole_and_says_which_field_is_wrong() {
        assert_eq!(read(store()).checked(now()), Ok(read(store())));
        for (pointer, value, named) in [
            ("/duty_number", json!(" "), "duty_number"),
            ("/operator", json!(""), "operator"),
            ("/address", json!("а".repeat(301)), "address"),
            ("/plans", json!("а".repeat(8_001)), "plans"),
            ("/stated/on", json!("2026-11-29"), "stated.on"),
            ("/inspected/on", json!("2026-11-29"), "inspected.on"),
            ("/inspected/by", json!(""), "inspected.by"),
            ("/valid_until", json!("2026-10-31"), "valid_until"),
            ("/contacts/0/number", json!(""), "contacts.number"),
            ("/substances/0/name", json!(""), "substances.name"),
            ("/substances/0/release/isolation", json!(2_301.0), "isolation"),
            ("/substances/0/release/protective", json!(20_001.0), "protective"),
            ("/substances/1", store()["substances"][0].clone(), "substances"),
        ] {
            let mut wrong = store();
            *wrong.pointer_mut(pointer).unwrap() = value;
            match read(wrong).checked(now()) {
                Err(Refusal::Invalid { field, .. }) => assert_eq!(field, named, "{pointer}"),
                other => panic!("{pointer}: {other:?}"),
            }
        }
        let mut today = store();
        today["stated"]["on"] = json!("2026-11-28");
        assert!(read(today).checked(now()).is_ok(), "the day is the country's");
    }

    #[test]
    fn a_quantity_a_class_and_a_number_are_what_they_say_or_nothing() {
        for (pointer, value) in [
            ("/substances/0/tonnes", json!(-1)),
            ("/substances/0/tonnes", json!("много")),
            ("/substances/0/un", json!(10_000)),
            ("/substances/0/class", json!(5)),
            ("/class", json!(0)),
            ("/bin", json!("941240000194")),
            ("/point/lat", json!(91)),
        ] {
            let mut wrong = store();
            *wrong.pointer_mut(pointer).unwrap() = value;
            assert!(serde_json::from_value::<ObjectPassport>(wrong).is_err(), "{pointer}");
        }
    }

    #[test]
    fn it_reaches_as_far_as_its_farthest_distance_and_grows_old_by_the_day() {
        let kept = read(store());
        assert_eq!(kept.reach(), Metres::whole(2_300));
        let harmless = ObjectPassport { substances: vec![], ..kept.clone() };
        assert_eq!(harmless.reach(), Metres::whole(0));
        let last = |day| ObjectPassport { valid_until: day, ..kept.clone() }.is_outdated(now());
        assert_eq!((last(date(2026, 11, 27)), last(date(2026, 11, 28))), (true, false));
    }
}
