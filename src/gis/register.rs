//! Stations and units from CSV: every row that cannot be used is named by line and column, with what to do.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::path::Path;
use std::str::FromStr;

use csv::StringRecord;
use jiff::Timestamp;
use serde_json::Value;

use crate::domain::ids::{RegionCode, ServiceKey, UnitId};
use crate::domain::quantities::Point;
use crate::domain::service_kind;
use crate::domain::unit::{CallSign, Capabilities, Position, PositionSource, Unit, UnitKind, UnitStatus};

/// A row that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Its line in the file, from 1.
    pub line: u64,
    /// The column at fault; empty when it is the whole row.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// What is wrong with it and what to do.
    pub what: String,
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.column.is_empty() {
            write!(f, "line {}: {}", self.line, self.what)
        } else {
            write!(f, "line {}, column {}, {:?}: {}", self.line, self.column, self.value, self.what)
        }
    }
}

/// Why a file gives no rows at all.
#[derive(Debug, thiserror::Error)]
pub enum TableFault {
    /// It cannot be read.
    #[error("{0}")]
    Unreadable(#[from] io::Error),
    /// Columns are missing.
    #[error("it has no column {}; its first line must name {wanted}", .missing.join(", "))]
    NoColumn {
        /// Which.
        missing: Vec<String>,
        /// All that are needed.
        wanted: String,
    },
    /// The first line cannot be read.
    #[error("its first line cannot be read: {0}")]
    NoHead(String),
}

/// Where units stand.
#[derive(Debug, Clone, PartialEq)]
pub struct Station {
    /// Its line in the file.
    pub line: u64,
    /// Its identity in the file, by which units may name it.
    pub id: String,
    /// Whose it is.
    pub service: ServiceKey,
    /// In which region.
    pub region: RegionCode,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub home: Point,
}

impl Station {
    /// Whether a unit of a service that gives this as its station stands here.
    #[must_use]
    pub fn is_named(&self, region: RegionCode, service: &ServiceKey, station: &str) -> bool {
        self.region == region && self.service == *service && (self.id == station || self.name == station)
    }
}

/// What a file holds.
#[derive(Debug)]
pub struct Table<T> {
    /// Rows that can be used, in their order, with their lines.
    pub rows: Vec<(u64, T)>,
    /// The others.
    pub rejected: Vec<Rejected>,
}

/// Reads stations: `id,service,region,name,lat,lon`; other columns are passed over.
///
/// # Errors
/// [`TableFault`] when there are no rows to be had at all.
pub fn stations(path: &Path) -> Result<Table<Station>, TableFault> {
    read(path, &["id", "service", "region", "name", "lat", "lon"], |row| {
        let id = row.text("id")?;
        row.first_with("id", &id)?;
        Ok(Station {
            line: row.line,
            id,
            service: row.service()?,
            region: row.parsed("region")?,
            name: row.text("name")?,
            home: row.point()?.ok_or_else(|| row.bad("lat", "a station needs a place; write its degrees"))?,
        })
    })
}

/// Reads units: `id,service,region,call_sign,kind,capabilities,station,lat,lon`. Capabilities stand apart by blanks; a
/// unit without a place stands where its station of these does, by the station's id or name.
///
/// # Errors
/// [`TableFault`] when there are no rows to be had at all.
pub fn units(path: &Path, stations: &[Station], now: Timestamp) -> Result<Table<Unit>, TableFault> {
    let wanted = ["id", "service", "region", "call_sign", "kind", "capabilities", "station", "lat", "lon"];
    read(path, &wanted, |row| {
        let id: UnitId = row.parsed("id")?;
        row.first_with("id", id.as_str())?;
        let (service, region): (ServiceKey, RegionCode) = (row.service()?, row.parsed("region")?);
        let named = row.text("station")?;
        let station = stations.iter().find(|s| s.is_named(region, &service, &named));
        let home = row.point()?.or(station.map(|s| s.home)).ok_or_else(|| {
            row.bad(
                "station",
                "neither the row nor the stations say where it is; write lat and lon, or add the station",
            )
        })?;
        let kind = row.text("kind")?;
        let kind: UnitKind =
            serde_json::from_value(Value::String(kind)).map_err(|e| row.bad("kind", &e.to_string()))?;
        let words: Vec<Value> = row.get("capabilities").split_whitespace().map(Value::from).collect();
        let capabilities: Capabilities =
            serde_json::from_value(words.into()).map_err(|e| row.bad("capabilities", &e.to_string()))?;
        Ok(Unit {
            id,
            service,
            region,
            call_sign: CallSign::new(row.get("call_sign"))
                .map_err(|e| row.bad("call_sign", &e.to_string()))?,
            kind,
            capabilities,
            station: station.map_or(named, |s| s.name.clone()),
            home,
            status: UnitStatus::default(),
            position: Position { point: home, at: now, source: PositionSource::Station, accuracy: None },
            version: 0,
        })
    })
}

/// A row with its head.
struct Row<'a> {
    line: u64,
    columns: &'a HashMap<String, usize>,
    record: &'a StringRecord,
    /// The identities of earlier rows with their lines.
    seen: &'a std::cell::RefCell<HashMap<String, u64>>,
}

