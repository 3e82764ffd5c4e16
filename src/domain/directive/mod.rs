//! Directives of the leadership that the hub brings to its addressees (112-R c.6(6)), and orders to subordinate
//! services (c.6(5)).

mod addressee;

pub use addressee::Addressee;
