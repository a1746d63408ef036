//! What MULTI queues.

use bytes::{BufMut as _, BytesMut};

use crate::{
    message::{ErrorCode, Rejection},
    resp::{Args, Decoder, Limits, Scan},
};

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
pub(crate) struct Queue {
    requests: BytesMut,
    count: usize,
    /// A command was refused: EXEC will refuse all.
    is_spoilt: bool,
}

impl Transaction {
    /// One for a dry run: it waits for nothing either.
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

    /// Begins to queue commands; false if that was begun before.
    pub(crate) fn open(&mut self) -> bool {
        if self.is_open() {
            return false;
        }
        self.queue = Some(Queue::default());
        true
    }

    /// Forgets the queued commands; false if there was no transaction.
    pub(crate) fn discard(&mut self) -> bool {
        self.queue.take().is_some()
    }

    /// Queues a request; how many are queued now.
    ///
    /// # Errors
    /// The transaction is over its limits: EXEC will refuse all.
    pub(crate) fn add(&mut self, args: &Args<'_>, limits: &Limits) -> Result<usize, Rejection> {
        let queue = self.queue.get_or_insert_default();
        let added = queue.add(args, limits);
        queue.is_spoilt |= added.is_err();
        added.map(|()| queue.count)
    }

    /// Takes the queued commands for `command`, which runs them.
    ///
    /// # Errors
    /// There is no transaction, or one of its commands was refused.
    pub(crate) fn take(&mut self, command: &str) -> Result<Queue, Rejection> {
        let queue = self.queue.take().ok_or_else(|| without_multi(command))?;
        if queue.is_spoilt {
            let words = "Transaction discarded because of previous errors.";
            return Err(Rejection::new(ErrorCode::ExecAbort, words));
        }
        Ok(queue)
    }

    /// EXEC begins, or has ended.
    pub(crate) fn set_running(&mut self, is_running: bool) {
        self.is_running = is_running;
    }
}

/// The error of a command that ends a transaction where there is none.
pub(crate) fn without_multi(command: &str) -> Rejection {
    Rejection::err(format!("{command} without MULTI"))
}

/// Bounds for reading the queue again: what is in it has been within tighter ones.
const QUEUED: Limits = Limits {
    arguments_max: u32::MAX,
    argument_bytes_max: u32::MAX,
    request_bytes_max: u32::MAX,
    ..Limits::AUTHENTICATED
};

impl Queue {
    /// How many commands there are.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// The request at `at`, and where the next one begins; `None` behind the last.
    pub(crate) fn request(&self, at: usize, decoder: &mut Decoder) -> Option<usize> {
        let rest = self.requests.get(at..).filter(|rest| !rest.is_empty())?;
        let scanned = decoder.scan(rest, &QUEUED).expect("it was within the limits when it came");
        match scanned {
            Scan::Complete { consumed } => Some(at + consumed),
            Scan::Empty { .. } | Scan::Incomplete { .. } => None,
        }
    }

    /// The requests, one behind the other.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.requests
    }

    fn add(&mut self, args: &Args<'_>, limits: &Limits) -> Result<(), Rejection> {
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
