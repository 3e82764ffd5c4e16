//! Order 240 of 10.05.2023: nature, type and scale of emergencies; what thresholds make of consequences is in
//! [`super::thresholds`].

use std::fmt;
use std::sync::LazyLock;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::decision::{By, Refusal};
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

/// Consequences as far as they are known: a figure that nobody has stated is absent, and is not nought.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Consequences {
    /// Dead; null: not known.
    pub dead: Option<u32>,
    /// Injured (R175 c.3(4)); null: not known.
    pub injured: Option<u32>,
    /// People affected, the dead and injured among them; null: not known.
    pub affected: Option<u32>,
    /// People whose living conditions are disrupted; null: not known.
    pub disrupted: Option<u32>,
    /// Damage in tenge; counted in monthly calculation indexes of the day. Null: not known.
    pub damage_tenge: Option<u64>,
    /// How far it reaches, where a person has judged it.
    pub extent: Option<Scale>,
}

/// Most people of a figure: more than are ever hurt at once is a slip of the pen.
const MOST_PEOPLE: u32 = 10_000_000;

impl Consequences {
    /// Checks that no figure is out of all bounds.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] names the figure.
    pub fn check(&self) -> Result<(), Refusal> {
        let figures = [
            ("dead", self.dead),
            ("injured", self.injured),
            ("affected", self.affected),
            ("disrupted", self.disrupted),
        ];
        match figures.into_iter().find(|(_, people)| people.is_some_and(|people| people > MOST_PEOPLE)) {
            Some((field, _)) => Err(Refusal::invalid(
                field,
                said!("a figure is at most {most}; correct it", most = MOST_PEOPLE),
            )),
            None => Ok(()),
        }
    }

    /// The dead and the injured, as far as they are known: so many are affected at least.
    #[must_use]
    pub fn hurt(&self) -> u32 {
        self.dead.unwrap_or(0).saturating_add(self.injured.unwrap_or(0))
    }

    /// People known to be affected: stated, or dead and injured; none when nobody knows of any.
    #[must_use]
    pub fn known_affected(&self) -> Option<u32> {
        self.affected.or_else(|| Some(self.hurt()).filter(|hurt| *hurt > 0))
    }
}

/// An axis on which consequences are measured (LAW art. 1(74)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Axis {
    /// Affected people.
    Affected,
    /// People with disrupted living conditions.
    Disrupted,
    /// Damage in monthly calculation indexes.
    Damage,
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
    /// Of a proposal: the axes on which nobody knows enough and that could make it graver. It is at least this scale.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<Axis>,
}

impl ScaleVersion {
    /// Whether it takes the place of the scale of a card. What is the same is no news; and a scale that is only the least
    /// stands behind one as grave that a person has stated.
    #[must_use]
    pub fn replaces(&self, now: Option<&Self>) -> bool {
        let Some(now) = now else { return true };
        if now.by.person().is_some() && !self.unknown.is_empty() {
            return self.scale > now.scale;
        }
        (self.scale, &self.unknown) != (now.scale, &now.unknown)
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
