//! Which statements may be run: single ones, and for queries only those that read.

use thiserror::Error;

/// First words of what may be a named statement. Others could change the session, and with it what
/// the next statement on the connection does.
const STATEMENTS: [&str; 6] = ["SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "REPLACE"];
/// First words of what reads.
const QUERIES: [&str; 2] = ["SELECT", "WITH"];

/// Why a statement is not run. Never repeats the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum StatementError {
    /// It begins with another word.
    #[error("it does not begin with one of {0}")]
    OtherKind(&'static str),
    /// A second statement may follow.
    #[error("it has a `;`: a statement is one, without an end mark")]
    Several,
    /// `--`, `#` or `/*`.
    #[error("it has a comment, and the database may run what stands in one")]
    Comment,
    /// The rows would go elsewhere.
    #[error("it has the word INTO: its rows must come back")]
    Into,
    /// What a backslash does depends on the mode of the database.
    #[error("it has a backslash: give the value as a parameter")]
    Backslash,
    /// A quotation without an end.
    #[error("a quotation in it has no end")]
    Unfinished,
}

/// A statement of `[sql.NAME.statements]`.
#[derive(Clone, Debug)]
pub struct SqlStatement {
    name: String,
    text: String,
    may_write: bool,
}

impl SqlStatement {
    /// Checks a statement with `?` for parameters.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn new(name: String, text: String) -> Result<Self, StatementError> {
        let may_write = check_query(&text).is_err();
        if may_write {
            check(&text, &STATEMENTS, "SELECT, WITH, INSERT, UPDATE, DELETE and REPLACE")?;
        }
        Ok(Self { name, text, may_write })
    }

    /// What the plugin calls it.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// False if it is a query.
    pub(super) fn may_write(&self) -> bool {
        self.may_write
    }
}

/// Lets a single statement pass that reads and gives its rows back.
pub(super) fn check_query(text: &str) -> Result<(), StatementError> {
    if check(text, &QUERIES, "SELECT and WITH")? { Err(StatementError::Into) } else { Ok(()) }
}

/// True if the word INTO stands outside quotations.
fn check(text: &str, kinds: &[&str], shown: &'static str) -> Result<bool, StatementError> {
    let first = words(text).next().unwrap_or_default();
    let begins_so = text.trim_start().starts_with(first) && !first.is_empty();
    if !begins_so || !kinds.iter().any(|kind| first.eq_ignore_ascii_case(kind)) {
        return Err(StatementError::OtherKind(shown));
    }
    let mut has_into = false;
    let mut rest = text;
    while let Some(at) = rest.find(['\'', '"', '`']) {
        has_into |= check_plain(&rest[..at])?;
        // A doubled mark inside reads as the end of one quotation and the begin of the next, which
        // comes to the same.
        let mark = char::from(rest.as_bytes()[at]);
        let quoted = &rest[at + 1..];
        let end = quoted.find(mark).ok_or(StatementError::Unfinished)?;
        if quoted[..end].contains('\\') {
            return Err(StatementError::Backslash);
        }
        rest = &quoted[end + 1..];
    }
    Ok(check_plain(rest)? | has_into)
}

/// Checks text outside quotations; true if the word INTO stands in it.
fn check_plain(text: &str) -> Result<bool, StatementError> {
    if text.contains(';') {
        return Err(StatementError::Several);
    }
    if ["--", "#", "/*"].iter().any(|mark| text.contains(mark)) {
        return Err(StatementError::Comment);
    }
    if text.contains('\\') {
        return Err(StatementError::Backslash);
    }
    Ok(words(text).any(|word| word.eq_ignore_ascii_case("INTO")))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let is_between = |c: char| !c.is_alphanumeric() && c != '_' && c != '$';
    text.split(is_between).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_read_and_end() {
        for text in [
            "SELECT 1",
            " \n select a, `into`, 'x; -- # /* y', \"into\" FROM t WHERE b = ?",
            "WITH a AS (SELECT 1) SELECT * FROM a",
            "SELECT 'it''s; into' FROM `a``into`",
            "SELECT intox FROM t WHERE a - -1",
        ] {
            assert_eq!(check_query(text), Ok(()), "{text}");
        }
        for (text, error) in [
            ("", StatementError::OtherKind("SELECT and WITH")),
            ("(SELECT 1)", StatementError::OtherKind("SELECT and WITH")),
            ("/* x */ SELECT 1", StatementError::OtherKind("SELECT and WITH")),
            ("SELECTED", StatementError::OtherKind("SELECT and WITH")),
            ("UPDATE t SET a = 1", StatementError::OtherKind("SELECT and WITH")),
            ("SELECT 1; DROP TABLE t", StatementError::Several),
            ("SELECT 1 -- x", StatementError::Comment),
            ("SELECT 1 # x", StatementError::Comment),
            ("SELECT /*!50000 SLEEP(1) */", StatementError::Comment),
            ("SELECT a FROM t INTO OUTFILE '/x'", StatementError::Into),
            ("SELECT a FROM t iNtO @x", StatementError::Into),
            ("SELECT '\\' INTO OUTFILE '/x'", StatementError::Backslash),
            ("SELECT \\N", StatementError::Backslash),
            ("SELECT 'x", StatementError::Unfinished),
            ("SELECT `x''", StatementError::Unfinished),
        ] {
            assert_eq!(check_query(text), Err(error), "{text}");
        }
    }

    #[test]
    fn named_statements_may_write_but_not_change_the_session() {
        let may_write =
            |text: &str| SqlStatement::new("s".into(), text.into()).map(|s| s.may_write());
        assert_eq!(may_write("SELECT a FROM t WHERE b = ?"), Ok(false));
        assert_eq!(may_write("INSERT INTO t VALUES (?)"), Ok(true));
        assert!(may_write("SET @a = 1").is_err() && may_write("CALL p()").is_err());
        assert_eq!(may_write("DELETE FROM t; SELECT 1"), Err(StatementError::Several));
    }
}
