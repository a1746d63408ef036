//! The one SELECT of a login.

use crate::settings::{AppTable, AuthTable};

/// Longest name of a table or column in MySQL, in characters.
const NAME_CHARS_MAX: usize = 64;

/// A SELECT of group, topic, operation, app key, app secret and cluster of the rows of one group,
/// whose name it takes twice.
///
/// The plain comparison finds the row by an index, but as the collation has it: in most of them
/// `G` is `g`, `é` is `e`, and spaces at the end do not count. So the bytes are compared as well.
/// Two rows are enough to know that there is more than one.
///
/// # Errors
/// Which setting is no name of a table or column.
pub(crate) fn select(auth: &AuthTable, app: &AppTable) -> Result<String, String> {
    let group = column("auth.group", "a", &auth.group)?;
    let topic = column("auth.topic", "a", &auth.topic)?;
    let operation = column("auth.operation", "a", &auth.operation)?;
    let app_id = column("auth.app_id", "a", &auth.app_id)?;
    let id = column("app.id", "p", &app.id)?;
    let key = column("app.key", "p", &app.key)?;
    let secret = column("app.secret", "p", &app.secret)?;
    let cluster = column("app.cluster", "p", &app.cluster)?;
    let auth_lives = lives("auth.deleted_at", "a", &auth.deleted_at)?;
    let app_lives = lives("app.deleted_at", "p", &app.deleted_at)?;
    let auth = table("auth.table", &auth.table)?;
    let app = table("app.table", &app.table)?;
    Ok(format!(
        "SELECT {group}, {topic}, {operation}, {key}, {secret}, {cluster} FROM {auth} AS a \
         LEFT JOIN {app} AS p ON {id} = {app_id}{app_lives} \
         WHERE {group} = ? AND CAST(CONVERT({group} USING utf8mb4) AS BINARY) = CAST(? AS BINARY)\
         {auth_lives} LIMIT 2"
    ))
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
    use super::select;
    use crate::settings::{AppTable, AuthTable};

    #[test]
    fn the_usual_tables_make_one_select() {
        assert_eq!(
            select(&AuthTable::default(), &AppTable::default()).unwrap(),
            "SELECT a.`group_name`, a.`topic`, a.`operation`, p.`app_key`, p.`app_secret`, \
             p.`cluster` FROM `auth_tb` AS a LEFT JOIN `app_tb` AS p ON p.`id` = a.`app_id` \
             AND (p.`deleted_at` IS NULL OR p.`deleted_at` = 0) WHERE a.`group_name` = ? \
             AND CAST(CONVERT(a.`group_name` USING utf8mb4) AS BINARY) = CAST(? AS BINARY) \
             AND (a.`deleted_at` IS NULL OR a.`deleted_at` = 0) LIMIT 2"
        );
    }

    #[test]
    fn names_are_settable_and_cannot_break_out() {
        let auth = |table: &str, group: &str| AuthTable {
            table: table.into(),
            group: group.into(),
            deleted_at: String::new(),
            ..AuthTable::default()
        };
        let text = select(&auth("databus.auth", "grp"), &AppTable::default()).unwrap();
        assert!(text.contains("FROM `databus`.`auth` AS a"), "{text}");
        assert!(text.contains("a.`grp` = ?") && !text.contains("a.`deleted_at`"), "{text}");
        for (table, group, named) in [
            ("", "g", "`auth.table` is \"\""),
            ("a.b.c", "g", "`auth.table` is \"b.c\""),
            ("a", "g`; DROP", "`auth.group` is \"g`; DROP\""),
            ("a", "g\0", "`auth.group`"),
            (&"x".repeat(65), "g", "`auth.table`"),
        ] {
            let error = select(&auth(table, group), &AppTable::default()).unwrap_err();
            assert!(error.starts_with(named), "{error}");
        }
    }
}
