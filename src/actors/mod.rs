//! The domain, alive: actors own state and time.

pub mod agency_inbox;
pub mod agency_links;
pub mod clock;
pub mod dispatch;
pub mod duty_service;
pub mod gazetteer;
pub mod journal;
pub mod keyed;
pub mod lease;
pub mod load;
pub mod outbox_relay;
pub mod outgoing;
pub mod reception;
pub mod region_hub;
pub mod replay;
pub mod roads;
pub mod sequel;
pub mod supervisor;
pub mod switchboard;
pub mod territories;
pub mod traced;
pub mod tracks;
pub mod upkeep;
pub mod written;
