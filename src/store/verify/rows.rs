//! The read rows that follow from the journal, and their comparison with the tables.

use std::collections::HashMap;

use futures_util::{StreamExt, pin_mut};
use tokio_postgres::Transaction;
use tokio_postgres::types::ToSql;

use super::digest::{Fields, differing, fields, within};
use super::{Finding, Projector};
use crate::domain::ids::RegionCode;
use crate::store::append::{ReadRow, ReadTable};
use crate::store::database::StoreError;

/// Where a row was last changed: a stream, by its place in the list of streams, and an event of it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    pub stream: usize,
    pub seq: u64,
}

/// Rows that differ and may for all that be of an older form only, by where they were last changed.
pub(super) type Suspects = HashMap<(ReadTable, String), Place>;

struct Expected {
    last: Place,
    region: Option<RegionCode>,
    open: bool,
    /// `None` for a state that is no JSON: it can equal nothing.
    fields: Option<Fields>,
}

/// What the replay has given.
#[derive(Default)]
pub(super) struct Replayed {
    region: Option<RegionCode>,
    place: Place,
    rows: HashMap<(ReadTable, String), Expected>,
}

impl Projector for Replayed {
    fn put(&mut self, row: ReadRow) {
        let fields = fields(&row.state).ok();
        let expected = Expected { last: self.place, region: self.region, open: row.open, fields };
        self.rows.insert((row.table, row.id), expected);
    }
}

impl Replayed {
    /// The region of the rows that come now, and the event that they follow from.
    pub(super) fn at(&mut self, region: RegionCode, place: Place) {
        self.region = Some(region);
        self.place = place;
    }

    /// Compares a table with what was replayed and gives the number of its rows. A row that differs is a finding, and
    /// among the suspects when what differs may be no more than missing fields.
    pub(super) async fn compare(
        &mut self,
        snapshot: &Transaction<'_>,
        table: ReadTable,
        region: Option<&str>,
        findings: &mut Vec<Finding>,
        suspects: &mut Suspects,
    ) -> Result<u64, StoreError> {
        let text = format!(
            "SELECT region, id, open, state::text FROM {} WHERE $1::text IS NULL OR region = $1 ORDER BY id",
            table.name()
        );
        let params: [&(dyn ToSql + Sync); 1] = [&region];
        let rows = snapshot.query_raw(&text, params).await?;
        pin_mut!(rows);
        let mut count = 0;
        while let Some(row) = rows.next().await {
            let row = row?;
            count += 1;
            let (region, id): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            match self.rows.remove(&(table, id.clone())) {
                None => findings.push(Finding::RowExtra { table, id }),
                Some(expected) => {
                    let (differing, may_be_older) =
                        expected.differing(&region, row.try_get(2)?, row.try_get(3)?);
                    if !differing.is_empty() {
                        if may_be_older {
                            suspects.insert((table, id.clone()), expected.last);
                        }
                        findings.push(Finding::RowDiffers { table, id, fields: differing });
                    }
                }
            }
        }
        let mut missing: Vec<String> =
            self.rows.keys().filter(|(of, _)| *of == table).map(|(_, id)| id.clone()).collect();
        missing.sort();
        findings.extend(missing.into_iter().map(|id| Finding::RowMissing { table, id }));
        Ok(count)
    }
}

impl Expected {
    /// What differs, and whether it may be that fields are missing and nothing else.
    fn differing(&self, region: &str, open: bool, state: &str) -> (Vec<String>, bool) {
        let mut names = Vec::new();
        if self.region.is_none_or(|expected| expected.to_string() != region) {
            names.push("region".to_owned());
        }
        if self.open != open {
            names.push("open".to_owned());
        }
        let mut may_be_older = false;
        match (&self.fields, fields(state)) {
            (Some(expected), Ok(is)) => {
                may_be_older = names.is_empty() && within(&is, expected);
                names.extend(differing(expected, &is).into_iter().map(|field| format!("state.{field}")));
            }
            _ => names.push("state".to_owned()),
        }
        (names, may_be_older)
    }
}
