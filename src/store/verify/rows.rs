//! The read rows that follow from the journal, and their comparison with the tables.

use std::collections::HashMap;

use futures_util::{StreamExt, pin_mut};
use tokio_postgres::Transaction;
use tokio_postgres::types::ToSql;

use super::digest::{Fields, differing, fields};
use super::{Finding, Projector};
use crate::domain::ids::RegionCode;
use crate::store::append::{ReadRow, ReadTable};
use crate::store::database::StoreError;

struct Expected {
    region: Option<RegionCode>,
    open: bool,
    /// `None` for a state that is no JSON: it can equal nothing.
    fields: Option<Fields>,
}

/// What the replay has given.
#[derive(Default)]
pub(super) struct Replayed {
    region: Option<RegionCode>,
    rows: HashMap<(ReadTable, String), Expected>,
}

impl Projector for Replayed {
    fn put(&mut self, row: ReadRow) {
        let expected = Expected { region: self.region, open: row.open, fields: fields(&row.state).ok() };
        self.rows.insert((row.table, row.id), expected);
    }
}

impl Replayed {
    /// The region of the rows that come now.
    pub(super) fn region(&mut self, region: RegionCode) {
        self.region = Some(region);
    }

    /// Compares a table with what was replayed and gives the number of its rows.
    pub(super) async fn compare(
        &mut self,
        snapshot: &Transaction<'_>,
        table: ReadTable,
        region: Option<&str>,
        findings: &mut Vec<Finding>,
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
                    let differing = expected.differing(&region, row.try_get(2)?, row.try_get(3)?);
                    if !differing.is_empty() {
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
    fn differing(&self, region: &str, open: bool, state: &str) -> Vec<String> {
        let mut names = Vec::new();
        if self.region.is_none_or(|expected| expected.to_string() != region) {
            names.push("region".to_owned());
        }
        if self.open != open {
            names.push("open".to_owned());
        }
        match (&self.fields, fields(state)) {
            (Some(expected), Ok(is)) => {
                names.extend(differing(expected, &is).into_iter().map(|field| format!("state.{field}")));
            }
            _ => names.push("state".to_owned()),
        }
        names
    }
}
