//! One message handed to a filter, router or transcoder; one login to an authenticator.

use super::double::{self, MessageInHand};
use crate::{
    Authenticator, Credentials, Current, Denial, Destination, Filter, Grant, Header, Message,
    Rejection, Router, Transcoder, Verdict,
};

/// A message to call a plugin with.
///
/// A call may be made again and again: each begins with the message as it was built.
#[derive(Clone, Debug)]
pub struct Call {
    message: MessageInHand,
}

/// What came of a call of a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What the plugin decided.
    pub verdict: Verdict,
    /// The key as it is now.
    pub key: Option<Vec<u8>>,
    /// The value as it is now: the verdict's if it replaces, else the one it was called with.
    pub value: Option<Vec<u8>>,
    /// The headers as they are now.
    pub headers: Vec<Header>,
}

impl Call {
    /// A message to `topic`: a tombstone without key and headers, at time 0, of `tester`.
    pub fn new(topic: impl Into<String>) -> Self {
        let message = MessageInHand {
            topic: topic.into(),
            principal: "tester".to_owned(),
            ..MessageInHand::default()
        };
        Self { message }
    }

    /// Sets the key.
    #[must_use]
    pub fn key(mut self, key: impl AsRef<[u8]>) -> Self {
        self.message.key = Some(key.as_ref().to_vec());
        self
    }

    /// Sets the value.
    #[must_use]
    pub fn value(mut self, value: impl AsRef<[u8]>) -> Self {
        self.message.value = Some(value.as_ref().to_vec());
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl AsRef<[u8]>) -> Self {
        let value = Some(value.as_ref().to_vec());
        self.message.headers.push(Header { name: name.into(), value });
        self
    }

    /// Sets the time, Unix milliseconds.
    #[must_use]
    pub const fn timestamp_ms(mut self, timestamp_ms: i64) -> Self {
        self.message.timestamp_ms = timestamp_ms;
        self
    }

    /// Sets who publishes or consumes.
    #[must_use]
    pub fn principal(mut self, principal: impl Into<String>) -> Self {
        self.message.principal = principal.into();
        self
    }

    /// The message passes a filter on its way in.
    pub fn produce(&self, filter: &mut impl Filter) -> Outcome {
        self.filter(|message| filter.on_produce(message))
    }

    /// The message passes a filter on its way out.
    pub fn consume(&self, filter: &mut impl Filter) -> Outcome {
        self.filter(|message| filter.on_consume(message))
    }

    /// The message is asked its topic.
    ///
    /// # Errors
    /// The plugin's rejection.
    pub fn route(&self, router: &mut impl Router) -> Result<Destination, Rejection> {
        let topic = self.message.topic.clone();
        self.read_only(|_| router.route(&topic, &Current::in_hand()))
    }

    /// The value is translated for storage; a message without value has an empty one here.
    ///
    /// # Errors
    /// The plugin's rejection.
    pub fn encode(&self, transcoder: &mut impl Transcoder) -> Result<Vec<u8>, Rejection> {
        self.read_only(|value| transcoder.encode(value, &Current::in_hand()))
    }

    /// The value is translated for the client.
    ///
    /// # Errors
    /// The plugin's rejection.
    pub fn decode(&self, transcoder: &mut impl Transcoder) -> Result<Vec<u8>, Rejection> {
        self.read_only(|value| transcoder.decode(value, &Current::in_hand()))
    }

    /// A login, as `AUTH username secret` from `127.0.0.1:1024`.
    ///
    /// # Errors
    /// The plugin's denial.
    pub fn login(
        authenticator: &mut impl Authenticator,
        username: &str,
        secret: &str,
    ) -> Result<Grant, Denial> {
        authenticator.authenticate(&Credentials {
            username: username.to_owned(),
            secret: secret.to_owned(),
            peer: "127.0.0.1:1024".to_owned(),
        })
    }

    fn filter(&self, role: impl FnOnce(&mut Message) -> Verdict) -> Outcome {
        let before = MessageInHand { may_change: true, ..self.message.clone() };
        let mut message = Message::new(before.value.clone());
        let (verdict, after) = double::with_message(before, || role(&mut message));
        let value = match &verdict {
            Verdict::Replace(value) => Some(value.clone()),
            _ => after.value,
        };
        Outcome { verdict, key: after.key, value, headers: after.headers }
    }

    fn read_only<R>(&self, role: impl FnOnce(Vec<u8>) -> R) -> R {
        let value = self.message.value.clone().unwrap_or_default();
        double::with_message(self.message.clone(), || role(value)).0
    }
}

impl Outcome {
    /// The value of the first header with this name.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        let header = self.headers.iter().find(|header| header.name == name)?;
        header.value.as_deref()
    }

    /// The rejection's code; `None` if the message was not rejected.
    pub fn rejected(&self) -> Option<&str> {
        match &self.verdict {
            Verdict::Reject(rejection) => Some(&rejection.code),
            _ => None,
        }
    }
}
