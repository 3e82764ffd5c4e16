//! Where: territories, units, nearest.
