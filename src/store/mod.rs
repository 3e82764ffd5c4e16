//! SQL, a file per subject; rows in, domain types out.
