//! Where intake goes on while the database is down (DESIGN §8): a message is acknowledged once it is on this disk,
//! and handed to its hub as soon as the journal writes again.
//!
//! One file a message, named by its time, region and identity: written aside, synced, renamed, and the directory synced,
//! so that a file that is there is whole. Handing over twice does no harm, for the same id is the same message. A file
//! is removed when its message is durable elsewhere, and one that cannot be handed over holds up no other region. The disk
//! is read and written on threads that may wait for it.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::sync::Notify;

use super::again::{self, Again};
use crate::actors::agency_inbox::TRIES;
use crate::actors::clock;
use crate::actors::journal::JournalHealth;
use crate::actors::region_hub::{Done, Order, OrderError};
use crate::actors::switchboard::Switchboard;
use crate::domain::command::RegionCommand;
use crate::domain::decision::By;
use crate::domain::ids::{MessageId, RegionCode};
use crate::domain::message::Message;
use crate::domain::region::Answer;
use crate::store::append::{JournalError, RawMessage};
use crate::store::dead_letter::{self, NewDeadLetter};

/// How often is looked while something waits.
const LOOK: Duration = Duration::from_secs(1);
/// How often is looked otherwise: a file may have been put there by hand.
const LOOK_IDLE: Duration = Duration::from_secs(30);
/// The most messages that wait here; beyond it senders keep theirs. A catastrophe brings fifty a second.
const MOST: usize = 100_000;
/// The queue under which a message that no hub takes is shown among the dead letters.
const QUEUE: &str = "hub112.spool";

/// Why a message could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// The directory cannot be used.
    #[error("the spool {0:?}: {1}; make the directory, give it to this user, or free some space")]
    Directory(PathBuf, io::Error),
    /// Too much waits already.
    #[error("{MOST} messages wait in the spool; it takes no more")]
    Full,
}

/// A message that waits for its hub, with all that the hub is told with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Waiting {
    /// Its id, the same through every repetition.
    pub id: MessageId,
    /// Whose hub takes it.
    pub region: RegionCode,
    /// Who brought it.
    pub by: By,
    /// The W3C trace of its request.
    pub trace: Option<String>,
    /// The media type of its bytes.
    pub media_type: String,
    /// Its bytes, as received.
    pub raw: String,
}

/// The directory and what waits in it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Spool {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    dir: PathBuf,
    waiting: AtomicUsize,
    came: Notify,
    /// The time of the file before, so that names follow the order of coming.
    last: Mutex<i64>,
    settled: Settled,
}

/// Files whose message is durable elsewhere and which could not be removed: nothing but their removal is tried again, or
/// each round would set aside another copy. Known by their bytes too, for somebody may put another under the name.
#[derive(Debug, Default)]
struct Settled(Mutex<HashMap<PathBuf, [u8; 32]>>);

impl Settled {
    fn has(&self, file: &Path, bytes: &[u8]) -> bool {
        let settled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        settled.get(file).is_some_and(|digest| digest[..] == Sha256::digest(bytes)[..])
    }

    fn stays(&self, file: &Path, bytes: &[u8]) {
        let mut settled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        settled.insert(file.to_owned(), Sha256::digest(bytes).into());
    }

    fn is_gone(&self, file: &Path) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(file);
    }
}

