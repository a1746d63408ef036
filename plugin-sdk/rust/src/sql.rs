//! SQL databases that the plugin's TOML file grants under `[sql.NAME]`.
//!
//! Only while an authenticator is asked. The gateway owns the connections and their time limits; an
//! error turns into [`Denial::Unavailable`](crate::Denial::Unavailable) with `?`.

use crate::host;

pub use crate::bindings::imports::sql::{Error, Value};

/// The columns of one row, in the order of the SELECT.
pub type Row = Vec<Value>;

/// A database by the NAME of its `[sql.NAME]`.
#[derive(Clone, Debug)]
pub struct Database {
    name: String,
}

impl Database {
    /// Names a database; whether it is granted shows when it is used.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }

    /// Runs the statement of that name in the TOML file, with a parameter for each `?` in it.
    ///
    /// # Errors
    /// - `Denied`: the database or the statement is not granted; nothing was run.
    /// - `Refused`: the database answered with an error, or with more than a call may have.
    /// - `Unavailable`: no connection or no answer; a statement that changes something may have been
    ///   run.
    pub fn run(&self, statement: &str, parameters: &[Value]) -> Result<Vec<Row>, Error> {
        host::sql::run(&self.name, statement, parameters)
    }

    /// Runs a SELECT of the plugin's own, where the TOML file says `queries = "read-only"`.
    ///
    /// Never write what clients sent into `text`: that is what parameters are for.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn query(&self, text: &str, parameters: &[Value]) -> Result<Vec<Row>, Error> {
        host::sql::query(&self.name, text, parameters)
    }
}

impl Value {
    /// Is it SQL's NULL?
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The integer, also one that the database gave as text.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            _ => self.as_str()?.parse().ok(),
        }
    }

    /// The text, if it is one in UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        self.as_bytes().and_then(|bytes| str::from_utf8(bytes).ok())
    }

    /// The bytes of text or a blob.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Bytes(text.as_bytes().to_vec())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

#[cfg(test)]
mod tests {
    use super::{Database, Error, Value};
    use crate::{Denial, testing};

    #[test]
    fn values_are_read_as_what_they_are() {
        let text = Value::from("12");
        assert_eq!((text.as_str(), text.as_i64(), text.is_null()), (Some("12"), Some(12), false));
        assert_eq!((Value::from(7).as_i64(), Value::from(7).as_str()), (Some(7), None));
        let raw = Value::Bytes(vec![0xff]);
        assert_eq!((raw.as_str(), raw.as_bytes()), (None, Some(&[0xff][..])));
        assert!(Value::Null.is_null() && Value::Null.as_i64().is_none());
    }

    #[test]
    fn statements_and_queries_reach_the_double() {
        testing::sql(|connection, text, parameters| {
            assert_eq!((connection, parameters), ("users", &[Value::from("g")][..]));
            if text == "by_group" {
                return Ok(vec![vec![Value::from(1)]]);
            }
            Err(Error::Denied(format!("`{text}` is not granted")))
        });
        let database = Database::named("users");
        assert_eq!(database.run("by_group", &["g".into()]), Ok(vec![vec![Value::Integer(1)]]));
        let error = database.query("SELECT 2", &["g".into()]).unwrap_err();
        let expected = Denial::Unavailable("`SELECT 2` is not granted".into());
        assert_eq!(Denial::from(error), expected);
    }
}
