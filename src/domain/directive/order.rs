//! Operational leadership (112-R c.6(5)): who is ordered and not asked refuses only with a reason.

use super::addressee::Force;
use crate::domain::decision::Refusal;
use crate::domain::said::said;

/// Whether something of this force may be refused as it is: an order only with a reason, anything else freely.
///
/// # Errors
/// [`Refusal::Invalid`] when an order is refused without a reason.
pub fn may_refuse(force: Force, reason: Option<&str>) -> Result<(), Refusal> {
    let silent = reason.is_none_or(|r| r.trim().is_empty());
    if force == Force::Order && silent {
        return Err(Refusal::invalid(
            "reason",
            said!("an order of the 112 service is refused only with a reason (c.6(5)); give it"),
        ));
    }
    Ok(())
}
