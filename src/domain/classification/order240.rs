//! Order 240 of 10.05.2023: nature, type and scale of emergencies.
//!
//! The thresholds are not verified: the official text was not at hand. They stay empty and marked until an
//! administrator enters and certifies them; until then a person states the scale.

use std::fmt;
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::decision::{By, Refusal};
use crate::domain::ids::AccountName;
use crate::domain::names::Names;
use crate::domain::said::said;

/// The two families of emergencies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Nature {
    /// Natural (LAW art. 1(62)).
    Natural,
    /// Technogenic (LAW art. 1(65)).
    Technogenic,
}

/// A type of R175 c.4 by the project's own id: the official codes (Order 496) are not public.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[NT][0-9]{2}[a-z]?$", example = "T03a")]
pub struct TypeId(String);

/// The text is no type id of the table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no type of the table of Order 240 types")]
pub struct UnknownType(String);

impl TryFrom<String> for TypeId {
    type Error = UnknownType;
    fn try_from(s: String) -> Result<Self, UnknownType> {
        if types().iter().any(|t| t.id == s) { Ok(Self(s)) } else { Err(UnknownType(s)) }
    }
}

impl From<TypeId> for String {
    fn from(t: TypeId) -> Self {
        t.0
    }
}

impl fmt::Display for TypeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TypeId {
    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its family: the letter and the two digits, without the last letter.
    #[must_use]
    pub fn family(&self) -> &str {
        self.0.get(..3).unwrap_or(&self.0)
    }

    /// Natural or technogenic, by the letter.
    #[must_use]
    pub fn nature(&self) -> Nature {
        if self.0.starts_with('N') { Nature::Natural } else { Nature::Technogenic }
    }
}

/// A type with its names and source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EmergencyType {
    /// The project's own id.
    pub id: String,
    /// Natural or technogenic.
    pub nature: Nature,
    /// Where it was read.
    pub source: String,
    /// Whether it is law today: false until checked against Order 240.
    pub verified: bool,
    /// Names.
    pub names: Names,
}

#[derive(Deserialize)]
struct TypeRow {
    id: String,
    nature: Nature,
    source: String,
    verified: bool,
    kk: String,
    ru: String,
    en: String,
}

static TYPES: LazyLock<Vec<EmergencyType>> = LazyLock::new(|| {
    csv::Reader::from_reader(include_str!("order240_types.csv").as_bytes())
        .deserialize::<TypeRow>()
        .filter_map(Result::ok)
        .map(|r| EmergencyType {
            id: r.id,
            nature: r.nature,
            source: r.source,
            verified: r.verified,
            names: Names { kk: r.kk, ru: r.ru, en: r.en },
        })
        .collect()
});

/// All types.
#[must_use]
pub fn types() -> &'static [EmergencyType] {
    &TYPES
}

/// Scale of an emergency, the smallest first (R175 c.13; LAW arts 5, 48, 50).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// Object.
    Object,
    /// Local.
    Local,
    /// Regional.
    Regional,
    /// Global.
    Global,
}

impl Scale {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Object, Self::Local, Self::Regional, Self::Global];

    /// Its official names.
    #[must_use]
    pub fn names(self) -> Names {
        self.row().map_or_else(
            || Names { kk: String::new(), ru: String::new(), en: String::new() },
            |row| Names { kk: row.kk.clone(), ru: row.ru.clone(), en: row.en.clone() },
        )
    }

    /// Its row in the table of scales: names, and thresholds that are empty until certified.
    #[must_use]
    pub fn row(self) -> Option<&'static ScaleRow> {
        SCALES.iter().find(|r| r.scale == self)
    }
}

/// A row of `order240_scale.csv`.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, ToSchema)]
pub struct ScaleRow {
    /// Which scale.
    pub scale: Scale,
    /// Kazakh name.
    pub kk: String,
    /// Russian name.
    pub ru: String,
    /// English name.
    pub en: String,
    /// Affected people, from.
    pub affected_min: Option<u32>,
    /// Affected people, to.
    pub affected_max: Option<u32>,
    /// People with disrupted living conditions, from.
    pub disrupted_min: Option<u32>,
    /// People with disrupted living conditions, to.
    pub disrupted_max: Option<u32>,
    /// Damage in monthly calculation indexes, from.
    pub damage_mci_min: Option<f64>,
    /// Damage in monthly calculation indexes, to.
    pub damage_mci_max: Option<f64>,
    /// Whether the row was checked against the official text: not yet.
    pub verified: bool,
}

static SCALES: LazyLock<Vec<ScaleRow>> = LazyLock::new(|| {
    csv::Reader::from_reader(include_str!("order240_scale.csv").as_bytes())
        .deserialize::<ScaleRow>()
        .filter_map(Result::ok)
        .collect()
});

/// Consequences as far as they are known.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Consequences {
    /// Dead.
    pub dead: u32,
    /// Injured (R175 c.3(4)).
    pub injured: u32,
    /// People affected, the dead and injured among them.
    pub affected: u32,
    /// People whose living conditions are disrupted.
    pub disrupted: u32,
    /// Damage in tenge; counted in monthly calculation indexes of the day.
    pub damage_tenge: u64,
    /// How far it reaches, where a person has judged it.
    pub extent: Option<Scale>,
}

/// Consequences as recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ConsequencesVersion {
    /// The figures.
    pub figures: Consequences,
    /// Who.
    pub by: By,
    /// When.
    pub at: Timestamp,
}

/// A scale as proposed by the thresholds or stated by a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScaleVersion {
    /// The scale.
    pub scale: Scale,
    /// The rule (a proposal) or the person (a statement).
    pub by: By,
    /// When.
    pub at: Timestamp,
    /// On what it rests.
    pub basis: String,
}

