//! What one group may do, and what opens it.

use std::fmt;

use crate::secret::Plain;

/// Longest group, key, cluster, topic or colour, in bytes: what the gateway takes in a grant.
const WORD_BYTES_MAX: usize = 249;
/// In a row's operation: may consume.
const SUB: i64 = 1;
/// In a row's operation: may publish.
const PUB: i64 = 2;

/// One group with its one topic, and the key and secret that open it.
///
/// Whoever makes one answers for its words: see [`Row::account`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account<S = Plain> {
    /// Group, without colour.
    pub group: String,
    /// The topic; not a pattern.
    pub topic: String,
    /// May it publish?
    pub publishes: bool,
    /// May it consume?
    pub consumes: bool,
    /// Application key.
    pub key: String,
    /// Application secret.
    pub secret: S,
    /// The cluster its traffic goes to; `None`: the gateway's default.
    pub cluster: Option<String>,
}

/// An account as stores hold it: words that nobody has looked at yet.
#[derive(Default)]
pub struct Row {
    /// Group, without colour.
    pub group: String,
    /// The topic.
    pub topic: String,
    /// Bit 1: may consume; bit 2: may publish; 3: both.
    pub operation: i64,
    /// Application key.
    pub key: String,
    /// Application secret.
    pub secret: String,
    /// Cluster; an empty one is no cluster that exists.
    pub cluster: String,
}

impl Row {
    /// The account of the row. An operation without bits is one that may do nothing.
    ///
    /// # Errors
    /// What is wrong with the row, for the operator, without its secret. Such a row must cost
    /// nobody else anything: the gateway would take its words for a fault of the whole plugin.
    pub fn account(self) -> Result<Account, String> {
        let Self { group, topic, operation, key, secret, cluster } = self;
        for (what, word) in [("group", &group), ("app key", &key)] {
            if word.is_empty() || !is_word(word) {
                return Err(bad_word(what));
            }
        }
        if !is_topic(&topic) {
            return Err(format!("its topic {topic:?} is not a topic name"));
        }
        if !is_word(&cluster) {
            return Err(bad_word("cluster"));
        }
        if secret.is_empty() {
            return Err("its app secret is empty".to_owned());
        }
        if operation < 0 {
            return Err(format!("its operation is {operation}: 1 is sub, 2 is pub, 3 is both"));
        }
        Ok(Account {
            group,
            topic,
            publishes: operation & PUB != 0,
            consumes: operation & SUB != 0,
            key,
            secret: Plain::new(&secret),
            cluster: Some(cluster),
        })
    }
}

/// Without the secret: what is printed ends in logs.
impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { group, topic, operation, .. } = self;
        write!(f, "Row(group={group:?} topic={topic:?} operation={operation})")
    }
}

/// True for what Kafka takes as the name of a topic.
pub fn is_topic(name: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let is_long = name.len() > WORD_BYTES_MAX;
    !name.is_empty() && !is_long && name.bytes().all(legal) && name != "." && name != ".."
}

/// True for a word that logs and keys can hold, or none: short, and on one line.
pub(super) fn is_word(text: &str) -> bool {
    text.len() <= WORD_BYTES_MAX && !text.contains(char::is_control)
}

fn bad_word(what: &str) -> String {
    format!("its {what} is empty, longer than {WORD_BYTES_MAX} bytes, or has control characters")
}

#[cfg(test)]
mod tests {
    use super::{Row, is_topic};
    use crate::secret::Secret as _;

    fn row() -> Row {
        Row {
            group: "group_name1".into(),
            topic: "test156".into(),
            operation: 3,
            key: "app_key1".into(),
            secret: "app_secret1".into(),
            cluster: "cluster1".into(),
        }
    }

    #[test]
    fn an_operations_bits_are_what_it_may_do() {
        for (operation, publishes, consumes) in [
            (0, false, false),
            (1, false, true),
            (2, true, false),
            (3, true, true),
            (7, true, true),
        ] {
            let account = Row { operation, ..row() }.account().unwrap();
            assert_eq!((account.publishes, account.consumes), (publishes, consumes), "{operation}");
            assert!(account.secret.is("app_secret1"));
        }
    }

    #[test]
    fn a_row_that_no_grant_could_hold_is_refused_without_its_secret() {
        let long = "x".repeat(250);
        for (bad, why) in [
            (Row { group: String::new(), ..row() }, "group"),
            (Row { group: "a\nb".into(), ..row() }, "group"),
            (Row { key: String::new(), ..row() }, "app key"),
            (Row { cluster: long.clone(), ..row() }, "cluster"),
            (Row { topic: String::new(), ..row() }, "topic"),
            (Row { topic: "*".into(), ..row() }, "topic"),
            (Row { topic: long, ..row() }, "topic"),
            (Row { secret: String::new(), ..row() }, "secret is empty"),
            (Row { operation: -1, ..row() }, "operation is -1"),
        ] {
            let error = bad.account().unwrap_err();
            assert!(error.contains(why) && !error.contains("app_secret1"), "{why}: {error}");
        }
        assert!(Row { cluster: String::new(), ..row() }.account().is_ok());
        assert!(is_topic("a.b_c-D9") && !is_topic("..") && !is_topic("a b"));
    }
}
