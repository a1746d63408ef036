//! What every instance of one plugin is made from, and how one is made ready.

use std::sync::Arc;

use super::{
    call_error::CallError,
    contract::Outline,
    engine::Engine,
    host::Shared,
    instance::{Call, Instance},
    limits::PluginLimits,
    link::Linked,
};

/// `lifecycle.configure` for errors.
pub(super) const CONFIGURE: &str = "lifecycle.configure";
/// The guest's start function for errors.
pub(super) const START: &str = "its start";

/// All that instances of one plugin have in common.
pub(super) struct Blueprint {
    pub(super) engine: Engine,
    /// Shared with the twins of the plugin.
    pub(super) linked: Arc<Linked>,
    pub(super) outline: Outline,
    pub(super) shared: Arc<Shared>,
    pub(super) limits: PluginLimits,
    pub(super) settings_json: String,
}

impl Blueprint {
    /// A new instance that is not configured yet.
    pub(super) fn instance(self: &Arc<Self>) -> Result<Instance, CallError> {
        Instance::new(self)
    }

    /// Hands the settings to an instance; the inner error holds the plugin's own words.
    pub(super) fn configure(
        &self,
        instance: &mut Instance,
    ) -> Result<Result<(), String>, CallError> {
        let call = Call { name: CONFIGURE, limit: self.limits.start_deadline };
        let settings = self.settings_json.as_str();
        let agreed = instance
            .call(call, |store, exports| exports.lifecycle.call_configure(store, settings))?;
        instance.begins_to_work();
        Ok(agreed)
    }
}
