//! Transactions: MULTI, EXEC, DISCARD, WATCH.
//!
//! EXEC runs the queued commands one behind the other and answers them together; messages that are
//! published one after the other go on their way as one burst. It is not atomic: a message may be
//! refused while those around it are stored, partitions are stored each on its own, and other
//! clients' messages may lie between. Topics have no value that could be compared, so that WATCH is
//! refused rather than accepted and not kept.

use super::{CommandError, Context};
use crate::{
    commands::{self, Request},
    context::{Disconnect, Queue, REPLIES_FLUSH_BYTES},
    message::Rejection,
    resp::{Decoder, Protocol},
};

impl Context {
    /// In RESP2 a message cannot be told from an answer, so that a subscriber may ask for little.
    pub(crate) fn is_listening_only(&self) -> bool {
        self.replies.protocol() == Protocol::Resp2 && self.subscriptions.len() > 0
    }

    pub(crate) fn multi(&mut self) -> Result<(), Rejection> {
        if !self.transaction.open() {
            return Err(Rejection::err("MULTI calls can not be nested"));
        }
        self.client.entry().note_queued(Some(0));
        self.replies.ok();
        Ok(())
    }

    pub(crate) async fn exec(&mut self, request: &Request<'_>) -> Result<(), CommandError> {
        let was_open = self.transaction.is_open();
        let taken = self.transaction.take();
        if was_open {
            self.client.entry().note_queued(None);
        }
        let queue = taken?;
        self.replies.array(queue.len());
        self.transaction.set_running(true);
        // Boxed: the commands of a transaction are answered as EXEC itself is.
        let done = Box::pin(self.run_queue(&queue, request)).await;
        self.transaction.set_running(false);
        Ok(done?)
    }

    async fn run_queue(&mut self, queue: &Queue, exec: &Request<'_>) -> Result<(), Disconnect> {
        let (mut decoder, mut at) = (Decoder::new(), 0);
        while let Some(next) = queue.request(at, &mut decoder) {
            let args = decoder.args(&queue.bytes()[at..]);
            at = next;
            let command = exec.registry.find(&args[0]);
            let command = command.expect("a queued command was found when it came");
            let request = Request { args, command, registry: exec.registry };
            self.show(&request);
            if commands::add_to_burst(self, &request) {
                continue;
            }
            self.flush_burst().await;
            if commands::add_to_burst(self, &request) {
                continue;
            }
            self.tell_watchers();
            // Whether the connection goes on is EXEC's own answer.
            let _ = commands::answer(self, &request).await?;
            if self.replies.len() > REPLIES_FLUSH_BYTES {
                self.write_replies().await?;
            }
        }
        self.flush_burst().await;
        Ok(())
    }

    pub(crate) fn discard(&mut self) -> Result<(), Rejection> {
        if !self.transaction.discard() {
            return Err(Rejection::err("DISCARD without MULTI"));
        }
        self.client.entry().note_queued(None);
        self.replies.ok();
        Ok(())
    }

    pub(crate) fn watch(&mut self) -> Result<(), Rejection> {
        Err(Rejection::err(if self.transaction.is_open() {
            "WATCH inside MULTI is not allowed"
        } else {
            "WATCH is not supported: a topic has no value that EXEC could compare, and other \
             clients may always publish; use MULTI and EXEC without it"
        }))
    }

    #[expect(clippy::unnecessary_wraps, reason = "all answers have one shape")]
    pub(crate) fn unwatch(&mut self) -> Result<(), Rejection> {
        self.replies.ok();
        Ok(())
    }
}
