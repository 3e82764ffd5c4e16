//! Foreign logs of real calls: their times, places and types, told in the words of `phrases.csv`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use clap::ValueEnum;
use csv::StringRecord;
use flate2::read::GzDecoder;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::DriveError;
use super::phrases;
use super::report::{Report, chance};
use super::shift::Frame;
use super::went::Went;
use crate::domain::message::{Channel, Contact, PhoneNumber};
use crate::domain::quantities::{Metres, Point};

/// How sure a place is: these logs give the block or the crossing.
const BLOCK: Metres = Metres::whole(100);

/// A log that can be replayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Set {
    /// San Francisco, fire and ambulance, two weeks of April 2020.
    SanFranciscoFireEms,
    /// Montgomery County (Pennsylvania), ambulance, traffic and fire, December 2015 to June 2016.
    Montgomery,
    /// Seattle, police, January to September 2015.
    SeattlePolice,
}

/// The columns that matter, and how the log writes its times.
struct Layout {
    file: &'static str,
    time: &'static str,
    format: &'static str,
    kind: &'static str,
    /// Rows with the same value here are one call, a row for each unit that went.
    call: Option<&'static str>,
    /// The type of the unit.
    unit: Option<&'static str>,
    place: Place,
    frame: Frame,
}

enum Place {
    /// "(lat, lon)" in one column.
    Pair(&'static str),
    /// Latitude and longitude.
    Columns(&'static str, &'static str),
}

impl Set {
    /// All.
    pub const ALL: [Self; 3] = [Self::SanFranciscoFireEms, Self::Montgomery, Self::SeattlePolice];

    /// Its name on the command line and in `phrases.csv`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SanFranciscoFireEms => "san-francisco-fire-ems",
            Self::Montgomery => "montgomery",
            Self::SeattlePolice => "seattle-police",
        }
    }

    fn layout(self) -> Layout {
        match self {
            Self::SanFranciscoFireEms => Layout {
                file: "calls-san-francisco/fire-ems-units-2020-04-07_20.csv.gz",
                time: "Received DtTm",
                format: "%m/%d/%Y %I:%M:%S %p",
                kind: "Call Type",
                call: Some("Call Number"),
                unit: Some("Unit Type"),
                place: Place::Pair("Location"),
                frame: Frame { south: 37.70, west: -122.53, north: 37.84, east: -122.35 },
            },
            Self::Montgomery => Layout {
                file: "calls-montgomery-911/911-2015-12-10_2016-06-30.csv.gz",
                time: "timeStamp",
                format: "%Y-%m-%d %H:%M:%S",
                kind: "title",
                call: None,
                unit: None,
                place: Place::Columns("lat", "lng"),
                frame: Frame { south: 39.90, west: -75.75, north: 40.55, east: -74.95 },
            },
            Self::SeattlePolice => Layout {
                file: "calls-seattle/police-911-2015-01_09.csv.gz",
                time: "at_scene_local",
                format: "%Y-%m-%dT%H:%M",
                kind: "Initial.Type.Description",
                call: None,
                unit: None,
                place: Place::Columns("Latitude", "Longitude"),
                frame: Frame { south: 47.45, west: -122.45, north: 47.78, east: -122.20 },
            },
        }
    }

    /// The calls of the log under `folder`, still where they happened, in the order of time; and rows left out, by why.
    ///
    /// # Errors
    /// [`DriveError`] when the file cannot be opened, unpacked or lacks a column.
    pub fn read(self, folder: &Path) -> Result<Calls, DriveError> {
        let path = folder.join(self.layout().file);
        let name = path.display().to_string();
        let file =
            File::open(&path).map_err(|e| DriveError::File { file: name.clone(), reason: e.to_string() })?;
        self.parse(&name, GzDecoder::new(file))
    }

    fn parse(self, file: &str, rows: impl Read) -> Result<Calls, DriveError> {
        let layout = self.layout();
        let mut csv = csv::Reader::from_reader(rows);
        let header = csv
            .headers()
            .map_err(|e| DriveError::File { file: file.to_owned(), reason: e.to_string() })?
            .clone();
        let columns = Columns::find(file, &header, &layout)?;
        let phrases = phrases::all()?;
        let mut calls = Calls::default();
        let mut known: BTreeMap<String, Option<usize>> = BTreeMap::new();
        for (row, record) in (1u64..).zip(csv.into_records()) {
            let fault = |e: csv::Error| DriveError::Line {
                file: file.to_owned(),
                line: row + 1,
                reason: e.to_string(),
            };
            let record = record.map_err(fault)?;
            if let Some(call) = columns.call {
                if let Some(first) = known.get(&record[call]) {
                    if let Some(report) = first.and_then(|at| calls.reports.get_mut(at)) {
                        columns.unit(&record, &mut report.went);
                    }
                    calls.skip("further units of a call");
                    continue;
                }
                known.insert(record[call].to_owned(), None);
            }
            let kind = &record[columns.kind];
            if kind.contains("ONVIEW") {
                calls.skip("nobody called: seen by an officer");
                continue;
            }
            let Some(at) = seconds(&record[columns.time], layout.format) else {
                calls.skip("without a time");
                continue;
            };
            let Some(point) = columns.point(&record).filter(|p| layout.frame.holds(*p)) else {
                calls.skip("without a place, or far from the town");
                continue;
            };
            let chance = chance(self.name(), row);
            let Some(phrase) = phrases::pick(phrases, self.name(), kind, chance) else {
                calls.skip("without a phrase");
                continue;
            };
            let mut went = Went::default();
            columns.unit(&record, &mut went);
            if let Some(call) = columns.call {
                known.insert(record[call].to_owned(), Some(calls.reports.len()));
            }
            calls.reports.push(Report {
                set: self.name().to_owned(),
                row,
                at,
                channel: Channel::Call,
                contact: Contact::Heard,
                phone: PhoneNumber::try_from(format!("+999{:08}", chance % 100_000_000)).ok(),
                device: None,
                text: phrase.text.clone(),
                language: Some(phrase.language),
                point: Some(point),
                uncertainty: Some(BLOCK),
                // The streets of another city would only mislead.
                address: None,
                went,
            });
        }
        calls.reports.sort_by_key(|r| r.at);
        Ok(calls)
    }
}

