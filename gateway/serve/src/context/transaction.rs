//! Transactions: MULTI, EXEC, DISCARD, WATCH.
//!
//! EXEC runs the queued commands one behind the other and answers them together; messages that are
//! published one after the other go on their way as one burst. It is not atomic: a message may be
//! refused while those around it are stored, partitions are stored each on its own, and other
//! clients' messages may lie between. Topics have no value that could be compared, so that WATCH is
//! refused rather than accepted and not kept.

use super::{Context, Disconnect, REPLIES_FLUSH_BYTES, waiting::CommandError};
use crate::{
    command::{self, Command, Spec, is_word},
    message::{ErrorCode, Rejection},
    resp::{Args, Decoder, Limits, Protocol, Scan},
};
use bytes::{BufMut as _, BytesMut};

/// Most commands of a transaction.
const QUEUED_MAX: usize = 65_536;

/// The transaction of one connection.
#[derive(Default)]
pub(crate) struct Transaction {
    queue: Option<Queue>,
    /// EXEC is at work: nothing waits, and nothing is written between the replies.
    is_running: bool,
}

/// Commands that wait for EXEC, as requests one behind the other.
#[derive(Default)]
struct Queue {
    requests: BytesMut,
    count: usize,
    /// A command was refused: EXEC will refuse all.
    is_spoilt: bool,
}

impl Transaction {
    /// One for a command that is only rehearsed: it waits for nothing either.
    pub(crate) fn running() -> Self {
        Self { queue: None, is_running: true }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.queue.is_some()
    }

    pub(crate) fn is_running(&self) -> bool {
        self.is_running
    }

    /// A command of it was refused.
    pub(crate) fn spoil(&mut self) {
        if let Some(queue) = &mut self.queue {
            queue.is_spoilt = true;
        }
    }
}

impl Context {
    /// What the state of the connection makes of a command: `None` lets it pass, otherwise it is
    /// queued or refused.
    pub(crate) fn hold(&mut self, spec: &Spec, args: &Args<'_>) -> Option<Result<(), Rejection>> {
        if self.is_listening_only() && !is_for_listeners(spec.command) {
            self.transaction.spoil();
            return Some(Err(Rejection::err(format!(
                "Can't execute '{}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET \
                 are allowed in this context",
                spec.name.to_ascii_lowercase()
            ))));
        }
        if let Err(rejection) = self.check_watching(spec) {
            self.transaction.spoil();
            return Some(Err(rejection));
        }
        let passes = matches!(
            spec.command,
            Command::Exec
                | Command::Discard
                | Command::Multi
                | Command::Watch
                | Command::Quit
                | Command::Reset
        );
        let queue = self.transaction.queue.as_mut().filter(|_| !passes)?;
        let queued = queue.add(spec, args, &self.limits);
        match queued {
            Ok(()) => {
                self.replies.simple("QUEUED");
                self.client.entry().note_queued(Some(queue.count));
            }
            Err(_) => queue.is_spoilt = true,
        }
        Some(queued)
    }

    /// A request was refused before it came to anything: EXEC will refuse all, and one that is
    /// wrong itself ends the transaction.
    pub(crate) fn spoil(&mut self, name: &[u8], rejection: Rejection) -> Rejection {
        self.transaction.spoil();
        if self.identity.is_none() || !is_word(name, "EXEC") {
            return rejection;
        }
        self.transaction.queue = None;
        self.client.entry().note_queued(None);
        let words = format!("Transaction discarded because of: {}", rejection.public);
        Rejection::new(ErrorCode::ExecAbort, words)
    }

    /// In RESP2 a message cannot be told from an answer, so that a subscriber may ask for little.
    pub(crate) fn is_listening_only(&self) -> bool {
        self.replies.protocol() == Protocol::Resp2 && self.subscriptions.len() > 0
    }

    pub(crate) fn multi(&mut self) -> Result<(), Rejection> {
        if self.transaction.is_open() {
            return Err(Rejection::err("MULTI calls can not be nested"));
        }
        self.transaction.queue = Some(Queue::default());
        self.client.entry().note_queued(Some(0));
        self.replies.ok();
        Ok(())
    }

