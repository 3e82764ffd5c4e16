//! What the hub is built of may be given away with it: licences and sources of every dependency, by the lists of
//! `deny.toml`. `cargo deny` looks at more (advisories, texts of licences) where it is installed; this looks always.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use figment::Figment;
use figment::providers::{Format, Toml};
use spdx::{Expression, Licensee};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The list of words under `section.key` of `deny.toml`.
fn listed(section: &str, key: &str) -> Vec<String> {
    let text = std::fs::read_to_string(root().join("deny.toml")).expect("deny.toml");
    Figment::from(Toml::string(&text)).extract_inner(&format!("{section}.{key}")).expect("a list of words")
}

/// A crate that is compiled, tests included.
struct Package {
    /// Name and version, and in brackets where it comes from if that is not crates.io.
    named: String,
    licence: String,
}

/// Every package that is compiled for the machines the hub runs on. (The metadata of the workspace would also list
/// what features that are off would bring.)
fn packages() -> Vec<Package> {
    let told = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--prefix", "none"])
        .args(["--edges", "normal,build,dev", "--format", "{p}|{l}"])
        .current_dir(root())
        .output()
        .expect("cargo tree runs");
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let lines: BTreeSet<String> = String::from_utf8_lossy(&told.stdout)
        .lines()
        .map(|line| line.trim_end_matches(" (*)").replace(" (proc-macro)", ""))
        .filter(|line| !line.is_empty() && !line.starts_with("hub112 "))
        .collect();
    lines
        .iter()
        .map(|line| {
            let (named, licence) = line.split_once('|').expect("a package and its licence");
            Package { named: named.to_owned(), licence: licence.to_owned() }
        })
        .collect()
}

/// Whether a licence expression can be kept with what is allowed.
fn may_be_used(expression: &str, allowed: &[Licensee]) -> bool {
    Expression::parse_mode(expression, spdx::ParseMode::LAX).is_ok_and(|wanted| {
        wanted.evaluate(|offered| allowed.iter().any(|licensee| licensee.satisfies(offered)))
    })
}

#[test]
fn every_dependency_is_under_a_licence_that_is_allowed_and_from_a_registry_that_is_known() {
    let allowed: Vec<Licensee> = listed("licenses", "allow")
        .iter()
        .map(|licence| Licensee::parse(licence).expect("a licence of SPDX"))
        .collect();
    assert_eq!(
        listed("sources", "allow-registry"),
        ["https://github.com/rust-lang/crates.io-index"],
        "the only registry whose crates are named without brackets"
    );
    let mut faults = Vec::new();
    let packages = packages();
    assert!(packages.len() > 100, "the whole tree is looked at");
    for Package { named, licence } in &packages {
        if !may_be_used(licence, &allowed) {
            faults.push(format!("{named}: licence {licence:?}"));
        }
        if named.contains('(') {
            faults.push(format!("{named}: does not come from crates.io"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_licence_that_is_not_on_the_list_is_found_also_in_a_choice() {
    let allowed = [Licensee::parse("MIT").expect("a licence")];
    for (expression, may) in [
        ("MIT", true),
        ("MIT OR GPL-3.0-only", true),
        ("MIT/Apache-2.0", true),
        ("MIT AND GPL-3.0-only", false),
        ("GPL-3.0-only", false),
        ("no licence at all", false),
    ] {
        assert_eq!(may_be_used(expression, &allowed), may, "{expression}");
    }
}