/// What a log holds.
#[derive(Debug, Default)]
pub struct Calls {
    /// In the order of time.
    pub reports: Vec<Report>,
    /// Rows left out, by why.
    pub skipped: BTreeMap<&'static str, u64>,
}

impl Calls {
    fn skip(&mut self, why: &'static str) {
        *self.skipped.entry(why).or_default() += 1;
    }
}

struct Columns {
    time: usize,
    kind: usize,
    call: Option<usize>,
    unit: Option<usize>,
    place: (usize, Option<usize>),
}

impl Columns {
    fn find(file: &str, header: &StringRecord, layout: &Layout) -> Result<Self, DriveError> {
        let find = |name: &str| {
            header.iter().position(|h| h == name).ok_or_else(|| DriveError::File {
                file: file.to_owned(),
                reason: format!("it has no column {name:?}"),
            })
        };
        Ok(Self {
            time: find(layout.time)?,
            kind: find(layout.kind)?,
            call: layout.call.map(find).transpose()?,
            unit: layout.unit.map(find).transpose()?,
            place: match layout.place {
                Place::Pair(name) => (find(name)?, None),
                Place::Columns(lat, lon) => (find(lat)?, Some(find(lon)?)),
            },
        })
    }

    fn unit(&self, record: &StringRecord, went: &mut Went) {
        if let Some(unit) = self.unit {
            went.add(&record[unit]);
        }
    }

    fn point(&self, record: &StringRecord) -> Option<Point> {
        let (lat, lon) = match self.place {
            (pair, None) => record[pair].trim_matches(['(', ')']).split_once(',')?,
            (lat, Some(lon)) => (&record[lat], &record[lon]),
        };
        Point::new(lat.trim().parse().ok()?, lon.trim().parse().ok()?).ok()
    }
}

/// Seconds since 1970 on the town's own clock.
fn seconds(text: &str, format: &str) -> Option<i64> {
    let time = DateTime::strptime(format, text).ok()?;
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_of_one_call_are_one_message_and_afternoon_is_afternoon() {
        let rows = "Call Number,Call Type,Received DtTm,Location,Unit Type\n\
            2,Structure Fire,04/07/2020 01:00:00 PM,\"(37.79, -122.41)\",ENGINE\n\
            1,Alarms,04/07/2020 12:01:25 AM,\"(37.79, -122.43)\",TRUCK\n\
            2,Structure Fire,04/07/2020 01:00:00 PM,\"(37.79, -122.41)\",MEDIC\n\
            2,Structure Fire,04/07/2020 01:00:00 PM,\"(37.79, -122.41)\",CHIEF\n";
        let calls = Set::SanFranciscoFireEms.parse("f", rows.as_bytes()).unwrap();
        assert_eq!(calls.reports.iter().map(|r| r.row).collect::<Vec<_>>(), [2, 1], "by time");
        assert_eq!(calls.reports[1].at - calls.reports[0].at, 12 * 3600 + 58 * 60 + 35);
        assert_eq!(calls.skipped["further units of a call"], 2);
        assert_eq!(calls.reports.iter().map(|r| r.went.units()).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn wild_places_missing_times_and_what_nobody_called_about_are_counted() {
        let rows = "at_scene_local,Initial.Type.Description,Longitude,Latitude\n\
            2015-01-01T00:02,SHOPLIFT - THEFT,-122.32,47.61\n\
            2015-01-01T00:02,SHOPLIFT - THEFT,-95.6,30.3\n\
            2015-01-01T00:02,SHOPLIFT - THEFT,,\n\
            ,SHOPLIFT - THEFT,-122.32,47.61\n\
            2015-01-01T00:02,TRAFFIC STOP - OFFICER INITIATED ONVIEW,-122.32,47.61\n";
        let calls = Set::SeattlePolice.parse("f", rows.as_bytes()).unwrap();
        assert_eq!(calls.reports.len(), 1);
        assert_eq!(
            calls.skipped.into_iter().collect::<Vec<_>>(),
            [
                ("nobody called: seen by an officer", 1),
                ("without a place, or far from the town", 2),
                ("without a time", 1)
            ]
        );
    }

    #[test]
    fn two_readings_give_the_same_messages() {
        let rows = "lat,lng,title,timeStamp\n40.1,-75.3,EMS: FALL VICTIM,2015-12-10 17:40:00\n\
            40.2,-75.4,Fire: BUILDING FIRE,2015-12-10 17:41:00\n";
        let read = || Set::Montgomery.parse("f", rows.as_bytes()).unwrap().reports;
        assert_eq!(read(), read());
        assert_ne!(read()[0].phone, read()[1].phone);
    }

    #[test]
    fn a_log_without_its_columns_is_refused() {
        let fault = Set::Montgomery.parse("f", "lat,lng\n".as_bytes()).unwrap_err();
        assert!(fault.to_string().contains("timeStamp"), "{fault}");
    }
}
