//! Who a client is: the authenticators in their order.

use std::{sync::Arc, time::Duration};

use super::Pipeline;
use crate::{
    login::Decision,
    message::{Credentials, Denial, ErrorCode, Rejection},
    plugin::{OnFailure, Plugin},
};

/// What a login may take beyond its authenticator's own time: waiting for its turn.
const LOGIN_MARGIN: Duration = Duration::from_millis(500);

impl Pipeline {
    /// Asks the authenticators in their order until one knows the credentials.
    pub async fn authenticate(&self, login: Credentials) -> Decision {
        let chain = self.chain();
        for plugin in chain.authenticators() {
            let why = match plugin.authenticate(login.clone()).await {
                Ok(Ok(grant)) => return Decision::Granted { grant, by: plugin.name().into() },
                Ok(Err(Denial::NotMine)) => continue,
                Ok(Err(Denial::Refused(rejection))) => return Decision::Refused(rejection),
                Ok(Err(Denial::Unavailable(why))) => why,
                Err(error) => {
                    self.counters.plugin_failures.add(1);
                    error.to_string()
                }
            };
            if let Some(decision) = self.without(plugin, why) {
                return decision;
            }
        }
        let words = "invalid username-password pair or user is disabled.";
        Decision::Refused(Rejection::new(ErrorCode::WrongPass, words))
    }

    /// How long a client waits for a login: as for a publish, or as long as the slowest
    /// authenticator may take.
    pub fn login_deadline(&self) -> Duration {
        let chain = self.chain();
        let deadlines = chain.authenticators().map(|p| p.settings().limits.authenticate_deadline);
        let slowest = deadlines.max().unwrap_or_default() + LOGIN_MARGIN;
        slowest.max(self.settings.publish_deadline)
    }

    /// What a login gets whose authenticator cannot answer; `None` asks the next one.
    fn without(&self, plugin: &Arc<Plugin>, why: String) -> Option<Decision> {
        let settings = plugin.settings();
        let last_good = match settings.on_failure {
            OnFailure::Bypass => {
                self.counters.plugin_bypasses.add(1);
                tracing::debug!(plugin = plugin.name(), error = why, "authenticator passed over");
                return None;
            }
            OnFailure::LastGood => Some(settings.limits.last_good),
            OnFailure::Reject => None,
        };
        Some(Decision::Unavailable { by: plugin.name().into(), why, last_good })
    }
}
