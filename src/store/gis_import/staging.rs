//! The steps of an import: rows into tables of its own, indexes, then all of them into force in one transaction.

use std::time::Duration;

use bytes::Bytes;
use futures_util::SinkExt;
use jiff::Timestamp;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Transaction};

use super::copy::Lines;
use super::{COLUMNS, TABLES, import};
use crate::domain::geography::{
    Address, Counts, CoverShape, Element, Import, ImportSource, LandCover, Object, Place, Road,
    TurnRestriction,
};
use crate::store::database::{self, StoreError};

/// Bytes of one `COPY`.
const BATCH: usize = 1 << 20;
/// Two imports of one source exclude each other by an advisory lock of this class and the source's hash.
pub(super) const LOCK: i32 = 0x0112_6973;
/// How long readers may be made to wait for the change, and how often it is tried.
pub(super) const WAIT: &str = "2s";
pub(super) const TRIES: u32 = 30;
/// Roads of one name nearer to each other than this (degrees, some 400 m) are one street.
const ONE_STREET: &str = "0.004";

/// How an import begins.
pub enum Begun {
    /// This version is in force already.
    Live(Import),
    /// Another import of the source is running.
    Running,
    /// All rows of this version were staged by a run that was broken off afterwards.
    Resumed(Staging),
    /// A part of the rows of this version was staged by a run that was broken off while it read: tell all of them again
    /// in the same order, and those that are there are passed over.
    Partly(Staging),
    /// From the beginning.
    Fresh(Staging),
}

/// An import that nobody sees yet.
pub struct Staging {
    client: Client,
    id: i64,
    next: i64,
    lines: [Lines; 7],
    counts: Counts,
    /// Rows told so far, of each table.
    told: [u64; 7],
    /// What a run that was broken off left in each table.
    there: [Left; 7],
    /// Another row was told where one is there: it was not the same file, or not the same program that read it.
    differs: bool,
    /// Runs that were broken off and whose rows were of no use.
    cleared: usize,
}

/// What a run that was broken off left in a table: its first rows, for they are told in order and go in in order.
#[derive(Debug, Clone, Copy, Default)]
struct Left {
    rows: u64,
    /// The number of the last one; turn restrictions have that of their source.
    last: Option<i64>,
}

/// Begins an import of a file's version, or takes up one that was broken off, wherever that was. What else earlier runs of
/// the source left behind is cleared away.
///
/// # Errors
/// [`StoreError`].
pub async fn begin(
    url: &str,
    source: &ImportSource,
    version: &str,
    file: &str,
    (attribution, licence): (&str, &str),
    again: bool,
) -> Result<Begun, StoreError> {
    let mut client = database::connect(url, "hub112 import").await?;
    let free: bool = client
        .query_one("SELECT pg_try_advisory_lock($1, hashtext($2))", &[&LOCK, &source.as_str()])
        .await?
        .get(0);
    if !free {
        return Ok(Begun::Running);
    }
    let text = format!(
        "SELECT {COLUMNS} FROM gis_import WHERE kind = 'osm' AND source = $1 AND version = $2 AND state = 'live'"
    );
    let in_force = client.query_opt(&text, &[&source.as_str(), &version]).await?;
    if let Some(row) = in_force.filter(|_| !again) {
        return Ok(Begun::Live(import(&row)?));
    }
    let left = client
        .query(
            "SELECT id, state = 'read' AND version = $2 AND NOT $3, state = 'reading' AND version = $2 AND NOT $3, \
             counts::text FROM gis_import \
             WHERE kind = 'osm' AND source = $1 AND state IN ('reading', 'read') ORDER BY id DESC",
            &[&source.as_str(), &version, &again],
        )
        .await?;
    let (mut resumed, mut partly, mut cleared) = (None, None, 0);
    for row in left {
        let (id, whole, begun): (i64, bool, bool) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        if whole && resumed.is_none() {
            let counts: String = row.try_get(3)?;
            let counts = serde_json::from_str(&counts)
                .map_err(|e| StoreError::Row { table: "gis_import", reason: e.to_string() })?;
            resumed = Some((id, counts));
        } else if begun
            && resumed.is_none()
            && partly.is_none()
            && let Some(there) = left_by(&client, id).await?
            && there.iter().any(|left| left.rows > 0)
        {
            partly = Some((id, there));
        } else {
            abandon(&client, id).await?;
            cleared += 1;
        }
    }
    if let Some((id, counts)) = resumed {
        if let Some((begun, _)) = partly {
            abandon(&client, begun).await?;
            cleared += 1;
        }
        return Ok(Begun::Resumed(Staging { counts, cleared, ..Staging::new(client, id) }));
    }
    if let Some((id, there)) = partly {
        return Ok(Begun::Partly(Staging { there, cleared, ..Staging::new(client, id) }));
    }
    // All of it or nothing: what a run leaves that breaks off here is an import with all its tables, or none.
    let transaction = client.transaction().await?;
    let id: i64 = transaction
        .query_one(
            "INSERT INTO gis_import (source, version, file, state, attribution, licence) \
             VALUES ($1, $2, $3, 'reading', $4, $5) RETURNING id",
            &[&source.as_str(), &version, &file, &attribution, &licence],
        )
        .await?
        .get(0);
    for table in TABLES {
        // The check spares the attachment a look at every row.
        let create =
            format!("CREATE TABLE {table}_{id} (LIKE {table} INCLUDING DEFAULTS, CHECK (import = {id}))");
        transaction.batch_execute(&create).await?;
    }
    transaction.commit().await?;
    Ok(Begun::Fresh(Staging { cleared, ..Staging::new(client, id) }))
}

