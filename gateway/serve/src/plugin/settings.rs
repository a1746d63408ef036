//! What the settings file beside a plugin says about it. Plain data, filled by the configuration.

use super::{limits::PluginLimits, reach::ReachSettings};
use crate::message::TopicPattern;

/// The settings of one plugin: `NAME.toml`, or the defaults where there is none.
#[derive(Clone, Debug)]
pub struct PluginSettings {
    /// The file name without its extension; what logs, settings and errors call the plugin.
    pub name: String,
    /// Its place among the plugins of one role, lowest first.
    pub order: i32,
    /// Topics whose messages it is called for.
    pub topics: Vec<TopicPattern>,
    /// `[settings]` as one JSON object; handed to `configure` as it is.
    pub settings_json: String,
    /// What it may use.
    pub limits: PluginLimits,
    /// Which stores it may reach.
    pub reach: ReachSettings,
    /// What its messages get while it fails.
    pub on_failure: OnFailure,
}

impl PluginSettings {
    /// The settings of a plugin without a settings file: all topics, default limits.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            order: 0,
            topics: vec![TopicPattern::new("*")],
            settings_json: "{}".into(),
            limits: PluginLimits::default(),
            reach: ReachSettings::default(),
            on_failure: OnFailure::default(),
        }
    }
}

/// What happens to a message whose plugin call failed, and while a plugin is quarantined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum OnFailure {
    /// The message is refused; nothing is stored.
    #[default]
    Reject,
    /// The message goes on as if the plugin were not there.
    Bypass,
    /// For authenticators: a login that succeeded before gets the grant it got then.
    LastGood,
}
