//! Redis and SQL, played by closures of a test.

use std::cell::RefCell;

use super::double;
use crate::{redis, sql};

type Redis = Box<dyn FnMut(&str, &str, &[Vec<u8>]) -> Result<redis::Reply, redis::Error>>;
type Sql = Box<dyn FnMut(&str, &str, &[sql::Value]) -> Result<Vec<sql::Row>, sql::Error>>;

thread_local! {
    static REDIS: RefCell<Option<Redis>> = const { RefCell::new(None) };
    static SQL: RefCell<Option<Sql>> = const { RefCell::new(None) };
}

/// Answers Redis commands of plugins on this thread, from now on, with `answer`: it gets the
/// connection's name, the command and its arguments. Without it a command panics.
pub fn redis(
    answer: impl FnMut(&str, &str, &[Vec<u8>]) -> Result<redis::Reply, redis::Error> + 'static,
) {
    REDIS.set(Some(Box::new(answer)));
}

/// Answers SQL of plugins on this thread, from now on, with `answer`: it gets the connection's name,
/// the statement's name or the query's text, and the parameters. Without it a statement panics.
pub fn sql(
    answer: impl FnMut(&str, &str, &[sql::Value]) -> Result<Vec<sql::Row>, sql::Error> + 'static,
) {
    SQL.set(Some(Box::new(answer)));
}

/// The import `redis`.
pub(crate) mod redis_import {
    use super::{REDIS, double, redis};

    pub(crate) fn call(
        connection: &str,
        command: &str,
        arguments: &[Vec<u8>],
    ) -> Result<redis::Reply, redis::Error> {
        double::assert_may_wait("redis");
        REDIS.with_borrow_mut(|answer| {
            let answer = answer.as_mut().expect("`testing::redis` says what Redis answers");
            answer(connection, command, arguments)
        })
    }
}

/// The import `sql`.
pub(crate) mod sql_import {
    use super::{SQL, double, sql};

    pub(crate) fn run(
        connection: &str,
        statement: &str,
        parameters: &[sql::Value],
    ) -> Result<Vec<sql::Row>, sql::Error> {
        double::assert_may_wait("sql");
        SQL.with_borrow_mut(|answer| {
            let answer = answer.as_mut().expect("`testing::sql` says what the database answers");
            answer(connection, statement, parameters)
        })
    }

    pub(crate) use run as query;
}

#[cfg(test)]
mod tests {
    use crate::{Filter, Message, NoSettings, Plugin, Verdict, redis::Connection, testing};

    struct Misplaced;

    impl Plugin for Misplaced {
        type Settings = NoSettings;

        fn configure(_: NoSettings) -> Result<Self, String> {
            Ok(Self)
        }
    }

    impl Filter for Misplaced {
        fn on_produce(&mut self, _: &mut Message) -> Verdict {
            let _ = Connection::named("users").get("key");
            Verdict::Forward
        }
    }

    #[test]
    #[should_panic(expected = "`redis` is only valid while an authenticator is asked")]
    fn a_filter_cannot_wait_for_a_store() {
        testing::redis(|_, _, _| panic!("must not be asked"));
        let _ = testing::Call::new("t").produce(&mut Misplaced);
    }
}
