//! Rows as `redis_orm` lays them out: a hash for each table, a sorted set for each index.

use sluicegate_plugin::{
    Denial,
    databus::{Account, Row, parse_integer},
    log, metrics,
    redis::{Connection, Error},
};

use crate::settings::Tables;

/// Commands that a group costs, found or not: a stranger must not learn from the time it takes.
const COMMANDS: u32 = 3;
/// Largest id that a score holds exactly.
const ID_MAX: f64 = 9_007_199_254_740_992.0;

/// The tables, in the order in which they are tried.
#[derive(Debug)]
pub(crate) struct Store {
    connection: Connection,
    tables: Vec<Tables>,
}

/// One look-up: counts what it asks.
struct Lookup<'a> {
    connection: &'a Connection,
    commands: u32,
}

/// Why a pair of tables gives no account.
enum Miss {
    /// The group is not there, or not any more: the next pair may have it.
    Absent(Option<String>),
    /// It is there and cannot be used.
    Unusable(String),
    /// Nobody can tell.
    Unknown(Error),
}

impl From<Error> for Miss {
    fn from(error: Error) -> Self {
        Self::Unknown(error)
    }
}

impl Store {
    /// Refuses to look nowhere.
    pub(crate) fn new(connection: String, tables: Vec<Tables>) -> Result<Self, String> {
        if tables.is_empty() {
            return Err(
                "`tables` is empty: name one pair, or leave it out for the usual ones".into()
            );
        }
        Ok(Self { connection: Connection::named(connection), tables })
    }

    /// The account of a group. A row that is no account costs its own group only, and a line for
    /// the operator.
    pub(crate) fn find(&self, group: &str) -> Result<Option<Account>, Denial> {
        let mut lookup = Lookup { connection: &self.connection, commands: 0 };
        for tables in &self.tables {
            match lookup.account(tables, group) {
                Ok(account) => return Ok(Some(account)),
                Err(Miss::Absent(stale)) => {
                    if let Some(why) = stale {
                        report(&why);
                    }
                }
                Err(Miss::Unusable(why)) => {
                    report(&why);
                    break;
                }
                Err(Miss::Unknown(error)) => return Err(error.into()),
            }
        }
        lookup.fill_up(&self.tables)?;
        Ok(None)
    }
}

impl Lookup<'_> {
    fn account(&mut self, tables: &Tables, group: &str) -> Result<Account, Miss> {
        let (id, app_id, row) = self.auth_row(&tables.auth, group)?;
        let [found, key, secret, cluster] =
            self.fields(&tables.app, app_id, ["Id", "AppKey", "AppSecret", "Cluster"])?;
        let account = || {
            if found.is_none() {
                return Err("that row is not there".to_owned());
            }
            let (key, secret) = (text("AppKey", key)?, text("AppSecret", secret)?);
            Row { key, secret, cluster: text("Cluster", cluster)?, ..row }.account()
        };
        account().map_err(|why| {
            let Tables { auth, app } = tables;
            Miss::Unusable(format!("`tb:{auth}` row {id}, of `tb:{app}` row {app_id}: {why}"))
        })
    }

    /// The id of the group's row, the app's id in it, and the rest of it.
    fn auth_row(&mut self, auth: &str, group: &str) -> Result<(i64, i64, Row), Miss> {
        let id = self.id(auth, group)?;
        let [found, name, app_id, operation, topic] =
            self.fields(auth, id, ["Id", "Group", "AppId", "Operation", "Topic"])?;
        let stale = |what| Miss::Absent(Some(format!("`ix:{auth}_group` names row {id}, {what}")));
        if found.is_none() {
            return Err(stale("which is gone"));
        }
        if name.as_deref().unwrap_or_default() != group.as_bytes() {
            return Err(stale("which is of another group"));
        }
        let row = || {
            integer("Id", found)?;
            let (app_id, operation) = (integer("AppId", app_id)?, integer("Operation", operation)?);
            let (group, topic) = (group.to_owned(), text("Topic", topic)?);
            Ok((id, app_id, Row { group, topic, operation, ..Row::default() }))
        };
        row().map_err(|why: String| Miss::Unusable(format!("`tb:{auth}` row {id}: {why}")))
    }

    /// The id of the group's row, which the index holds as a score.
    fn id(&mut self, auth: &str, group: &str) -> Result<i64, Miss> {
        self.commands += 1;
        let index = format!("ix:{auth}_group");
        let score = self.connection.zscore(&index, group)?.ok_or(Miss::Absent(None))?;
        if score.fract() != 0.0 || score.abs() > ID_MAX {
            return Err(Miss::Unusable(format!("`{index}`: the score {score} is not a row's id")));
        }
        #[expect(clippy::cast_possible_truncation, reason = "whole and small enough, as checked")]
        Ok(score as i64)
    }

    fn fields<const N: usize>(
        &mut self,
        table: &str,
        id: i64,
        names: [&str; N],
    ) -> Result<[Option<Vec<u8>>; N], Error> {
        self.commands += 1;
        let fields = names.map(|name| format!("{id}_{name}"));
        let values =
            self.connection.hmget(&format!("tb:{table}"), &fields.each_ref().map(|f| &**f))?;
        Ok(values.try_into().expect("HMGET answers with a value for each field"))
    }

    /// Asks for a row that is never there (ids begin at 1) until a known group's commands are sent.
    fn fill_up(&mut self, tables: &[Tables]) -> Result<(), Error> {
        let Some(tables) = tables.last() else { return Ok(()) };
        while self.commands < COMMANDS {
            self.fields(&tables.app, 0, ["Id", "AppKey", "AppSecret", "Cluster"])?;
        }
        Ok(())
    }
}

fn report(why: &str) {
    metrics::count("unusable_rows", 1);
    log::warn(why);
}

/// A column of text; Go's zero value if the field is missing.
fn text(name: &str, field: Option<Vec<u8>>) -> Result<String, String> {
    String::from_utf8(field.unwrap_or_default()).map_err(|_| format!("its {name} is not UTF-8"))
}

/// A column with an integer; Go's zero value if the field is missing.
fn integer(name: &str, field: Option<Vec<u8>>) -> Result<i64, String> {
    let Some(field) = field else { return Ok(0) };
    let number = str::from_utf8(&field).ok().and_then(parse_integer);
    number.ok_or_else(|| format!("its {name} is not an integer of 64 bits"))
}
