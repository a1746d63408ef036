//! A connection's bytes: reading with time limits, writing, and noticing that a client has gone.

use std::{future::pending, sync::LazyLock, time::Duration};

use bytes::{Buf as _, BytesMut};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    sync::{Notify, watch},
    time::{Instant, sleep_until, timeout},
};

use super::Identity;
use crate::{channels::SubscriberError, resp::Replies, services::SessionSettings};

/// Room for reading, at first and at least.
const READ_BYTES: usize = 16 * 1024;
/// Room is reserved in steps of so much: what a client announces is not what it sends.
const READ_STEP_BYTES_MAX: usize = 1024 * 1024;
/// A read buffer larger than this is given back once it is empty.
const READ_KEPT_BYTES_MAX: usize = 256 * 1024;
/// Most bytes taken from a client while it waits in a blocking command.
const AHEAD_BYTES_MAX: usize = 64 * 1024;

/// Most bytes thrown away, and longest time, after the last reply of a connection.
const FINISH_BYTES_MAX: usize = 4 * 1024 * 1024;
const FINISH_TIMEOUT: Duration = Duration::from_secs(1);

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disconnect {
    /// By the client, or by an answer after which the connection closes.
    Closed,
    /// A time limit passed.
    TimedOut,
    /// The gateway drains.
    Draining,
    /// Another client, or the operator, has ended it.
    Killed,
    /// It listens to channels and cannot be given what it should hear.
    CutOff(SubscriberError),
}

/// How long a client that has logged in may send nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IdleLimit {
    /// As long as the settings say.
    FromSettings,
    /// For ever: it only receives.
    None,
}

/// What a client is connected by.
trait Stream: AsyncRead + AsyncWrite + Send + Sync + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Sync + Unpin> Stream for S {}

/// One connection.
pub(crate) struct Socket {
    /// Behind a pointer, so that nothing above this file depends on the kind of stream; a call
    /// through it costs nothing beside the system call.
    stream: Box<dyn Stream>,
    /// Read while the client waited in a blocking command.
    ahead: BytesMut,
    /// Bytes the decoder waits for, as far as it knows.
    expected: usize,
    stop: watch::Receiver<bool>,
    idle_timeout: Option<Duration>,
    login_timeout: Duration,
    write_timeout: Duration,
}

impl Socket {
    pub(crate) fn new<S>(stream: S, stop: watch::Receiver<bool>, settings: &SessionSettings) -> Self
    where
        S: AsyncRead + AsyncWrite + Send + Sync + Unpin + 'static,
    {
        let SessionSettings { idle_timeout, login_timeout, write_timeout, .. } = *settings;
        let (ahead, expected) = (BytesMut::new(), 0);
        let stream = Box::new(stream);
        Self { stream, ahead, expected, stop, idle_timeout, login_timeout, write_timeout }
    }

    /// A connection with nobody at its other end, for dry runs.
    pub(crate) fn detached(settings: &SessionSettings) -> Self {
        /// The gateway never drains for it.
        static RUNS: LazyLock<watch::Sender<bool>> = LazyLock::new(|| watch::channel(false).0);
        Self::new(tokio::io::empty(), RUNS.subscribe(), settings)
    }

    /// Notes how many bytes a request still needs.
    pub(crate) fn expect(&mut self, bytes: usize) {
        self.expected = bytes;
    }

    /// Forgets what was handled.
    pub(crate) fn consume(buffer: &mut BytesMut, bytes: usize) {
        buffer.advance(bytes);
        if buffer.is_empty() && buffer.capacity() > READ_KEPT_BYTES_MAX {
            *buffer = BytesMut::new();
        }
    }

    /// Gives back the room that a request does not fill, before its client waits in it: thousands
    /// may.
    pub(crate) fn tighten(buffer: &mut BytesMut) {
        if buffer.capacity() >= 2 * buffer.len() {
            *buffer = BytesMut::from(&buffer[..]);
        }
    }

