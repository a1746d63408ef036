//! Asks a store what the secret of a login says, and denies the login with the answer as its text.
//!
//! `redis CONNECTION COMMAND ARGUMENT…`, `run CONNECTION STATEMENT PARAMETER…`, `query CONNECTION
//! TEXT…`, and `many N …`, which asks N times and tells the last answer. With `in_configure` in its
//! settings it asks that when it is configured, which the gateway must not let it.

use sluicegate_plugin::{Authenticator, Credentials, Denial, Grant, Plugin};

/// The interfaces as wit-bindgen makes them, without the SDK between.
#[allow(
    unsafe_code,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    clippy::all,
    clippy::pedantic,
    clippy::allow_attributes_without_reason,
    reason = "generated"
)]
mod stores {
    wit_bindgen::generate!({
        path: "../../../plugin-sdk/wit",
        inline: "
            package sluicegate:reach-guest;

            world stores {
                import sluicegate:plugin/redis@0.1.0;
                import sluicegate:plugin/sql@0.1.0;
            }
        ",
        world: "sluicegate:reach-guest/stores",
        generate_all,
    });
    pub use sluicegate::plugin::*;
}

use stores::{redis, sql};

/// Has nothing to remember.
#[derive(Debug)]
pub struct Reach;

/// What to ask too early.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    #[serde(default)]
    in_configure: String,
}

impl Plugin for Reach {
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, String> {
        let words: Vec<&str> = settings.in_configure.split_whitespace().collect();
        if words.is_empty() { Ok(Self) } else { Err(ask(&words)) }
    }
}

impl Authenticator for Reach {
    fn authenticate(&mut self, login: &Credentials) -> Result<Grant, Denial> {
        let mut words: Vec<&str> = login.secret.split(' ').collect();
        let mut times = 1;
        if let ["many", count, ..] = words[..] {
            times = count.parse().unwrap_or(1);
            words.drain(..2);
        }
        let mut answer = String::new();
        for _ in 0..times {
            answer = ask(&words);
        }
        Err(Denial::Malformed(answer))
    }
}

fn ask(words: &[&str]) -> String {
    match *words {
        ["redis", connection, command, ref arguments @ ..] => {
            let arguments: Vec<_> = arguments.iter().map(|word| word.as_bytes().to_vec()).collect();
            told(redis::call(connection, command, &arguments), reply)
        }
        ["run", connection, statement, ref parameters @ ..] => {
            let parameters: Vec<_> = parameters.iter().map(|word| parameter(word)).collect();
            told(sql::run(connection, statement, &parameters), rows)
        }
        ["query", connection, ref text @ ..] => {
            told(sql::query(connection, &text.join(" "), &[]), rows)
        }
        _ => "what?".to_owned(),
    }
}

fn told<T>(answer: Result<T, impl std::fmt::Debug>, show: fn(T) -> String) -> String {
    match answer {
        Ok(answer) => show(answer),
        Err(error) => format!("{error:?}"),
    }
}

fn reply(reply: redis::Reply) -> String {
    let item = |item: redis::Value| match item {
        redis::Value::Nil => "nil".to_owned(),
        redis::Value::Integer(number) => number.to_string(),
        redis::Value::Bytes(bytes) => format!("{:?}", String::from_utf8_lossy(&bytes)),
    };
    match reply {
        redis::Reply::Single(value) => item(value),
        redis::Reply::Many(values) => {
            let items: Vec<_> = values.into_iter().map(item).collect();
            format!("[{}]", items.join(" "))
        }
    }
}

fn rows(rows: Vec<Vec<sql::Value>>) -> String {
    let item = |item: sql::Value| match item {
        sql::Value::Null => "null".to_owned(),
        sql::Value::Integer(number) => number.to_string(),
        sql::Value::Bytes(bytes) => format!("{:?}", String::from_utf8_lossy(&bytes)),
    };
    let row = |row: Vec<sql::Value>| row.into_iter().map(item).collect::<Vec<_>>().join(" ");
    let rows: Vec<_> = rows.into_iter().map(row).collect();
    format!("[{}]", rows.join(", "))
}

/// A number is one, and `null` is NULL.
fn parameter(word: &str) -> sql::Value {
    match (word, word.parse()) {
        ("null", _) => sql::Value::Null,
        (_, Ok(number)) => sql::Value::Integer(number),
        (text, Err(_)) => sql::Value::Bytes(text.into()),
    }
}

sluicegate_plugin::export!(Reach: Authenticator);
