//! my-plugin: a plugin for Sluicegate.

use sluicegate_plugin::{AnySettings, Plugin, export};
// @role authenticator
use sluicegate_plugin::{
    Authenticator, Credentials, Denial, Grant,
    secret::{Plain, Secret as _},
};
// @end
// @role filter
use sluicegate_plugin::{Filter, Message, Verdict};
// @end
// @role router
use sluicegate_plugin::{Destination, Router};
// @end
// @role partitioner
use sluicegate_plugin::Partitioner;
// @end
// @role transcoder
use sluicegate_plugin::Transcoder;
// @end
// @role router transcoder
use sluicegate_plugin::{Current, Rejection};
// @end

/// One instance: what its settings say, and whatever is worth keeping between calls.
#[derive(Debug)]
pub struct MyPlugin {
    // @role authenticator
    secret: Plain,
    // @end
    // @role filter
    reply: String,
    // @end
}

impl Plugin for MyPlugin {
    type Settings = AnySettings;

    /// Called once for each instance. An error refuses the file, and tells the operator why.
    fn configure(settings: AnySettings) -> Result<Self, String> {
        // @role router partitioner transcoder
        let _ = &settings; // `settings.text("name", "default")?` reads one.
        // @end
        Ok(Self {
            // @role authenticator
            secret: Plain::new(&settings.text("secret", "let me in")?),
            // @end
            // @role filter
            reply: settings.text("reply", "pong")?,
            // @end
        })
    }
}
// @role authenticator

impl Authenticator for MyPlugin {
    /// Lets one user in, to the topics that begin with its name.
    fn authenticate(&mut self, login: &Credentials) -> Result<Grant, Denial> {
        if login.username != "demo" {
            return Err(Denial::NotMine);
        }
        if !self.secret.is(&login.secret) {
            return Err(Denial::WrongCredentials("wrong user or secret".to_owned()));
        }
        let topics = vec!["demo*".to_owned()];
        Ok(Grant { publish: topics.clone(), consume: topics, ..Grant::new("demo") })
    }
}
// @end
// @role filter

impl Filter for MyPlugin {
    /// Answers `ping`, and lets no empty value in.
    fn on_produce(&mut self, message: &mut Message) -> Verdict {
        match message.value() {
            Some(b"ping") => Verdict::Replace(self.reply.clone().into_bytes()),
            Some(b"") => Verdict::reject("empty-value", "the value is empty"),
            _ => Verdict::Forward,
        }
    }

    /// Shows everything as it is stored.
    fn on_consume(&mut self, _: &mut Message) -> Verdict {
        Verdict::Forward
    }
}
// @end
// @role router

impl Router for MyPlugin {
    /// Sends what is meant for `…-old` to `…-new`, for all messages of that topic.
    fn route(&mut self, topic: &str, _: &Current) -> Result<Destination, Rejection> {
        match topic.strip_suffix("-old") {
            Some(name) => Ok(Destination::for_topic(format!("{name}-new"))),
            None => Ok(Destination::for_topic(topic)),
        }
    }
}
// @end
// @role partitioner

impl Partitioner for MyPlugin {
    /// FNV-1a of the key; messages without a key are left to the gateway.
    fn partition(&mut self, key: Option<&[u8]>, partitions: u32) -> Option<u32> {
        let mix = |hash: u32, &byte: &u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        Some(key?.iter().fold(0x811c_9dc5, mix) % partitions)
    }
}
// @end
// @role transcoder

impl Transcoder for MyPlugin {
    /// Stores hexadecimal digits.
    fn encode(&mut self, value: Vec<u8>, _: &Current) -> Result<Vec<u8>, Rejection> {
        let digit = |half: u8| b"0123456789abcdef"[usize::from(half)];
        Ok(value.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect())
    }

    /// Shows the bytes that they stand for.
    fn decode(&mut self, value: Vec<u8>, _: &Current) -> Result<Vec<u8>, Rejection> {
        let half = |digit: u8| char::from(digit).to_digit(16);
        let byte = |pair: &[u8]| match *pair {
            [high, low] => u8::try_from(half(high)? << 4 | half(low)?).ok(),
            _ => None,
        };
        let bytes: Option<_> = value.chunks(2).map(byte).collect();
        bytes.ok_or_else(|| Rejection::new("not-hex", "the stored value is not hexadecimal"))
    }
}
// @end

export!(
    MyPlugin:
    // @role authenticator
    Authenticator,
    // @end
    // @role filter
    Filter,
    // @end
    // @role router
    Router,
    // @end
    // @role partitioner
    Partitioner,
    // @end
    // @role transcoder
    Transcoder,
    // @end
);

#[cfg(test)]
mod tests {
    use sluicegate_plugin::{serde_json::json, testing};

    use super::*;

    /// An instance as the gateway makes one from an empty `[settings]`.
    fn plugin() -> MyPlugin {
        testing::configure(json!({})).unwrap()
    }
    // @role authenticator

    #[test]
    fn only_the_secret_lets_the_user_in() {
        let login = |secret| testing::Call::login(&mut plugin(), "demo", secret);
        assert_eq!(login("let me in").unwrap().principal, "demo");
        assert!(matches!(login("guess"), Err(Denial::WrongCredentials(_))));
    }
    // @end
    // @role filter

    #[test]
    fn a_ping_is_answered() {
        let outcome = testing::Call::new("demo").value("ping").produce(&mut plugin());
        assert_eq!(outcome.verdict, Verdict::Replace(b"pong".to_vec()));
        let outcome = testing::Call::new("demo").value("").produce(&mut plugin());
        assert_eq!(outcome.rejected(), Some("empty-value"));
    }
    // @end
    // @role router

    #[test]
    fn old_topics_lead_to_new_ones() {
        let route = |topic| testing::Call::new(topic).route(&mut plugin()).unwrap().topic;
        assert_eq!(route("demo-old"), "demo-new");
        assert_eq!(route("demo"), "demo");
    }
    // @end
    // @role partitioner

    #[test]
    fn one_key_has_one_partition() {
        assert_eq!(plugin().partition(Some(b""), 4), Some(0x811c_9dc5 % 4));
        assert_eq!(plugin().partition(None, 4), None);
    }
    // @end
    // @role transcoder

    #[test]
    fn what_is_stored_are_digits() {
        let call = |value| testing::Call::new("demo").value(value);
        assert_eq!(call("hello").encode(&mut plugin()).unwrap(), b"68656c6c6f");
        assert_eq!(call("68656c6c6f").decode(&mut plugin()).unwrap(), b"hello");
        assert_eq!(call("68656").decode(&mut plugin()).unwrap_err().code, "not-hex");
    }
    // @end
}
