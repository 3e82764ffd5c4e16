//! The three legal modes of a region (112-R c.5).