/// What a run that was broken off while it read left in each table; `None` when a table is not there.
async fn left_by(client: &Client, id: i64) -> Result<Option<[Left; 7]>, StoreError> {
    let mut there = [Left::default(); 7];
    for (left, table) in there.iter_mut().zip(TABLES) {
        let name = format!("{table}_{id}");
        let known: bool = client.query_one("SELECT to_regclass($1) IS NOT NULL", &[&name]).await?.get(0);
        if !known {
            return Ok(None);
        }
        // Streets are made of roads once all are there, and with the state that says so in one transaction.
        let row = client.query_one(&format!("SELECT count(*), max(id) FROM {name}"), &[]).await?;
        let (rows, last): (i64, Option<i64>) = (row.try_get(0)?, row.try_get(1)?);
        *left = Left {
            rows: u64::try_from(rows).unwrap_or_default(),
            last: last.filter(|_| table != "turn_restriction"),
        };
    }
    Ok(Some(there))
}

async fn abandon(client: &Client, id: i64) -> Result<(), StoreError> {
    for table in TABLES {
        client.batch_execute(&format!("DROP TABLE IF EXISTS {table}_{id}")).await?;
    }
    client.execute("UPDATE gis_import SET state = 'failed' WHERE id = $1", &[&id]).await?;
    Ok(())
}

impl Staging {
    fn new(client: Client, id: i64) -> Self {
        Self {
            client,
            id,
            next: 0,
            lines: Default::default(),
            counts: Counts::default(),
            told: [0; 7],
            there: [Left::default(); 7],
            differs: false,
            cleared: 0,
        }
    }

    /// How many rows of a run that was broken off are there.
    #[must_use]
    pub fn there(&self) -> u64 {
        self.there.iter().map(|left| left.rows).sum()
    }

    /// How many runs that were broken off left rows of no use, which are gone.
    #[must_use]
    pub fn cleared(&self) -> usize {
        self.cleared
    }

    /// Whether what is told is not what is there: it has to be told [`from the beginning`](Self::from_the_beginning).
    #[must_use]
    pub fn differs(&self) -> bool {
        self.differs
    }

