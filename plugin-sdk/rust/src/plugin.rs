//! What every plugin is.

use serde::{Deserialize, de::DeserializeOwned};

pub use crate::bindings::lifecycle::Description;

/// A plugin: made from its settings, then called in its roles.
///
/// The gateway makes as many instances as it has calls at once and may drop one at any time. An
/// instance serves one call at a time, so `&mut self` is all it takes to keep state; but state is
/// neither shared between instances nor kept for ever: use it for caches only.
pub trait Plugin: Sized + 'static {
    /// What `[settings]` of the plugin's TOML file looks like: a type of your own, [`NoSettings`],
    /// or [`AnySettings`](crate::AnySettings) to ask for each by its name.
    type Settings: DeserializeOwned;

    /// Makes an instance. Called once for each, before any call of a role.
    ///
    /// Spend time here rather than in the roles: compile patterns, read schemas, check settings.
    ///
    /// # Errors
    /// A sentence for the operator. The file is then refused, and its previous version stays in
    /// force.
    fn configure(settings: Self::Settings) -> Result<Self, String>;

    /// Says who the plugin is, for `PLUGIN LIST`. `package` holds name, version and description
    /// from its Cargo.toml, which is what the default answers.
    fn describe(package: Description) -> Description {
        package
    }
}

/// The settings of a plugin that has none: any key is refused by name.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoSettings {}

/// Reads settings as the host hands them over, and makes an instance.
///
/// # Errors
/// Settings that do not fit `P::Settings`, in serde's words; and what `configure` refused.
pub(crate) fn from_json<P: Plugin>(settings: &str) -> Result<P, String> {
    let settings = serde_json::from_str(settings).map_err(|error| {
        // The position is that of JSON the operator never sees; keep the words alone.
        let words = error.to_string();
        let words = words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words);
        format!("settings: {words}")
    })?;
    P::configure(settings)
}
