//! `key:secret@group/topic=T&role=R[&color=C][&offset=O][&block=MS][&batch=N]`

use std::fmt;

use super::account::is_word;
use crate::{Denial, StartAt};

/// A databus DSN, taken apart.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Dsn<'a> {
    /// Application key.
    pub key: &'a str,
    /// Application secret. Compare it in constant time and never log it.
    pub secret: &'a str,
    /// Group, without colour: what permissions are looked up by.
    pub group: &'a str,
    /// The one topic.
    pub topic: &'a str,
    /// `role=pub` or `pubsub`.
    pub publishes: bool,
    /// `role=sub` or `pubsub`.
    pub consumes: bool,
    /// Environment colour; empty if there is none.
    pub color: &'a str,
    /// Where a group without a committed offset begins.
    pub start_at: StartAt,
    /// Longest wait of an MGET in milliseconds.
    pub block_ms: Option<u32>,
    /// Most messages of an MGET, at least 1.
    pub batch: Option<u32>,
}

impl<'a> Dsn<'a> {
    /// True if a secret is meant as a DSN, rightly formed or not, rather than as a password.
    pub fn is_meant(secret: &str) -> bool {
        secret.contains('@') || secret.contains("topic=")
    }

    /// Takes a DSN apart.
    ///
    /// Up to the parameters there is exactly one `:`, one `@` and one `/`. Parameters are split on
    /// `&`, then on the first `=`; names are case-insensitive, unknown ones are ignored, the last
    /// duplicate wins, an item without `=` is skipped, and nothing is percent-decoded.
    ///
    /// # Errors
    /// `Malformed`: `auth info error` for the part before the parameters, `invalid dsn params` for
    /// a missing topic or role, or a value that cannot be understood.
    pub fn parse(text: &'a str) -> Result<Self, Denial> {
        let (key, secret, group, parameters) =
            split(text).ok_or_else(|| malformed("auth info error"))?;
        let mut dsn = Self {
            key,
            secret,
            group,
            topic: "",
            publishes: false,
            consumes: false,
            color: "",
            start_at: StartAt::Configured,
            block_ms: None,
            batch: None,
        };
        dsn.set_all(parameters).ok_or_else(|| malformed("invalid dsn params"))?;
        Ok(dsn)
    }

    /// `None` if the parameters as a whole make no sense. Only the last duplicate is looked at.
    fn set_all(&mut self, parameters: &'a str) -> Option<()> {
        let last = |name: &str| {
            let pairs = parameters.split('&').rev().filter_map(|item| item.split_once('='));
            pairs.into_iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value)
        };
        self.topic = last("topic").filter(|topic| !topic.is_empty())?;
        (self.publishes, self.consumes) = match last("role")? {
            "pub" => (true, false),
            "sub" => (false, true),
            "pubsub" => (true, true),
            _ => return None,
        };
        self.color = Some(last("color").unwrap_or_default()).filter(|color| is_word(color))?;
        self.start_at = last("offset").map_or(Some(StartAt::Configured), start_at)?;
        self.block_ms = last("block").map(str::parse).transpose().ok()?;
        self.batch = last("batch").map(str::parse).transpose().ok()?;
        (self.batch != Some(0)).then_some(())
    }
}

/// Key, secret, group and parameters. The first `/` ends what may hold one `:` and one `@` only.
fn split(text: &str) -> Option<(&str, &str, &str, &str)> {
    let (head, parameters) = text.split_once('/')?;
    let (login, group) = head.split_once('@')?;
    let (key, secret) = login.split_once(':')?;
    let is_plain = |part: &str| !part.contains(['@', ':']);
    (is_plain(group) && is_plain(secret)).then_some((key, secret, group, parameters))
}

fn start_at(offset: &str) -> Option<StartAt> {
    match offset {
        "oldest" => Some(StartAt::Oldest),
        "newest" => Some(StartAt::Newest),
        _ => match offset.strip_prefix("ts:") {
            Some(time) => time.parse().ok().map(StartAt::TimestampMs),
            None => offset.parse().ok().map(StartAt::Offset),
        },
    }
}

fn malformed(text: &str) -> Denial {
    Denial::Malformed(text.to_owned())
}

