//! `build.toml` of a plugin project: what it is called and how it is built.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use serde::Deserialize;

use super::language::Language;

/// The manifest's file name.
pub const MANIFEST: &str = "build.toml";

/// A project's manifest.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The plugin's name, and its file's: 1 to 64 of a-z, 0-9 and `-`.
    pub name: String,
    /// A language with an SDK; none where `command` and `output` say all.
    #[serde(default, deserialize_with = "language")]
    pub language: Option<Language>,
    /// Runs instead of the language's own build: a program and its arguments.
    pub command: Option<Vec<String>>,
    /// What `command` makes, a core module or a component, below the project's folder.
    pub output: Option<PathBuf>,
}

fn language<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Language>, D::Error> {
    let name = String::deserialize(from)?;
    name.parse().map(Some).map_err(serde::de::Error::custom)
}

impl Manifest {
    /// Reads a project's manifest. A crate without one is a Rust project of its package's name.
    ///
    /// # Errors
    /// There is none, or it cannot be meant; nothing was changed.
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join(MANIFEST);
        if !path.is_file() {
            return Self::of_crate(folder);
        }
        let attempt = || format!("reading `{}`", path.display());
        let text = fs::read_to_string(&path).with_context(attempt)?;
        let manifest: Self = toml::from_str(&text).with_context(attempt)?;
        manifest.check().with_context(attempt)?;
        Ok(manifest)
    }

    fn of_crate(folder: &Path) -> anyhow::Result<Self> {
        #[derive(Deserialize)]
        struct Crate {
            package: Package,
        }
        #[derive(Deserialize)]
        struct Package {
            name: String,
        }
        let path = folder.join("Cargo.toml");
        let Ok(text) = fs::read_to_string(&path) else {
            let is_there = folder.is_dir();
            bail!(
                "`{}` is no plugin project\n  cause: {}\n  hint:  make a project with \
                 `sluicegate plugin new NAME --lang LANGUAGE --role ROLE`",
                folder.display(),
                if is_there { "there is no build.toml in it" } else { "there is no such folder" }
            );
        };
        let found: Crate =
            toml::from_str(&text).with_context(|| format!("reading `{}`", path.display()))?;
        let (name, language) = (found.package.name, Some(Language::Rust));
        Ok(Self { name, language, command: None, output: None })
    }

    fn check(&self) -> anyhow::Result<()> {
        check_name(&self.name)?;
        match (&self.command, &self.output, self.language) {
            (Some(command), _, _) if command.is_empty() => {
                bail!(
                    "`command` is empty\n  hint:  give a program and its arguments, such as \
                     `command = [\"make\"]`"
                )
            }
            (Some(_), None, _) => bail!(
                "`command` needs `output`\n  hint:  name the file that it makes, such as \
                 `output = \"build/core.wasm\"`"
            ),
            (None, Some(_), _) => bail!(
                "`output` is there without `command`\n  hint:  each language knows its own; remove it"
            ),
            (None, None, None) => bail!(
                "neither `language` nor `command` says how it is built\n  hint:  name a language \
                 with an SDK, such as `language = \"c\"`, or a `command` and its `output`"
            ),
            _ => Ok(()),
        }
    }
}

/// A name that is legal as a file, a package and a word of the contract in every language.
pub(super) fn check_name(name: &str) -> anyhow::Result<()> {
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let first = name.starts_with(|c: char| c.is_ascii_lowercase());
    if !first || name.len() > 64 || !name.chars().all(legal) || name.ends_with('-') {
        bail!(
            "`{name}` is not a name for a plugin\n  hint:  begin with a letter; then a-z, 0-9 and `-`, \
             but not as the last; 64 characters at most"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(MANIFEST), text).unwrap();
        format!("{:#}", Manifest::read(folder.path()).unwrap_err())
    }

    #[test]
    fn a_manifest_that_cannot_be_meant_is_refused_in_words() {
        assert!(problem("name = \"a\"").contains("neither `language` nor `command`"));
        assert!(problem("name = \"A\"\nlanguage = \"go\"").contains("`A` is not a name"));
        assert!(problem("name = \"a\"\nlanguage = \"basic\"").contains("rust, c, zig"));
        assert!(problem("name = \"a\"\ncommand = [\"make\"]").contains("needs `output`"));
        assert!(problem("name = \"a\"\nlang = \"go\"").contains("unknown field `lang`"));
    }

    #[test]
    fn a_crate_needs_no_manifest() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("Cargo.toml"), "[package]\nname = \"p\"").unwrap();
        let found = Manifest::read(folder.path()).unwrap();
        assert_eq!((found.name.as_str(), found.language), ("p", Some(Language::Rust)));
    }
}
