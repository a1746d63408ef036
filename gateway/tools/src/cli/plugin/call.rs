//! `sluicegate plugin call`: one call with the real engine and the real limits, shown as a step of
//! a trace.

mod act;
mod called;
mod render;

use std::{env, io::Write as _, path::PathBuf, sync::Arc};

use anyhow::{Context as _, bail};
use sluicegate::{
    message::Role,
    plugin::{Engine, EngineError, EngineSettings, Plugin},
};

use self::called::Called;
use super::{CallOptions, file::PluginFile, input::Input};

pub(super) fn run(options: &CallOptions) -> anyhow::Result<()> {
    let input = Input::parse(&options.json)?;
    let file = PluginFile::read(&options.file, options.settings.as_deref())?;
    let engine = engine().context("starting the WebAssembly engine")?;
    let plugin = file.inspect(&engine).outcome.map_err(|error| file.refusal(error))?;
    let role = role(&plugin, options)?;
    let book = engine.logbooks().find(plugin.name());
    let loaded = book.map(|book| book.after(0)).unwrap_or_default();
    let called = Called::of(&plugin, role, options.consume, input);
    let text = render::text(&called, &file, &loaded);
    // A reader that went away wants no more lines.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
    if called.failed() {
        bail!("the call gave no answer");
    }
    Ok(())
}

/// Compiled code is kept: a JavaScript guest takes many seconds.
fn engine() -> Result<Engine, EngineError> {
    let settings = EngineSettings { cache_folder: cache_folder(), ..EngineSettings::default() };
    match Engine::new(&settings) {
        // A home that cannot be written is no reason not to call.
        Err(EngineError::Cache(_)) => Engine::new(&EngineSettings::default()),
        other => other,
    }
}

/// Where compiled code of plugins that nobody serves with is kept, for this user.
pub(in crate::cli) fn cache_folder() -> Option<PathBuf> {
    let folder = |name: &str| env::var_os(name).map(PathBuf::from).filter(|f| f.is_absolute());
    let base = folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache")));
    Some(base?.join("sluicegate").join("plugins"))
}

/// The role that was asked for, or the only one it has.
fn role(plugin: &Arc<Plugin>, options: &CallOptions) -> anyhow::Result<Role> {
    let roles: Vec<_> = plugin.roles().iter().map(|role| role.name()).collect();
    let roles = roles.join(", ");
    let role = match (options.role.as_deref().and_then(Role::parse), plugin.roles()) {
        (Some(role), _) if plugin.has(role) => role,
        (Some(role), _) => {
            bail!("plugin `{}` is no {role}\n  hint:  its roles: {roles}", plugin.name())
        }
        (None, [only]) => *only,
        (None, _) => {
            bail!("plugin `{}` has several roles\n  hint:  --role: {roles}", plugin.name())
        }
    };
    if options.consume && !matches!(role, Role::Filter | Role::Transcoder) {
        bail!("a {role} is not called on consume\n  hint:  leave out `--consume`");
    }
    Ok(role)
}
