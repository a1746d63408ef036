//! Snapshot files in insta's format, so that `cargo insta` reads and reviews them too.
//!
//! ```text
//! ---
//! source: orders.resp
//! ---
//! client> XADD orders * value hello
//! …
//! ```
//!
//! A head of YAML between `---` lines, then the text, then one line end. Trailing white space of the
//! text does not count. Source: insta 1.49, `Snapshot::from_file` and `Snapshot::save`.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::Context as _;

/// Ends of accepted snapshots.
pub const ACCEPTED: &str = "snap";
/// Ends of snapshots that wait for a decision.
pub const PENDING: &str = "snap.new";

/// Where the accepted snapshot of a conversation is.
pub fn accepted(conversation: &Path) -> PathBuf {
    conversation.with_extension(ACCEPTED)
}

/// Where its pending snapshot is.
pub fn pending(conversation: &Path) -> PathBuf {
    conversation.with_extension(PENDING)
}

/// The text of a snapshot file; `None` where there is no such file.
///
/// # Errors
/// The file cannot be read, or is no snapshot.
pub fn read(path: &Path) -> anyhow::Result<Option<String>> {
    let file = match fs::read_to_string(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(error).with_context(|| format!("reading `{}`", path.display()));
        }
    };
    let text = text(&file).with_context(|| {
        format!(
            "`{}` is no snapshot: it does not begin with a head between two `---` lines\n  \
             hint:  remove the file and accept the conversation anew",
            path.display()
        )
    })?;
    Ok(Some(text))
}

/// What stands behind the head, without its trailing white space.
fn text(file: &str) -> Option<String> {
    let file = file.replace("\r\n", "\n");
    let mut lines = file.split_inclusive('\n');
    if lines.next()?.trim_end() != "---" {
        return None;
    }
    lines.by_ref().find(|line| line.trim_end() == "---")?;
    let text: String = lines.collect();
    Some(text.trim_end().to_owned())
}

/// Writes a snapshot of `conversation`; whoever reads meanwhile sees the old file or the new one.
///
/// # Errors
/// The file cannot be written.
pub fn write(path: &Path, conversation: &Path, text: &str) -> anyhow::Result<()> {
    let source = conversation.file_name().unwrap_or_default().to_string_lossy();
    let file = format!("---\nsource: {}\n---\n{}\n", scalar(&source), text.trim_end());
    // In the same folder, because a rename is one step only within a file system.
    let aside = path.with_extension(format!("tmp{}", std::process::id()));
    let written = fs::write(&aside, file).and_then(|()| fs::rename(&aside, path));
    written.with_context(|| {
        let _ = fs::remove_file(&aside);
        format!("writing `{}`", path.display())
    })
}

/// Removes a snapshot file, if it is there.
///
/// # Errors
/// It is there and cannot be removed.
pub fn remove(path: &Path) -> anyhow::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("removing `{}`", path.display()))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// A file name as a YAML scalar: quoted, as JSON has it, where insta quotes it too.
fn scalar(name: &str) -> String {
    let is_special = |c: char| {
        c.is_control()
            || matches!(c, ':' | '{' | '}' | '[' | ']' | ',' | '#' | '`')
            || matches!(c, '"' | '\'' | '\\')
    };
    let begins = |c: char| "&*?|-<>=!%@. ".contains(c);
    let is_plain =
        !name.contains(is_special) && !name.starts_with(begins) && !name.starts_with("0x");
    if is_plain { name.to_owned() } else { serde_json::Value::from(name).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let conversation = folder.path().join("or: ders.resp");
        let path = accepted(&conversation);
        write(&path, &conversation, "client> PING\n  < PONG\n\n").unwrap();

        let file = fs::read_to_string(&path).unwrap();
        assert_eq!(file, "---\nsource: \"or: ders.resp\"\n---\nclient> PING\n  < PONG\n");
        assert_eq!(read(&path).unwrap().as_deref(), Some("client> PING\n  < PONG"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left aside");
    }

    #[test]
    fn files_of_insta_are_read() {
        let file = "---\nsource: tests/a.rs\nassertion_line: 7\nexpression: \"x\"\n---\n---\na\n";
        assert_eq!(text(file).as_deref(), Some("---\na"));
        assert_eq!(text("---\r\nsource: a\r\n---\r\na\r\n  b\r\n").as_deref(), Some("a\n  b"));
        assert_eq!(text("---\nsource: a\n---\n").as_deref(), Some(""));
    }

    #[test]
    fn a_file_without_a_head_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.snap");
        for file in ["", "client> PING", "---\nsource: a\nclient> PING"] {
            fs::write(&path, file).unwrap();
            let error = read(&path).unwrap_err().to_string();
            assert!(error.contains("a.snap` is no snapshot"), "{error}");
        }
        assert_eq!(read(&folder.path().join("none.snap")).unwrap(), None);
    }

    #[test]
    fn names_are_quoted_where_yaml_would_misread_them() {
        for plain in ["orders.resp", "a b.resp", "1.resp", "ä.resp", "a-b_c.resp"] {
            assert_eq!(scalar(plain), plain);
        }
        assert_eq!(scalar("-a.resp"), "\"-a.resp\"");
        assert_eq!(scalar("a\"b.resp"), "\"a\\\"b.resp\"");
    }
}
