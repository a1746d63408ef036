//! `sluicegate plugin call`: one call with the real engine and the real limits, shown as a step of
//! a trace.

mod report; // the call, and what came of it
mod render; // that as text

use std::{env, io::Write as _, path::PathBuf, sync::Arc};

use anyhow::{Context as _, bail};
use clap::{Args, builder::PossibleValuesParser};
use sluicegate::{
    message::Role,
    plugin::{Engine, EngineError, EngineSettings, Plugin},
};

use self::report::{CallReport, Direction};
use super::{file::PluginFile, input::Input};

/// What `plugin call` takes.
#[derive(Args, Debug)]
pub(super) struct CallOptions {
    /// The plugin file.
    file: PathBuf,
    /// What to call it as; default: the one role it has.
    #[arg(long, value_name = "ROLE", value_parser = PossibleValuesParser::new(Role::ALL.map(Role::name)))]
    role: Option<String>,
    /// What the call is about, as one JSON object: `topic`, `key`, `value`, `headers` (name and
    /// value of each), `principal`, `timestamp_ms`; for a partitioner also `partitions`, `keys`; for
    /// an authenticator `username`, `secret`, `peer`. A key or value is a text, `{"hex": "00ff"}`,
    /// null, or other JSON, which is sent as it is written.
    #[arg(long, value_name = "JSON", default_value = "{}")]
    json: String,
    /// The way back: `on-consume` of a filter, `decode` of a transcoder.
    #[arg(long)]
    consume: bool,
    /// The settings file; default: the one beside the plugin file.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
}

impl CallOptions {
    fn direction(&self) -> Direction {
        if self.consume { Direction::Consume } else { Direction::Produce }
    }
}

pub(super) fn run(options: &CallOptions) -> anyhow::Result<()> {
    let input = Input::parse(&options.json)?;
    let file = PluginFile::read(&options.file, options.settings.as_deref())?;
    let engine = engine().context("starting the WebAssembly engine")?;
    let plugin = file.inspect(&engine).outcome.map_err(|error| file.refusal(error))?;
    let role = role(&plugin, options)?;
    let book = engine.plugin_logs().find(plugin.name());
    let loaded = book.map(|book| book.after(0)).unwrap_or_default();
    let report = CallReport::of(&plugin, role, options.direction(), input);
    let text = render::text(&report, &file, &loaded);
    // A reader that went away wants no more lines.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
    if report.failed() {
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
