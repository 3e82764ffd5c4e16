//! `hub112 drive`: replays a file of messages through the typed door, and positions of units, as fast as asked.

pub mod calls;
pub mod lines;
pub mod officer;
pub mod pace;
pub mod phrases;
pub mod report;
pub mod shift;
pub mod tracks;
pub mod went;

use std::collections::HashSet;
use std::fs::File;
use std::io::BufReader;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use secrecy::{ExposeSecret, SecretString};

use crate::client::{Client, ClientError};
use crate::domain::ids::RegionCode;
use crate::domain::quantities::Point;
use calls::Set;
use officer::Officer;
use pace::Run;
pub use pace::Summary;
use report::Report;
use shift::Shift;
use tracks::Tracks;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// What to replay, where and how fast.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// The hub
    #[arg(long, default_value = "http://127.0.0.1:8112")]
    pub url: String,
    /// Account to sign in with
    #[arg(long, requires = "password", required_unless_present = "token")]
    pub user: Option<String>,
    /// Its password
    #[arg(long, env = "HUB112_DRIVE_PASSWORD", hide_env_values = true)]
    pub password: Option<SecretString>,
    /// A token, instead of an account
    #[arg(long, conflicts_with = "user")]
    pub token: Option<SecretString>,
    /// A file of messages, one a line (see gis/demo/README.md)
    #[arg(long, required_unless_present_any = ["data", "positions"], conflicts_with = "data")]
    pub file: Option<PathBuf>,
    /// The folder of logs of real calls
    #[arg(long, requires = "set")]
    pub data: Option<PathBuf>,
    /// Which of the logs
    #[arg(long, requires = "data")]
    pub set: Option<Set>,
    /// A file of unit positions to replay beside (CSV: at_offset_s,region,service,unit,lat,lon), with the account of
    /// their agency or an administrator's
    #[arg(long, value_name = "FILE")]
    pub positions: Option<PathBuf>,
    /// Where the centre of the log's town comes to lie: LAT,LON
    #[arg(long, default_value = "43.238,76.945", value_parser = place, allow_hyphen_values = true)]
    pub to: Point,
    /// Region of messages without a place, where the account has none
    #[arg(long)]
    pub region: Option<RegionCode>,
    /// Begin at this time of the file's first day: HH:MM
    #[arg(long, value_parser = time_of_day)]
    pub from: Option<i64>,
    /// Send at most so many
    #[arg(long)]
    pub limit: Option<usize>,
    /// Seconds of the file in one second
    #[arg(long, default_value = "60", value_parser = factor)]
    pub speed_up: f64,
    /// Messages in flight at once
    #[arg(long, default_value = "32")]
    pub concurrency: NonZeroUsize,
    /// Also be the duty officer for the cards of these messages alone: identify what waits for it, ask for as many units as really went where the log has
    /// them, and close what is done
    #[arg(long)]
    pub officer: bool,
    /// Then wait so many seconds until no card with one of the messages is open
    #[arg(long, value_name = "SECONDS")]
    pub wait_closed: Option<u64>,
}

/// Why a replay failed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DriveError {
    /// A file that cannot be read.
    #[error("{file}: {reason}")]
    File {
        /// Which.
        file: String,
        /// Why.
        reason: String,
    },
    /// A line that is not what it should be.
    #[error("{file}, line {line}: {reason}")]
    Line {
        /// Of which file.
        file: String,
        /// From 1.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// Nothing to send.
    #[error("{0} has no message to send")]
    Nothing(String),
    /// The shipped borders of the regions cannot be read.
    #[error("the regions: {0}")]
    Regions(String),
    /// The hub refused the sign-in or could not be reached.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// Not every message was accepted.
    #[error("{} messages were not accepted", .0.refused + .0.unanswered + .0.unsent)]
    Refused(Box<Summary>),
    /// Not every position was accepted.
    #[error("positions were not accepted: see above")]
    Positions,
    /// Cards are still open.
    #[error("{count} cards are still open:\n{named}")]
    StillOpen {
        /// How many.
        count: usize,
        /// The first of them.
        named: String,
    },
}

