//! What plugins may reach beyond the process: the stores that their settings files grant.
//!
//! The gateway owns the connections; a plugin sends single commands through them, within what was
//! granted and within the time of its call. Nothing here connects before a plugin asks.

use std::time::Duration;

use tokio::time::timeout;

use super::{limits::REACH_ANSWER_MARGIN, load_error::LoadFault};

mod address;
mod cassette;
mod exchange;
mod in_hand;
mod redis;
mod settings;
mod sql;
mod stand_in;
mod store_use;
mod tls;

pub use self::redis::{KeyPattern, RedisAddress, RedisCommand};
pub use address::AddressError;
pub use cassette::Cassette;
pub use exchange::{Answer, Asked, Cell, Exchange, Question};
pub use settings::{ReachSettings, RedisSettings, SqlSettings, TlsFiles};
pub use sql::{SqlAddress, SqlStatement, StatementError};
pub use stand_in::{Asks, Call, Fixtures, Held, Keyspace, RowsOf, StandIn};
pub use store_use::StoreUse;

pub(super) use self::redis::RedisReach;
pub(super) use exchange::{Rows, Told};
pub(super) use in_hand::ReachInHand;
pub(super) use sql::{Columns, SqlReach};

/// Why a call outside the process gave nothing; worded for the plugin and for the operator, without
/// arguments, addresses or secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReachError {
    /// Not granted; nothing was sent.
    Denied(String),
    /// The store answered with an error, or with something that has no form in the contract.
    Refused(String),
    /// There is no answer; what changes something may have been carried out.
    Unavailable(String),
}

impl ReachError {
    /// One word for counters and logs.
    pub(super) fn outcome(&self) -> &'static str {
        match self {
            Self::Denied(_) => "denied",
            Self::Refused(_) => "refused",
            Self::Unavailable(_) => "unavailable",
        }
    }

    pub(super) fn words(&self) -> &str {
        match self {
            Self::Denied(words) | Self::Refused(words) | Self::Unavailable(words) => words,
        }
    }
}

/// The stores of one plugin. Their connections end with it.
#[derive(Debug, Default)]
pub(super) struct Reach {
    redis: Vec<RedisReach>,
    sql: Vec<SqlReach>,
}

impl Reach {
    /// Makes ready what the settings grant. Reads the files of `tls` sections and connects to
    /// nothing: a plugin loads while its store is away.
    pub(super) fn open(settings: &ReachSettings, bytes_max: usize) -> Result<Self, LoadFault> {
        let unusable = |kind: &str, name: &str, reason| {
            let section = format!("{kind}.{name}");
            LoadFault::ReachUnusable { section, reason }
        };
        let redis = settings.redis.iter().map(|settings| {
            RedisReach::open(settings, bytes_max)
                .map_err(|reason| unusable("redis", &settings.name, reason))
        });
        let sql = settings.sql.iter().map(|settings| {
            SqlReach::open(settings, bytes_max)
                .map_err(|reason| unusable("sql", &settings.name, reason))
        });
        Ok(Self { redis: redis.collect::<Result<_, _>>()?, sql: sql.collect::<Result<_, _>>()? })
    }

    /// Connects to each store: its section, and what keeps it from answering.
    pub(super) async fn greet(&self) -> Vec<(String, Result<(), String>)> {
        let mut answers = Vec::with_capacity(self.redis.len() + self.sql.len());
        for reach in &self.redis {
            let section = format!("redis.{}", reach.name());
            answers.push((section, within(reach.timeout(), reach.greet()).await));
        }
        for reach in &self.sql {
            let section = format!("sql.{}", reach.name());
            answers.push((section, within(reach.timeout(), reach.greet()).await));
        }
        answers
    }

    /// The Redis connection of this name.
    pub(super) fn redis(&self, name: &str) -> Result<&RedisReach, ReachError> {
        let found = self.redis.iter().find(|reach| reach.name() == name);
        found.ok_or_else(|| no_connection("redis", name))
    }

    /// The SQL connection of this name.
    pub(super) fn sql(&self, name: &str) -> Result<&SqlReach, ReachError> {
        let found = self.sql.iter().find(|reach| reach.name() == name);
        found.ok_or_else(|| no_connection("sql", name))
    }
}

async fn within(
    limit: Duration,
    greeting: impl Future<Output = Result<(), ReachError>>,
) -> Result<(), String> {
    let late = || format!("no answer within {} ms", limit.as_millis());
    let answer = timeout(limit, greeting).await.map_err(|_| late())?;
    answer.map_err(|error| error.words().to_owned())
}

fn no_connection(kind: &str, name: &str) -> ReachError {
    let name = if is_name(name) { name } else { "NAME" };
    ReachError::Denied(format!(
        "no such connection is granted: add a section `[{kind}.{name}]` to the plugin's TOML file"
    ))
}

/// True for what may be shown of a word that a guest gave, and for names of sections: 1 to 64
/// letters, digits, `_` and `-`.
pub fn is_name(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    (1..=super::limits::WORD_BYTES_MAX).contains(&text.len()) && text.bytes().all(fits)
}

/// How long one call may wait: never so long that the guest has no time left to say what happened.
fn wait_limit(timeout: Duration, left: Duration) -> Duration {
    timeout.min(left.saturating_sub(REACH_ANSWER_MARGIN))
}

/// A store's error text without what stands in quotes: stores repeat arguments there.
fn without_quotes(text: &str) -> String {
    const QUOTES: [char; 3] = ['\'', '"', '`'];
    let text = super::text::one_line(text, super::limits::GUEST_TEXT_BYTES_MAX);
    match (text.find(QUOTES), text.rfind(QUOTES)) {
        // One mark alone: where the quotation ends is not known.
        (Some(first), Some(last)) if first == last => format!("{}…", &text[..first]),
        (Some(first), Some(last)) => format!("{}…{}", &text[..first], &text[last + 1..]),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stores_quote_is_cut_out_of_their_errors() {
        for (text, shown) in [
            ("unknown command 'FOO', with args: 'hush' 'x'", "unknown command …"),
            ("near 'it's hush' at line 1", "near … at line 1"),
            ("a lone ' hush", "a lone …"),
            ("no quotes\r\n", "no quotes  "),
        ] {
            assert_eq!(without_quotes(text), shown);
        }
    }

    #[test]
    fn a_wait_leaves_the_guest_time_to_answer() {
        let ms = Duration::from_millis;
        assert_eq!(wait_limit(ms(1000), ms(2000)), ms(1000));
        assert_eq!(wait_limit(ms(1000), ms(900)), ms(800));
        assert_eq!(wait_limit(ms(1000), ms(50)), ms(0));
    }

    #[test]
    fn a_name_that_is_not_granted_is_shown_only_if_it_is_one() {
        let denied = |name| Reach::default().redis(name).unwrap_err();
        assert!(denied("users").words().contains("`[redis.users]`"));
        assert!(denied("hush me").words().contains("`[redis.NAME]`"));
        assert_eq!(denied("users").outcome(), "denied");
    }
}