impl Row<'_> {
    fn get(&self, column: &str) -> &str {
        // The demonstration's own files call the place of a unit's station its home.
        let at = self.columns.get(column).or_else(|| self.columns.get(&format!("home_{column}")));
        at.and_then(|at| self.record.get(*at)).unwrap_or_default().trim()
    }

    fn bad(&self, column: &str, what: &str) -> Rejected {
        let value = self.get(column).to_owned();
        Rejected { line: self.line, column: column.to_owned(), value, what: what.to_owned() }
    }

    fn text(&self, column: &str) -> Result<String, Rejected> {
        match self.get(column) {
            "" => Err(self.bad(column, "it is empty; fill it in")),
            text if text.chars().count() > 200 => {
                Err(self.bad(column, "it has more than 200 characters; shorten it"))
            }
            text => Ok(text.to_owned()),
        }
    }

    fn parsed<T: FromStr<Err: fmt::Display>>(&self, column: &str) -> Result<T, Rejected> {
        self.text(column)?.parse().map_err(|e: T::Err| self.bad(column, &e.to_string()))
    }

    fn service(&self) -> Result<ServiceKey, Rejected> {
        let key: ServiceKey = self.parsed("service")?;
        if service_kind::find(&key).is_some() {
            return Ok(key);
        }
        let known: Vec<&str> = service_kind::all().iter().map(|kind| kind.key.as_str()).collect();
        Err(self.bad("service", &format!("there is no such service; write one of {}", known.join(", "))))
    }

    fn point(&self) -> Result<Option<Point>, Rejected> {
        if self.get("lat").is_empty() && self.get("lon").is_empty() {
            return Ok(None);
        }
        let degrees = |column: &str| {
            let text = self.get(column);
            let what = if text.contains(',') {
                "write a decimal point in place of the comma"
            } else {
                "write degrees as a decimal number, such as 43.25"
            };
            text.parse::<f64>().map_err(|_| self.bad(column, what))
        };
        let (lat, lon) = (degrees("lat")?, degrees("lon")?);
        let column = if (-90.0..=90.0).contains(&lat) { "lon" } else { "lat" };
        Point::new(lat, lon).map(Some).map_err(|e| self.bad(column, &e.to_string()))
    }

    fn first_with(&self, column: &str, id: &str) -> Result<(), Rejected> {
        match self.seen.borrow_mut().insert(id.to_owned(), self.line) {
            None => Ok(()),
            Some(before) => {
                Err(self.bad(column, &format!("it stands in line {before} already; keep one of the two")))
            }
        }
    }
}

fn read<T>(
    path: &Path,
    wanted: &[&str],
    of: impl Fn(&Row<'_>) -> Result<T, Rejected>,
) -> Result<Table<T>, TableFault> {
    let text = std::fs::read(path)?;
    // Spreadsheets of the country write semicolons.
    let head = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let delimiter = if head.contains(&b';') && !head.contains(&b',') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_slice());
    let head = reader.headers().map_err(|e| TableFault::NoHead(e.to_string()))?.clone();
    let columns: HashMap<String, usize> =
        head.iter().zip(0..).map(|(name, at)| (name.trim().to_lowercase(), at)).collect();
    let there = |name: &str| columns.contains_key(name) || columns.contains_key(&format!("home_{name}"));
    let missing: Vec<String> = wanted.iter().filter(|name| !there(name)).map(|n| (*n).to_owned()).collect();
    if !missing.is_empty() {
        return Err(TableFault::NoColumn { missing, wanted: wanted.join(",") });
    }
    let seen = std::cell::RefCell::default();
    let mut table = Table { rows: Vec::new(), rejected: Vec::new() };
    for record in reader.records() {
        match record {
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line);
                match of(&Row { line, columns: &columns, record: &record, seen: &seen }) {
                    Ok(row) => table.rows.push((line, row)),
                    Err(rejected) => table.rejected.push(rejected),
                }
            }
            Err(error) => table.rejected.push(unreadable(&error, head.len())),
        }
    }
    Ok(table)
}

