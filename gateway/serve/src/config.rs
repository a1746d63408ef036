//! Configuration: a TOML file as typed, checked into [`Settings`].
//!
//! Reading never binds, opens or creates anything, and reports every problem of a file at once.

mod check; //       the whole file
mod sections; //    its sections
mod broker; //      the largest of them
mod streams; //     the one with patterns
mod plugin_file; // a plugin's settings file
mod stores; //      the stores in it
mod databus; //     the original's file
mod file; //        a file as typed
mod values; //      typed values in it
mod environment; // variables in them
mod problem; //     what is wrong
mod settings; //    what is right

pub use check::{Overrides, check, read};
pub use databus::{TranslatedKey, Translation, translate_databus};
pub use environment::{Variables, stand_in};
pub use plugin_file::plugin_settings;
pub use problem::{Problem, Problems};
pub use settings::{
    BrokerKind, BrokerSettings, DatabusSettings, GroupSettings, HttpSettings, LimitSettings,
    ListenSettings, PluginFolder, Settings, TopicSettings,
};
pub use stores::store_example;
