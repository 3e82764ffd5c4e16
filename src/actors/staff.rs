//! Starts the actors of duty-dispatch services: those that are there when the hub starts, and desks that open later.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use actix::{Addr, Supervisor};
use deadpool_postgres::Pool;

use super::duty_service::{DutyService, DutyServiceSeat};
use super::journal::Journal;
use super::lookout::Outlook;
use super::sequel::Sequel;
use crate::bus::connection::Broker;
use crate::domain::decision::Refusal;
use crate::domain::ids::{RegionCode, ServiceKey};
use crate::domain::missing::Missing;
use crate::domain::quantities::Metres;
use crate::spatial::unit_index::UnitIndex;
use crate::store::append::Epoch;

/// What the actor of any service needs to live.
pub struct Staff {
    /// Epochs of the leases under which this instance acts.
    pub epochs: HashMap<RegionCode, Epoch>,
    /// The one writer.
    pub journal: Journal,
    /// Where states are read from.
    pub database: Pool,
    /// Where units are found.
    pub units: Arc<UnitIndex>,
    /// What follows events elsewhere.
    pub sequel: Sequel,
    /// By what positions are judged.
    pub outlook: Outlook,
    /// How far from its station a unit is still there, metres, by service.
    pub station_areas: BTreeMap<ServiceKey, u32>,
    /// Where queues are made.
    pub broker: Broker,
}

impl Staff {
    /// Starts the actor of a service on the current arbiter.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when no such kind of service exists, or no hub of the region runs here.
    pub fn start(&self, region: RegionCode, service: &ServiceKey) -> Result<Addr<DutyService>, Refusal> {
        let missing = || Refusal::not_found(Missing::Service, service);
        let epoch = *self.epochs.get(&region).ok_or_else(missing)?;
        // A desk is judged as its kind is where nothing is set for it.
        let area = self.station_areas.get(service).or_else(|| self.station_areas.get(&service.main()));
        let actor = DutyService::new(DutyServiceSeat {
            region,
            service: service.clone(),
            epoch,
            journal: self.journal.clone(),
            database: self.database.clone(),
            units: Arc::clone(&self.units),
            sequel: self.sequel.clone(),
            outlook: Outlook { station_area: area.map(|m| Metres::whole(*m)), ..self.outlook.clone() },
        })?;
        Ok(Supervisor::start(|_| actor))
    }
}
