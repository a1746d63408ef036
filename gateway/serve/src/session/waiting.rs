//! Waiting in a blocking command, and what is written meanwhile.

use std::{pin::pin, sync::Arc};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::Instant,
};

use super::{
    Ended, Session, Socket,
    registry::{Client, Order},
};
use crate::{
    channels::Subscriber,
    message::{ErrorCode, Rejection},
};

/// Messages of channels are written together up to this size; a larger one goes alone.
const GATHERED_BYTES_MAX: usize = 64 * 1024;

/// Why a command that may wait has no answer.
#[derive(Debug)]
pub(super) enum Unanswered {
    /// The session ends.
    Ended(Ended),
    /// The client is told why.
    Refused(Rejection),
}

impl From<Ended> for Unanswered {
    fn from(ended: Ended) -> Self {
        Self::Ended(ended)
    }
}

impl From<Rejection> for Unanswered {
    fn from(rejection: Rejection) -> Self {
        Self::Refused(rejection)
    }
}

impl Session {
    /// Waits for `change`, or for news about the login, which is taken up; false if there is nothing
    /// more to wait for: the time is up, the gateway drains, CLIENT UNBLOCK says so, or the command
    /// is part of a transaction, which waits for nothing.
    ///
    /// Replies so far, and messages of channels that come meanwhile, are written.
    ///
    /// # Errors
    /// The client has gone; or, to be told to it, its login has ended, or CLIENT UNBLOCK wants an
    /// error.
    pub(super) async fn wait_for<S>(
        &mut self,
        socket: &mut Socket<S>,
        change: impl Future<Output = ()>,
        until: Instant,
    ) -> Result<bool, Unanswered>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin,
    {
        let began = Instant::now();
        let waited = self.wait_unless_running(socket, change, until).await;
        self.services.clock.take_turn(self.card.id()).await;
        self.waited += began.elapsed();
        waited
    }

    async fn wait_unless_running<S>(
        &mut self,
        socket: &mut Socket<S>,
        change: impl Future<Output = ()>,
        until: Instant,
    ) -> Result<bool, Unanswered>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin,
    {
        if self.transaction.is_running() {
            return Ok(false);
        }
        self.card.block();
        let bell = Arc::clone(self.card.bell());
        let mut change = pin!(change);
        loop {
            self.write_messages(socket).await?;
            match self.card.client().ordered() {
                Some(Order::Kill) => return Err(Ended::Killed.into()),
                Some(Order::UnblockTimeout) => return Ok(false),
                Some(Order::UnblockError) => {
                    let words = "client unblocked via CLIENT UNBLOCK";
                    return Err(Rejection::new(ErrorCode::Unblocked, words).into());
                }
                None => {}
            }
            tokio::select! {
                biased;
                waited = socket.wait_for(change.as_mut(), self.identity.as_mut(), until) => {
                    let may_go_on = waited?;
                    if may_go_on {
                        self.renew_if_changed()?;
                    }
                    return Ok(may_go_on);
                }
                () = bell.notified() => {}
            }
        }
    }

    /// Writes all replies, unless the connection is ended from outside.
    pub(super) async fn write_replies<S>(&mut self, socket: &mut Socket<S>) -> Result<(), Ended>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin,
    {
        if self.replies.is_empty() {
            return Ok(());
        }
        self.services.counters.bytes_sent.add(self.replies.len() as u64);
        let Self { replies, card, listening, .. } = self;
        tokio::select! {
            biased;
            written = socket.write(replies) => written,
            ended = ended_from_outside(card.client(), listening.subscriber()) => Err(ended),
        }
    }

    /// Writes all replies, then the messages that wait.
    pub(super) async fn write_messages<S>(&mut self, socket: &mut Socket<S>) -> Result<(), Ended>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin,
    {
        self.listen_anew().await;
        self.write_replies(socket).await?;
        let Some(subscriber) = self.listening.subscriber().cloned() else { return Ok(()) };
        while let Some(bytes) = subscriber.take().map_err(Ended::CutOff)? {
            if self.replies.len() + bytes.len() <= GATHERED_BYTES_MAX {
                self.replies.encoded(&bytes);
                continue;
            }
            self.write_replies(socket).await?;
            tokio::select! {
                biased;
                written = socket.write_bytes(&bytes) => written?,
                ended = ended_from_outside(self.card.client(), Some(&subscriber)) => {
                    return Err(ended);
                }
            }
        }
        self.write_replies(socket).await
    }
}

/// Ends when the connection has to, though its client is slow to read.
async fn ended_from_outside(client: &Client, subscriber: Option<&Arc<Subscriber>>) -> Ended {
    loop {
        if client.ordered() == Some(Order::Kill) {
            return Ended::Killed;
        }
        if let Some(cut) = subscriber.and_then(|subscriber| subscriber.cut()) {
            return Ended::CutOff(cut);
        }
        client.bell().notified().await;
    }
}
