//! The plugin folder: which files are in it, and loading one of them.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    config::{self, Variables},
    plugin::{Engine, Plugin, limits::WASM_BYTES_MAX},
};

/// What tells one state of a plugin's files from another, without reading them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PluginFiles {
    wasm: Stamp,
    settings: Option<Stamp>,
}

/// A file's identity on its file system, its size and its times.
type Stamp = (u64, u64, i64, i64, i64, i64);

fn stamp(path: &Path) -> Option<Stamp> {
    let meta = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    let times = (meta.mtime(), meta.mtime_nsec(), meta.ctime(), meta.ctime_nsec());
    Some((meta.ino(), meta.len(), times.0, times.1, times.2, times.3))
}

/// Where the files of plugins are.
#[derive(Clone, Debug)]
pub(super) struct Folders {
    /// The `*.wasm`, and what is beside them.
    pub(super) plugins: PathBuf,
    /// The settings file of a project, whose plugin has none beside it: then only the plugin of
    /// that name is one. What else its compiler leaves there is not.
    pub(super) project: Option<PathBuf>,
    /// What `${NAME}` in settings stands for.
    pub(super) variables: Variables,
}

impl Folders {
    /// The settings file of a plugin, which need not exist.
    fn settings_of(&self, name: &str) -> PathBuf {
        let file = format!("{name}.toml");
        let beside = self.plugins.join(&file);
        match &self.project {
            Some(settings) if !beside.exists() => settings.clone(),
            _ => beside,
        }
    }

    /// False of what a compiler left beside the plugin of a project.
    fn holds(&self, name: &str) -> bool {
        let project = self.project.as_ref().and_then(|settings| settings.file_stem());
        project.is_none_or(|project| project == name)
    }
}

/// All plugins of a folder by name; a folder that cannot be read holds none.
pub(super) fn read(folders: &Folders) -> BTreeMap<String, PluginFiles> {
    let folder = &folders.plugins;
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            tracing::warn!(folder = %folder.display(), %error, "plugin folder not readable");
            return BTreeMap::new();
        }
    };
    let mut plugins = BTreeMap::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        let is_wasm = path.extension().is_some_and(|extension| extension == "wasm");
        let Some(name) = path.file_stem().and_then(|stem| stem.to_str()).filter(|_| is_wasm) else {
            continue;
        };
        // A name that begins with a dot is an editor's or a copying tool's temporary file.
        if name.starts_with('.') || !folders.holds(name) {
            continue;
        }
        if let Some(wasm) = stamp(&path) {
            let settings = stamp(&folders.settings_of(name));
            plugins.insert(name.to_owned(), PluginFiles { wasm, settings });
        }
    }
    plugins
}

/// Loads one plugin; the error is for the operator, in full.
pub(super) fn load(
    engine: &Engine,
    folders: &Folders,
    name: &str,
    files: &PluginFiles,
) -> Result<Arc<Plugin>, String> {
    let path = folders.plugins.join(format!("{name}.wasm"));
    if files.wasm.1 > WASM_BYTES_MAX as u64 {
        return Err(format!("`{}` is over {WASM_BYTES_MAX} bytes", path.display()));
    }
    let settings_path = folders.settings_of(name);
    let text = match files.settings {
        None => String::new(),
        Some(_) => fs::read_to_string(&settings_path)
            .map_err(|error| format!("reading `{}`: {error}", settings_path.display()))?,
    };
    let settings = config::plugin_settings(&settings_path, &text, name, folders.variables)
        .map_err(|problems| problems.to_string())?;
    let wasm = fs::read(&path).map_err(|error| format!("reading `{}`: {error}", path.display()))?;
    Plugin::load(engine, &wasm, settings).map_err(|error| {
        let hint = error.hint();
        let cause = anyhow::Error::from(error.cause);
        format!("{cause:#}\n  hint:  {hint}")
    })
}