/// Without the secret: what is printed ends in logs.
impl fmt::Debug for Dsn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, group, topic, publishes, consumes, color, .. } = self;
        write!(f, "Dsn({key}:…@{group}/topic={topic} pub={publishes} sub={consumes} color={color})")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Dsn;
    use crate::{Denial, StartAt};

    #[test]
    fn all_parameters_are_understood() {
        let text = "k:s@g/topic=t&role=pubsub&color=c&offset=ts:-5&block=100&batch=7";
        let dsn = Dsn::parse(text).unwrap();
        assert_eq!((dsn.key, dsn.secret, dsn.group, dsn.topic), ("k", "s", "g", "t"));
        assert_eq!((dsn.publishes, dsn.consumes, dsn.color), (true, true, "c"));
        assert_eq!(dsn.start_at, StartAt::TimestampMs(-5));
        assert_eq!((dsn.block_ms, dsn.batch), (Some(100), Some(7)));
    }

    #[test]
    fn odd_parameters_are_read_as_ever() {
        let dsn = Dsn::parse("k:s@g/TOPIC=a&junk&x=1&Topic=b=c/%41@:&&role=bad&rOLe=sub").unwrap();
        assert_eq!((dsn.topic, dsn.publishes, dsn.consumes), ("b=c/%41@:", false, true));
        assert_eq!(dsn.start_at, StartAt::Configured);
    }

    #[test]
    fn every_offset_form_is_read() {
        let start = |offset| {
            let text = format!("k:s@g/topic=t&role=sub&offset={offset}");
            Dsn::parse(&text).map(|dsn| dsn.start_at).ok()
        };
        assert_eq!(start("oldest"), Some(StartAt::Oldest));
        assert_eq!(start("newest"), Some(StartAt::Newest));
        assert_eq!(start("42"), Some(StartAt::Offset(42)));
        for bad in ["", "-1", "ts:", "ts:x", "latest"] {
            assert_eq!(start(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_is_before_the_parameters_has_one_of_each_mark() {
        for text in [
            "",
            "a:b/@",
            "k:s@g",
            "k@g/topic=t&role=pub",
            "k:s:x@g/",
            "k:s@g@h/",
            "ks/",
            "k:s@g:h/",
        ] {
            let expected = Err(Denial::Malformed("auth info error".to_owned()));
            assert_eq!(Dsn::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn missing_or_senseless_parameters_are_refused() {
        for parameters in [
            "",
            "topic=t",
            "role=pub",
            "topic=&role=pub",
            "topic=t&role=PUB",
            "topic=t&role=sub&batch=0",
            "topic=t&role=sub&block=1s",
            "topic=t&role=sub&role=",
            "topic=t&role=sub&batch=-1",
            "topic=t&role=sub&color=a\nb",
        ] {
            let text = format!("k:s@g/{parameters}");
            let expected = Err(Denial::Malformed("invalid dsn params".to_owned()));
            assert_eq!(Dsn::parse(&text), expected, "{parameters}");
        }
    }

    #[test]
    fn sixty_four_kibibytes_are_read_or_refused() {
        let long = "x".repeat(65_536);
        let grown = |head: &str, tail: &str| format!("{head}{long}{tail}");
        assert!(Dsn::parse(&grown("k:", "@g/topic=t&role=pub")).is_ok());
        assert!(Dsn::parse(&grown("k:s@g/topic=t&role=pub&", "")).is_ok());
        assert!(Dsn::parse(&"&topic=t".repeat(8_192)).is_err());
        assert!(Dsn::parse(&grown("k:s@g/topic=t&role=sub&color=", "")).is_err());
        for text in [long.as_str(), "\0", "\0:\0@\0/\0", &":".repeat(65_536), &"/".repeat(65_536)] {
            assert!(Dsn::parse(text).is_err());
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in any_text()) {
            match Dsn::parse(&text) {
                Ok(dsn) => {
                    let head = format!("{}:{}@{}/", dsn.key, dsn.secret, dsn.group);
                    prop_assert!(text.starts_with(&head), "{:?}", head);
                    prop_assert!(!dsn.topic.is_empty() && dsn.publishes | dsn.consumes);
                    let shown = format!("{dsn:?}");
                    prop_assert!(dsn.secret.len() < 8 || !shown.contains(dsn.secret));
                }
                Err(Denial::Malformed(words)) => {
                    prop_assert!(["auth info error", "invalid dsn params"].contains(&&*words));
                }
                Err(other) => prop_assert!(false, "{:?}", other),
            }
        }
    }

    /// Noise of the marks that matter, noise of any kind, and DSNs with noise in one place.
    fn any_text() -> impl Strategy<Value = String> {
        let marks = "([:@/&=\0a]|topic=|role=pub|offset=ts:|batch=|block=){0,40}";
        let dsn =
            "[a-z]{0,3}:[A-Z]{8,9}@[a-z]{0,3}/topic=[a-z]{0,2}&role=(pub|sub|pubsub)\\PC{0,20}";
        prop_oneof![marks, ".{0,60}", dsn]
    }
}
