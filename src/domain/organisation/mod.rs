//! The organisations around a region's hub as a tree (112-R c.2(2), c.6(3), (5), (6); 112-O c.2): the authorised body
//! leads through its territorial body, the 112 directorate stands under that, subordinate institutions hang under it;
//! the Command Centre is whom the hub reports to upward. Beside the tree stand the local executive bodies and the
//! organisations that are legal persons, hazardous facilities among them.

mod bin;
mod kind;
mod register;
#[cfg(test)]
mod tests;

pub use bin::{Bin, BinError};
pub use kind::OrganisationKind;
pub use register::{
    KeptOrganisation, Organisation, OrganisationCommand, OrganisationEvent, OrganisationKey,
    OrganisationKeyError, Organisations,
};
