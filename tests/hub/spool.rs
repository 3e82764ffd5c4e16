//! What rests on a commit waits for it, with a journal that is stopped between order and commit; and no file of the
//! spool holds up another.

use std::path::PathBuf;
use std::pin::pin;
use std::time::Duration;

use actix_web::rt::time::timeout;
use futures_util::future::select;
use hub112::domain::decision::By;
use hub112::intake::spool::{Spool, Waiting};
use serde_json::{Value, json};

use super::desk::{Desk, LONG, call, fire, text};
use crate::world::{World, wait_until};

/// So long nothing may happen that a hub would do within milliseconds. The lock ends after ten seconds.
const NOTHING: Duration = Duration::from_secs(3);

/// A journal that takes nothing: appends are sent to the database and wait there.
struct StoppedJournal(tokio_postgres::Client);

impl StoppedJournal {
    async fn of(world: &World) -> Self {
        let pg = world.pg().await;
        pg.batch_execute("BEGIN; LOCK TABLE journal IN SHARE MODE").await.expect("locked");
        Self(pg)
    }

    async fn holds_up(&self, something: bool) {
        wait_until("appends wait, or none does", LONG, async || {
            let waiting = "SELECT 1 FROM pg_locks WHERE relation = 'journal'::regclass AND NOT granted";
            self.0.query(waiting, &[]).await.expect("locks").is_empty() != something
        })
        .await;
    }

    async fn goes_on(self) {
        self.0.batch_execute("COMMIT").await.expect("unlocked");
    }

    /// What waits is never written.
    async fn fails(self) {
        let end = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE relation = 'journal'::regclass AND NOT granted";
        self.0.query(end, &[]).await.expect("ended");
        self.holds_up(false).await;
        self.goes_on().await;
    }
}

#[actix_web::test]
async fn a_command_that_finds_it_so_already_is_answered_when_that_is_durable() {
    let desk = Desk::open(World::new().await).await;
    let card = desk.message(&fire()).await;
    let path = format!("/api/v1/incidents/{card}/public-resonance");
    let mark = json!({"public_resonance": true});
    let put = async || desk.officer.put(&path, &mark).await.expect("marked");
    let journal = StoppedJournal::of(&desk.world).await;
    // Whichever comes first is written, and the other finds nothing to change.
    let mut both = pin!(select(Box::pin(put()), Box::pin(put())));
    assert!(timeout(NOTHING, &mut both).await.is_err(), "answered before anything was durable");
    journal.goes_on().await;
    let (first, other) = both.await.factor_first();
    for (status, card) in [first, other.await] {
        assert_eq!((status, &card["public_resonance"]), (200, &json!(true)));
    }
}

fn waiting(region: &str, message: &Value) -> Waiting {
    Waiting {
        id: text(message, "/id").parse().expect("an id"),
        region: region.parse().expect("a region"),
        by: By::rule("test"),
        trace: None,
        media_type: "application/json".to_owned(),
        raw: message.to_string(),
    }
}

fn file_of(dir: &std::path::Path, message: &Value) -> PathBuf {
    let id = text(message, "/id");
    let mut files = std::fs::read_dir(dir).expect("the spool").map(|f| f.expect("a file").path());
    files.find(|f| f.to_string_lossy().contains(&id)).expect("the message's file")
}

#[actix_web::test]
async fn one_file_of_the_spool_holds_up_no_other_and_none_goes_before_its_message_is_durable() {
    let mut desk = Desk::open(World::new().await).await;
    let dir = desk.hub.spool();
    desk.hub.kill();
    let no_text = b"\xff\xfe no text";
    std::fs::write(dir.join("00000000000000000001.json"), no_text).expect("a file by hand");
    std::fs::create_dir(dir.join("00000000000000000002.json")).expect("what cannot be read");
    let spool = Spool::open(&dir).expect("the spool");
    let (elsewhere, here) = (call("Горит степь", 50.28, 57.21), call("Горит склад", 43.24, 76.90));
    spool.keep(&waiting("15", &elsewhere)).expect("kept");
    spool.keep(&waiting("75", &here)).expect("kept");
    desk.hub.restart().await;
    let shown = async |desk: &Desk, message: &Value| {
        let path = format!("/api/v1/messages/{}", text(message, "/id"));
        desk.officer.get(&path).await.is_ok()
    };
    wait_until("what can be taken is taken", LONG, async || shown(&desk, &here).await).await;
    for (figure, value) in [
        ("hub112_spool_set_aside_total", 1.0),
        ("hub112_spool_unreadable_files", 1.0),
        ("hub112_spool_messages", 2.0),
    ] {
        wait_until(figure, LONG, async || desk.hub.metric(figure) == Some(value)).await;
    }
    let dead = "SELECT 1 FROM dead_letter WHERE queue = 'hub112.spool' AND body = $1";
    let pg = desk.world.pg().await;
    assert_eq!(pg.query(dead, &[&no_text.as_slice()]).await.expect("dead letters").len(), 1);
    assert!(file_of(&dir, &elsewhere).exists(), "another region's hub takes it");

    // Ordered once, not durable, and in the spool: the file is all that is left when the hub dies.
    let journal = StoppedJournal::of(&desk.world).await;
    let message = call("Дым из подвала", 43.30, 76.95);
    let (officer, body) = (desk.officer.clone(), message.clone());
    let posted = actix_web::rt::spawn(async move { officer.post("/api/v1/messages", &body).await });
    journal.holds_up(true).await;
    spool.keep(&waiting("75", &message)).expect("kept");
    let file = file_of(&dir, &message);
    let gone = wait_until("the file is gone", LONG, async || !file.exists());
    assert!(timeout(NOTHING, gone).await.is_err(), "the file went before its message was durable");
    posted.abort();
    desk.hub.kill();
    journal.fails().await;
    assert!(
        pg.query("SELECT 1 FROM message WHERE id = $1", &[&text(&message, "/id")])
            .await
            .expect("messages")
            .is_empty()
    );
    desk.hub.restart().await;
    wait_until("the message reached its hub", LONG, async || shown(&desk, &message).await).await;
    wait_until("its file is gone", LONG, async || !file.exists()).await;
    desk.verified().await;
}
