//! Replies as redis-cli prints them.
//!
//! Source: the answers of redis-cli 7.4 on a terminal.

use std::fmt::{Display, Formatter, Result, Write as _};

use super::value::Reply;

/// Bytes between quotes, with the escapes of redis-cli; what it splits a typed line by reads them
/// back.
pub fn quoted(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() + 2);
    text.push('"');
    for byte in bytes {
        match byte {
            b'\\' | b'"' => text.extend(['\\', char::from(*byte)]),
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\t' => text.push_str("\\t"),
            0x07 => text.push_str("\\a"),
            0x08 => text.push_str("\\b"),
            b' '..=b'~' => text.push(char::from(*byte)),
            // Writing to a string does not fail.
            _ => drop(write!(text, "\\x{byte:02x}")),
        }
    }
    text.push('"');
    text
}

/// As redis-cli prints it to a person, without the last line end.
impl Display for Reply {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write(self, 0, f)
    }
}

/// `indent`: how far later lines of it stand to the right.
fn write(reply: &Reply, indent: usize, f: &mut Formatter<'_>) -> Result {
    match reply {
        Reply::Status(text) | Reply::BigNumber(text) => f.write_str(text),
        Reply::Error(text) => write!(f, "(error) {text}"),
        Reply::Integer(number) => write!(f, "(integer) {number}"),
        Reply::Bulk(bytes) => f.write_str(&quoted(bytes)),
        Reply::Null => f.write_str("(nil)"),
        Reply::Boolean(value) => write!(f, "({value})"),
        Reply::Double(text) => write!(f, "(double) {text}"),
        Reply::Verbatim(text) => verbatim(text, indent, f),
        Reply::Closed => f.write_str("(connection closed)"),
        Reply::Array(items) => list(items, List { name: "array", mark: ')' }, indent, f),
        Reply::Set(items) => list(items, List { name: "set", mark: '~' }, indent, f),
        Reply::Push(items) => list(items, List { name: "push", mark: ')' }, indent, f),
        Reply::Map(pairs) => map(pairs, indent, f),
    }
}

fn verbatim(text: &str, indent: usize, f: &mut Formatter<'_>) -> Result {
    for (at, line) in text.trim_end().lines().enumerate() {
        if at > 0 {
            write!(f, "\n{:indent$}", "")?;
        }
        f.write_str(line)?;
    }
    Ok(())
}

/// A kind of list: its name where it is empty, and what follows the number of an item.
#[derive(Clone, Copy)]
struct List {
    name: &'static str,
    mark: char,
}

fn list(
    items: &[Reply],
    List { name, mark }: List,
    indent: usize,
    f: &mut Formatter<'_>,
) -> Result {
    if items.is_empty() {
        return write!(f, "(empty {name})");
    }
    let digits = digits(items.len());
    for (at, item) in items.iter().enumerate() {
        number(at, digits, mark, indent, f)?;
        write(item, indent + digits + 2, f)?;
    }
    Ok(())
}

fn map(pairs: &[(Reply, Reply)], indent: usize, f: &mut Formatter<'_>) -> Result {
    if pairs.is_empty() {
        return f.write_str("(empty hash)");
    }
    let digits = digits(pairs.len());
    for (at, (key, value)) in pairs.iter().enumerate() {
        number(at, digits, '#', indent, f)?;
        write(key, indent + digits + 2, f)?;
        f.write_str(" => ")?;
        write(value, indent + digits + 2, f)?;
    }
    Ok(())
}

/// The number before an item; the first one stands behind that of the list it is in.
fn number(at: usize, digits: usize, mark: char, indent: usize, f: &mut Formatter<'_>) -> Result {
    if at > 0 {
        write!(f, "\n{:indent$}", "")?;
    }
    write!(f, "{:>digits$}{mark} ", at + 1)
}

fn digits(number: usize) -> usize {
    number.max(1).ilog10() as usize + 1
}
