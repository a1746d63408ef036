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
    /// Sent to the client: no path, host, other tenant's topic, or payload.
    pub public: Cow<'static, str>,
    /// Logged, never sent.
    pub private: Option<anyhow::Error>,
}

impl Rejection {
    /// A refusal that has nothing to add for the operator.
    pub fn new(code: ErrorCode, public: impl Into<Cow<'static, str>>) -> Self {
        Self { code, public: public.into(), private: None }
    }

    /// `ERR` with these words.
    pub fn err(public: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorCode::Err, public)
    }

    /// The same refusal for another message of a burst; what the operator reads is not repeated.
    #[must_use]
    pub fn repeat(&self) -> Self {
        Self::new(self.code.clone(), self.public.clone())
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.public)
    }
}
