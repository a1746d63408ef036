//! Redis servers that the plugin's TOML file grants under `[redis.NAME]`.
//!
//! Only while an authenticator is asked. The gateway owns the connections and their time limits; an
//! error turns into [`Denial::Unavailable`](crate::Denial::Unavailable) with `?`.

use crate::host;

pub use crate::bindings::imports::redis::{Error, Reply, Value};

/// A connection by the NAME of its `[redis.NAME]`.
#[derive(Clone, Debug)]
pub struct Connection {
    name: String,
}

impl Connection {
    /// Names a connection; whether it is granted shows when it is used.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }

    /// Sends one command: `call("EXISTS", &[key])`.
    ///
    /// # Errors
    /// - `Denied`: the connection, the command or a key is not granted; nothing was sent.
    /// - `Refused`: the server answered with an error, or with arrays inside arrays.
    /// - `Unavailable`: no connection or no answer; a command that changes something may have been
    ///   carried out.
    pub fn call(&self, command: &str, arguments: &[impl AsRef<[u8]>]) -> Result<Reply, Error> {
        let arguments: Vec<_> = arguments.iter().map(|part| part.as_ref().to_vec()).collect();
        host::redis::call(&self.name, command, &arguments)
    }

    /// `GET`: the value of a key, if there is one.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        single("GET", self.call("GET", &[key])?)
    }

    /// `HGET`: the value of a field, if there is one.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn hget(&self, key: &str, field: &str) -> Result<Option<Vec<u8>>, Error> {
        single("HGET", self.call("HGET", &[key, field])?)
    }

    /// `HMGET`: the value of each field, in order.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn hmget(&self, key: &str, fields: &[&str]) -> Result<Vec<Option<Vec<u8>>>, Error> {
        match self.call("HMGET", &[&[key], fields].concat())? {
            Reply::Many(values) if values.len() == fields.len() => {
                Ok(values.into_iter().map(bytes).collect())
            }
            _ => Err(misfit("HMGET")),
        }
    }

    /// `ZSCORE`: the score of a member, if it is one.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn zscore(&self, key: &str, member: &str) -> Result<Option<f64>, Error> {
        let Some(score) = single("ZSCORE", self.call("ZSCORE", &[key, member])?)? else {
            return Ok(None);
        };
        let score = str::from_utf8(&score).ok().and_then(|text| text.parse().ok());
        score.map(Some).ok_or_else(|| misfit("ZSCORE"))
    }
}

fn single(command: &str, reply: Reply) -> Result<Option<Vec<u8>>, Error> {
    match reply {
        Reply::Single(value) => Ok(bytes(value)),
        Reply::Many(_) => Err(misfit(command)),
    }
}

fn bytes(value: Value) -> Option<Vec<u8>> {
    match value {
        Value::Nil => None,
        Value::Integer(number) => Some(number.to_string().into_bytes()),
        Value::Bytes(bytes) => Some(bytes),
    }
}

fn misfit(command: &str) -> Error {
    Error::Refused(format!("the reply to {command} has not the form that Redis gives it"))
}

#[cfg(test)]
mod tests {
    use super::{Connection, Error, Reply, Value};
    use crate::{Denial, testing};

    fn answering(reply: Result<Reply, Error>) -> Connection {
        testing::redis(move |connection, _, _| {
            assert_eq!(connection, "users");
            reply.clone()
        });
        Connection::named("users")
    }

    #[test]
    fn replies_are_read_in_the_form_their_command_has() {
        let score = |text: &str| answering(Ok(Reply::Single(Value::Bytes(text.into()))));
        assert_eq!(score("17").zscore("z", "m"), Ok(Some(17.0)));
        assert!(score("x").zscore("z", "m").is_err());
        let nil = answering(Ok(Reply::Single(Value::Nil)));
        assert_eq!((nil.get("k"), nil.zscore("z", "m")), (Ok(None), Ok(None)));
        assert!(nil.hmget("h", &["a"]).is_err());

        let two = Reply::Many(vec![Value::Nil, Value::Integer(-3)]);
        let two = answering(Ok(two));
        assert_eq!(two.hmget("h", &["a", "b"]), Ok(vec![None, Some(b"-3".to_vec())]));
        assert!(two.hmget("h", &["a"]).is_err() && two.hget("h", "a").is_err());
    }

    #[test]
    fn commands_reach_the_double_as_they_are() {
        testing::redis(|_, command, arguments| {
            let words = arguments.iter().map(|word| String::from_utf8_lossy(word));
            let line = [command.into()].into_iter().chain(words).collect::<Vec<_>>().join(" ");
            Ok(Reply::Single(Value::Bytes(line.into_bytes())))
        });
        let reply = Connection::named("c").hget("key", "field").unwrap().unwrap();
        assert_eq!(reply, b"HGET key field");
    }

    #[test]
    fn every_error_leaves_the_login_undecided() {
        let away = Error::Unavailable("no answer within 1000 ms".into());
        let error = answering(Err(away)).get("k").unwrap_err();
        assert_eq!(Denial::from(error), Denial::Unavailable("no answer within 1000 ms".into()));
    }
}