/// Reads the file, signs in, sends, and prints a line a second on stderr and the summary on stdout.
///
/// Runs on an actix system.
///
/// # Errors
/// [`DriveError`]; also when anything was refused or, with `wait_closed`, a card is left open.
pub async fn run(options: Options) -> Result<Summary, DriveError> {
    let has_messages = options.file.is_some() || options.data.is_some();
    let reports =
        if has_messages { wanted(read(&options)?, options.from, options.limit) } else { Vec::new() };
    let moved = options.positions.as_deref().map(tracks::read).transpose()?.unwrap_or_default();
    if reports.is_empty() && moved.is_empty() {
        return Err(DriveError::Nothing(source(&options)));
    }
    let client = signed_in(&options).await?;
    let path = match options.region {
        Some(region) => format!("/api/v1/messages?region={region}"),
        None => "/api/v1/messages".to_owned(),
    };
    let sent: HashSet<_> = reports.iter().map(|r| report::id(&r.set, r.row)).collect();
    let (run, officer, tracks) = (Run::default(), Officer::of(sent.clone()), Tracks::default());
    // Beside messages both keep the file's clock; positions alone begin with the first.
    let first = reports.first().map(|r| r.at).or(moved.first().map(|m| m.at)).unwrap_or_default();
    let sending = async {
        tokio::join!(
            run.send(&client, &path, &reports, options.speed_up, options.concurrency.get()),
            tracks.send(&client, &moved, first, options.speed_up),
        );
        if has_messages {
            println!("{}", run.summary());
        }
        if !moved.is_empty() {
            println!("{}", tracks.account());
        }
        match options.wait_closed {
            Some(seconds) => officer::wait_closed(&client, &sent, Duration::from_secs(seconds)).await,
            None => Ok(Vec::new()),
        }
    };
    let left = tokio::select! {
        left = sending => left?,
        () = officer.work(&client, &run), if options.officer => Vec::new(),
        () = tell(|| run.progress(reports.len())) => Vec::new(),
    };
    if options.officer {
        println!("{}", officer.account());
    }
    let summary = run.summary();
    if !left.is_empty() {
        return Err(DriveError::StillOpen { count: left.len(), named: officer::named(&left) });
    }
    if !tracks.is_clean() {
        return Err(DriveError::Positions);
    }
    if summary.is_clean() { Ok(summary) } else { Err(DriveError::Refused(Box::new(summary))) }
}

/// A line a second, until dropped.
async fn tell(line: impl Fn() -> String) {
    loop {
        actix_rt::time::sleep(Duration::from_secs(1)).await;
        eprintln!("{}", line());
    }
}

async fn signed_in(options: &Options) -> Result<Client, DriveError> {
    let mut client = Client::new(&options.url);
    if let Some(token) = &options.token {
        return Ok(client.with_token(token.clone()));
    }
    if let (Some(user), Some(password)) = (&options.user, &options.password) {
        client.sign_in(user, password.expose_secret()).await?;
    }
    Ok(client)
}

fn source(options: &Options) -> String {
    match (&options.file, options.set) {
        (Some(file), _) => file.display().to_string(),
        (None, set) => set.map(Set::name).unwrap_or_default().to_owned(),
    }
}

fn read(options: &Options) -> Result<Vec<Report>, DriveError> {
    match (&options.file, &options.data, options.set) {
        (Some(file), ..) => lines_of(file),
        (None, Some(folder), Some(set)) => {
            let mut calls = set.read(folder)?;
            for (why, rows) in &calls.skipped {
                eprintln!("{rows} rows left out: {why}");
            }
            let regions = shift::regions().map_err(DriveError::Regions)?;
            if let Some(shift) = Shift::new(&calls.reports, options.to, Some(&regions)) {
                for report in &mut calls.reports {
                    report.point = report.point.map(|p| shift.place(p));
                }
            }
            Ok(calls.reports)
        }
        _ => Err(DriveError::Nothing("the command line".into())),
    }
}

/// The set's name is the file's own, without its folder: the same file elsewhere is the same messages.
fn lines_of(path: &Path) -> Result<Vec<Report>, DriveError> {
    let file = File::open(path)
        .map_err(|e| DriveError::File { file: path.display().to_string(), reason: e.to_string() })?;
    let set = path.file_name().unwrap_or_default().to_string_lossy();
    let mut reports = lines::read(&set, BufReader::new(file))?;
    reports.sort_by_key(|r| r.at);
    Ok(reports)
}

/// The part of the reports that was asked for.
fn wanted(mut reports: Vec<Report>, from: Option<i64>, limit: Option<usize>) -> Vec<Report> {
    if let (Some(from), Some(first)) = (from, reports.first()) {
        let start = first.at - first.at.rem_euclid(DAY) + from;
        reports.retain(|r| r.at >= start);
    }
    reports.truncate(limit.unwrap_or(usize::MAX));
    reports
}

fn place(text: &str) -> Result<Point, String> {
    let (lat, lon) = text.split_once(',').ok_or("LAT,LON in degrees, such as 43.238,76.945")?;
    let degrees = |t: &str| t.trim().parse::<f64>().map_err(|e| e.to_string());
    Point::new(degrees(lat)?, degrees(lon)?).map_err(|e| e.to_string())
}

fn time_of_day(text: &str) -> Result<i64, String> {
    let time = jiff::civil::Time::strptime("%H:%M", text).map_err(|e| e.to_string())?;
    Ok(i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60)
}

fn factor(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(n) if n.is_finite() && n > 0.0 => Ok(n),
        _ => Err("a number above zero".into()),
    }
}

#[cfg(test)]
mod tests;
