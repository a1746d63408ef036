//! Waiting in a blocking command, and what is written meanwhile.

use std::{pin::pin, sync::Arc};

use tokio::time::Instant;

use super::{Context, Disconnect, listening::renew_patterns, login::renew_login_if_changed};
use crate::{
    channels::Subscriber,
    clients::{Client, Interrupt},
    message::{ErrorCode, Rejection},
};

/// Messages of channels are written together up to this size; a larger one goes alone.
const GATHERED_BYTES_MAX: usize = 64 * 1024;

/// Why a command that may wait has no answer.
#[derive(Debug)]
pub(crate) enum CommandError {
    /// The session ends.
    Disconnect(Disconnect),
    /// The client is told why.
    Rejected(Rejection),
}

impl From<Disconnect> for CommandError {
    fn from(ended: Disconnect) -> Self {
        Self::Disconnect(ended)
    }
}

impl From<Rejection> for CommandError {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

impl Context {
    /// Waits for `change`, or for news about the login, which is taken up; false if there is nothing
    /// more to wait for: the time is up, the gateway drains, CLIENT UNBLOCK says so, or the command
    /// is part of a transaction, which waits for nothing.
    ///
    /// Replies so far, and messages of channels that come meanwhile, are written.
    ///
    /// # Errors
    /// The client has gone; or, to be told to it, its login has ended, or CLIENT UNBLOCK wants an
    /// error.
    pub(crate) async fn wait_for(
        &mut self,
        change: impl Future<Output = ()>,
        until: Instant,
    ) -> Result<bool, CommandError> {
        let began = Instant::now();
        let waited = self.wait_unless_running(change, until).await;
        self.services.clock.take_turn(self.client.id()).await;
        self.waited += began.elapsed();
        waited
    }

    async fn wait_unless_running(
        &mut self,
        change: impl Future<Output = ()>,
        until: Instant,
    ) -> Result<bool, CommandError> {
        if self.transaction.is_running() {
            return Ok(false);
        }
        self.client.block();
        let notify = Arc::clone(self.client.notify());
        let mut change = pin!(change);
        loop {
            self.write_messages().await?;
            match self.client.entry().interrupt() {
                Some(Interrupt::Kill) => return Err(Disconnect::Killed.into()),
                Some(Interrupt::UnblockTimeout) => return Ok(false),
                Some(Interrupt::UnblockError) => {
                    let words = "client unblocked via CLIENT UNBLOCK";
                    return Err(Rejection::new(ErrorCode::Unblocked, words).into());
                }
                None => {}
            }
            tokio::select! {
                biased;
                waited = self.socket.wait_for(change.as_mut(), self.identity.as_mut(), until) => {
                    let may_go_on = waited?;
                    if may_go_on {
                        renew_login_if_changed(self)?;
                    }
                    return Ok(may_go_on);
                }
                () = notify.notified() => {}
            }
        }
    }

    /// Writes all replies, unless the connection is ended from outside.
    pub(crate) async fn write_replies(&mut self) -> Result<(), Disconnect> {
        if self.replies.is_empty() {
            return Ok(());
        }
        self.services.counters.bytes_sent.add(self.replies.len() as u64);
        let Self { replies, client, subscriptions, socket, .. } = self;
        tokio::select! {
            biased;
            written = socket.write(replies) => written,
            ended = ended_from_outside(client.entry(), subscriptions.subscriber()) => Err(ended),
        }
    }

    /// Writes all replies, then the messages that wait.
    pub(crate) async fn write_messages(&mut self) -> Result<(), Disconnect> {
        renew_patterns(self).await;
        self.write_replies().await?;
        let Some(subscriber) = self.subscriptions.subscriber().cloned() else { return Ok(()) };
        while let Some(bytes) = subscriber.take().map_err(Disconnect::CutOff)? {
            if self.replies.len() + bytes.len() <= GATHERED_BYTES_MAX {
                self.replies.encoded(&bytes);
                continue;
            }
            self.write_replies().await?;
            tokio::select! {
                biased;
                written = self.socket.write_bytes(&bytes) => written?,
                ended = ended_from_outside(self.client.entry(), Some(&subscriber)) => {
                    return Err(ended);
                }
            }
        }
        self.write_replies().await
    }
}

/// Ends when the connection has to, though its client is slow to read.
async fn ended_from_outside(client: &Client, subscriber: Option<&Arc<Subscriber>>) -> Disconnect {
    loop {
        if client.interrupt() == Some(Interrupt::Kill) {
            return Disconnect::Killed;
        }
        if let Some(cut) = subscriber.and_then(|subscriber| subscriber.error()) {
            return Disconnect::CutOff(cut);
        }
        client.notify().notified().await;
    }
}
