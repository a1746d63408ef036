//! Log lines: to standard error, as text or JSON.
//!
//! Fields are spelled once, here: `session client command plugin role generation topic partition
//! offset error address`. A message is lower case, holds no variables and ends without a full stop.

use anyhow::Context as _;
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// Libraries whose log lines repeat what the gateway logs itself; a filter that names them wins.
const QUIET: &str = "krafka=off";

/// `[log]` of the configuration file.
#[derive(Clone, Debug)]
pub struct LogSettings {
    /// Text for people or JSON for programs.
    pub format: LogFormat,
    /// A level, or a filter in tracing's form.
    pub filter: String,
}

/// Form of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One line a record, for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// How much a log line matters; the levels of the plugin contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLevel {
    /// For the plugin's author.
    Debug,
    /// Part of the day's story.
    Info,
    /// Something is not as it should be.
    Warn,
    /// Something failed.
    Error,
}

impl LogLevel {
    /// `debug`, `info`, `warn` or `error`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// Starts logging for this process; once.
///
/// # Errors
/// The filter is not one, or logging has been started before.
pub fn start_logging(settings: &LogSettings) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(format!("{QUIET},{}", settings.filter))
        .with_context(|| format!("reading the log level `{}`", settings.filter))?;
    let registry = tracing_subscriber::registry().with(filter);
    let lines = fmt::layer().with_writer(std::io::stderr);
    match settings.format {
        LogFormat::Text => registry.with(lines.with_ansi(false)).try_init(),
        LogFormat::Json => registry.with(lines.json().flatten_event(true)).try_init(),
    }
    .context("starting the log")
}
