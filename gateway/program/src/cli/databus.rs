//! `sluicegate check --databus FILE`: the original's configuration, said in this gateway's words.

use std::{
    fmt::Write as _,
    fs::{self, File},
    io::Write as _,
    path::Path,
};

use anyhow::Context as _;
use sluicegate::config::{Translation, translate_databus};

pub(super) fn run(file: &Path, folder: Option<&Path>) -> anyhow::Result<()> {
    let text = fs::read_to_string(file).with_context(|| format!("reading `{}`", file.display()))?;
    let translation = translate_databus(file, &text)?;
    let mut shown = String::new();
    for (name, text) in files(&translation) {
        match folder {
            Some(folder) => {
                write_new(&folder.join(&name), text)?;
                let _ = writeln!(shown, "# written: {}", folder.join(&name).display());
            }
            None => {
                let _ = writeln!(shown, "# file: {name}\n{text}");
            }
        }
    }
    if translation.plugin.is_none() {
        shown.push_str("# There is no `authType`: choose an authenticator yourself.\n");
    }
    shown.push_str(&keys(file, &translation));
    #[expect(clippy::print_stdout, reason = "the answer to `check`")]
    {
        print!("{shown}");
    }
    Ok(())
}

/// Names and texts of the files.
fn files(translation: &Translation) -> Vec<(String, &str)> {
    let mut files = vec![("gateway.toml".to_owned(), translation.gateway.as_str())];
    if let Some((name, text)) = &translation.plugin {
        files.push((format!("plugins.d/{name}.toml"), text));
    }
    files
}

fn write_new(path: &Path, text: &str) -> anyhow::Result<()> {
    let attempt = || format!("writing `{}`", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(attempt)?;
    }
    let mut file = File::create_new(path).with_context(attempt)?;
    file.write_all(text.as_bytes()).with_context(attempt)
}

/// What became of each key; all comments.
fn keys(file: &Path, translation: &Translation) -> String {
    let mut out = "# keys: what became of each\n".to_owned();
    for key in &translation.keys {
        let _ = writeln!(out, "# {}:{} `{}`: {}", file.display(), key.line, key.key, key.meaning);
    }
    out
}
