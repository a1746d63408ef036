//! `test.toml`: settings for all conversations of a folder and the folders in it.
//!
//! ```toml
//! config = "gateway.toml"      # relative to this file
//! plugins = "build"
//! secrets = ["PASSWORD"]       # `${PASSWORD}` in a line stands for a secret
//!
//! [[redact]]                   # what varies from run to run
//! pattern = 'order-[0-9]+'     # a regular expression
//! with = "[ORDER]"             # what stands in its place; `$1` is its first group
//! command = "XADD"             # only below lines with this command; default: everywhere
//! ```

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use regex::Regex;
use serde::Deserialize;

use super::redact::Redaction;

/// The file's name.
pub const FILE: &str = "test.toml";

/// A `test.toml`; without one, all empty.
#[derive(Clone, Debug, Default)]
pub struct TestSettings {
    /// The gateway's configuration.
    pub config: Option<PathBuf>,
    /// The folder of plugins.
    pub plugins: Option<PathBuf>,
    /// Names whose `${NAME}` stands for a secret.
    pub secrets: Vec<String>,
    /// What varies from run to run.
    pub redact: Vec<Redaction>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TestFile {
    config: Option<PathBuf>,
    plugins: Option<PathBuf>,
    #[serde(default)]
    secrets: Vec<String>,
    #[serde(default)]
    redact: Vec<RedactionEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RedactionEntry {
    pattern: String,
    #[serde(default = "default_replacement")]
    with: String,
    command: Option<String>,
}

fn default_replacement() -> String {
    "[REDACTED]".to_owned()
}

impl TestSettings {
    /// Reads the `test.toml` of the first of `folders` that has one.
    ///
    /// # Errors
    /// It cannot be read, or has an unknown key or a wrong value.
    pub fn read(folders: &[PathBuf]) -> anyhow::Result<Self> {
        for folder in folders {
            let path = folder.join(FILE);
            match fs::read_to_string(&path) {
                Ok(text) => {
                    return Self::parse(&text, folder)
                        .with_context(|| format!("reading `{}`", path.display()));
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    return Err(error).with_context(|| format!("reading `{}`", path.display()));
                }
            }
        }
        Ok(Self::default())
    }

    fn parse(text: &str, folder: &Path) -> anyhow::Result<Self> {
        let typed: TestFile = toml::from_str(text)?;
        let redact = typed.redact.into_iter().map(redaction).collect::<Result<_, _>>()?;
        let absolute = |path: PathBuf| folder.join(path);
        Ok(Self {
            config: typed.config.map(absolute),
            plugins: typed.plugins.map(absolute),
            secrets: typed.secrets,
            redact,
        })
    }
}

fn redaction(typed: RedactionEntry) -> anyhow::Result<Redaction> {
    let RedactionEntry { pattern, with, command } = typed;
    let pattern = Regex::new(&pattern).with_context(|| {
        format!("`redact.pattern` = `{pattern}` is no regular expression\n  hint:  write it in '…'")
    })?;
    Ok(Redaction { command, pattern, with })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_file_counts() {
        let root = tempfile::tempdir().unwrap();
        let near = root.path().join("near");
        fs::create_dir(&near).unwrap();
        let folders = [near.clone(), root.path().to_owned()];
        assert!(TestSettings::read(&folders).unwrap().config.is_none());

        fs::write(root.path().join(FILE), "config = \"g.toml\"").unwrap();
        assert_eq!(TestSettings::read(&folders).unwrap().config, Some(root.path().join("g.toml")));

        fs::write(near.join(FILE), "plugins = \"../p\"\nsecrets = [\"A\"]").unwrap();
        let settings = TestSettings::read(&folders).unwrap();
        assert_eq!((settings.config, settings.plugins), (None, Some(near.join("../p"))));
        assert_eq!(settings.secrets, ["A"]);
    }

    #[test]
    fn faults_name_the_file_and_the_place() {
        let folder = tempfile::tempdir().unwrap();
        let fault = |text: &str| {
            fs::write(folder.path().join(FILE), text).unwrap();
            format!("{:#}", TestSettings::read(&[folder.path().to_owned()]).unwrap_err())
        };
        assert!(fault("plugin = 'x'").contains("test.toml`: TOML parse error at line 1"));
        assert!(fault("plugin = 'x'").contains("unknown field `plugin`"));
        let pattern = fault("[[redact]]\npattern = '('");
        assert!(pattern.contains("`redact.pattern` = `(` is no regular expression"), "{pattern}");
    }
}
