//! What certified thresholds of Order 240 make of the consequences of an emergency.
//!
//! The thresholds are not verified: the official text was not at hand. They stay empty and marked until an
//! administrator enters and certifies them; until then a person states the scale.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::monthly_index::{self, MonthlyIndex, monthly_index};
use super::order240::{Axis, Consequences, Scale};
use crate::domain::decision::Refusal;
use crate::domain::ids::AccountName;
use crate::domain::said::said;

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
    /// Monthly calculation indexes that the hub's own table has not, or has otherwise.
    pub monthly_indexes: Vec<MonthlyIndex>,
    /// Who certifies that these are the figures of Order 240; without this nothing is proposed from them.
    pub certified_by: Option<AccountName>,
    /// When.
    pub certified_at: Option<Timestamp>,
}

/// What the thresholds say of some consequences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScaleProposal {
    /// This scale, and no other while `unknown` is empty.
    Proposed {
        /// The scale that is certain: it is at least this.
        scale: Scale,
        /// Axes on which nobody knows enough and that could make it graver.
        unknown: Vec<Axis>,
    },
    /// The thresholds are empty or not certified, or nothing is known that they measure: a person must state the scale.
    PersonMustState,
}

impl Thresholds {
    /// These thresholds as `by` enters them in place of `before`: who certifies them is who enters them, at that
    /// time; the same figures of the order that were certified before keep their name and time.
    #[must_use]
    pub fn entered(self, before: &Self, by: &AccountName, now: Timestamp) -> Self {
        let uncertified = |t: &Self| Self { certified_by: None, certified_at: None, ..t.clone() };
        let of_the_order = |t: &Self| Self { monthly_indexes: Vec::new(), ..uncertified(t) };
        if self.certified_by.is_none() {
            uncertified(&self)
        } else if before.certified_by.is_some() && of_the_order(&self) == of_the_order(before) {
            Self { monthly_indexes: self.monthly_indexes, ..before.clone() }
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
        monthly_index::check(&self.monthly_indexes)?;
        if self.certified_by.is_some() && self.is_empty() {
            return Err(Refusal::invalid(
                "thresholds",
                said!("there is nothing to certify yet; enter the figures of Order 240 first"),
            ));
        }
        Ok(())
    }

    /// The scale that certified thresholds give. What nobody knows speaks neither for a scale nor against it.
    #[must_use]
    pub fn propose(&self, c: &Consequences, day: Date) -> ScaleProposal {
        if self.certified_by.is_none() {
            return ScaleProposal::PersonMustState;
        }
        let damage = self.damage_in_indexes(c, day);
        let candidates =
            [(Scale::Local, &self.local), (Scale::Regional, &self.regional), (Scale::Global, &self.global)]
                .map(|(scale, bounds)| (scale, bounds.measure(c, damage)));
        let told = candidates.iter().flat_map(|(_, axes)| axes).any(|(_, reached)| reached.is_some());
        if !told && c.extent.is_none() {
            return ScaleProposal::PersonMustState;
        }
        let certain =
            candidates.iter().filter(|(_, axes)| self.reached(axes) == Some(true)).map(|(scale, _)| *scale);
        let scale = certain.chain(c.extent).max().unwrap_or(Scale::Object);
        let open = candidates.iter().filter(|(graver, axes)| *graver > scale && self.reached(axes).is_none());
        let unknown: BTreeSet<Axis> = open
            .flat_map(|(_, axes)| axes)
            .filter(|(_, reached)| reached.is_none())
            .map(|(axis, _)| *axis)
            .collect();
        ScaleProposal::Proposed { scale, unknown: unknown.into_iter().collect() }
    }

    /// The damage in monthly calculation indexes of a day; `None` when nobody knows it, or the index of that year.
    fn damage_in_indexes(&self, c: &Consequences, day: Date) -> Option<f64> {
        match c.damage_tenge? {
            0 => Some(0.0),
            tenge => monthly_index(&self.monthly_indexes, day).map(|mci| {
                // Damage is far below 2^52 tenge.
                #[allow(clippy::cast_precision_loss)]
                let tenge = tenge as f64;
                tenge / f64::from(mci)
            }),
        }
    }

    /// Whether a scale is reached by what its axes say; `None` when that hangs on what is unknown.
    fn reached(&self, axes: &[Measured]) -> Option<bool> {
        if axes.is_empty() {
            return Some(false);
        }
        // Of all axes one that is not reached decides, of any axis one that is.
        let decides = !self.all_axes;
        if axes.iter().any(|(_, reached)| *reached == Some(decides)) {
            return Some(decides);
        }
        axes.iter().all(|(_, reached)| reached.is_some()).then_some(!decides)
    }
}

/// An axis that has a bound, and whether it is reached; `None`: nobody knows.
type Measured = (Axis, Option<bool>);

impl Bounds {
    /// What consequences reach on each axis that has a bound.
    fn measure(&self, c: &Consequences, damage: Option<f64>) -> Vec<Measured> {
        let affected = |min: u32| match c.affected {
            Some(affected) => Some(affected >= min),
            // The dead and the injured are among the affected: with them alone it may be reached, never missed.
            None => (c.hurt() >= min).then_some(true),
        };
        let axes = [
            self.affected_min.map(|min| (Axis::Affected, affected(min))),
            self.disrupted_min.map(|min| (Axis::Disrupted, c.disrupted.map(|disrupted| disrupted >= min))),
            self.damage_mci_min.map(|min| (Axis::Damage, damage.map(|damage| damage >= min))),
        ];
        axes.into_iter().flatten().collect()
    }
}
