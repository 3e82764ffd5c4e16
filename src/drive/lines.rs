//! The own format: a message a line, as JSON (`gis/demo/README.md` says what the fields mean).

use std::io::BufRead;

use serde::Deserialize;

use super::DriveError;
use super::report::Report;
use super::went::Went;
use crate::domain::message::{Channel, Contact, PhoneNumber};
use crate::domain::names::Language;
use crate::domain::quantities::{Metres, Point};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    at_offset_s: u32,
    #[serde(default)]
    channel: Option<Channel>,
    #[serde(default)]
    caller: Caller,
    #[serde(default)]
    contact: Contact,
    #[serde(default)]
    text: String,
    #[serde(default)]
    language: Option<Language>,
    #[serde(default)]
    point: Option<Point>,
    #[serde(default)]
    uncertainty_m: Option<Metres>,
    #[serde(default)]
    address: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Caller {
    #[serde(default)]
    phone: Option<PhoneNumber>,
    #[serde(default)]
    device: Option<String>,
}

/// Reads all lines; empty ones are passed over.
///
/// # Errors
/// [`DriveError::Line`] with the line's number: a file of the own format is whole or it is mended.
pub fn read(set: &str, lines: impl BufRead) -> Result<Vec<Report>, DriveError> {
    let mut reports = Vec::new();
    for (row, line) in (1u64..).zip(lines.lines()) {
        let fault = |reason: String| DriveError::Line { file: set.to_owned(), line: row, reason };
        let line = line.map_err(|e| fault(e.to_string()))?;
        if line.trim().is_empty() {
            continue;
        }
        let line: Line = serde_json::from_str(&line).map_err(|e| fault(e.to_string()))?;
        reports.push(Report {
            set: set.to_owned(),
            row,
            at: i64::from(line.at_offset_s),
            channel: line.channel.unwrap_or(Channel::Call),
            contact: line.contact,
            phone: line.caller.phone,
            device: line.caller.device,
            text: line.text,
            language: line.language,
            point: line.point,
            uncertainty: line.uncertainty_m,
            address: line.address,
            went: Went::default(),
        });
    }
    Ok(reports)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::domain::message::{CallBack, Sender};

    #[test]
    fn every_field_but_the_time_may_be_absent() {
        let reports =
            read("demo", "{\"at_offset_s\": 5}\n\n{\"at_offset_s\": 6, \"text\": \"пожар\"}".as_bytes());
        let reports = reports.unwrap();
        assert_eq!(reports.iter().map(|r| (r.row, r.at)).collect::<Vec<_>>(), [(1, 5), (3, 6)]);
        let message = reports[1].message(Timestamp::UNIX_EPOCH);
        assert_eq!(
            (message.channel, message.text.as_str(), message.location),
            (Channel::Call, "пожар", None)
        );
        assert_eq!(message.sender, Sender::Person { name: None, call_back: CallBack::NoNumber });
    }

    #[test]
    fn a_wrong_line_is_named() {
        let fault = read("demo", "{\"at_offset_s\": 5}\n{\"at_offset_s\": 6, \"txt\": \"\"}".as_bytes());
        assert!(matches!(fault, Err(DriveError::Line { line: 2, .. })), "{fault:?}");
    }

    #[test]
    fn the_demonstration_day_becomes_messages_that_the_door_takes() {
        let day = include_str!("../../gis/demo/messages.ndjson");
        let reports = read("messages", day.as_bytes()).unwrap();
        assert!(reports.len() >= 1200, "{}", reports.len());
        let now = Timestamp::UNIX_EPOCH;
        for report in &reports {
            let message = report.message(now);
            assert_eq!(message.check(now), Ok(()), "line {}", report.row);
            assert_eq!(message.location.is_some(), report.point.is_some() || report.address.is_some());
        }
        assert!(reports.iter().any(|r| r.device.is_some()));
    }
}