    /// Waits for more bytes of the client, for news about its login, or for a notification.
    pub(crate) async fn read(
        &mut self,
        buffer: &mut BytesMut,
        identity: Option<&mut Identity>,
        notify: &Notify,
        idle_limit: IdleLimit,
    ) -> Result<(), Disconnect> {
        if !self.ahead.is_empty() {
            buffer.extend_from_slice(&self.ahead);
            self.ahead.clear();
            return Ok(());
        }
        if *self.stop.borrow() {
            return Err(Disconnect::Draining);
        }
        buffer.reserve(self.expected.clamp(READ_BYTES, READ_STEP_BYTES_MAX));
        self.expected = 0;
        let limit = match identity {
            None => Some(self.login_timeout),
            Some(_) => self.idle_timeout.filter(|_| idle_limit == IdleLimit::FromSettings),
        };
        let read = async {
            tokio::select! {
                biased;
                read = self.stream.read_buf(buffer) => match read {
                    Ok(1..) => Ok(()),
                    Ok(0) | Err(_) => Err(Disconnect::Closed),
                },
                _ = self.stop.changed() => Err(Disconnect::Draining),
                () = news(identity) => Ok(()),
                () = notify.notified() => Ok(()),
            }
        };
        match limit {
            None => read.await,
            Some(limit) => timeout(limit, read).await.unwrap_or(Err(Disconnect::TimedOut)),
        }
    }

    /// Writes all replies.
    pub(crate) async fn write(&mut self, replies: &mut Replies) -> Result<(), Disconnect> {
        if replies.is_empty() {
            return Ok(());
        }
        let written = self.write_bytes(replies.as_bytes()).await;
        replies.clear();
        written
    }

    /// Writes bytes as they are.
    pub(crate) async fn write_bytes(&mut self, bytes: &[u8]) -> Result<(), Disconnect> {
        match timeout(self.write_timeout, self.stream.write_all(bytes)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Disconnect::Closed),
            Err(_) => Err(Disconnect::TimedOut),
        }
    }

    /// Closes after an error: a client that is still sending must be able to read the reply, which
    /// a connection closed with unread bytes would take away from it.
    pub(crate) async fn finish(&mut self) {
        let rest = async {
            self.stream.shutdown().await?;
            let mut left = FINISH_BYTES_MAX;
            while left > 0 {
                self.ahead.clear();
                self.ahead.reserve(READ_BYTES);
                match self.stream.read_buf(&mut self.ahead).await? {
                    0 => break,
                    bytes => left = left.saturating_sub(bytes),
                }
            }
            std::io::Result::Ok(())
        };
        // Whatever happens, the connection ends.
        let _ = timeout(FINISH_TIMEOUT, rest).await;
    }

    /// Waits in a blocking command for `change` or for news about the login; false if there is
    /// nothing more to wait for: the time is up, or the gateway drains.
    ///
    /// # Errors
    /// The client has gone.
    pub(crate) async fn wait_for(
        &mut self,
        change: impl Future<Output = ()>,
        identity: Option<&mut Identity>,
        until: Instant,
    ) -> Result<bool, Disconnect> {
        tokio::select! {
            biased;
            () = change => Ok(true),
            () = news(identity) => Ok(true),
            () = sleep_until(until) => Ok(false),
            ended = self.gone() => match ended {
                Disconnect::Draining => Ok(false),
                _ => Err(ended),
            },
        }
    }

    /// Ends when the client has gone or the gateway drains; bytes that arrive are kept.
    async fn gone(&mut self) -> Disconnect {
        if *self.stop.borrow() {
            return Disconnect::Draining;
        }
        loop {
            if self.ahead.len() >= AHEAD_BYTES_MAX {
                tokio::select! {
                    _ = self.stop.changed() => return Disconnect::Draining,
                    () = pending() => {}
                }
            }
            tokio::select! {
                read = self.stream.read_buf(&mut self.ahead) => {
                    if matches!(read, Ok(0) | Err(_)) {
                        return Disconnect::Closed;
                    }
                }
                _ = self.stop.changed() => return Disconnect::Draining,
            }
        }
    }
}

/// Ends when there is news about the login; never for a client that has none.
async fn news(identity: Option<&mut Identity>) {
    match identity {
        Some(identity) => identity.changed().await,
        None => pending().await,
    }
}
