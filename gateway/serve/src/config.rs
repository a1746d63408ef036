//! Configuration: a TOML file as typed, checked into [`Settings`].
//!
//! Reading never binds, opens or creates anything, and reports every problem of a file at once.

mod check;
mod cluster;
mod databus;
mod environment;
mod file;
mod groups;
mod http;
mod json;
mod nearest;
mod plugin_file;
mod problem;
mod reach;
mod settings;
mod streams;
mod tls;

pub use check::{Overrides, check, read};
pub use databus::{Fate, Translation, translate_databus};
pub use environment::{Variables, stand_in};
pub use http::HttpSettings;
pub use plugin_file::plugin_settings;
pub use problem::{Problem, Problems};
pub use settings::{
    BrokerKind, BrokerSettings, DatabusSettings, GroupSettings, LimitSettings, ListenSettings,
    LogFormat, LogSettings, PluginFolder, Settings, TopicSettings,
};