    pub(crate) async fn exec(&mut self) -> Result<(), CommandError> {
        let Some(queue) = self.transaction.queue.take() else {
            return Err(Rejection::err("EXEC without MULTI").into());
        };
        self.client.entry().note_queued(None);
        if queue.is_spoilt {
            let words = "Transaction discarded because of previous errors.";
            return Err(Rejection::new(ErrorCode::ExecAbort, words).into());
        }
        self.replies.array(queue.count);
        self.transaction.is_running = true;
        // Boxed: the commands of a transaction are answered as EXEC itself is.
        let done = Box::pin(self.run_queue(&queue.requests)).await;
        self.transaction.is_running = false;
        Ok(done?)
    }

    async fn run_queue(&mut self, requests: &[u8]) -> Result<(), Disconnect> {
        let (mut decoder, mut at) = (Decoder::new(), 0);
        let whole = "a queued request was within the limits when it came";
        while at < requests.len() {
            let scanned = decoder.scan(&requests[at..], &QUEUED).expect(whole);
            let Scan::Complete { consumed } = scanned else { break };
            let args = decoder.args(&requests[at..]);
            at += consumed;
            let spec = command::find(&args[0]).expect("a queued command was found when it came");
            self.show(spec, &args);
            if self.publishes(spec.command) && self.add_to_burst(spec.command, &args) {
                continue;
            }
            self.flush_burst().await;
            if self.publishes(spec.command) && self.add_to_burst(spec.command, &args) {
                continue;
            }
            self.tell_watchers();
            // Whether the connection goes on is EXEC's own answer.
            let _ = self.answer(spec, &args).await?;
            if self.replies.len() > REPLIES_FLUSH_BYTES {
                self.write_replies().await?;
            }
        }
        self.flush_burst().await;
        Ok(())
    }

    pub(crate) fn discard(&mut self) -> Result<(), Rejection> {
        if self.transaction.queue.take().is_none() {
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

/// Bounds for reading the queue again: what is in it has been within tighter ones.
const QUEUED: Limits = Limits {
    arguments_max: u32::MAX,
    argument_bytes_max: u32::MAX,
    request_bytes_max: u32::MAX,
    ..Limits::AUTHENTICATED
};

impl Queue {
    fn add(&mut self, spec: &Spec, args: &Args<'_>, limits: &Limits) -> Result<(), Rejection> {
        if is_for_no_transaction(spec.command, args) {
            return Err(Rejection::err("Command not allowed inside a transaction"));
        }
        // Lengths take at most 16 bytes an argument.
        let bytes: usize = args.iter().map(|arg| arg.len() + 16).sum();
        let is_full = self.requests.len() + bytes > limits.request_bytes_max as usize;
        if is_full || self.count >= QUEUED_MAX {
            let most = limits.request_bytes_max;
            return Err(Rejection::err(format!(
                "the transaction is over the limit of {QUEUED_MAX} commands or {most} bytes"
            )));
        }
        let mut digits = itoa::Buffer::new();
        self.requests.put_slice(b"*");
        self.requests.put_slice(digits.format(args.len()).as_bytes());
        self.requests.put_slice(b"\r\n");
        for arg in args.iter() {
            self.requests.put_slice(b"$");
            self.requests.put_slice(digits.format(arg.len()).as_bytes());
            self.requests.put_slice(b"\r\n");
            self.requests.put_slice(arg);
            self.requests.put_slice(b"\r\n");
        }
        self.count += 1;
        Ok(())
    }
}

/// What a subscriber may ask for in RESP2.
fn is_for_listeners(command: Command) -> bool {
    is_about_listening(command) || matches!(command, Command::Ping | Command::Quit | Command::Reset)
}

/// SUBSCRIBE and its kin, whose confirmations are messages and no replies.
pub(crate) fn is_about_listening(command: Command) -> bool {
    matches!(
        command,
        Command::Subscribe
            | Command::SSubscribe
            | Command::PSubscribe
            | Command::Unsubscribe
            | Command::SUnsubscribe
            | Command::PUnsubscribe
    )
}

/// Commands that answer with more or less than one reply, or change who and how one speaks: within
/// EXEC's array nobody could make sense of that.
fn is_for_no_transaction(command: Command, args: &Args<'_>) -> bool {
    let mutes =
        command == Command::Client && args.get(1).is_some_and(|word| is_word(word, "REPLY"));
    mutes || is_about_listening(command) || matches!(command, Command::Auth | Command::Hello)
}
