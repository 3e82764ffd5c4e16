//! What an administrator does after an upgrade: rows of the older program are told from faults and written anew.

use super::desk::{Desk, LONG, fire};
use crate::world::{World, wait_until};

#[actix_web::test]
async fn rows_of_an_older_program_are_no_fault_and_are_renewed_while_no_hub_serves_the_region() {
    let mut desk = Desk::open(World::new().await).await;
    let card = desk.message(&fire()).await;
    desk.verified().await;
    let replay = |desk: &Desk, what: &str| {
        let output = desk.hub.run(&["replay", what]);
        let said =
            [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
        (output.status.code(), said)
    };
    let (code, said) = replay(&desk, "--renew");
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("region 75 is served by"), "{said}");

    desk.hub.terminate();
    wait_until("the hub has ended", LONG, async || desk.hub.has_ended()).await;
    let pg = desk.world.pg().await;
    let older = "UPDATE incident SET state = state #- '{number}'; \
                 UPDATE region_state SET state = state #- '{threats_told}' WHERE jsonb_typeof(state) = 'object'; \
                 UPDATE obligation SET state = state #- '{escalation}'";
    pg.batch_execute(older).await.expect("an older form");
    let (code, said) = replay(&desk, "--verify");
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains(&format!("incident {card} lacks state.number")), "{said}");
    assert!(said.contains("`hub112 replay --renew` writes them anew"), "{said}");

    pg.batch_execute("UPDATE message SET state = state || '{\"text\": \"else\"}'").await.expect("a fault");
    let (code, said) = replay(&desk, "--renew");
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("rows were written anew from the journal"), "{said}");
    assert!(said.contains("differs from the journal in state.text"), "{said}");
    let (code, said) = replay(&desk, "--renew");
    assert_eq!(code, Some(3), "the faults are still there: {said}");
    assert!(!said.contains("older form"), "{said}");
}
