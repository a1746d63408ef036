//! Which gateway a conversation is played with: its configuration and its plugins.
//!
//! The conversation wins over the command line, which wins over the folder's `test.toml`. Without any
//! of them the plugins are those of the project whose conversation it is (`build` beside the file),
//! or those of a gateway without a configuration (`plugins.d`), or none.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

use anyhow::{bail, ensure};
use sluicegate::{
    config::{self, Overrides, Settings, Variables},
    pipeline::Chain,
    startup,
};

use crate::sdk::{MANIFEST, Project};

/// Where `sluicegate plugin build` puts a project's plugin.
const BUILT: &str = "build";

/// A configuration and plugins; equal ones are loaded once.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Setup {
    /// The configuration file; `None` is a gateway without one.
    pub config: Option<PathBuf>,
    /// Where its plugins are.
    pub plugins: PluginSource,
}

/// Where plugins are.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum PluginSource {
    /// Where the configuration says; none if there is no such folder.
    #[default]
    Configured,
    /// In this folder.
    Folder(PathBuf),
    /// In `build` of this project's folder, their settings in the folder itself.
    Project(PathBuf),
}

impl PluginSource {
    /// A project's `build` folder means the project, whose settings are beside that folder.
    fn from_folder(folder: &Path) -> Self {
        let project = folder.parent().filter(|_| folder.ends_with(BUILT));
        match project.filter(|project| project.join(MANIFEST).is_file()) {
            Some(project) => Self::Project(project.to_owned()),
            None => Self::Folder(folder.to_owned()),
        }
    }
}

/// What a conversation, the command line or a `test.toml` asks for.
#[derive(Clone, Debug, Default)]
pub struct SetupChoice {
    /// The configuration file.
    pub config: Option<PathBuf>,
    /// The folder of plugins.
    pub plugins: Option<PathBuf>,
}

/// A setup, read and loaded; each run gets a fork of the chain.
#[derive(Debug)]
pub struct LoadedSetup {
    /// What the configuration says.
    pub settings: Settings,
    /// The plugins.
    pub chain: Chain,
}

impl Setup {
    /// The setup of a conversation in `folder`. The first of `choices` with a value wins; one that
    /// names a configuration means its plugins too.
    pub fn choose(choices: &[SetupChoice], folder: &Path) -> Self {
        let config = choices.iter().find_map(|choice| choice.config.clone());
        let plugins = choices.iter().find_map(|choice| match &choice.plugins {
            Some(folder) => Some(PluginSource::from_folder(folder)),
            None => choice.config.as_ref().map(|_| PluginSource::Configured),
        });
        let is_project = folder.join(MANIFEST).is_file();
        let plugins = plugins.unwrap_or_else(|| {
            if is_project {
                PluginSource::Project(folder.to_owned())
            } else {
                PluginSource::Configured
            }
        });
        Self { config, plugins }
    }

    /// Reads the configuration and loads the plugins. Compiled code is kept in `cache`;
    /// `variables` say what `${NAME}` in the plugins' settings stands for.
    ///
    /// # Errors
    /// What keeps a gateway from starting with them.
    pub fn load(
        &self,
        cache: Option<PathBuf>,
        variables: Variables,
    ) -> anyhow::Result<LoadedSetup> {
        let (folder, project) = match &self.plugins {
            PluginSource::Configured => (None, None),
            PluginSource::Folder(folder) if !folder.is_dir() => bail!(
                "the plugin folder `{}` does not exist\n  \
                 hint:  build the plugins first, or name another folder",
                folder.display()
            ),
            PluginSource::Folder(folder) => (Some(folder.clone()), None),
            PluginSource::Project(folder) => {
                let project = Project::open(folder)?;
                let built = folder.join(BUILT);
                // Without its plugin the conversation would say nothing, and be accepted like that.
                ensure!(
                    built.join(format!("{}.wasm", project.name())).is_file(),
                    "plugin `{}` is not built\n  hint:  `sluicegate plugin build` in its folder",
                    project.name()
                );
                (Some(built), Some(project.settings_file()))
            }
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
        Ok(LoadedSetup { settings, chain })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(config: Option<&str>, plugins: Option<&str>) -> SetupChoice {
        SetupChoice { config: config.map(Into::into), plugins: plugins.map(Into::into) }
    }

    fn chosen(choices: &[SetupChoice]) -> (Option<String>, Option<String>) {
        let Setup { config, plugins } = Setup::choose(choices, Path::new("no/such/folder"));
        let plugins = match plugins {
            PluginSource::Folder(folder) => Some(folder.display().to_string()),
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

    /// A project named `p`, not built.
    fn project() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(MANIFEST), "name = \"p\"\nlanguage = \"c\"").unwrap();
        std::fs::create_dir(folder.path().join(BUILT)).unwrap();
        folder
    }

    #[test]
    fn a_project_has_its_plugin_in_a_folder_of_its_own_beside_what_compilers_leave() {
        let folder = project();
        let built = folder.path().join(BUILT);
        std::fs::write(built.join("core.wasm"), "no component").unwrap();
        std::fs::write(built.join("p.wasm"), crate::sdk::noop_component().unwrap()).unwrap();
        let setup = Setup::choose(&[], folder.path());
        assert_eq!(setup.plugins, PluginSource::Project(folder.path().to_owned()));
        let loaded = setup.load(None, Variables::StandIns).unwrap();
        assert_eq!(loaded.chain.plugins().len(), 1);
    }

    #[test]
    fn who_names_what_a_project_is_built_into_means_the_project() {
        let folder = tempfile::tempdir().unwrap();
        let built = folder.path().join(BUILT);
        let choices = [choice(Some("g.toml"), built.to_str())];
        let chosen = |choices| Setup::choose(choices, Path::new("no/such/folder")).plugins;
        assert_eq!(chosen(&choices), PluginSource::Folder(built.clone()));
        std::fs::write(folder.path().join(MANIFEST), "").unwrap();
        assert_eq!(chosen(&choices), PluginSource::Project(folder.path().to_owned()));
    }

    #[test]
    fn a_project_must_be_built() {
        let folder = project();
        let setup = Setup::choose(&[], folder.path());
        let error = setup.load(None, Variables::StandIns).unwrap_err().to_string();
        assert!(error.starts_with("plugin `p` is not built\n  hint:  `sluicegate"), "{error}");
    }

    #[test]
    fn a_folder_that_was_named_must_be_there() {
        let setup = Setup { config: None, plugins: PluginSource::Folder("no/such".into()) };
        let error = setup.load(None, Variables::StandIns).unwrap_err().to_string();
        assert!(error.starts_with("the plugin folder `no/such` does not exist"), "{error}");
    }
}
