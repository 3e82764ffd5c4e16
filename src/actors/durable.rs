//! How far the state that an actor decides upon is durable.

use std::future::Future;

use tokio::sync::watch;

use super::region_hub::OrderError;

/// How far one actor's stream is durable, as its appends come back from the journal. The state runs ahead of it, so
/// an answer that rests on the state alone waits here: what it rests on may still fail.
#[derive(Debug)]
pub(super) struct Durable(watch::Sender<Reached>);

#[derive(Debug, Clone, Copy)]
enum Reached {
    /// Every event up to this `seq` is durable.
    Seq(u64),
    /// An append failed: what follows it never becomes durable, and the actor starts again.
    Failed,
}

impl Durable {
    /// A stream that was read up to here.
    pub(super) fn up_to(seq: u64) -> Self {
        Self(watch::Sender::new(Reached::Seq(seq)))
    }

    /// An append ended with this event. The actor's futures are polled in any order, so an earlier one may come later.
    pub(super) fn committed(&self, last: u64) {
        self.0.send_if_modified(|reached| match reached {
            Reached::Seq(seq) if *seq < last => {
                *seq = last;
                true
            }
            _ => false,
        });
    }

    /// An append failed, and with it all that was decided after it.
    pub(super) fn failed(&self) {
        self.0.send_replace(Reached::Failed);
    }

    /// Whether everything up to this event is durable.
    pub(super) fn is_up_to(&self, seq: u64) -> bool {
        matches!(*self.0.borrow(), Reached::Seq(durable) if durable >= seq)
    }

    /// Waits until everything up to this event is durable.
    ///
    /// # Errors
    /// [`OrderError::Busy`] when it never will be: asked again, the actor decides anew on what is.
    pub(super) fn until(&self, seq: u64) -> impl Future<Output = Result<(), OrderError>> + Send + use<> {
        let mut reached = self.0.subscribe();
        async move {
            let settled = |reached: &Reached| match reached {
                Reached::Seq(durable) => *durable >= seq,
                Reached::Failed => true,
            };
            match reached.wait_for(settled).await.map(|reached| *reached) {
                Ok(Reached::Seq(_)) => Ok(()),
                Ok(Reached::Failed) | Err(_) => Err(OrderError::Busy),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn what_rests_on_an_append_under_way_is_answered_when_that_is_durable() {
        let durable = Durable::up_to(4);
        assert!(matches!(durable.until(4).now_or_never(), Some(Ok(()))), "nothing is under way");
        let mut waits = Box::pin(durable.until(6));
        assert!(waits.as_mut().now_or_never().is_none());
        durable.committed(5);
        assert!(waits.as_mut().now_or_never().is_none(), "one append of two");
        durable.committed(6);
        durable.committed(5);
        assert!(matches!(waits.now_or_never(), Some(Ok(()))));
        assert!(matches!(durable.until(6).now_or_never(), Some(Ok(()))));
    }

    #[test]
    fn what_rests_on_an_append_that_fails_fails_with_it() {
        let durable = Durable::up_to(4);
        let waits = durable.until(5);
        durable.failed();
        // One that was queued behind it and is reported later changes nothing.
        durable.committed(7);
        assert!(matches!(waits.now_or_never(), Some(Err(OrderError::Busy))));
        let waits = durable.until(5);
        drop(durable);
        assert!(matches!(waits.now_or_never(), Some(Err(OrderError::Busy))));
    }
}
