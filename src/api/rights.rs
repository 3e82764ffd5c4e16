//! Who may do what: one row per operation. What has no row nobody may do, so that no door is open by accident.

use crate::store::account::Role;

use Role::{Administrator, Agency, DutyOfficer, Manager};

/// An operation, by its address below `/api/v1` or, of the OGC interface, from `/ogc` on, and the roles that may carry
/// it out.
pub type Right = (&'static str, &'static str, &'static [Role]);

const ALL: &[Role] = &Role::ALL;
/// Who works at the desk or oversees it.
const DESK: &[Role] = &[DutyOfficer, Manager, Administrator];
/// Who decides for the region.
const DECIDERS: &[Role] = &[DutyOfficer, Manager];
const OFFICER: &[Role] = &[DutyOfficer];
const ADMINISTRATOR: &[Role] = &[Administrator];

/// Every operation that needs an account. What is open to everybody takes none: signing in, health, documents.
pub const RIGHTS: &[Right] = &[
    ("DELETE", "/sign-in", ALL),
    ("GET", "/me", ALL),
    ("GET", "/accounts", ADMINISTRATOR),
    ("GET", "/account-changes", ADMINISTRATOR),
    ("GET", "/changes", ADMINISTRATOR),
    ("GET", "/looks", ADMINISTRATOR),
    ("PUT", "/accounts/{name}", ADMINISTRATOR),
    ("POST", "/accounts/{name}/tokens", ADMINISTRATOR),
    ("DELETE", "/accounts/{name}/tokens", ADMINISTRATOR),
    ("POST", "/services/{service}/broker-account", ADMINISTRATOR),
    ("POST", "/me/password", ALL),
    ("GET", "/drafts", DESK),
    ("PUT", "/drafts/{id}", DESK),
    ("DELETE", "/drafts/{id}", DESK),
    ("GET", "/services", DESK),
    ("GET", "/service-desks", ALL),
    ("PUT", "/service-desks/{desk}", ADMINISTRATOR),
    ("POST", "/service-desks/{desk}/close", ADMINISTRATOR),
    ("POST", "/messages", &[DutyOfficer, Agency, Administrator]),
    ("GET", "/messages/{id}", DESK),
    ("GET", "/incidents", DESK),
    ("GET", "/situation-at", DESK),
    ("GET", "/incidents/{id}", DESK),
    ("GET", "/incidents/{id}/messages-between", DESK),
    ("GET", "/incidents/{id}/timeline", DESK),
    ("GET", "/incidents/{id}/deliveries", DESK),
    ("POST", "/incidents/{id}/answers", OFFICER),
    ("POST", "/incidents/{id}/decline-join", OFFICER),
    ("POST", "/incidents/{id}/inform", OFFICER),
    ("PUT", "/incidents/{id}/category", OFFICER),
    ("PUT", "/incidents/{id}/subject", OFFICER),
    ("PUT", "/incidents/{id}/location", OFFICER),
    ("POST", "/incidents/{id}/identification", OFFICER),
    ("PUT", "/incidents/{id}/consequences", OFFICER),
    ("PUT", "/incidents/{id}/scale", OFFICER),
    ("PUT", "/incidents/{id}/public-resonance", OFFICER),
    ("POST", "/incidents/{id}/notes", OFFICER),
    ("POST", "/incidents/{id}/merge", OFFICER),
    ("POST", "/incidents/{id}/split", OFFICER),
    ("POST", "/incidents/{id}/links", OFFICER),
    ("POST", "/incidents/{id}/unlink", OFFICER),
    ("POST", "/incidents/{id}/close", OFFICER),
    ("POST", "/incidents/{id}/reopen", OFFICER),
    ("GET", "/incidents/{id}/recommendation", DECIDERS),
    ("POST", "/incidents/{id}/forces", OFFICER),
    ("POST", "/incidents/{id}/requests/{request}/cancel", OFFICER),
    ("POST", "/incidents/{id}/requests/{request}/stages", OFFICER),
    ("POST", "/incidents/{id}/requests/{request}/answer", OFFICER),
    ("GET", "/units", ALL),
    ("GET", "/unit-register", DESK),
    ("PUT", "/units/{id}", ADMINISTRATOR),
    ("DELETE", "/units/{id}", ADMINISTRATOR),
    ("GET", "/positions", ALL),
    ("POST", "/positions", &[Agency, Administrator]),
    ("GET", "/obligations", DESK),
    ("GET", "/obligation-catalogue", ALL),
    ("POST", "/obligations/{id}/cancel", DECIDERS),
    ("GET", "/mode", ALL),
    ("GET", "/mode/preview", DESK),
    ("POST", "/mode", DECIDERS),
    ("GET", "/settings", DESK),
    ("PUT", "/settings", ADMINISTRATOR),
    ("GET", "/zones", DESK),
    ("POST", "/zones", DECIDERS),
    ("PUT", "/zones/{id}", DECIDERS),
    ("POST", "/zones/{id}/end", DECIDERS),
    ("GET", "/coverage", DESK),
    ("POST", "/coverage/what-if", DESK),
    ("GET", "/zones/{id}/inside", DESK),
    ("POST", "/zones/plume", DECIDERS),
    ("POST", "/zones/from-file", DECIDERS),
    ("POST", "/zones/buffer", DECIDERS),
    ("POST", "/zones/inside", DECIDERS),
    ("GET", "/hazard-layers", ALL),
    ("PUT", "/hazard-layers/{id}", DESK),
    ("DELETE", "/hazard-layers/{id}", DESK),
    ("GET", "/hazard-layers/{id}/areas", ALL),
    ("GET", "/incidents/{id}/surroundings", DESK),
    ("GET", "/object-passports", DESK),
    ("GET", "/object-passports/{id}", DESK),
    ("GET", "/object-passports/{id}/versions", DESK),
    ("PUT", "/object-passports/{id}", &[DutyOfficer, Administrator]),
    ("DELETE", "/object-passports/{id}", &[DutyOfficer, Administrator]),
    ("GET", "/gazetteer", ALL),
    ("GET", "/gazetteer/here", ALL),
    ("GET", "/closures", DESK),
    ("POST", "/closures", DECIDERS),
    ("POST", "/closures/{id}/open", DECIDERS),
    ("GET", "/incidents/{id}/routes", DESK),
    ("GET", "/shifts", DESK),
    ("POST", "/shifts", DECIDERS),
    ("GET", "/directives", DESK),
    ("POST", "/directives", DECIDERS),
    ("GET", "/reports", DESK),
    ("GET", "/summaries", DESK),
    ("GET", "/sources", DESK),
    ("GET", "/forwarded-emergencies", DESK),
    ("GET", "/contacts", DESK),
    ("GET", "/neighbour-incidents", DESK),
    ("GET", "/formations", DESK),
    ("PUT", "/formations/{key}", &[Manager, Administrator]),
    ("POST", "/formations/{key}/remove", &[Manager, Administrator]),
    ("GET", "/notices", DESK),
    ("POST", "/notices/{id}/take-note", DECIDERS),
    ("GET", "/organisations", DESK),
    ("PUT", "/organisations/{key}", ADMINISTRATOR),
    ("POST", "/organisations/{key}/remove", ADMINISTRATOR),
    ("GET", "/lookups", DESK),
    ("POST", "/incidents/{id}/lookups", OFFICER),
    ("POST", "/lookups/{id}/answer", OFFICER),
    ("GET", "/warnings", DESK),
    ("POST", "/situation", DECIDERS),
    ("POST", "/warnings", DECIDERS),
    ("GET", "/rule-editions", ALL),
    ("GET", "/service-kinds", ALL),
    ("GET", "/categories", ALL),
    ("POST", "/category-guess", DESK),
    ("GET", "/emergency-types", ALL),
    ("GET", "/release-distances", ALL),
    ("GET", "/scales", ALL),
    ("GET", "/response-plans", ALL),
    ("PUT", "/response-plans", ADMINISTRATOR),
    ("POST", "/response-plans/trial", &[Manager, Administrator]),
    ("GET", "/capabilities", ALL),
    ("GET", "/dead-letters", &[DutyOfficer, Administrator]),
    ("POST", "/dead-letters/{id}/resend", &[DutyOfficer, Administrator]),
    ("POST", "/dead-letters/{id}/mend", &[DutyOfficer, Administrator]),
    ("POST", "/dead-letters/{id}/settle", &[DutyOfficer, Administrator]),
    ("PUT", "/services/{service}/link", ADMINISTRATOR),
    ("GET", "/service-area", ALL),
    ("GET", "/territories", ALL),
    // Of live layers each shows what its role may see: incidents and zones to the desk, to an agency its own units.
    ("GET", "/tiles/{layer}", ALL),
    ("GET", "/tiles/styles/{theme}", ALL),
    ("GET", "/tiles/{layer}/{z}/{x}/{y}", ALL),
    ("POST", "/agency/reports", &[Agency]),
    ("GET", "/agency/inbox", &[Agency]),
    ("POST", "/agency/inbox/acknowledgements", &[Agency]),
    ("POST", "/agency/inbox/{id}/read", &[Agency]),
    ("GET", "/feed", DESK),
    ("GET", "/ogc/collections", ALL),
    ("GET", "/ogc/collections/incidents", DESK),
    ("GET", "/ogc/collections/incidents/schema", DESK),
    ("GET", "/ogc/collections/incidents/items", DESK),
    ("GET", "/ogc/collections/incidents/items/{featureId}", DESK),
    ("GET", "/ogc/collections/units", ALL),
    ("GET", "/ogc/collections/units/schema", ALL),
    ("GET", "/ogc/collections/units/items", ALL),
    ("GET", "/ogc/collections/units/items/{featureId}", ALL),
    ("GET", "/ogc/collections/zones", DESK),
    ("GET", "/ogc/collections/zones/schema", DESK),
    ("GET", "/ogc/collections/zones/items", DESK),
    ("GET", "/ogc/collections/zones/items/{featureId}", DESK),
    ("GET", "/ogc/collections/regions", ALL),
    ("GET", "/ogc/collections/regions/schema", ALL),
    ("GET", "/ogc/collections/regions/items", ALL),
    ("GET", "/ogc/collections/regions/items/{featureId}", ALL),
    ("GET", "/ogc/collections/districts", ALL),
    ("GET", "/ogc/collections/districts/schema", ALL),
    ("GET", "/ogc/collections/districts/items", ALL),
    ("GET", "/ogc/collections/districts/items/{featureId}", ALL),
    ("GET", "/ogc/collections/roads", ALL),
    ("GET", "/ogc/collections/roads/schema", ALL),
    ("GET", "/ogc/collections/roads/items", ALL),
    ("GET", "/ogc/collections/roads/items/{featureId}", ALL),
    ("GET", "/ogc/collections/objects", ALL),
    ("GET", "/ogc/collections/objects/schema", ALL),
    ("GET", "/ogc/collections/objects/items", ALL),
    ("GET", "/ogc/collections/objects/items/{featureId}", ALL),
    ("GET", "/ogc/collections/hazards", ALL),
    ("GET", "/ogc/collections/hazards/schema", ALL),
    ("GET", "/ogc/collections/hazards/items", ALL),
    ("GET", "/ogc/collections/hazards/items/{featureId}", ALL),
];

/// Operations that show personal data: callers with their numbers and addresses, what they said, what was asked about them,
/// who answers for a dangerous facility. Each answer leaves a row in the record of looks (DESIGN §5, 7). What changes a
/// card and shows it again stands in the journal under the same name.
pub const PERSONAL: &[(&str, &str)] = &[
    ("GET", "/drafts"),
    ("GET", "/messages/{id}"),
    ("GET", "/incidents"),
    ("GET", "/incidents/{id}"),
    ("GET", "/incidents/{id}/messages-between"),
    ("GET", "/incidents/{id}/timeline"),
    ("GET", "/incidents/{id}/surroundings"),
    ("GET", "/situation-at"),
    ("GET", "/neighbour-incidents"),
    ("GET", "/lookups"),
    ("GET", "/object-passports"),
    ("GET", "/object-passports/{id}"),
    ("GET", "/object-passports/{id}/versions"),
    ("GET", "/zones/{id}/inside"),
    ("GET", "/dead-letters"),
    ("GET", "/agency/inbox"),
    ("GET", "/feed"),
    ("GET", "/ogc/collections/incidents/items"),
    ("GET", "/ogc/collections/incidents/items/{featureId}"),
];

/// Whether the operation shows personal data.
#[must_use]
pub fn shows_personal_data(method: &str, path: &str) -> bool {
    PERSONAL.contains(&(method, path))
}

/// What is open to everybody behind admission: signing in, what says how the OGC interface is used, letters and pictures of
/// the map.
const OPEN: [(&str, &str); 7] = [
    ("GET", "/tiles/glyphs/{fonts}/{block}"),
    ("GET", "/tiles/sprites/{file}"),
    ("POST", "/sign-in"),
    ("GET", "/ogc"),
    ("GET", "/ogc/"),
    ("GET", "/ogc/api"),
    ("GET", "/ogc/conformance"),
];

/// What stands before an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Open to everybody.
    Open,
    /// Open to these roles.
    Roles(&'static [Role]),
    /// There is an operation at this address, but not with this method.
    OtherMethod,
}

/// What stands before the operation with this method at this address, written as in [`RIGHTS`].
#[must_use]
pub fn door(method: &str, path: &str) -> Door {
    if OPEN.contains(&(method, path)) {
        return Door::Open;
    }
    match RIGHTS.iter().find(|(m, p, _)| *m == method && *p == path) {
        Some((_, _, roles)) => Door::Roles(roles),
        None if RIGHTS.iter().any(|(_, p, _)| *p == path) => Door::OtherMethod,
        None if OPEN.iter().any(|(_, p)| *p == path) => Door::OtherMethod,
        None => Door::Roles(&[]),
    }
}

/// Every address at which something is done, written as in [`RIGHTS`]; one with several methods stands there as often.
pub(super) fn addresses() -> impl Iterator<Item = &'static str> {
    RIGHTS.iter().map(|(_, at, _)| *at).chain(OPEN.iter().map(|(_, at)| *at))
}

