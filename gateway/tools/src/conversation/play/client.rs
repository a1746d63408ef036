//! A client of a conversation: what it has said, and what it has heard.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context as _;
use bytes::{Buf as _, BytesMut};
use sluicegate::{
    command::is_word,
    resp::{Malformed, Reply},
};
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
    /// `None` once it has hung up.
    pipe: Option<WriteHalf<DuplexStream>>,
    inbox: Arc<Inbox>,
    reader: AbortHandle,
    voice: Voice,
}

/// Which answers it wants: CLIENT REPLY.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Voice {
    Loud,
    SilentOnce,
    Silent,
}

/// What has come for a client.
#[derive(Default)]
struct Inbox {
    heard: Mutex<Heard>,
    /// Rung when something has come.
    bell: Notify,
}

#[derive(Default)]
struct Heard {
    replies: Vec<Reply>,
    /// How many have come in all.
    count: usize,
    /// Answers that are still to come.
    unanswered: usize,
    /// It gets messages without asking.
    listens: bool,
    failure: Option<Malformed>,
    is_closed: bool,
}

impl Client {
    pub(super) fn new(name: &str, pipe: DuplexStream) -> Self {
        let (read, write) = split(pipe);
        let inbox = Arc::new(Inbox::default());
        let reader = tokio::spawn(listen(read, Arc::clone(&inbox))).abort_handle();
        Self { name: name.to_owned(), pipe: Some(write), inbox, reader, voice: Voice::Loud }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn is_connected(&self) -> bool {
        self.pipe.is_some() && !self.inbox.heard().is_closed
    }

    /// Sends a command. One that its connection does not take is not answered either, which shows.
    pub(super) async fn say(&mut self, args: &[Vec<u8>]) {
        if self.is_answered(args) {
            self.inbox.heard().unanswered += 1;
        }
        let mut request = format!("*{}\r\n", args.len()).into_bytes();
        for arg in args {
            request.extend_from_slice(format!("${}\r\n", arg.len()).as_bytes());
            request.extend_from_slice(arg);
            request.extend_from_slice(b"\r\n");
        }
        if let Some(pipe) = &mut self.pipe {
            // The gateway may have hung up; its end of the pipe says so.
            let _ = pipe.write_all(&request).await;
        }
    }

    /// Does the client get an answer? CLIENT REPLY says what it wants from now on.
    fn is_answered(&mut self, args: &[Vec<u8>]) -> bool {
        let before = self.voice;
        if before == Voice::SilentOnce {
            self.voice = Voice::Loud;
        }
        let is_about_voice =
            args.len() == 3 && is_word(&args[0], "CLIENT") && is_word(&args[1], "REPLY");
        if is_about_voice && is_word(&args[2], "ON") {
            self.voice = Voice::Loud;
            return true;
        }
        if is_about_voice && is_word(&args[2], "OFF") {
            self.voice = Voice::Silent;
            return false;
        }
        if is_about_voice && is_word(&args[2], "SKIP") && before == Voice::Loud {
            self.voice = Voice::SilentOnce;
            return false;
        }
        before == Voice::Loud
    }

    pub(super) fn hang_up(&mut self) {
        self.reader.abort();
        self.pipe = None;
        let mut heard = self.inbox.heard();
        (heard.unanswered, heard.listens, heard.is_closed) = (0, false, true);
    }

    /// Waits until everything it asked for is answered.
    pub(super) async fn answered(&self) {
        while self.waits() {
            self.inbox.bell.notified().await;
        }
    }

    /// Is an answer still to come?
    pub(super) fn waits(&self) -> bool {
        let heard = self.inbox.heard();
        heard.unanswered > 0 && !heard.is_closed
    }

    /// May it get something because of what others do?
    pub(super) fn may_hear_more(&self) -> bool {
        let heard = self.inbox.heard();
        !heard.is_closed && (heard.listens || heard.unanswered > 0)
    }

    /// How much it has heard in all.
    pub(super) fn heard(&self) -> usize {
        self.inbox.heard().count
    }

    /// What it has heard since the last call.
    ///
    /// # Errors
    /// The gateway has written what is no reply.
    pub(super) fn take(&self) -> anyhow::Result<Vec<Reply>> {
        let mut heard = self.inbox.heard();
        if let Some(failure) = heard.failure.take() {
            return Err(failure).with_context(|| format!("reading what `{}` gets", self.name));
        }
        Ok(std::mem::take(&mut heard.replies))
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

impl Inbox {
    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Heard {
    fn add(&mut self, reply: Reply) {
        self.count += 1;
        self.listens |= reply.begins_listening();
        if reply == Reply::Closed {
            self.is_closed = true;
        } else if !reply.is_message() {
            self.unanswered = self.unanswered.saturating_sub(1);
        }
        self.replies.push(reply);
    }
}

/// Takes what comes through the pipe until the gateway hangs up.
async fn listen(mut pipe: ReadHalf<DuplexStream>, inbox: Arc<Inbox>) {
    let mut bytes = BytesMut::new();
    loop {
        bytes.reserve(READ_BYTES);
        let is_open = matches!(pipe.read_buf(&mut bytes).await, Ok(1..));
        let is_read = take_replies(&mut bytes, &inbox);
        if !is_open {
            inbox.heard().add(Reply::Closed);
        }
        inbox.bell.notify_one();
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
                inbox.heard().add(reply);
            }
            Ok(None) => return true,
            Err(failure) => {
                inbox.heard().failure = Some(failure);
                return false;
            }
        }
    }
}