impl Spool {
    /// Opens the directory, makes it where it is missing, and counts what was left there.
    ///
    /// # Errors
    /// [`SpoolError::Directory`].
    pub fn open(dir: &Path) -> Result<Self, SpoolError> {
        let wrong = |e| SpoolError::Directory(dir.to_owned(), e);
        fs::create_dir_all(dir).map_err(wrong)?;
        for half in with_extension(dir, "part").map_err(wrong)? {
            // A crash left it half written: nobody was told of it.
            fs::remove_file(half).map_err(wrong)?;
        }
        let waiting = files(dir).map_err(wrong)?.len();
        let inner = Inner {
            dir: dir.to_owned(),
            waiting: AtomicUsize::new(waiting),
            came: Notify::new(),
            last: Mutex::new(0),
            settled: Settled::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// How many messages wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.inner.waiting.load(Ordering::Relaxed)
    }

    /// Keeps a message: when this returns it is on the disk. Blocks for the time of two syncs.
    ///
    /// # Errors
    /// [`SpoolError`]; nothing is kept then.
    pub fn keep(&self, message: &Waiting) -> Result<(), SpoolError> {
        if self.waiting() >= MOST {
            return Err(SpoolError::Full);
        }
        let now = clock::now().as_microsecond();
        let at = {
            let mut last = self.inner.last.lock().unwrap_or_else(PoisonError::into_inner);
            *last = now.max(*last + 1);
            *last
        };
        let name = self.inner.dir.join(format!("{at:020}-{}-{}.json", message.region, message.id));
        write(&name, message).map_err(|e| SpoolError::Directory(self.inner.dir.clone(), e))?;
        self.inner.waiting.fetch_add(1, Ordering::Relaxed);
        self.inner.came.notify_one();
        Ok(())
    }

    /// Hands over what waits, each region's in the order in which it came, for as long as the process lives.
    pub async fn hand_over(self, board: Switchboard) {
        let mut health = board.journal().health();
        loop {
            // The sender going away ends the process.
            if health.wait_for(|h| matches!(h, JournalHealth::Up)).await.is_err() {
                return;
            }
            let unreadable = match self.round(&board).await {
                Ok(unreadable) => unreadable,
                Err(error) => {
                    tracing::error!(%error, dir = %self.inner.dir.display(), "the spool cannot be listed");
                    0
                }
            };
            let waiting = self.waiting();
            metrics::gauge!("hub112_spool_messages").set(waiting as f64);
            metrics::gauge!("hub112_spool_unreadable_files").set(unreadable as f64);
            if waiting > 0 {
                tokio::time::sleep(LOOK).await;
            } else {
                // Whether something came or not: it is looked.
                drop(tokio::time::timeout(LOOK_IDLE, self.inner.came.notified()).await);
            }
        }
    }

    /// Tries every file once, the regions side by side; gives the number of those that this process cannot read.
    async fn round(&self, board: &Switchboard) -> io::Result<usize> {
        let mut queues: BTreeMap<Option<RegionCode>, Vec<PathBuf>> = BTreeMap::new();
        for file in self.files().await? {
            queues.entry(region_of(&file)).or_default().push(file);
        }
        let unreadable = join_all(queues.into_values().map(|files| self.queue(board, files))).await;
        // Counted and not reckoned: files come and go by hand too.
        self.inner.waiting.store(self.files().await?.len(), Ordering::Relaxed);
        Ok(unreadable.into_iter().sum())
    }

    async fn files(&self) -> io::Result<Vec<PathBuf>> {
        let dir = self.inner.dir.clone();
        on_disk(move || files(&dir)).await
    }

    /// Hands over one region's files in their order, until its hub takes no more.
    async fn queue(&self, board: &Switchboard, files: Vec<PathBuf>) -> usize {
        let mut unreadable = 0;
        for file in files {
            let Err(error) = hand_over(board, &self.inner.settled, &file).await else {
                let less = |n: usize| Some(n.saturating_sub(1));
                _ = self.inner.waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
                continue;
            };
            let file_name = file.display();
            match error {
                HandOverError::Disk(error) => {
                    tracing::error!(%error, file = %file_name, "a file of the spool cannot be used; it stays");
                    unreadable += 1;
                }
                HandOverError::Hub(error) => {
                    tracing::warn!(%error, file = %file_name, "the spool waits for a region's hub");
                    // Whatever else waits for this hub waits behind it; what the name does not tell is tried.
                    if region_of(&file).is_some() {
                        break;
                    }
                }
                error => tracing::warn!(%error, file = %file_name, "a message of the spool waits"),
            }
        }
        unreadable
    }
}

/// Why a message stays in the spool.
#[derive(Debug, thiserror::Error)]
enum HandOverError {
    #[error(transparent)]
    Disk(#[from] io::Error),
    #[error(transparent)]
    Hub(#[from] OrderError),
    #[error(transparent)]
    Store(#[from] crate::store::database::StoreError),
    #[error("its hub knows it, and it is not durable yet")]
    NotDurable,
}

/// Hands over one file, and removes it once its message is durable with its hub or among the dead letters.
async fn hand_over(board: &Switchboard, settled: &Settled, file: &Path) -> Result<(), HandOverError> {
    let path = file.to_owned();
    let bytes = match on_disk(move || fs::read(path)).await {
        // Somebody was quicker.
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            settled.is_gone(file);
            return Ok(());
        }
        read => read?,
    };
    if !settled.has(file, &bytes) {
        match serde_json::from_slice::<Waiting>(&bytes) {
            Ok(waiting) => take(board, waiting, &bytes).await?,
            // Somebody else's file, one of another version, or no text at all: a person looks at it.
            Err(error) => {
                set_aside(board, region_of(file), &format!("{}: {error}", file.display()), &bytes).await?
            }
        }
    }
    let path = file.to_owned();
    match on_disk(move || fs::remove_file(path)).await {
        Err(e) if e.kind() != io::ErrorKind::NotFound => {
            settled.stays(file, &bytes);
            Err(e.into())
        }
        _ => {
            settled.is_gone(file);
            Ok(())
        }
    }
}

/// Does what may wait for the disk where nobody else waits for it.
async fn on_disk<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

/// Orders it; what the rules fail on is tried a few times, each by a hub that has started again.
async fn ordered(board: &Switchboard, region: RegionCode, order: Order) -> Result<Done, OrderError> {
    tried(async || board.region(region, order.clone()).await, async || board.ready(region).await).await
}

/// [`TRIES`] times at most, each by a hub that has started again: what fails was perhaps its state, and not this.
async fn tried<T>(
    mut order: impl AsyncFnMut() -> Result<T, OrderError>,
    mut ready: impl AsyncFnMut() -> Result<(), OrderError>,
) -> Result<T, OrderError> {
    for _ in 1..TRIES {
        match order().await {
            Err(OrderError::Failed) => ready().await?,
            result => return result,
        }
    }
    order().await
}

/// Whether what became of a message means that no hub will ever take it; anything else may be otherwise the next time.
fn is_for_a_person(error: &OrderError) -> bool {
    matches!(
        error,
        OrderError::Refused(_) | OrderError::Failed | OrderError::Journal(JournalError::Rejected(_))
    )
}

async fn take(board: &Switchboard, waiting: Waiting, bytes: &[u8]) -> Result<(), HandOverError> {
    let Waiting { id, region, by, trace, media_type, raw } = waiting;
    let message: Message = match super::http::read(&media_type, raw.as_bytes()) {
        Ok(message) => message,
        Err(e) => return set_aside(board, Some(region), &e.to_string(), bytes).await,
    };
    let territory = message.location.as_ref().map(|l| board.place_of(region, l)).unwrap_or_default();
    let as_sent = message.clone();
    let command = RegionCommand::Receive { message: Box::new(message), territory };
    let kept = RawMessage { id, media_type, raw: Bytes::from(raw) };
    let order = Order { trace, raw: Some(kept), ..Order::new(command, by) };
    match ordered(board, region, order).await {
        Ok(Done { answer: Answer::Known(_), .. }) => {
            match again::compare(board.database(), &as_sent).await? {
                Again::Same => {}
                Again::Another => {
                    let reason = "another message came with this id before";
                    return set_aside(board, Some(region), reason, bytes).await;
                }
                // This file may be all that is left of it.
                Again::NotDurable => return Err(HandOverError::NotDurable),
            }
        }
        Ok(_) => {}
        Err(e) if is_for_a_person(&e) => {
            return set_aside(board, Some(region), &e.to_string(), bytes).await;
        }
        Err(e) => return Err(e.into()),
    }
    tracing::info!(message = %id, %region, "a message of the spool reached its hub");
    Ok(())
}

/// What no hub takes is not lost: it is among the dead letters.
async fn set_aside(
    board: &Switchboard,
    region: Option<RegionCode>,
    reason: &str,
    bytes: &[u8],
) -> Result<(), HandOverError> {
    tracing::error!(reason, "a message of the spool is set aside for a person");
    metrics::counter!("hub112_spool_set_aside_total").increment(1);
    let letter = NewDeadLetter {
        region: region.map(|r| r.to_string()),
        queue: QUEUE.to_owned(),
        sender: None,
        message_id: None,
        routing_key: QUEUE.to_owned(),
        reason: reason.to_owned(),
        said: None,
        headers: "{}".to_owned(),
        body: Bytes::copy_from_slice(bytes),
    };
    dead_letter::keep(board.database(), &letter).await?;
    Ok(())
}

fn write(name: &Path, message: &Waiting) -> io::Result<()> {
    let aside = name.with_extension("part");
    let written = File::create(&aside).and_then(|mut file| {
        serde_json::to_writer(&mut file, message)?;
        file.flush()?;
        file.sync_all()
    });
    if let Err(error) = written {
        // On a full disk the halves of what nobody was promised would fill it further.
        let _ = fs::remove_file(&aside);
        return Err(error);
    }
    fs::rename(&aside, name)?;
    match name.parent() {
        Some(dir) => File::open(dir)?.sync_all(),
        None => Ok(()),
    }
}

/// The whole files, by name, which is by time.
fn files(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = with_extension(dir, "json")?;
    found.sort();
    Ok(found)
}

fn with_extension(dir: &Path, extension: &str) -> io::Result<Vec<PathBuf>> {
    let all = fs::read_dir(dir)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    Ok(all.into_iter().filter(|path| path.extension().is_some_and(|e| e == extension)).collect())
}

/// Whose hub takes the file, as far as its name says it.
fn region_of(file: &Path) -> Option<RegionCode> {
    file.file_stem()?.to_str()?.split('-').nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(n: u128) -> Waiting {
        Waiting {
            id: MessageId(uuid::Uuid::from_u128(n)),
            region: "75".parse().expect("a region"),
            by: By::rule("test"),
            trace: None,
            media_type: "application/json".to_owned(),
            raw: "{}".to_owned(),
        }
    }

    #[test]
    fn what_is_kept_is_found_in_its_order_after_a_restart_and_half_a_file_is_not() {
        let dir = std::env::temp_dir().join(format!("hub112-spool-{}", uuid::Uuid::now_v7()));
        let spool = Spool::open(&dir).expect("opened");
        for n in [3, 1, 2] {
            spool.keep(&waiting(n)).expect("kept");
        }
        fs::write(dir.join("00000000000000000000-x.part"), "{\"id\":").expect("half a file");
        let again = Spool::open(&dir).expect("opened again");
        assert_eq!(again.waiting(), 3);
        assert!(with_extension(&dir, "part").expect("files").is_empty(), "halves fill no disk");
        let read: Vec<Waiting> = files(&dir)
            .expect("files")
            .iter()
            .map(|f| serde_json::from_str(&fs::read_to_string(f).expect("read")).expect("whole"))
            .collect();
        assert_eq!(read, [waiting(3), waiting(1), waiting(2)]);
        let regions: Vec<_> = files(&dir).expect("files").iter().map(|f| region_of(f)).collect();
        assert_eq!(regions, [Some(waiting(0).region); 3], "a name says whose hub takes it");
        let of_before = format!("00000000000000000001-{}.json", waiting(1).id);
        assert_eq!(region_of(Path::new(&of_before)), None);
        assert_eq!(region_of(Path::new("by hand.json")), None);
        fs::remove_dir_all(&dir).expect("removed");
    }

    #[test]
    fn what_is_settled_and_cannot_be_removed_is_settled_once_and_another_under_its_name_is_not_taken_for_it()
    {
        let settled = Settled::default();
        let file = Path::new("00000000000000000001.json");
        assert!(!settled.has(file, b"one"));
        settled.stays(file, b"one");
        assert!(settled.has(file, b"one") && !settled.has(file, b"another"));
        settled.is_gone(file);
        assert!(!settled.has(file, b"one"));
    }

    #[test]
    fn a_directory_that_cannot_be_made_is_named_with_what_to_do() {
        let error = Spool::open(Path::new("/proc/none/spool")).expect_err("refused");
        assert!(error.to_string().contains("/proc/none/spool"), "{error}");
    }

    #[tokio::test]
    async fn a_message_on_which_the_rules_fail_is_tried_by_a_hub_that_started_again_and_then_left_to_a_person()
     {
        use OrderError::{Busy, Failed};
        let tries = TRIES as usize;
        // Name, how orders end, how the waits for the hub end; how many of each are made, and whether a person sees it.
        type Ends = Vec<Result<(), OrderError>>;
        type Case = (&'static str, Ends, Ends, (usize, usize), Option<bool>);
        let cases: [Case; 6] = [
            ("taken", vec![Ok(())], vec![], (1, 0), None),
            ("taken by the state read anew", vec![Err(Failed), Ok(())], vec![Ok(())], (2, 1), None),
            (
                "the rules fail whatever the state",
                (0..tries).map(|_| Err(Failed)).collect(),
                (1..tries).map(|_| Ok(())).collect(),
                (tries, tries - 1),
                Some(true),
            ),
            ("the hub is overloaded", vec![Err(Busy)], vec![], (1, 0), Some(false)),
            ("the hub does not come back", vec![Err(Failed)], vec![Err(Busy)], (1, 1), Some(false)),
            ("the journal is away", vec![Err(JournalError::Closed.into())], vec![], (1, 0), Some(false)),
        ];
        for (name, orders, waits, made, for_a_person) in cases {
            let (mut ordered, mut waited) = (0, 0);
            let (mut orders, mut waits) = (orders.into_iter(), waits.into_iter());
            let order = async || {
                ordered += 1;
                orders.next().expect("no order after the last")
            };
            let ready = async || {
                waited += 1;
                waits.next().expect("no wait after the last")
            };
            let ended = tried(order, ready).await;
            assert_eq!((ordered, waited), made, "{name}");
            assert_eq!(ended.err().map(|e| is_for_a_person(&e)), for_a_person, "{name}");
        }
    }
}
