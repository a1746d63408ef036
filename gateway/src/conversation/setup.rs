//! Which gateway a conversation is played with: its configuration and its plugins.
//!
//! What the conversation says wins over the command line, that over the folder's `test.toml`. Where
//! nobody says anything there are the plugins of the project whose conversation it is (`build` beside
//! the file), or those of a gateway without a configuration (`plugins.d`), or none.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

use anyhow::bail;

use crate::{
    config::{self, Overrides, Settings, Variables},
    pipeline::Chain,
    sdk::MANIFEST,
    startup,
};

/// Where `sluicegate plugin build` puts a project's plugin.
const BUILT: &str = "build";

/// A configuration and plugins; equal ones are loaded once.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Setup {
    /// The configuration file; `None` is a gateway without one.
    pub config: Option<PathBuf>,
    /// Where its plugins are.
    pub plugins: Plugins,
}

/// Where plugins are.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Plugins {
    /// Where the configuration says; none if there is no such folder.
    #[default]
    Configured,
    /// In a folder that somebody named.
    Folder(PathBuf),
    /// In `build` of this project's folder, their settings in the folder itself.
    Project(PathBuf),
}

impl Plugins {
    /// What somebody means who names a folder: where it is the one that a project is built into,
    /// the project, whose settings lie outside of it.
    fn named(folder: &Path) -> Self {
        let project = folder.parent().filter(|_| folder.ends_with(BUILT));
        match project.filter(|project| project.join(MANIFEST).is_file()) {
            Some(project) => Self::Project(project.to_owned()),
            None => Self::Folder(folder.to_owned()),
        }
    }
}

/// What one of those who may choose says.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// The configuration file.
    pub config: Option<PathBuf>,
    /// The folder of plugins.
    pub plugins: Option<PathBuf>,
}

/// Settings and plugins as conversations are played with; each gets a twin of the chain.
#[derive(Debug)]
pub struct Loaded {
    /// What the configuration says.
    pub settings: Settings,
    /// The plugins.
    pub chain: Chain,
}

impl Setup {
    /// What a conversation in `folder` is played with; `choices` are those who may choose, the
    /// strongest first. Whoever names a configuration means its plugins too.
    pub fn choose(choices: &[Choice], folder: &Path) -> Self {
        let config = choices.iter().find_map(|choice| choice.config.clone());
        let plugins = choices.iter().find_map(|choice| match &choice.plugins {
            Some(folder) => Some(Plugins::named(folder)),
            None => choice.config.as_ref().map(|_| Plugins::Configured),
        });
        let is_project = folder.join(MANIFEST).is_file() || folder.join(BUILT).is_dir();
        let plugins = plugins.unwrap_or_else(|| {
            if is_project { Plugins::Project(folder.to_owned()) } else { Plugins::Configured }
        });
        Self { config, plugins }
    }

    /// Reads the configuration and loads the plugins. Compiled code is kept in `cache`;
    /// `variables` say what `${NAME}` in the plugins' settings stands for.
    ///
    /// # Errors
    /// What keeps a gateway from starting with them.
    pub fn load(&self, cache: Option<PathBuf>, variables: Variables) -> anyhow::Result<Loaded> {
        let (folder, project) = match &self.plugins {
            Plugins::Configured => (None, None),
            Plugins::Folder(folder) if !folder.is_dir() => bail!(
                "the plugin folder `{}` does not exist\n  \
                 hint:  build the plugins first, or name another folder",
                folder.display()
            ),
            Plugins::Folder(folder) => (Some(folder.clone()), None),
            // Without its plugin the conversation would say nothing, and be accepted like that.
            Plugins::Project(project) if !project.join(BUILT).is_dir() => bail!(
                "the plugin of the project in `{}` is not built\n  \
                 hint:  `sluicegate plugin build` builds it",
                shown(project)
            ),
            Plugins::Project(project) => (Some(project.join(BUILT)), Some(project.clone())),
        };
        let overrides = Overrides {
            // Nobody connects from outside, so it is no fault if no plugin authenticates.
            listen: Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))),
            plugins: folder,
            ..Overrides::default()
        };
        let mut settings = config::read(self.config.as_deref(), &overrides)?;
        settings.http = None;
        settings.plugins.cache_folder = cache;
        let chain = if settings.plugins.folder.is_dir() {
            startup::load_plugins_of(&settings, project, variables)?.1
        } else {
            Chain::new(1, Vec::new())
        };
        Ok(Loaded { settings, chain })
    }
}

/// The folder that one is in has no name of its own in relative paths.
fn shown(folder: &Path) -> std::path::Display<'_> {
    if folder.as_os_str().is_empty() { Path::new(".").display() } else { folder.display() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(config: Option<&str>, plugins: Option<&str>) -> Choice {
        Choice { config: config.map(Into::into), plugins: plugins.map(Into::into) }
    }

    fn chosen(choices: &[Choice]) -> (Option<String>, Option<String>) {
        let Setup { config, plugins } = Setup::choose(choices, Path::new("no/such/folder"));
        let plugins = match plugins {
            Plugins::Folder(folder) => Some(folder.display().to_string()),
            _ => None,
        };
        (config.map(|path| path.display().to_string()), plugins)
    }

    #[test]
    fn the_strongest_who_says_something_wins() {
        let none = choice(None, None);
        let (a, b) = (choice(Some("a"), None), choice(Some("b"), Some("q")));
        let plugins = choice(None, Some("p"));
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(chosen(&[none.clone(), b.clone()]), (some("b"), some("q")));
        assert_eq!(chosen(&[a.clone(), b.clone()]), (some("a"), None));
        assert_eq!(chosen(&[plugins.clone(), b]), (some("b"), some("p")));
        assert_eq!(chosen(&[plugins, a]), (some("a"), some("p")));
        assert_eq!(chosen(&[none.clone(), none]), (None, None));
    }

    #[test]
    fn a_project_has_its_plugin_in_a_folder_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Setup::choose(&[], folder.path()), Setup::default());
        std::fs::create_dir(folder.path().join(BUILT)).unwrap();
        let setup = Setup::choose(&[], folder.path());
        assert_eq!(setup.plugins, Plugins::Project(folder.path().to_owned()));
        assert_eq!(setup.load(None, Variables::StandIns).unwrap().chain.plugins().len(), 0);
    }

    #[test]
    fn who_names_what_a_project_is_built_into_means_the_project() {
        let folder = tempfile::tempdir().unwrap();
        let built = folder.path().join(BUILT);
        let choices = [choice(Some("g.toml"), built.to_str())];
        let chosen = |choices| Setup::choose(choices, Path::new("no/such/folder")).plugins;
        assert_eq!(chosen(&choices), Plugins::Folder(built.clone()));
        std::fs::write(folder.path().join(MANIFEST), "").unwrap();
        assert_eq!(chosen(&choices), Plugins::Project(folder.path().to_owned()));
    }

    #[test]
    fn a_project_must_be_built() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(MANIFEST), "").unwrap();
        let error = Setup::choose(&[], folder.path())
            .load(None, Variables::StandIns)
            .unwrap_err()
            .to_string();
        assert!(error.contains("is not built\n  hint:  `sluicegate plugin build`"), "{error}");
    }

    #[test]
    fn a_folder_that_was_named_must_be_there() {
        let setup = Setup { config: None, plugins: Plugins::Folder("no/such".into()) };
        let error = setup.load(None, Variables::StandIns).unwrap_err().to_string();
        assert!(error.starts_with("the plugin folder `no/such` does not exist"), "{error}");
    }
}
