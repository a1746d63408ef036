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
/// Larger files are told apart by their size and time alone.
const READ_BYTES_MAX: u64 = 1 << 20;

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

    /// The fingerprint of all files, and the folders they are in. A build that writes a source
    /// once more as it was does not change it.
    pub(super) fn look(&self) -> (u64, Vec<PathBuf>) {
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
        (hasher.finish(), folders)
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
        let (first, folders) = sources.look();
        assert_eq!(folders, [folder.path().to_owned(), folder.path().join("src")]);

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
        assert_eq!(sources.look(), (first, folders));

        write("src/deep/more.rs", "2");
        let (second, folders) = sources.look();
        assert!(second != first && folders.len() == 3);
        write("src/deep/more.rs", "3");
        assert!(sources.look().0 != second);
    }

    #[test]
    fn a_plugin_folder_inside_the_project_is_no_source() {
        let folder = tempfile::tempdir().unwrap();
        let plugins = folder.path().join("chain");
        fs::create_dir(&plugins).unwrap();
        let sources = Sources::new(folder.path(), &plugins);
        let before = sources.look();
        fs::write(plugins.join("a.wasm"), "x").unwrap();
        assert_eq!(sources.look(), before);
    }
}