/// Lower bounds of a scale on each axis; empty where nobody has entered and certified them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Bounds {
    /// Affected people.
    pub affected_min: Option<u32>,
    /// People with disrupted living conditions.
    pub disrupted_min: Option<u32>,
    /// Damage in monthly calculation indexes.
    pub damage_mci_min: Option<f64>,
}

/// Thresholds entered from the official text by an administrator.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// For local.
    pub local: Bounds,
    /// For regional.
    pub regional: Bounds,
    /// For global.
    pub global: Bounds,
    /// Whether all axes must reach a scale rather than any: not verified either.
    pub all_axes: bool,
    /// Who certifies that these are the figures of Order 240; without this nothing is proposed from them.
    pub certified_by: Option<AccountName>,
    /// When.
    pub certified_at: Option<Timestamp>,
}

/// What the thresholds say of some consequences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScaleProposal {
    /// This scale.
    Proposed(Scale),
    /// The thresholds are empty or not certified: a person must state the scale.
    PersonMustState,
}

impl Thresholds {
    /// These thresholds as `by` enters them in place of `before`: who certifies them is who enters them, at that
    /// time; the same figures that were certified before keep their name and time.
    #[must_use]
    pub fn entered(self, before: &Self, by: &AccountName, now: Timestamp) -> Self {
        let uncertified = |t: &Self| Self { certified_by: None, certified_at: None, ..t.clone() };
        if self.certified_by.is_none() {
            uncertified(&self)
        } else if before.certified_by.is_some() && uncertified(&self) == uncertified(before) {
            before.clone()
        } else {
            Self { certified_by: Some(by.clone()), certified_at: Some(now), ..self }
        }
    }

    fn is_empty(&self) -> bool {
        let none =
            |b: &Bounds| b.affected_min.is_none() && b.disrupted_min.is_none() && b.damage_mci_min.is_none();
        [&self.local, &self.regional, &self.global].into_iter().all(none)
    }

    /// Checks the figures.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] when a graver scale has a lower bound, or a figure is no number.
    pub fn check(&self) -> Result<(), Refusal> {
        fn rises<T: PartialOrd + Copy>(bounds: [Option<T>; 3]) -> bool {
            let given: Vec<T> = bounds.into_iter().flatten().collect();
            given.windows(2).all(|w| w[0] < w[1])
        }
        let [l, r, g] = [&self.local, &self.regional, &self.global];
        let rising = rises([l.affected_min, r.affected_min, g.affected_min])
            && rises([l.disrupted_min, r.disrupted_min, g.disrupted_min])
            && rises([l.damage_mci_min, r.damage_mci_min, g.damage_mci_min]);
        if !rising {
            return Err(Refusal::invalid(
                "thresholds",
                said!("a graver scale begins higher on every axis; correct the thresholds"),
            ));
        }
        if self.certified_by.is_some() && self.is_empty() {
            return Err(Refusal::invalid(
                "thresholds",
                said!("there is nothing to certify yet; enter the figures of Order 240 first"),
            ));
        }
        Ok(())
    }

    /// The scale that certified thresholds give.
    #[must_use]
    pub fn propose(&self, c: &Consequences, day: Date) -> ScaleProposal {
        if self.certified_by.is_none() {
            return ScaleProposal::PersonMustState;
        }
        let damage = monthly_index(day).map(|mci| {
            // Damage is far below 2^52 tenge.
            #[allow(clippy::cast_precision_loss)]
            let tenge = c.damage_tenge as f64;
            tenge / f64::from(mci)
        });
        let mut scale = Scale::Object;
        for (candidate, b) in
            [(Scale::Local, &self.local), (Scale::Regional, &self.regional), (Scale::Global, &self.global)]
        {
            let axes: Vec<bool> = [
                b.affected_min.map(|min| c.affected >= min),
                b.disrupted_min.map(|min| c.disrupted >= min),
                b.damage_mci_min.zip(damage).map(|(min, d)| d >= min),
            ]
            .into_iter()
            .flatten()
            .collect();
            let reached = if self.all_axes { axes.iter().all(|r| *r) } else { axes.iter().any(|r| *r) };
            if !axes.is_empty() && reached {
                scale = candidate;
            }
        }
        ScaleProposal::Proposed(c.extent.map_or(scale, |extent| extent.max(scale)))
    }
}

/// The monthly calculation index (МРП/АЕК) of a day, tenge. From general knowledge, not verified; `None` for years
/// that nobody entered.
#[must_use]
pub fn monthly_index(day: Date) -> Option<u32> {
    match day.year() {
        2024 => Some(3_692),
        2025 => Some(3_932),
        2026 => Some(4_325),
        _ => None,
    }
}

/// What a scale changes in law: one row of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LegalEffect {
    /// The scale.
    pub scale: Scale,
    /// Which act: declares, leads, orders_warning, tells_akims …
    pub act: String,
    /// Law or order.
    pub source: String,
    /// Who or what, in three languages.
    pub names: Names,
}

#[derive(Deserialize)]
struct EffectRow {
    scale: Scale,
    act: String,
    source: String,
    kk: String,
    ru: String,
    en: String,
}

static EFFECTS: LazyLock<Vec<LegalEffect>> = LazyLock::new(|| {
    csv::Reader::from_reader(include_str!("scale_effects.csv").as_bytes())
        .deserialize::<EffectRow>()
        .filter_map(Result::ok)
        .map(|r| LegalEffect {
            scale: r.scale,
            act: r.act,
            source: r.source,
            names: Names { kk: r.kk, ru: r.ru, en: r.en },
        })
        .collect()
});

/// What a scale changes in law.
pub fn effects(scale: Scale) -> impl Iterator<Item = &'static LegalEffect> {
    EFFECTS.iter().filter(move |e| e.scale == scale)
}
