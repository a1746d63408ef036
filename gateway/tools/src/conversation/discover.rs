//! Finds conversation files, in folders too, and snapshots that belong to none.

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};

use super::{script, snapshot};

/// Folders that hold what was made, not written.
const SKIPPED: &[&str] = &["target", "node_modules"];

/// What was found, sorted by path.
#[derive(Debug, Default)]
pub struct Discovered {
    /// Conversation files.
    pub conversations: BTreeSet<PathBuf>,
    /// Snapshots, accepted or pending, without a conversation.
    pub unused: BTreeSet<PathBuf>,
}

/// Looks for conversations in `paths`, which are files or folders; those whose path contains
/// `filter` only. Hidden folders, `target` and `node_modules` are left out.
///
/// # Errors
/// A path cannot be read, or there is no conversation at all.
pub fn find_conversations(paths: &[PathBuf], filter: Option<&str>) -> anyhow::Result<Discovered> {
    let mut found = Discovered::default();
    for path in paths {
        if path.is_dir() {
            found.search(path)?;
        } else {
            found.conversations.insert(path.clone());
        }
    }
    let all = found.conversations.len();
    let matches = |path: &PathBuf| filter.is_none_or(|text| path.to_string_lossy().contains(text));
    found.conversations.retain(matches);
    found.unused.retain(matches);
    if all == 0 {
        let named: Vec<_> = paths.iter().map(|path| format!("`{}`", path.display())).collect();
        bail!(
            "there is no conversation (`*.resp`) in {}\n  \
             hint:  write commands as typed in redis-cli into NAME.resp, one a line",
            named.join(", ")
        );
    }
    if found.conversations.is_empty() {
        let text = filter.unwrap_or_default();
        bail!("none of {all} conversations has `{text}` in its path\n  hint:  see --filter");
    }
    Ok(found)
}

impl Discovered {
    fn search(&mut self, folder: &Path) -> anyhow::Result<()> {
        let entries = fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let entries = entries.with_context(|| format!("reading `{}`", folder.display()))?;
        for entry in entries {
            let name = entry.file_name().to_string_lossy().into_owned();
            // Of the entry, not of what it points to: a link may lead round in a circle.
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            let path = clean(folder).join(entry.file_name());
            if is_folder {
                if !name.starts_with('.') && !SKIPPED.contains(&name.as_str()) {
                    self.search(&path)?;
                }
            } else if let Some(conversation) = conversation_of(&path) {
                if conversation == path {
                    self.conversations.insert(path);
                } else if !conversation.exists() && is_ours(&path) {
                    self.unused.insert(path);
                }
            }
        }
        Ok(())
    }
}

/// `.` as the empty path, so that what is in it is shown by its name alone.
fn clean(folder: &Path) -> PathBuf {
    folder.components().filter(|part| part.as_os_str() != ".").collect()
}

/// The conversation that a file is, or that it would be a snapshot of.
fn conversation_of(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    let stem = [script::EXTENSION, snapshot::ACCEPTED, snapshot::PENDING]
        .iter()
        .find_map(|extension| name.strip_suffix(&format!(".{extension}")))?;
    Some(path.with_file_name(format!("{stem}.{}", script::EXTENSION)))
}

/// True of snapshots of conversations: others' snapshots may lie in the same folder.
fn is_ours(snapshot: &Path) -> bool {
    let source = |text: String| text.lines().nth(1).map(ToOwned::to_owned);
    let head = fs::read_to_string(snapshot).ok().and_then(source).unwrap_or_default();
    let source = head.strip_prefix("source:").map(|source| source.trim_end_matches('"'));
    source
        .and_then(|source| Path::new(source).extension())
        .is_some_and(|it| it == script::EXTENSION)
}

/// The folders that may hold a `test.toml` for a conversation, nearest first: its own, and those
/// above up to the folder that was named, or the current one if that is higher.
pub fn folders_above(conversation: &Path, named: &[PathBuf]) -> Vec<PathBuf> {
    let absolute = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let Some(own) = absolute(conversation).parent().map(Path::to_owned) else { return Vec::new() };
    let mut tops: Vec<_> = named.iter().map(|path| absolute(path)).collect();
    tops.extend(env::current_dir());
    let top =
        tops.iter().filter(|top| own.starts_with(top)).min_by_key(|top| top.as_os_str().len());
    let is_within = |folder: &&Path| top.is_some_and(|top| folder.starts_with(top));
    let above = own.ancestors().skip(1).take_while(is_within);
    std::iter::once(own.as_path()).chain(above).map(Path::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    fn names(paths: &BTreeSet<PathBuf>, folder: &Path) -> Vec<String> {
        let short = |path: &PathBuf| path.strip_prefix(folder).unwrap().display().to_string();
        paths.iter().map(short).collect()
    }

    #[test]
    fn folders_are_looked_through_and_what_is_left_over_is_told() {
        let ours = "---\nsource: x.resp\n---\n";
        let folder = folder(&[
            ("b.resp", ""),
            ("b.snap", ours),
            ("a/c.resp", ""),
            ("a/gone.snap", ours),
            ("a/gone2.snap.new", ours),
            ("a/insta.snap", "---\nsource: src/x.rs\n---\n"),
            (".hidden/d.resp", ""),
            ("target/e.resp", ""),
        ]);
        let found = find_conversations(&[folder.path().to_owned()], None).unwrap();
        assert_eq!(names(&found.conversations, folder.path()), ["a/c.resp", "b.resp"]);
        assert_eq!(names(&found.unused, folder.path()), ["a/gone.snap", "a/gone2.snap.new"]);

        let found = find_conversations(
            &[folder.path().to_owned(), folder.path().join("b.resp")],
            Some("a/c"),
        );
        assert_eq!(names(&found.unwrap().conversations, folder.path()), ["a/c.resp"]);
    }

    #[test]
    fn nothing_to_play_is_an_error() {
        let folder = folder(&[("a/b.resp", "")]);
        let all = [folder.path().to_owned()];
        assert!(
            find_conversations(&all, Some("zzz")).unwrap_err().to_string().contains("none of 1")
        );
        fs::remove_file(folder.path().join("a/b.resp")).unwrap();
        assert!(
            find_conversations(&all, None)
                .unwrap_err()
                .to_string()
                .starts_with("there is no conversation")
        );
    }

    #[test]
    fn rules_are_looked_for_up_to_the_folder_that_was_named() {
        let folder = folder(&[("a/b/c.resp", "")]);
        let root = fs::canonicalize(folder.path()).unwrap();
        let file = root.join("a/b/c.resp");
        assert_eq!(folders_above(&file, &[root.join("a")]), [root.join("a/b"), root.join("a")]);
        assert_eq!(folders_above(&file, &[root.join("a/b"), file.clone()]), [root.join("a/b")]);
        assert_eq!(folders_above(&file, std::slice::from_ref(&file)), [root.join("a/b")]);
    }
}
