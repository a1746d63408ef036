//! What a filter decides, and how a refusal is worded.

use std::{borrow::Cow, fmt};

use bytes::Bytes;

use super::ErrorCode;

/// A filter's decision about one message.
#[must_use]
#[derive(Debug)]
pub enum Verdict {
    /// Go on with this message.
    Forward,
    /// Go on with this value in place of the old one.
    Replace(Bytes),
    /// On produce: acknowledge without storing. On consume: skip. Counted.
    Drop,
    /// Stop here and answer with an error.
    Reject(Rejection),
}

/// A refusal, in words for the client and, apart from them, for the operator.
#[derive(Debug)]
pub struct Rejection {
    /// First word of the error reply.
    pub code: ErrorCode,
    /// What failed, for interfaces that do not answer in Redis' words.
    pub kind: RejectionKind,
    /// Sent to the client: no path, host, other tenant's topic, or payload.
    pub public: Cow<'static, str>,
    /// Logged, never sent.
    pub private: Option<anyhow::Error>,
}

/// What failed, and so what the client can do. Less precise than [`ErrorCode`] about the cause,
/// and more precise about trying again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RejectionKind {
    /// The request cannot be carried out as it is. Nothing was stored.
    Refused,
    /// A plugin rejected the message, and will reject it again. Nothing was stored.
    Plugin,
    /// What has to answer is away or has too much to do. Nothing was tried: a later try may succeed.
    Unavailable,
    /// The message may or may not have been stored.
    Unknown,
}

impl RejectionKind {
    fn of(code: &ErrorCode) -> Self {
        match code {
            ErrorCode::Rejected { .. } => Self::Plugin,
            ErrorCode::Busy => Self::Unavailable,
            ErrorCode::Unknown => Self::Unknown,
            ErrorCode::Err
            | ErrorCode::NoAuth
            | ErrorCode::WrongPass
            | ErrorCode::NoPerm
            | ErrorCode::NoProto
            | ErrorCode::WrongType
            | ErrorCode::NoGroup
            | ErrorCode::BusyGroup
            | ErrorCode::Unblocked
            | ErrorCode::NotBusy
            | ErrorCode::ExecAbort => Self::Refused,
        }
    }
}

impl Rejection {
    /// A refusal that has nothing to add for the operator; its kind follows from the code.
    pub fn new(code: ErrorCode, public: impl Into<Cow<'static, str>>) -> Self {
        Self { kind: RejectionKind::of(&code), code, public: public.into(), private: None }
    }

    /// `ERR` with these words: what has to answer is away, and a later try may succeed.
    pub fn unavailable(public: impl Into<Cow<'static, str>>) -> Self {
        Self { kind: RejectionKind::Unavailable, ..Self::err(public) }
    }

    /// `ERR` with these words.
    pub fn err(public: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorCode::Err, public)
    }

    /// The same refusal for another message or client; what the operator reads is not repeated.
    #[must_use]
    pub fn repeat(&self) -> Self {
        Self {
            code: self.code.clone(),
            kind: self.kind,
            public: self.public.clone(),
            private: None,
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.public)
    }
}

/// Refuses a value that is larger than a value may be.
///
/// # Errors
/// A text that names the limit; nothing was stored.
pub fn check_value_size(bytes: usize, most: usize) -> Result<(), Rejection> {
    if bytes <= most {
        return Ok(());
    }
    Err(Rejection::err(format!("value of {bytes} bytes is over the limit of {most} bytes")))
}
