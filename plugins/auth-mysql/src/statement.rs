//! The one SELECT of a login.

use sluicegate_plugin::sql::Value;

use crate::settings::{AppTable, AuthTable};

/// Longest name of a table or column in the database, in characters.
const NAME_CHARS_MAX: usize = 64;

/// The SELECT of group, topic, operation, app key, app secret and cluster of the rows of one group.
///
/// Two rows are enough to know that there is more than one.
#[derive(Debug)]
pub(crate) struct Select {
    /// For groups in ASCII; takes the group twice. The plain comparison finds the row by an index,
    /// but as the collation has it: in most of them `G` is `g`, and spaces at the end do not count.
    /// So the bytes are compared as well.
    by_index: String,
    /// For other groups; takes the group once. With these the plain comparison would be an error
    /// in a column whose character set does not hold them.
    by_bytes: String,
}

impl Select {
    /// Refuses settings that name no table or column, by the setting's name.
    pub(crate) fn new(auth: &AuthTable, app: &AppTable) -> Result<Self, String> {
        let group = column("auth.group", "a", &auth.group)?;
        let all = [
            column("auth.topic", "a", &auth.topic)?,
            column("auth.operation", "a", &auth.operation)?,
            column("app.key", "p", &app.key)?,
            column("app.secret", "p", &app.secret)?,
            column("app.cluster", "p", &app.cluster)?,
        ];
        let app_id = column("auth.app_id", "a", &auth.app_id)?;
        let id = column("app.id", "p", &app.id)?;
        let app_lives = lives("app.deleted_at", "p", &app.deleted_at)?;
        let lives = lives("auth.deleted_at", "a", &auth.deleted_at)?;
        let rows = format!(
            "SELECT {group}, {} FROM {} AS a LEFT JOIN {} AS p ON {id} = {app_id}{app_lives}",
            all.join(", "),
            table("auth.table", &auth.table)?,
            table("app.table", &app.table)?,
        );
        let is_same = format!("CAST(CONVERT({group} USING utf8mb4) AS BINARY) = CAST(? AS BINARY)");
        Ok(Self {
            by_index: format!("{rows} WHERE {group} = ? AND {is_same}{lives} LIMIT 2"),
            by_bytes: format!("{rows} WHERE {is_same}{lives} LIMIT 2"),
        })
    }

    /// The text and the parameters for one group.
    pub(crate) fn of(&self, group: &str) -> (&str, Vec<Value>) {
        if group.is_ascii() {
            (&self.by_index, vec![group.into(), group.into()])
        } else {
            (&self.by_bytes, vec![group.into()])
        }
    }
}

/// A condition that the row is not deleted; 0 is what some libraries write for NULL.
fn lives(setting: &str, of: &str, name: &str) -> Result<String, String> {
    if name.is_empty() {
        return Ok(String::new());
    }
    let column = column(setting, of, name)?;
    Ok(format!(" AND ({column} IS NULL OR {column} = 0)"))
}

fn column(setting: &str, of: &str, name: &str) -> Result<String, String> {
    Ok(format!("{of}.{}", quoted(setting, name)?))
}

fn table(setting: &str, name: &str) -> Result<String, String> {
    match name.split_once('.') {
        Some((database, table)) => {
            Ok(format!("{}.{}", quoted(setting, database)?, quoted(setting, table)?))
        }
        None => quoted(setting, name),
    }
}

fn quoted(setting: &str, name: &str) -> Result<String, String> {
    let is_legal = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '-');
    let is_short = (1..=NAME_CHARS_MAX).contains(&name.chars().count());
    if !is_short || !name.chars().all(is_legal) {
        return Err(format!(
            "`{setting}` is {name:?}: use 1 to {NAME_CHARS_MAX} letters, digits, `_`, `$` and `-`"
        ));
    }
    Ok(format!("`{name}`"))
}

#[cfg(test)]
mod tests {
    use super::Select;
    use crate::settings::{AppTable, AuthTable};

    #[test]
    fn the_usual_tables_make_one_select() {
        let select = Select::new(&AuthTable::default(), &AppTable::default()).unwrap();
        let (text, parameters) = select.of("g");
        assert_eq!(
            text,
            "SELECT a.`group_name`, a.`topic`, a.`operation`, p.`app_key`, p.`app_secret`, \
             p.`cluster` FROM `auth_tb` AS a LEFT JOIN `app_tb` AS p ON p.`id` = a.`app_id` \
             AND (p.`deleted_at` IS NULL OR p.`deleted_at` = 0) WHERE a.`group_name` = ? \
             AND CAST(CONVERT(a.`group_name` USING utf8mb4) AS BINARY) = CAST(? AS BINARY) \
             AND (a.`deleted_at` IS NULL OR a.`deleted_at` = 0) LIMIT 2"
        );
        assert_eq!(parameters, ["g".into(), "g".into()]);
        let (text, parameters) = select.of("größe");
        assert!(text.contains("WHERE CAST(") && !text.contains("`group_name` = ?"), "{text}");
        assert_eq!(parameters, ["größe".into()]);
    }

    #[test]
    fn names_are_settable_and_cannot_break_out() {
        let auth = |table: &str, group: &str| AuthTable {
            table: table.into(),
            group: group.into(),
            deleted_at: String::new(),
            ..AuthTable::default()
        };
        let select = Select::new(&auth("databus.auth", "grp"), &AppTable::default()).unwrap();
        let (text, _) = select.of("g");
        assert!(text.contains("FROM `databus`.`auth` AS a"), "{text}");
        assert!(text.contains("a.`grp` = ?") && !text.contains("a.`deleted_at`"), "{text}");
        for (table, group, named) in [
            ("", "g", "`auth.table` is \"\""),
            ("a.b.c", "g", "`auth.table` is \"b.c\""),
            ("a", "g`; DROP", "`auth.group` is \"g`; DROP\""),
            ("a", "g\0", "`auth.group`"),
            (&"x".repeat(65), "g", "`auth.table`"),
        ] {
            let error = Select::new(&auth(table, group), &AppTable::default()).unwrap_err();
            assert!(error.starts_with(named), "{error}");
        }
    }
}