fn unreadable(error: &csv::Error, columns: usize) -> Rejected {
    let line = error.position().map_or(0, csv::Position::line);
    let what = match error.kind() {
        csv::ErrorKind::UnequalLengths { len, .. } => {
            format!("it has {len} fields and the first line {columns}; check commas and quotes")
        }
        csv::ErrorKind::Utf8 { .. } => {
            "it is not written in UTF-8; save the file in that encoding".to_owned()
        }
        _ => error.to_string(),
    };
    Rejected { line, column: String::new(), value: String::new(), what }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, text: impl AsRef<[u8]>) -> std::path::PathBuf {
        let path = std::env::temp_dir().join(format!("hub112-register-{name}-{}.csv", std::process::id()));
        std::fs::write(&path, text).unwrap();
        path
    }

    const HEAD: &str = "id,service,region,call_sign,kind,capabilities,station,lat,lon";

    #[test]
    fn every_row_that_cannot_be_used_is_named_by_line_and_column_with_what_to_do() {
        let rows = [
            ("75-a-1,ambulance,75,А-1,ambulance,bls,Подстанция 1,43.25,76.9", None),
            (",ambulance,75,А-2,ambulance,bls,Подстанция 1,43.25,76.9", Some(("id", "fill it in"))),
            ("75-a-3,ambulans,75,А-3,ambulance,bls,П,43.25,76.9", Some(("service", "write one of"))),
            ("75-a-4,ambulance,975,А-4,ambulance,bls,П,43.25,76.9", Some(("region", "region code"))),
            ("75-a-5,ambulance,75,,ambulance,bls,П,43.25,76.9", Some(("call_sign", ""))),
            ("75-a-6,ambulance,75,А-6,ambulanse,bls,П,43.25,76.9", Some(("kind", "expected one of"))),
            ("75-a-7,ambulance,75,А-7,ambulance,bls,П,943.25,76.9", Some(("lat", "-90 to 90"))),
            ("75-a-8,ambulance,75,А-8,ambulance,bls,П,43.25,восток", Some(("lon", "such as 43.25"))),
            ("75-a-9,ambulance,75,А-9,ambulance,bls,П,\"43,25\",76.9", Some(("lat", "decimal point"))),
            ("75-a-10,ambulance,75,А-10,ambulance,bls,П,,", Some(("station", "add the station"))),
            ("75-a-1,ambulance,75,А-11,ambulance,bls,П,43.25,76.9", Some(("id", "stands in line 2 already"))),
            ("75-a-12,ambulance,75", Some(("", "it has 3 fields and the first line 9"))),
        ];
        let text =
            std::iter::once(HEAD).chain(rows.iter().map(|(row, _)| *row)).collect::<Vec<_>>().join("\n");
        let path = file("units", text);
        let table = units(&path, &[], Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(table.rows.len(), 1);
        let expected: Vec<_> =
            (2u64..).zip(&rows).filter_map(|(line, (_, fault))| fault.map(|f| (line, f))).collect();
        assert_eq!(table.rejected.len(), expected.len());
        for (found, (line, (column, what))) in table.rejected.iter().zip(expected) {
            assert_eq!((found.line, found.column.as_str()), (line, column), "{found}");
            assert!(found.what.contains(what), "{found}");
        }
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_unit_without_a_place_stands_where_its_station_does_by_id_or_name() {
        let path =
            file("stations", "id;service;region;name;lat;lon\ns-1;ambulance;75;Подстанция 1;43.25;76.9\n");
        let stations: Vec<Station> =
            super::stations(&path).unwrap().rows.into_iter().map(|(_, s)| s).collect();
        let text = format!(
            "{HEAD}\n75-a-1,ambulance,75,А-1,ambulance,,s-1,,\n75-a-2,ambulance,75,А-2,ambulance,,Подстанция 1,,\n\
             75-p-1,police,75,П-1,patrol_car,,s-1,,\n"
        );
        let units_path = file("of-stations", text);
        let table = units(&units_path, &stations, Timestamp::UNIX_EPOCH).unwrap();
        assert!(table.rows.iter().all(|(_, u)| u.station == "Подстанция 1" && u.home == stations[0].home));
        assert_eq!(
            (table.rows.len(), table.rejected.len()),
            (2, 1),
            "the station of another service is none"
        );
        std::fs::remove_file(path).unwrap();
        std::fs::remove_file(units_path).unwrap();
    }

    #[test]
    fn a_file_without_its_columns_or_in_another_encoding_is_told_as_such() {
        let path = file("columns", "id,name\n1,a\n");
        let fault = stations(&path).map(|_| ()).unwrap_err().to_string();
        assert!(fault.contains("no column service, region, lat, lon"), "{fault}");
        let mut text = b"id,service,region,name,lat,lon\ns-1,police,75,".to_vec();
        text.extend([0xcf, 0xee, 0xeb]);
        text.extend(b",43.2,76.9\n");
        std::fs::write(&path, text).unwrap();
        let table = stations(&path).unwrap();
        assert!(table.rejected[0].what.contains("UTF-8"), "{:?}", table.rejected);
        std::fs::remove_file(path).unwrap();
    }
}
