//! Logins: the one role whose calls may take long, and therefore leave the worker thread.

use std::sync::Arc;

use tokio::{runtime::Handle, sync::OwnedSemaphorePermit};

use super::{
    Plugin, bindings::exports::sluicegate::plugin::authenticator, call_error::CallError, grant,
    instance::Call, lease::Lease, link::having, reach::ReachInHand,
};
use crate::message::{Credentials, Denial, Grant};

const AUTHENTICATE: &str = "authenticator.authenticate";

impl Plugin {
    /// Asks an authenticator about one login, on a thread where that may take its time.
    ///
    /// Waits for an instance when all are in use, and for its turn to compute. Dropping the future gives up the answer; the
    /// call ends by itself within its deadline.
    ///
    /// # Errors
    /// [`CallError`]: there is no decision. `BadAnswer` if the grant breaks the contract.
    pub async fn authenticate(
        self: &Arc<Self>,
        credentials: Credentials,
    ) -> Result<Result<Grant, Denial>, CallError> {
        // Never closed; and without a permit the worst answer would be `Busy`.
        let _permit = self.logins.acquire().await.ok();
        let turn = self.blueprint.engine.login_turn().await;
        let plugin = Arc::clone(self);
        let work =
            tokio::task::spawn_blocking(move || plugin.lease()?.authenticate(credentials, turn));
        work.await.unwrap_or_else(|failed| {
            let (plugin, trap) = (Arc::clone(&self.blueprint.shared.name), failed.to_string());
            Err(CallError::Trapped { plugin, call: AUTHENTICATE, trap })
        })
    }
}

impl Lease {
    fn authenticate(
        &mut self,
        credentials: Credentials,
        turn: Option<OwnedSemaphorePermit>,
    ) -> Result<Result<Grant, Denial>, CallError> {
        let Credentials { username, secret, peer } = credentials;
        let login = authenticator::Credentials { username, secret, peer };
        let limit = self.plugin.settings.limits.authenticate_deadline;
        let instance = self.instance()?;
        instance.state().reach = Some(ReachInHand::new(Handle::current(), limit, turn));
        let outcome = instance.call(Call { name: AUTHENTICATE, limit }, |store, exports| {
            having(exports.authenticator.as_ref())?.call_authenticate(store, &login)
        });
        instance.state().reach = None;
        match self.settle(outcome)? {
            Ok(granted) => {
                let checked = grant::grant(granted);
                checked.map(Ok).map_err(|reason| self.bad_answer(AUTHENTICATE, reason))
            }
            Err(denial) => Ok(Err(grant::denial(denial))),
        }
    }
}
