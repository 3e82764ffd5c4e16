//! Schemathesis against the live hub: thousands of requests made from its two OpenAPI documents, of which none may end
//! in a server error or in an answer that the document does not know. `ops/test` prepares the program and names it.

use std::process::Command;

use crate::hub::desk::{Desk, fire};
use crate::world::{World, foreign};

/// Left out: the feed never ends, and a sign-in of chance only locks accounts.
const LEFT_OUT: &str = "/feed$|/sign-in$";
const CHECKS: &str =
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";

#[actix_web::test]
async fn no_request_made_from_the_document_ends_in_a_server_error_or_in_an_answer_that_it_does_not_know() {
    let Some(program) = foreign::named("HUB112_TEST_SCHEMATHESIS", "Schemathesis") else { return };
    let desk = Desk::open(World::new().await).await;
    desk.message(&fire()).await;
    for role in ["duty_officer", "administrator"] {
        let token = desk.token(role).await;
        for document in ["/openapi.json", "/ogc/api"] {
            let (program, url) = (program.clone(), format!("{}{document}", desk.hub.url));
            let (folder, token) = (desk.world.dir.clone(), token.clone());
            let run = actix_rt::task::spawn_blocking(move || {
                Command::new(program)
                    .current_dir(folder)
                    .args(["run", &url, "-H", &format!("Authorization: Bearer {token}"), "--checks", CHECKS])
                    .args([
                        "--phases",
                        "examples,fuzzing",
                        "--max-examples",
                        "12",
                        "--generation-deterministic",
                    ])
                    .args(["--exclude-path-regex", LEFT_OUT, "--request-timeout", "30"])
                    .output()
            });
            let output = run.await.expect("a thread").expect("Schemathesis runs");
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success(), "{document} as {role}: {said}");
            assert!(said.contains("Tested:"), "{said}");
        }
    }
    desk.verified().await;
}
