//! One conversation with all that it is played with.

use std::path::{Path, PathBuf};

use super::{
    Script,
    discover::folders_above,
    fixtures,
    setup::{Setup, SetupChoice},
    test_settings::TestSettings,
};

/// A conversation that can be played.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its file.
    pub file: PathBuf,
    /// What is said.
    pub script: Script,
    /// The `test.toml` that applies to it.
    pub settings: TestSettings,
    /// Which gateway it is played with.
    pub setup: Setup,
}

impl Case {
    /// Reads a conversation and the rules of its folder. `named` are the paths on the command line,
    /// `flags` what it says about the gateway.
    ///
    /// # Errors
    /// One of the files cannot be read or understood.
    pub fn read(file: &Path, named: &[PathBuf], flags: &SetupChoice) -> anyhow::Result<Self> {
        let script = Script::read(file)?;
        let settings = TestSettings::read(&folders_above(file, named))?;
        let folder = file.parent().unwrap_or(Path::new(""));
        let own = SetupChoice {
            config: script.config.as_ref().map(|path| folder.join(path)),
            plugins: script.plugins.as_ref().map(|path| folder.join(path)),
        };
        let of_folder =
            SetupChoice { config: settings.config.clone(), plugins: settings.plugins.clone() };
        let setup = Setup::choose(&[own, flags.clone(), of_folder], folder);
        Ok(Self { file: file.to_owned(), script, settings, setup })
    }

    /// Names whose `${NAME}` stands for a secret.
    pub fn secrets(&self) -> Vec<String> {
        let mut names = [self.script.secrets.as_slice(), &self.settings.secrets].concat();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The file of what stores answer, which need not exist: the one it names, or the one of its
    /// name beside it.
    pub fn fixtures_file(&self) -> PathBuf {
        match &self.script.fixtures {
            Some(named) => self.file.parent().unwrap_or(Path::new("")).join(named),
            None => self.file.with_extension(fixtures::EXTENSION),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::conversation::setup::PluginSource;

    #[test]
    fn what_a_conversation_is_played_with_is_gathered() {
        let root = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(root.path()).unwrap();
        let file = root.join("a/b.resp");
        fs::create_dir(root.join("a")).unwrap();
        fs::write(&file, "@secret B\n@config ../g.toml\nPING").unwrap();
        fs::write(root.join("test.toml"), "plugins = 'p'\nsecrets = ['A', 'B']").unwrap();
        let named = [root.clone()];

        let case = Case::read(&file, &named, &SetupChoice::default()).unwrap();
        assert_eq!(case.setup.config, Some(root.join("a/../g.toml")));
        assert_eq!(
            case.setup.plugins,
            PluginSource::Configured,
            "the configuration has its plugins"
        );
        assert_eq!(case.secrets(), ["A", "B"]);
        assert_eq!(case.fixtures_file(), root.join("a/b.fixtures.toml"));

        fs::write(&file, "@fixtures x.toml\nPING").unwrap();
        let flags = SetupChoice { config: None, plugins: Some("q".into()) };
        let case = Case::read(&file, &named, &flags).unwrap();
        assert_eq!(case.setup.plugins, PluginSource::Folder("q".into()));
        assert_eq!(case.fixtures_file(), root.join("a/x.toml"));
    }
}
