//! The public contracts: their documents, who may do what, and what becomes of bad input.

mod bad_input;
mod documents;
mod doors;
mod fuzz;
