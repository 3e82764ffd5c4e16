//! Rows of units looked at together, before any is entered: what the hub would refuse is found by `--dry-run` too, and what
//! it would take but nobody means is told.

use std::collections::HashMap;

use super::register::Remark;
use crate::domain::ids::{RegionCode, ServiceKey};
use crate::domain::quantities::{Metres, Point};
use crate::domain::response_plan;
use crate::domain::unit::Unit;
use crate::gis::register::Rejected;
use crate::spatial::territory::Territory;

/// A station so near to its region's border stands in it as far as borders are drawn.
const AT_BORDER: Metres = Metres::whole(3_000);

/// The rows that can be entered, those that cannot, and what is to be told of the first.
pub(super) fn sorted(
    rows: Vec<(u64, Unit)>,
    territory: &Territory,
) -> (Vec<(u64, Unit)>, Vec<Rejected>, Vec<Remark>) {
    let (mut sound, mut rejected, mut remarks) = (Vec::new(), Vec::new(), Vec::new());
    let mut called: HashMap<(RegionCode, ServiceKey, String), u64> = HashMap::new();
    for (line, unit) in rows {
        if let Some(what) = misplaced(unit.home, territory) {
            rejected.push(of(line, "lat", &format!("{}, {}", unit.home.lat(), unit.home.lon()), what));
            continue;
        }
        let near = territory.regions_within(unit.home, AT_BORDER);
        if !near.iter().any(|(region, _)| *region == unit.region) {
            let lies_in = near.first().map_or_else(String::new, |(region, _)| region.to_string());
            let what = format!(
                "its station lies in region {lies_in}, not in its own; correct the place or the region"
            );
            remarks.push(Remark(of(line, "region", &unit.region.to_string(), what)));
        }
        let sign = unit.call_sign.to_string().to_lowercase();
        if let Some(before) = called.insert((unit.region, unit.service.clone(), sign), line) {
            let what = format!(
                "its service has this call sign in line {before} already; give each unit one of its own"
            );
            remarks.push(Remark(of(line, "call_sign", &unit.call_sign.to_string(), what)));
        }
        let unknown = unit.capabilities.iter().find(|c| !response_plan::capabilities().contains_key(*c));
        if let Some(unknown) = unknown {
            let known: Vec<String> = response_plan::capabilities().keys().map(ToString::to_string).collect();
            let what = format!("no response plan asks for it; write one of {}", known.join(", "));
            remarks.push(Remark(of(line, "capabilities", &unknown.to_string(), what)));
        }
        sound.push((line, unit));
    }
    (sound, rejected, remarks)
}

/// Why nobody can stand at a place.
pub(super) fn misplaced(home: Point, territory: &Territory) -> Option<String> {
    if territory.contains(home) {
        return None;
    }
    let turned = Point::new(home.lon(), home.lat());
    Some(match turned.is_ok_and(|turned| territory.contains(turned)) {
        true => "latitude and longitude are exchanged; write each in its own column".into(),
        false => "the station lies outside the country; check its coordinates".into(),
    })
}

fn of(line: u64, column: &str, value: &str, what: String) -> Rejected {
    Rejected { line, column: column.into(), value: value.into(), what }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spatial::territory::{Fields, Layer};
    use jiff::Timestamp;

    #[test]
    fn what_entering_would_refuse_is_found_without_entering_and_what_nobody_means_is_told() {
        let regions = include_str!("../../../gis/regions.geojson");
        let territory = Territory::new(Layer::from_geojson(regions, Fields::OWN).unwrap(), None);
        let text = "id,service,region,call_sign,kind,capabilities,station,lat,lon\n\
            75-a-1,ambulance,75,А-1,ambulance,transport,П,43.25,76.9\n\
            75-a-2,ambulance,75,А-2,ambulance,transport,П,76.9,43.25\n\
            75-a-3,ambulance,75,а-1,ambulance,transport,П,43.25,76.9\n\
            75-a-4,ambulance,75,А-4,ambulance,teleport,П,43.25,76.9\n\
            75-a-5,ambulance,75,А-5,ambulance,transport,П,51.15,71.43\n\
            75-a-6,ambulance,75,А-6,ambulance,transport,П,55.75,37.6\n";
        let path = std::env::temp_dir().join(format!("hub112-unit-rows-{}.csv", std::process::id()));
        std::fs::write(&path, text).unwrap();
        let table = crate::gis::register::units(&path, &[], Timestamp::UNIX_EPOCH).unwrap();
        std::fs::remove_file(path).unwrap();
        assert_eq!(table.rejected, []);
        let (sound, rejected, remarks) = sorted(table.rows, &territory);
        let told = |of: &Rejected| (of.line, of.what.split(';').next().unwrap_or_default().to_owned());
        assert_eq!(sound.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 4, 5, 6]);
        assert_eq!(
            rejected.iter().map(told).collect::<Vec<_>>(),
            [
                (3, "latitude and longitude are exchanged".to_owned()),
                (7, "the station lies outside the country".to_owned())
            ]
        );
        assert_eq!(
            remarks.iter().map(|Remark(of)| (of.line, of.column.as_str())).collect::<Vec<_>>(),
            [(4, "call_sign"), (5, "capabilities"), (6, "region")]
        );
    }
}