/// The methods that are done at an address, as `Allow` names them; none where nothing is done.
#[must_use]
pub fn allowed(path: &str) -> Option<String> {
    let rows = RIGHTS.iter().map(|(method, at, _)| (*method, *at)).chain(OPEN.iter().copied());
    let mut methods: Vec<&str> = rows.filter(|(_, at)| *at == path).map(|(method, _)| method).collect();
    if methods.is_empty() {
        return None;
    }
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    methods.push("OPTIONS");
    methods.sort_unstable();
    methods.dedup();
    Some(methods.join(", "))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_operation_with_an_account_has_its_row_and_no_row_is_of_nothing() {
        let document = serde_json::to_value(crate::api::openapi()).expect("the document");
        let of_ogc = crate::api::ogc::openapi();
        let mut operations = BTreeSet::new();
        let own = document["paths"].as_object().expect("paths").iter().map(|(p, m)| (p.clone(), m));
        let ogc = of_ogc["paths"].as_object().expect("paths").iter().map(|(p, m)| (format!("/ogc{p}"), m));
        for (path, methods) in own.chain(ogc) {
            for (method, operation) in methods.as_object().expect("methods") {
                let public = operation["security"]
                    .as_array()
                    .is_some_and(|s| s.iter().any(|one| one == &serde_json::json!({})));
                if !public {
                    operations.insert((method.to_uppercase(), path.trim_start_matches("/api/v1").to_owned()));
                }
            }
        }
        let rows: BTreeSet<_> = RIGHTS.iter().map(|(m, p, _)| ((*m).to_owned(), (*p).to_owned())).collect();
        assert_eq!(rows.len(), RIGHTS.len(), "one row an operation");
        assert_eq!(rows, operations);
    }

    #[test]
    fn what_shows_personal_data_is_an_operation_and_who_reads_a_callers_number_is_recorded() {
        for (method, path) in PERSONAL {
            assert!(RIGHTS.iter().any(|(m, p, _)| (m, p) == (method, path)), "{method} {path}");
        }
        let document = serde_json::to_value(crate::api::openapi()).expect("the document");
        let schemas = document["components"]["schemas"].as_object().expect("schemas");
        let names = |value: &serde_json::Value| -> Vec<String> {
            let text = value.to_string();
            let refs = text.split("#/components/schemas/").skip(1);
            refs.filter_map(|rest| rest.split('"').next().map(str::to_owned)).collect()
        };
        assert!(schemas.contains_key("CallBack"), "the type that holds a caller's number");
        for (path, methods) in document["paths"].as_object().expect("paths") {
            let Some(operation) = methods.get("get") else { continue };
            let (mut seen, mut next) = (BTreeSet::new(), names(&operation["responses"]));
            while let Some(name) = next.pop() {
                if seen.insert(name.clone()) {
                    next.extend(names(&schemas[&name]));
                }
            }
            let path = path.trim_start_matches("/api/v1");
            assert!(!seen.contains("CallBack") || shows_personal_data("GET", path), "{path} shows callers");
        }
    }

    #[test]
    fn what_has_no_row_nobody_may_do() {
        assert_eq!(door("PATCH", "/incidents/{id}"), Door::OtherMethod);
        assert_eq!(door("GET", "/secrets"), Door::Roles(&[]));
    }
}
