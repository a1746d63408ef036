//! A client of a conversation: what it sent and what it received.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context as _;
use bytes::{Buf as _, BytesMut};
use sluicegate::resp::{Malformed, Reply, is_word};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, ReadHalf, WriteHalf, split},
    sync::Notify,
    task::AbortHandle,
};

/// Room for reading.
const READ_BYTES: usize = 16 * 1024;

/// One named client and its connection.
pub(super) struct Client {
    name: String,
    /// `None` once it has disconnected.
    pipe: Option<WriteHalf<DuplexStream>>,
    inbox: Arc<Inbox>,
    reader: AbortHandle,
    reply_mode: ReplyMode,
}

/// CLIENT REPLY: which answers the client gets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ReplyMode {
    On,
    SkipOnce,
    Off,
}

/// What a client has received, filled by a task of its connection.
#[derive(Default)]
struct Inbox {
    received: Mutex<Received>,
    /// Notified when something has come.
    arrived: Notify,
}

#[derive(Default)]
struct Received {
    replies: Vec<Reply>,
    /// How many have come in all.
    count: usize,
    /// Answers that are still to come.
    unanswered: usize,
    /// It gets messages without asking.
    is_subscribed: bool,
    failure: Option<Malformed>,
    is_closed: bool,
}

impl Client {
    pub(super) fn new(name: &str, pipe: DuplexStream) -> Self {
        let (read, write) = split(pipe);
        let inbox = Arc::new(Inbox::default());
        let reader = tokio::spawn(receive(read, Arc::clone(&inbox))).abort_handle();
        Self { name: name.to_owned(), pipe: Some(write), inbox, reader, reply_mode: ReplyMode::On }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn is_connected(&self) -> bool {
        self.pipe.is_some() && !self.inbox.received().is_closed
    }

    /// Sends a command. One that its connection does not take is not answered either, which shows.
    pub(super) async fn send(&mut self, args: &[Vec<u8>]) {
        if self.is_answered(args) {
            self.inbox.received().unanswered += 1;
        }
        let mut request = format!("*{}\r\n", args.len()).into_bytes();
        for arg in args {
            request.extend_from_slice(format!("${}\r\n", arg.len()).as_bytes());
            request.extend_from_slice(arg);
            request.extend_from_slice(b"\r\n");
        }
        if let Some(pipe) = &mut self.pipe {
            // The gateway may have disconnected; its end of the pipe says so.
            let _ = pipe.write_all(&request).await;
        }
    }

    /// Does the client get an answer? CLIENT REPLY says what it wants from now on.
    fn is_answered(&mut self, args: &[Vec<u8>]) -> bool {
        let before = self.reply_mode;
        if before == ReplyMode::SkipOnce {
            self.reply_mode = ReplyMode::On;
        }
        let is_client_reply =
            args.len() == 3 && is_word(&args[0], "CLIENT") && is_word(&args[1], "REPLY");
        if is_client_reply && is_word(&args[2], "ON") {
            self.reply_mode = ReplyMode::On;
            return true;
        }
        if is_client_reply && is_word(&args[2], "OFF") {
            self.reply_mode = ReplyMode::Off;
            return false;
        }
        if is_client_reply && is_word(&args[2], "SKIP") && before == ReplyMode::On {
            self.reply_mode = ReplyMode::SkipOnce;
            return false;
        }
        before == ReplyMode::On
    }

    pub(super) fn disconnect(&mut self) {
        self.reader.abort();
        self.pipe = None;
        let mut received = self.inbox.received();
        (received.unanswered, received.is_subscribed, received.is_closed) = (0, false, true);
    }

    /// Waits until everything it asked for is answered.
    pub(super) async fn answered(&self) {
        while self.is_waiting() {
            self.inbox.arrived.notified().await;
        }
    }

    /// Is an answer still to come?
    pub(super) fn is_waiting(&self) -> bool {
        let received = self.inbox.received();
        received.unanswered > 0 && !received.is_closed
    }

    /// May it get something because of what others do?
    pub(super) fn may_receive_more(&self) -> bool {
        let received = self.inbox.received();
        !received.is_closed && (received.is_subscribed || received.unanswered > 0)
    }

    /// How many replies it has received in all.
    pub(super) fn received(&self) -> usize {
        self.inbox.received().count
    }

    /// The replies since the last call.
    ///
    /// # Errors
    /// The gateway has written what is no reply.
    pub(super) fn take(&self) -> anyhow::Result<Vec<Reply>> {
        let mut received = self.inbox.received();
        if let Some(failure) = received.failure.take() {
            return Err(failure).with_context(|| format!("reading what `{}` gets", self.name));
        }
        Ok(std::mem::take(&mut received.replies))
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

impl Inbox {
    fn received(&self) -> MutexGuard<'_, Received> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Received {
    fn add(&mut self, reply: Reply) {
        self.count += 1;
        self.is_subscribed |= reply.begins_listening();
        if reply == Reply::Closed {
            self.is_closed = true;
        } else if !reply.is_message() {
            self.unanswered = self.unanswered.saturating_sub(1);
        }
        self.replies.push(reply);
    }
}

/// Takes what comes through the pipe until the gateway disconnects.
async fn receive(mut pipe: ReadHalf<DuplexStream>, inbox: Arc<Inbox>) {
    let mut bytes = BytesMut::new();
    loop {
        bytes.reserve(READ_BYTES);
        let is_open = matches!(pipe.read_buf(&mut bytes).await, Ok(1..));
        let is_read = take_replies(&mut bytes, &inbox);
        if !is_open {
            inbox.received().add(Reply::Closed);
        }
        inbox.arrived.notify_one();
        if !is_open || !is_read {
            return;
        }
    }
}

/// Takes all whole replies; false if there is something else.
fn take_replies(bytes: &mut BytesMut, inbox: &Inbox) -> bool {
    loop {
        match Reply::decode(bytes) {
            Ok(Some((reply, len))) => {
                bytes.advance(len);
                inbox.received().add(reply);
            }
            Ok(None) => return true,
            Err(failure) => {
                inbox.received().failure = Some(failure);
                return false;
            }
        }
    }
}
