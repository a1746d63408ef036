//! A plugin file and the settings file beside it, read as a gateway reads them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, anyhow};
use sluicegate::{
    config,
    plugin::{Engine, Inspection, LoadError, PluginSettings},
};

/// The two files of one plugin.
#[derive(Debug)]
pub(super) struct PluginFile {
    pub(super) path: PathBuf,
    pub(super) wasm: Vec<u8>,
    pub(super) settings: PluginSettings,
    /// Where the settings are from; `None` if there is no such file.
    pub(super) settings_path: Option<PathBuf>,
    /// `[settings]` as JSON, with `${NAME}` as it is written: what the environment holds is secret.
    pub(super) settings_shown: String,
}

impl PluginFile {
    /// Reads `path` and its settings: `settings`, or the file of the same name beside it.
    ///
    /// # Errors
    /// A file that cannot be read, or settings that cannot be meant.
    pub(super) fn read(path: &Path, settings: Option<&Path>) -> anyhow::Result<Self> {
        let wasm = fs::read(path).with_context(|| format!("reading `{}`", path.display()))?;
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        let name = stem.with_context(|| format!("`{}` has no name", path.display()))?;
        let beside = Some(path.with_extension("toml")).filter(|path| path.is_file());
        let settings_path = settings.map(Path::to_owned).or(beside);
        let text = match &settings_path {
            None => String::new(),
            Some(path) => {
                fs::read_to_string(path).with_context(|| format!("reading `{}`", path.display()))?
            }
        };
        let shown = settings_path.as_deref().unwrap_or(path);
        let settings = config::plugin_settings(shown, &text, name, config::Variables::Environment)?;
        let path = path.to_owned();
        Ok(Self { path, wasm, settings, settings_path, settings_shown: shown_settings(&text) })
    }

    /// Loads it as a gateway would.
    pub(super) fn inspect(&self, engine: &Engine) -> Inspection {
        sluicegate::plugin::Plugin::inspect(engine, &self.wasm, self.settings.clone())
    }

    /// Why a gateway would not take it, in the operator's form.
    pub(super) fn refusal(&self, error: LoadError) -> anyhow::Error {
        let (what, hint) = (error.to_string(), error.hint());
        let cause = anyhow::Error::from(error.cause);
        anyhow!("{what}\n  where: {}\n  cause: {cause:#}\n  hint:  {hint}", self.path.display())
    }
}

/// `[settings]` as written, in one line of JSON.
fn shown_settings(text: &str) -> String {
    let table = text.parse::<toml::Table>().unwrap_or_default();
    let settings = table.get("settings").and_then(|found| serde_json::to_string(found).ok());
    settings.unwrap_or_else(|| "{}".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_environment_holds_is_not_shown() {
        let text = "order = 1\n[settings]\nsecret = \"${HOME}\"\nlist = [1, 2]";
        assert_eq!(shown_settings(text), r#"{"list":[1,2],"secret":"${HOME}"}"#);
        assert_eq!(shown_settings(""), "{}");
    }
}
