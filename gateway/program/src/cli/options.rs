//! The arguments that `serve` and `check` share.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, ValueEnum};
use sluicegate::{config::Overrides, telemetry::LogFormat};

/// What `serve` and `check` take. Flags win over the environment, the environment over the file.
#[derive(Args, Clone, Debug)]
pub(super) struct Options {
    /// Configuration file (TOML).
    #[arg(long, env = "SLUICEGATE_CONFIG", value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Address and port to listen on.
    #[arg(long, env = "SLUICEGATE_LISTEN", value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Folder of the embedded log.
    #[arg(long, env = "SLUICEGATE_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// Folder of plugins.
    #[arg(long, env = "SLUICEGATE_PLUGINS", value_name = "DIR")]
    plugins: Option<PathBuf>,
    /// Form of log lines.
    #[arg(long, env = "SLUICEGATE_LOG_FORMAT", value_name = "FORM")]
    log_format: Option<Format>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl Options {
    pub(super) fn overrides(&self) -> Overrides {
        let log_format = self.log_format.map(|format| match format {
            Format::Text => LogFormat::Text,
            Format::Json => LogFormat::Json,
        });
        Overrides {
            listen: self.listen,
            data: self.data.clone(),
            plugins: self.plugins.clone(),
            log_format,
        }
    }
}
