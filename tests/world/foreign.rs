//! Programs of others that some tests run. Who tests by hand may lack one, and the test says so and is left out; where
//! everything is to be proved (`HUB112_TEST_EVERYTHING=1`, as in continuous integration) its absence is a failure.

use std::process::Command;

/// The program that the setting names, or none where it may be missing.
///
/// # Panics
/// Where everything is to be proved and the setting is not there.
pub fn named(setting: &str, what: &str) -> Option<String> {
    std::env::var(setting).ok().or_else(|| missing(&format!("{what} ({setting} names none)")))
}

/// Whether the program can be run by its name.
///
/// # Panics
/// Where everything is to be proved and it cannot.
pub fn installed(program: &str) -> bool {
    let there = Command::new(program).arg("--version").output().is_ok();
    there || missing::<()>(program).is_some()
}

fn missing<T>(what: &str) -> Option<T> {
    assert!(std::env::var("HUB112_TEST_EVERYTHING").is_err(), "{what} is needed to prove everything");
    eprintln!("{what} is missing: not run");
    None
}
