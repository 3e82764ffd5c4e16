//! What each figure of `/metrics` says, for those who make dashboards and alarms of them.

use metrics::{describe_counter, describe_gauge, describe_histogram};

const COUNTERS: &[(&str, &str)] = &[
    ("hub112_actor_restarts_total", "Actors that were started again from the store, by kind"),
    ("hub112_agency_acks_total", "Acknowledgements of agencies that became durable"),
    ("hub112_agency_errors_total", "Messages of the hub that agencies refused, by service and code"),
    ("hub112_agency_messages_total", "Messages of agencies that passed every check without state, by kind"),
    ("hub112_agency_refused_total", "Messages of agencies that were refused, by code"),
    ("hub112_amqp_connects_total", "Connections made to the broker"),
    ("hub112_dead_letters_total", "Messages that died in the broker, by reason"),
    (
        "hub112_inbox_widened_total",
        "Times that one agency's waiting messages had taken all places of an inbox, and more were asked for, by queue",
    ),
    ("hub112_journal_events_total", "Events that became durable"),
    ("hub112_outbox_published_total", "Messages that the broker has confirmed"),
    ("hub112_outbox_republished_total", "Messages sent again after a channel broke"),
    (
        "hub112_looks_late_total",
        "Answers with personal data that left before the record of the look was durable",
    ),
    ("hub112_looks_unrecorded_total", "Looks at personal data whose only record is the log"),
    ("hub112_outbox_unroutable_total", "Messages that no queue took"),
    ("hub112_positions_doubted_total", "Reported positions that were kept as doubtful and not believed"),
    ("hub112_spool_set_aside_total", "Messages of the spool that no hub took and that became dead letters"),
    ("hub112_track_points_dropped_total", "Positions left out of the tracks because their writer was behind"),
];

const GAUGES: &[(&str, &str)] = &[
    ("hub112_amqp_up", "Whether the connection to the broker stands: 1 or 0"),
    ("hub112_feed_listeners", "Consoles that listen to the live feed"),
    ("hub112_incidents_in_memory", "Cards held in memory, by region"),
    ("hub112_incidents_open", "Open cards, by region"),
    ("hub112_journal_waiting", "Appends that wait for the journal"),
    ("hub112_leases_held", "Regions that this instance leads"),
    ("hub112_obligations_late", "Obligations past their limit and not met, by region"),
    ("hub112_obligations_owed", "Obligations that are open, the late ones among them, by region"),
    ("hub112_outbox_held_rows", "Messages in memory that the broker has not confirmed"),
    ("hub112_queue_messages", "Messages in a queue of the broker that nobody has been given yet"),
    ("hub112_region_ready", "Whether the region's hub has read its state: 1 or 0"),
    ("hub112_spool_messages", "Messages on this disk that wait for the database"),
    (
        "hub112_spool_unreadable_files",
        "Files of the spool that the hub may not read; they stay where they are",
    ),
];

const HISTOGRAMS: &[(&str, &str)] = &[
    ("hub112_http_seconds", "How long a request took, by method, route and status"),
    ("hub112_journal_append_seconds", "From the wish to append to its being durable"),
    ("hub112_journal_batch_appends", "Appends committed together"),
    ("hub112_outbox_confirm_seconds", "From publishing a message to the broker's confirmation"),
    ("hub112_outbox_settle_rows", "Confirmed messages recorded together"),
];

/// Gives the recorder the meaning of every figure.
pub(super) fn describe() {
    for (name, meaning) in COUNTERS {
        describe_counter!(*name, *meaning);
    }
    from_the_start();
    for (name, meaning) in GAUGES {
        describe_gauge!(*name, *meaning);
    }
    for (name, meaning) in HISTOGRAMS {
        describe_histogram!(*name, *meaning);
    }
}

/// What an alarm looks at is there from the start, at nought: the first case would else be no rise. Each of its kinds that
/// is known beforehand.
fn from_the_start() {
    for actor in ["region_hub", "duty_service", "outbox_relay"] {
        metrics::counter!("hub112_actor_restarts_total", "actor" => actor).absolute(0);
    }
    // As the broker calls them (x-death of RabbitMQ).
    for reason in ["rejected", "expired", "maxlen", "delivery_limit"] {
        metrics::counter!("hub112_dead_letters_total", "reason" => reason).absolute(0);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    fn names_in(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                names_in(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("figures.rs") {
                let code = std::fs::read_to_string(&path).unwrap();
                for macro_name in ["counter!(", "gauge!(", "histogram!("] {
                    let uses = code.split(macro_name).skip(1);
                    let names =
                        uses.filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next());
                    found.extend(names.filter(|n| n.starts_with("hub112_")).map(str::to_owned));
                }
            }
        }
    }

    #[test]
    fn every_figure_is_described_and_nothing_else() {
        let mut used = BTreeSet::new();
        names_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut used);
        let all = COUNTERS.iter().chain(GAUGES).chain(HISTOGRAMS);
        let described: BTreeSet<String> = all.map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(used, described);
        assert!(COUNTERS.iter().all(|(name, _)| name.ends_with("_total")));
    }
}
