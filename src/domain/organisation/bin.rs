//! The business identification number by which a legal person is known.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The text is no business identification number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a business identification number has twelve digits, of which the last follows from the others")]
pub struct BinError;

/// A business identification number (БСН / БИН): twelve digits, the last of them a check on the rest.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[0-9]{12}$")]
pub struct Bin(String);

impl TryFrom<String> for Bin {
    type Error = BinError;
    fn try_from(text: String) -> Result<Self, BinError> {
        let digits: Vec<u32> = text.chars().map_while(|c| c.to_digit(10)).collect();
        let Ok(digits) = <[u32; 12]>::try_from(digits) else { return Err(BinError) };
        if text.len() == 12 && check_digit(&digits) == Some(digits[11]) {
            Ok(Self(text))
        } else {
            Err(BinError)
        }
    }
}

/// The weighted sum of the first eleven digits modulo 11; where that is ten, with the second row of weights. A number
/// for which both give ten is not issued.
fn check_digit(digits: &[u32; 12]) -> Option<u32> {
    let sum = |from: u32| -> u32 {
        digits.iter().take(11).zip(0..).map(|(digit, place)| digit * ((from + place - 1) % 11 + 1)).sum()
    };
    [1, 3].into_iter().map(|from| sum(from) % 11).find(|rest| *rest < 10)
}

impl From<Bin> for String {
    fn from(bin: Bin) -> Self {
        bin.0
    }
}

impl fmt::Display for Bin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_reads_only_with_its_own_check_digit() {
        // The second needs the other row of weights, for the first row gives ten.
        for good in ["941240000193", "000000000101"] {
            assert_eq!(Bin::try_from(good.to_owned()).map(|bin| bin.to_string()), Ok(good.to_owned()));
        }
        for bad in ["941240000194", "94124000019", "9412400001933", "94124000019x", "", "٩41240000193"] {
            assert_eq!(Bin::try_from(bad.to_owned()), Err(BinError), "{bad}");
        }
    }
}
