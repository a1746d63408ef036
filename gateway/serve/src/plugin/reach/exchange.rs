//! What plugins ask stores and what they hear, as plain data: for fixtures and recordings.

use std::borrow::Cow;

use super::ReachError;
use crate::plugin::bindings::sluicegate::plugin::{redis as redis_interface, sql};

/// A question of a plugin and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// What was asked.
    pub question: Question,
    /// What was answered.
    pub answer: Result<Answer, ReachError>,
    /// Names of the columns, where the answer is rows of a database.
    pub columns: Vec<String>,
}

/// One call of one plugin.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    /// The plugin's name.
    pub plugin: String,
    /// NAME of `[redis.NAME]` or `[sql.NAME]`.
    pub connection: String,
    /// What is asked there.
    pub asked: Asked,
}

/// What is asked of a store.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asked {
    /// A command to a Redis server.
    Command {
        /// Its name, in capitals.
        name: String,
        /// What follows it.
        arguments: Vec<Vec<u8>>,
    },
    /// A statement of the settings file.
    Statement {
        /// Its name there.
        name: String,
        /// Its parameters.
        parameters: Vec<Cell>,
    },
    /// A SELECT of the plugin's own.
    Query {
        /// The SELECT.
        text: String,
        /// Its parameters.
        parameters: Vec<Cell>,
    },
}

/// One value of a store.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    /// Redis' nil, SQL's NULL.
    Nil,
    /// An integer.
    Integer(i64),
    /// All else.
    Bytes(Vec<u8>),
}

/// What a store answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// One value.
    Single(Cell),
    /// An array, a set or a map: its keys and values in turn.
    Many(Vec<Cell>),
    /// Rows of a database.
    Rows(Vec<Vec<Cell>>),
}

impl Question {
    /// `redis.users HGETALL`: without arguments, for people.
    pub fn shown(&self) -> String {
        let connection = &self.connection;
        match &self.asked {
            Asked::Command { name, .. } => format!("redis.{connection} {name}"),
            Asked::Statement { name, .. } => format!("sql.{connection} {name}"),
            Asked::Query { .. } => format!("sql.{connection} query"),
        }
    }
}

impl Cell {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Bytes(text.into().into_bytes())
    }

    /// The bytes as Redis would send them, whatever the kind; nil has none.
    pub fn bytes(&self) -> Cow<'_, [u8]> {
        match self {
            Self::Nil => Cow::Borrowed(&[]),
            Self::Integer(number) => Cow::Owned(number.to_string().into_bytes()),
            Self::Bytes(bytes) => Cow::Borrowed(bytes),
        }
    }
}

/// An answer in the form in which a guest gets it.
pub(in crate::plugin) trait Told: Sized {
    /// As plain data.
    fn answer(&self) -> Answer;
    /// From plain data; `None` if that is an answer to another kind of question.
    fn from_answer(answer: Answer) -> Option<Self>;
    /// What may be shown of it: how much there is, never what.
    fn shape(&self) -> String;
}

/// Rows as a guest gets them.
pub(in crate::plugin) type Rows = Vec<Vec<sql::Value>>;

impl Told for redis_interface::Reply {
    fn answer(&self) -> Answer {
        match self {
            Self::Single(value) => Answer::Single(value.into()),
            Self::Many(values) => Answer::Many(values.iter().map(Cell::from).collect()),
        }
    }

    fn from_answer(answer: Answer) -> Option<Self> {
        match answer {
            Answer::Single(cell) => Some(Self::Single(cell.into())),
            Answer::Many(cells) => Some(Self::Many(cells.into_iter().map(Into::into).collect())),
            Answer::Rows(_) => None,
        }
    }

    fn shape(&self) -> String {
        match self {
            Self::Single(redis_interface::Value::Nil) => "nil".into(),
            Self::Single(redis_interface::Value::Integer(_)) => "an integer".into(),
            Self::Single(redis_interface::Value::Bytes(_)) => "a value".into(),
            Self::Many(values) => {
                let nils =
                    values.iter().filter(|v| matches!(v, redis_interface::Value::Nil)).count();
                let some = if nils > 0 { format!(", {nils} of them nil") } else { String::new() };
                format!("{}{some}", counted(values.len(), "item"))
            }
        }
    }
}

impl Told for Rows {
    fn answer(&self) -> Answer {
        Answer::Rows(self.iter().map(|row| row.iter().map(Cell::from).collect()).collect())
    }

    fn from_answer(answer: Answer) -> Option<Self> {
        match answer {
            Answer::Rows(rows) => {
                let row = |row: Vec<Cell>| row.into_iter().map(Into::into).collect();
                Some(rows.into_iter().map(row).collect())
            }
            Answer::Single(_) | Answer::Many(_) => None,
        }
    }

    fn shape(&self) -> String {
        let rows = counted(self.len(), "row");
        self.first().map_or(rows.clone(), |first| format!("{rows} of {}", first.len()))
    }
}

fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

impl From<&redis_interface::Value> for Cell {
    fn from(value: &redis_interface::Value) -> Self {
        match value {
            redis_interface::Value::Nil => Self::Nil,
            redis_interface::Value::Integer(number) => Self::Integer(*number),
            redis_interface::Value::Bytes(bytes) => Self::Bytes(bytes.clone()),
        }
    }
}

impl From<Cell> for redis_interface::Value {
    fn from(cell: Cell) -> Self {
        match cell {
            Cell::Nil => Self::Nil,
            Cell::Integer(number) => Self::Integer(number),
            Cell::Bytes(bytes) => Self::Bytes(bytes),
        }
    }
}

impl From<&sql::Value> for Cell {
    fn from(value: &sql::Value) -> Self {
        match value {
            sql::Value::Null => Self::Nil,
            sql::Value::Integer(number) => Self::Integer(*number),
            sql::Value::Bytes(bytes) => Self::Bytes(bytes.clone()),
        }
    }
}

impl From<Cell> for sql::Value {
    fn from(cell: Cell) -> Self {
        match cell {
            Cell::Nil => Self::Null,
            Cell::Integer(number) => Self::Integer(number),
            Cell::Bytes(bytes) => Self::Bytes(bytes),
        }
    }
}
