//! `test.toml`: what holds for all conversations of a folder and the folders in it.
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

use super::redact::Rule;

/// The file's name.
pub const FILE: &str = "test.toml";

/// What a `test.toml` says; without one, nothing.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// The gateway's configuration.
    pub config: Option<PathBuf>,
    /// The folder of plugins.
    pub plugins: Option<PathBuf>,
    /// Names whose `${NAME}` stands for a secret.
    pub secrets: Vec<String>,
    /// What varies from run to run.
    pub redact: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Typed {
    config: Option<PathBuf>,
    plugins: Option<PathBuf>,
    #[serde(default)]
    secrets: Vec<String>,
    #[serde(default)]
    redact: Vec<TypedRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TypedRule {
    pattern: String,
    #[serde(default = "redacted")]
    with: String,
    command: Option<String>,
}

fn redacted() -> String {
    "[REDACTED]".to_owned()
}

impl Rules {
    /// Reads the `test.toml` of the first of `folders` that has one.
    ///
    /// # Errors
    /// It cannot be read, or says what nobody understands.
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
        let typed: Typed = toml::from_str(text)?;
        let redact = typed.redact.into_iter().map(rule).collect::<Result<_, _>>()?;
        let absolute = |path: PathBuf| folder.join(path);
        Ok(Self {
            config: typed.config.map(absolute),
            plugins: typed.plugins.map(absolute),
            secrets: typed.secrets,
            redact,
        })
    }
}

fn rule(typed: TypedRule) -> anyhow::Result<Rule> {
    let TypedRule { pattern, with, command } = typed;
    let pattern = Regex::new(&pattern).with_context(|| {
        format!("`redact.pattern` = `{pattern}` is no regular expression\n  hint:  write it in '…'")
    })?;
    Ok(Rule { command, pattern, with })
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
        assert!(Rules::read(&folders).unwrap().config.is_none());

        fs::write(root.path().join(FILE), "config = \"g.toml\"").unwrap();
        assert_eq!(Rules::read(&folders).unwrap().config, Some(root.path().join("g.toml")));

        fs::write(near.join(FILE), "plugins = \"../p\"\nsecrets = [\"A\"]").unwrap();
        let rules = Rules::read(&folders).unwrap();
        assert_eq!((rules.config, rules.plugins), (None, Some(near.join("../p"))));
        assert_eq!(rules.secrets, ["A"]);
    }

    #[test]
    fn faults_name_the_file_and_the_place() {
        let folder = tempfile::tempdir().unwrap();
        let fault = |text: &str| {
            fs::write(folder.path().join(FILE), text).unwrap();
            format!("{:#}", Rules::read(&[folder.path().to_owned()]).unwrap_err())
        };
        assert!(fault("plugin = 'x'").contains("test.toml`: TOML parse error at line 1"));
        assert!(fault("plugin = 'x'").contains("unknown field `plugin`"));
        let pattern = fault("[[redact]]\npattern = '('");
        assert!(pattern.contains("`redact.pattern` = `(` is no regular expression"), "{pattern}");
    }
}
