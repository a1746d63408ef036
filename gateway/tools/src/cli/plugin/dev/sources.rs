//! What a project is made from: its folders, to watch, and a fingerprint, to tell whether a save
//! changed anything.

use std::{
    collections::hash_map::DefaultHasher,
    fs::{self, DirEntry},
    hash::{Hash as _, Hasher as _},
    path::{Path, PathBuf},
};

/// Folders that builds, tools and a gateway of the author's own write.
const NOT_SOURCES: [&str; 7] =
    ["build", "data", "target", "node_modules", "venv", "zig-out", "__pycache__"];
/// Larger files are text apart by their size and time alone.
const READ_BYTES_MAX: u64 = 1 << 20;

/// The sources at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scan {
    /// Of the names and contents of all files. A build that writes a source once more as it was does
    /// not change it.
    pub(super) fingerprint: u64,
    /// The folders that the files are in.
    pub(super) folders: Vec<PathBuf>,
}

/// The sources below a folder.
#[derive(Debug)]
pub(super) struct Sources {
    folder: PathBuf,
    /// The gateway's plugin folder, which may lie inside.
    plugins: PathBuf,
}

impl Sources {
    pub(super) fn new(folder: &Path, plugins: &Path) -> Self {
        let plugins = fs::canonicalize(plugins).unwrap_or_else(|_| plugins.to_owned());
        Self { folder: folder.to_owned(), plugins }
    }

    /// Reads all files.
    pub(super) fn scan(&self) -> Scan {
        let mut hasher = DefaultHasher::new();
        let (mut folders, mut waiting) = (Vec::new(), vec![self.folder.clone()]);
        while let Some(folder) = waiting.pop() {
            let mut entries: Vec<_> =
                fs::read_dir(&folder).map_or_else(|_| Vec::new(), |all| all.flatten().collect());
            entries.sort_by_key(DirEntry::path);
            for entry in entries {
                let path = entry.path();
                if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    if is_written_by_hand(&path) {
                        path.hash(&mut hasher);
                        hash_file(&path, &mut hasher);
                    }
                } else if self.is_source(&path) {
                    waiting.push(path);
                }
            }
            folders.push(folder);
        }
        Scan { fingerprint: hasher.finish(), folders }
    }

    fn is_source(&self, folder: &Path) -> bool {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let is_made = name.starts_with('.') || NOT_SOURCES.contains(&&*name);
        !is_made && fs::canonicalize(folder).is_ok_and(|folder| folder != self.plugins)
    }
}

/// False for what editors keep beside a file, and for logs: one of them may be what this program says.
fn is_written_by_hand(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    !name.starts_with('.') && !name.ends_with('~') && !name.ends_with(".log")
}

/// A file that goes away meanwhile leaves its name.
fn hash_file(path: &Path, hasher: &mut DefaultHasher) {
    match fs::metadata(path) {
        Ok(meta) if meta.len() <= READ_BYTES_MAX => fs::read(path).ok().hash(hasher),
        Ok(meta) => (meta.len(), meta.modified().ok()).hash(hasher),
        Err(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_an_author_writes_counts() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("build.toml", "name = \"a\"");
        write("src/lib.rs", "1");
        let sources = Sources::new(folder.path(), &folder.path().join("plugins.d"));
        let first = sources.scan();
        assert_eq!(first.folders, [folder.path().to_owned(), folder.path().join("src")]);

        for name in [
            "build/a.wasm",
            "target/x",
            "node_modules/x/y",
            ".venv/x",
            "data/0/1.log",
            "dev.log",
            "src/.lib.rs.swp",
        ] {
            write(name, "made");
        }
        write("src/lib.rs", "1");
        assert_eq!(sources.scan(), first);

        write("src/deep/more.rs", "2");
        let second = sources.scan();
        assert!(second.fingerprint != first.fingerprint && second.folders.len() == 3);
        write("src/deep/more.rs", "3");
        assert!(sources.scan().fingerprint != second.fingerprint);
    }

    #[test]
    fn a_plugin_folder_inside_the_project_is_no_source() {
        let folder = tempfile::tempdir().unwrap();
        let plugins = folder.path().join("chain");
        fs::create_dir(&plugins).unwrap();
        let sources = Sources::new(folder.path(), &plugins);
        let before = sources.scan();
        fs::write(plugins.join("a.wasm"), "x").unwrap();
        assert_eq!(sources.scan(), before);
    }
}