    /// Empties the tables: all is told once more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn from_the_beginning(self) -> Result<Self, StoreError> {
        for table in TABLES {
            self.client.batch_execute(&format!("TRUNCATE {table}_{}", self.id)).await?;
        }
        Ok(Self { cleared: self.cleared, ..Self::new(self.client, self.id) })
    }

    /// Begins a row of a table.
    fn row(&mut self, table: usize) -> &mut Lines {
        self.next += 1;
        let (import, id) = (self.id, self.next);
        self.lines[table].plain(import).plain(id)
    }

    fn of_element(&mut self, table: usize, element: Element) -> &mut Lines {
        self.row(table).plain(element.kind.as_str()).plain(element.id)
    }

    /// Stages a road.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn road(&mut self, road: &Road) -> Result<(), StoreError> {
        let line = self.row(0).plain(road.way).plain(road.from).plain(road.to);
        line.plain(road.class.as_str()).plain(road.direction.as_str()).maybe(road.limit_kmh);
        line.plain(if road.rough { "t" } else { "f" }).names(&road.names);
        line.text(road.reference.as_deref()).line(&road.line).end();
        self.counts.roads += 1;
        self.flush_full(0).await
    }

    /// Stages a turn restriction.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn turn(&mut self, turn: &TurnRestriction) -> Result<(), StoreError> {
        let ways: Vec<String> = turn.via_ways.iter().map(ToString::to_string).collect();
        let import = self.id;
        let line = self.lines[1].plain(import).plain(turn.id).plain(turn.turn.as_str()).plain(turn.from_way);
        line.maybe(turn.via_node).plain(format_args!("{{{}}}", ways.join(","))).plain(turn.to_way).end();
        self.counts.turn_restrictions += 1;
        self.flush_full(1).await
    }

    /// Stages a house number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn address(&mut self, address: &Address) -> Result<(), StoreError> {
        let line = self.of_element(2, address.element).text(Some(&address.house));
        for text in [&address.street, &address.place, &address.city, &address.postcode] {
            line.text(text.as_deref());
        }
        line.names(&address.names).point(address.point).end();
        self.counts.addresses += 1;
        self.flush_full(2).await
    }

    /// Stages a place.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn place(&mut self, place: &Place) -> Result<(), StoreError> {
        let line = self.of_element(4, place.element).plain(place.kind.as_str()).maybe(place.population);
        line.names(&place.names).point(place.point).end();
        self.counts.places += 1;
        self.flush_full(4).await
    }

    /// Stages an object.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn object(&mut self, object: &Object) -> Result<(), StoreError> {
        let tags = serde_json::to_string(&object.tags)
            .map_err(|e| StoreError::Row { table: "object", reason: e.to_string() })?
            .replace("\\u0000", "");
        let line = self.of_element(5, object.element).plain(object.kind.as_str());
        line.text(object.phone.as_deref()).text(Some(&tags)).names(&object.names).point(object.point).end();
        self.counts.objects += 1;
        self.flush_full(5).await
    }

    /// Stages water or green.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn cover(&mut self, cover: &LandCover) -> Result<(), StoreError> {
        let line = self.of_element(6, cover.element).plain(cover.kind.as_str()).maybe(cover.shape.area_m2());
        line.names(&cover.names);
        match &cover.shape {
            CoverShape::Area(area) => line.area(area),
            CoverShape::Course(course) => line.line(course),
        };
        line.end();
        self.counts.land_cover += 1;
        self.flush_full(6).await
    }

    /// Counts an area that is broken and was left out.
    pub fn broken_area(&mut self) {
        self.counts.broken_areas += 1;
    }

    /// Takes out areas whose outlines cross themselves or each other; each with what is wrong with it.
    async fn crossing_areas(transaction: &Transaction<'_>, id: i64) -> Result<Vec<String>, StoreError> {
        let text = format!(
            "DELETE FROM land_cover_{id} WHERE area_m2 IS NOT NULL AND NOT ST_IsValid(geom) \
             RETURNING element || '/' || element_id, ST_IsValidReason(geom)"
        );
        let rows = transaction.query(&text, &[]).await?;
        let mut named = Vec::with_capacity(rows.len());
        for row in &rows {
            let (element, reason): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            named.push(format!("{element}: {reason}"));
        }
        Ok(named)
    }

    /// After each row: what is there already is passed over, and batches go in when they are full.
    async fn flush_full(&mut self, table: usize) -> Result<(), StoreError> {
        self.told[table] += 1;
        let left = self.there[table];
        if self.told[table] <= left.rows {
            self.lines[table].take();
            let last = self.told[table] == left.rows;
            if last && left.last.is_some_and(|number| number != self.next) {
                self.differs = true;
                let reason = "what an earlier run staged is not what is read now".to_owned();
                return Err(StoreError::Row { table: TABLES[table], reason });
            }
            return Ok(());
        }
        if self.lines[table].len() >= BATCH { self.flush(table).await } else { Ok(()) }
    }

    async fn flush(&mut self, table: usize) -> Result<(), StoreError> {
        if self.lines[table].is_empty() {
            return Ok(());
        }
        let lines = self.lines[table].take();
        let copy = format!("COPY {}_{} FROM STDIN", TABLES[table], self.id);
        let sink = self.client.copy_in(&copy).await?;
        futures_util::pin_mut!(sink);
        sink.send(Bytes::from(lines)).await?;
        sink.finish().await?;
        Ok(())
    }

    /// All rows are told: from here on a run that breaks off is taken up without reading the file again. What is answered
    /// are the areas that cross themselves: each named, and left out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn read_through(
        &mut self,
        data_at: Option<Timestamp>,
        missing_points: u64,
        unclear_restrictions: u64,
    ) -> Result<Vec<String>, StoreError> {
        for table in 0..TABLES.len() {
            self.flush(table).await?;
        }
        if let Some(table) = (0..TABLES.len()).find(|table| self.told[*table] < self.there[*table].rows) {
            self.differs = true;
            let reason = "an earlier run staged more than is read now".to_owned();
            return Err(StoreError::Row { table: TABLES[table], reason });
        }
        let id = self.id;
        let transaction = self.client.transaction().await?;
        let crossing = Self::crossing_areas(&transaction, id).await?;
        self.counts.land_cover -= crossing.len() as u64;
        self.counts.broken_areas += crossing.len() as u64;
        let streets = format!(
            "INSERT INTO street_{id} \
             SELECT import, row_number() OVER (ORDER BY said, part), said, max(name_kk), max(name_ru), \
               max(name_en), max(former_name), ST_Multi(ST_LineMerge(ST_Collect(geom))) \
             FROM (SELECT *, ST_ClusterDBSCAN(geom, {ONE_STREET}, 1) OVER (PARTITION BY said) AS part \
               FROM (SELECT *, coalesce(name, name_kk, name_ru, name_en) AS said FROM road_{id}) named \
               WHERE said IS NOT NULL) near \
             GROUP BY import, said, part"
        );
        self.counts.streets = transaction.execute(&streets, &[]).await?;
        self.counts.missing_points = missing_points;
        self.counts.unclear_restrictions = unclear_restrictions;
        let counts = serde_json::to_string(&self.counts)
            .map_err(|e| StoreError::Row { table: "gis_import", reason: e.to_string() })?;
        transaction
            .execute(
                "UPDATE gis_import SET state = 'read', data_at = $2, counts = $3::text::json WHERE id = $1",
                &[&id, &data_at, &counts],
            )
            .await?;
        transaction.commit().await?;
        Ok(crossing)
    }

    /// How much there is.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Builds what the tables have in indexes, and counts for the planner. What a broken run built already stays.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn index(&self) -> Result<(), StoreError> {
        let id = self.id;
        for table in TABLES {
            let wanted = self
                .client
                .query(
                    "SELECT c.relname, i.indisunique, pg_get_indexdef(i.indexrelid) FROM pg_index i \
                     JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = to_regclass($1)",
                    &[&table],
                )
                .await?;
            for row in wanted {
                let (name, unique, definition): (String, bool, String) =
                    (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
                let (_, how) = definition.split_once(" USING ").ok_or_else(|| StoreError::Row {
                    table: "pg_index",
                    reason: format!("{definition} cannot be read"),
                })?;
                let unique = if unique { "UNIQUE " } else { "" };
                let build =
                    format!("CREATE {unique}INDEX IF NOT EXISTS {name}_{id} ON {table}_{id} USING {how}");
                self.client.batch_execute(&build).await?;
            }
            self.client.batch_execute(&format!("ANALYZE {table}_{id}")).await?;
        }
        Ok(())
    }

    /// Brings the import into force, in place of the source's earlier one, in one transaction.
    ///
    /// # Errors
    /// [`StoreError`]; then the earlier one stays in force.
    pub async fn go_live(mut self) -> Result<Import, StoreError> {
        let mut tries = 0;
        loop {
            match self.exchange().await {
                // Somebody reads for long: those behind are not kept waiting, and it is tried again.
                Err(StoreError::Statement(e)) if e.code() == Some(&SqlState::LOCK_NOT_AVAILABLE) => {
                    tries += 1;
                    if tries == TRIES {
                        return Err(StoreError::Statement(e));
                    }
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
                result => return result,
            }
        }
    }

    async fn exchange(&mut self) -> Result<Import, StoreError> {
        let id = self.id;
        let transaction = self.client.transaction().await?;
        transaction.batch_execute(&format!("SET LOCAL lock_timeout = '{WAIT}'")).await?;
        let before = transaction
            .query(
                "UPDATE gis_import SET state = 'replaced' WHERE state = 'live' AND kind = 'osm' \
                 AND source = (SELECT source FROM gis_import WHERE id = $1) RETURNING id",
                &[&id],
            )
            .await?;
        for table in TABLES {
            for row in &before {
                let old: i64 = row.try_get(0)?;
                let detach =
                    format!("ALTER TABLE {table} DETACH PARTITION {table}_{old}; DROP TABLE {table}_{old}");
                transaction.batch_execute(&detach).await?;
            }
            let attach = format!("ALTER TABLE {table} ATTACH PARTITION {table}_{id} FOR VALUES IN ({id})");
            transaction.batch_execute(&attach).await?;
        }
        let text = format!(
            "UPDATE gis_import SET state = 'live', live_at = clock_timestamp() WHERE id = $1 RETURNING {COLUMNS}"
        );
        let row = transaction.query_one(&text, &[&id]).await?;
        let live = import(&row)?;
        transaction.commit().await?;
        Ok(live)
    }

    /// Gives the import up: nothing of it stays.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn give_up(self) -> Result<(), StoreError> {
        abandon(&self.client, self.id).await
    }
}
