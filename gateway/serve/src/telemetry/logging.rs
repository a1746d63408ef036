//! Log lines: to standard error, as text or JSON.
//!
//! Fields are spelled once, here: `session client command plugin role generation topic partition
//! offset error address`. A message is lower case, holds no variables and ends without a full stop.

use anyhow::Context as _;
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _};

use crate::config::{LogFormat, LogSettings};

/// Libraries that tell at length what the gateway says in its own words; a filter that names them
/// has the last word.
const QUIET: &str = "krafka=off";

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
