//! Parts a machine may lack. Nothing is skipped in silence.

use std::{
    env,
    fs::OpenOptions,
    io::Write as _,
    path::{Path, PathBuf},
};

use crate::console;

/// True where nothing may be missing.
pub fn is_ci() -> bool {
    env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false")
}

/// The path of an installed program; `None`, counted and said aloud, where it is not installed.
///
/// # Panics
/// On CI, where a missing program is a failure.
pub fn require(program: &str) -> Option<PathBuf> {
    let found = find(program);
    if found.is_none() {
        skip(&format!("`{program}` is not installed: run `make setup`"));
    }
    found
}

/// Counts a skipped test and says why; the reasons are added up at the end of `make test`.
///
/// # Panics
/// On CI.
pub fn skip(reason: &str) {
    assert!(!is_ci(), "on CI nothing may be skipped: {reason}");
    let line = format!("skipped: because {reason}");
    console::tell(&line);
    if let Some(path) = env::var_os("SLUICEGATE_SKIPS") {
        let file = OpenOptions::new().append(true).create(true).open(path);
        let written = file.and_then(|mut file| writeln!(file, "{line}"));
        written.expect("the list of skips can be written");
    }
}

fn find(program: &str) -> Option<PathBuf> {
    if program.contains('/') {
        return Path::new(program).is_file().then(|| PathBuf::from(program));
    }
    let path = env::var_os("PATH")?;
    // Where servers lie on Debian, which is not in the PATH of every user.
    let folders = env::split_paths(&path).chain(["/usr/sbin".into()]);
    folders.map(|folder| folder.join(program)).find(|file| file.is_file())
}
