//! The account of a desk's agency at the broker ends with the desk: whoever spoke for it loses that, and what is open ends.
//! The edge does it when a desk is closed; what the broker did not take then, or a crash cut off, is found here.

use std::time::Duration;

use deadpool_postgres::Pool;
use tokio::sync::watch;
use tracing::{info, warn};

use super::lease::Standing;
use super::switchboard::Switchboard;
use crate::bus::BusError;
use crate::bus::accounts::{AgencyAccount, Management, ManagementAt};
use crate::bus::connection::Link;
use crate::domain::ids::RegionCode;
use crate::store::account::{self, ChangeKind, ChangedBy};

/// How often it is looked for accounts of closed desks.
const LOOK: Duration = Duration::from_secs(60);

/// Removes an account, and writes that down if there was one. The account of a national owner speaks for many regions, and
/// does not end with the desk of one of them.
///
/// # Errors
/// [`BusError`].
pub async fn end(
    management: &Management,
    database: &Pool,
    account: &AgencyAccount,
    by: ChangedBy<'_>,
) -> Result<(), BusError> {
    if account.region.is_none() || !management.remove_agency(account).await? {
        return Ok(());
    }
    let name = account.name();
    info!(account = name, "the account of a closed desk was removed from the broker");
    // It is gone, whether that can be written down or not.
    if let Err(error) = account::note_change(database, &name, ChangeKind::Broker, "removed", by).await {
        warn!(account = name, %error, "that an account was removed could not be written down");
    }
    Ok(())
}

/// Looks for accounts of closed desks, again and again, for as long as the connection to the broker is kept.
pub(super) async fn keep(
    mut link: watch::Receiver<Link>,
    at: ManagementAt,
    board: Switchboard,
    database: Pool,
    standing: impl Fn() -> Standing,
) {
    loop {
        if link.wait_for(Link::is_up).await.is_err() {
            return;
        }
        // Whoever may have been deposed does not know which desks are open by now.
        if standing() == Standing::Acts
            && let Err(error) = look(&at, &board, &database).await
        {
            warn!(%error, "accounts of closed desks could not be looked for; trying again");
        }
        actix::clock::sleep(LOOK).await;
    }
}

async fn look(at: &ManagementAt, board: &Switchboard, database: &Pool) -> Result<(), BusError> {
    let management = Management::new(&at.url, &at.vhost)?;
    let is_closed = |region: RegionCode, account: &AgencyAccount| {
        board.service_desks(region).get(&account.service).is_some_and(|desk| !desk.is_open())
    };
    for account in management.agencies().await? {
        if account.region.is_some_and(|region| is_closed(region, &account)) {
            end(&management, database, &account, ChangedBy::Hub).await?;
        }
    }
    Ok(())
}
