//! Messages that cannot even be read off the wire: texts of their AMQP properties are no UTF-8, as of a client that
//! writes Windows-1251. The broker hands them on as they are, and the client library, as AMQP demands, ends the
//! connection; the broker gives the message again, and so for ever. Therefore such queues have a connection of their
//! own, and a message that twice in a row is the first and breaks it is taken out over the management interface.

use std::error::Error;
use std::time::Duration;

use futures_util::StreamExt;
use lapin::{Consumer, ErrorKind};
use tokio::time::timeout;

use crate::bus::BusError;
use crate::bus::accounts::{FirstMessage, Management, ManagementAt};

/// Breaks in a row before anything was delivered, until the first message is taken out. The first puts it behind
/// those that came back with it, the second shows that nothing is left before it.
const BREAKS: u32 = 2;
/// Messages taken one by one before many are taken at once again.
const WIDEN: u64 = 500;
/// How long a lost connection is asked for the reason.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Finds the message that breaks the connection: after a break messages are taken one by one.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sieve {
    narrow: bool,
    breaks: u32,
}

impl Sieve {
    /// Messages that the broker may give before the first is acknowledged.
    pub fn prefetch(&self, wide: u16) -> u16 {
        if self.narrow { 1 } else { wide }
    }

    /// Whether so many have passed that the channel is to be opened anew and wide.
    pub fn may_widen(&self, delivered: u64) -> bool {
        self.narrow && delivered >= WIDEN
    }

    /// The channel was closed on purpose.
    pub fn ended(&mut self) {
        *self = Self::default();
    }

    /// The channel broke after so many messages; whether the first message of the queue is to be taken out.
    pub fn broke(&mut self, unreadable: bool, delivered: u64) -> bool {
        if !unreadable {
            // A broker that goes away says nothing of its messages.
            self.breaks = 0;
            return false;
        }
        self.breaks = if self.narrow && delivered == 0 { self.breaks + 1 } else { 0 };
        self.narrow = true;
        self.breaks >= BREAKS
    }

    /// The first message was taken out.
    pub fn taken_out(&mut self) {
        self.breaks = 0;
    }
}

/// Whether the connection ended because of what came over it.
pub(super) fn is_unreadable(error: &BusError) -> bool {
    matches!(error, BusError::Amqp(e) if matches!(e.kind(), ErrorKind::ParsingError(_)))
}

/// Why the consumer's connection was lost, as far as it says so.
pub(super) async fn last_words(consumer: &mut Consumer) -> BusError {
    let reason = timeout(LAST_WORDS, async {
        loop {
            match consumer.next().await {
                Some(Ok(_)) => {}
                Some(Err(error)) => return BusError::Amqp(error),
                None => return BusError::Lost,
            }
        }
    });
    reason.await.unwrap_or(BusError::Lost)
}

/// Takes the first message out of a queue.
///
/// # Errors
/// What the management interface says, or that it is not known where it is.
pub(super) async fn take_out(
    management: Option<&ManagementAt>,
    queue: &str,
) -> Result<Option<FirstMessage>, Box<dyn Error + Send + Sync>> {
    let at = management.ok_or("the broker's management interface is not known")?.clone();
    let queue = queue.to_owned();
    // The client of the interface lives on an arbiter of its own.
    let taking = tokio::task::spawn_blocking(move || {
        actix_rt::System::new()
            .block_on(async move { Management::new(&at.url, &at.vhost)?.take_first(&queue).await })
    });
    Ok(taking.await??)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_breaks_twice_in_a_row_as_the_first_is_taken_out() {
        let mut sieve = Sieve::default();
        assert_eq!(sieve.prefetch(512), 512);
        assert!(!sieve.broke(true, 0), "one of many");
        assert_eq!(sieve.prefetch(512), 1);
        assert!(!sieve.broke(true, 3), "behind three good ones");
        assert!(!sieve.broke(true, 0));
        assert!(!sieve.broke(false, 0), "the broker went away");
        assert!(!sieve.broke(true, 0));
        assert!(sieve.broke(true, 0));
        sieve.taken_out();
        assert!(!sieve.broke(true, 0), "another one");
        assert!(!sieve.may_widen(WIDEN - 1) && sieve.may_widen(WIDEN));
        sieve.ended();
        assert_eq!(sieve.prefetch(512), 512);
    }
}
