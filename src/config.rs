//! Typed settings: file, then environment, then flags.
