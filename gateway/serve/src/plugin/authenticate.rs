//! Logins: the one role whose calls may take long, and therefore leave the worker thread.

use std::sync::Arc;

use tokio::{runtime::Handle, sync::OwnedSemaphorePermit};

use super::{
    bindings::exports::sluicegate::plugin::authenticator,
    call::{AUTHENTICATE, Call},
    call_error::CallError,
    call_trace::Login,
    grant,
    link::having,
    loaded::Plugin,
    pool::PooledInstance,
    reach::StoreCallBudget,
};
use crate::{
    message::{Credentials, Denial, Grant},
    trace::{Step, Tracing},
};

/// How a login ended: the plugin's decision, or why there is none.
type Decision = Result<Result<Grant, Denial>, CallError>;

impl Plugin {
    /// Asks an authenticator about one login, on a thread where that may take its time; also the call
    /// as a step of a trace, if `tracing` says so.
    ///
    /// Waits for an instance when all are in use, and for its turn to compute. Dropping the future
    /// gives up the answer; the call ends by itself within its deadline.
    ///
    /// # Errors
    /// [`CallError`]: there is no decision. `BadAnswer` if the grant breaks the contract.
    pub async fn authenticate(
        self: &Arc<Self>,
        credentials: Credentials,
        tracing: Tracing,
    ) -> (Decision, Vec<Step>) {
        // Never closed; and without a permit the worst answer would be `Busy`.
        let _permit = self.logins.acquire().await.ok();
        // Forks share the engine with all others, and their runtime's clock may be paused: it would
        // take waiting for others for idleness, and the login's time would be up.
        let is_fork = self.template.shared.is_fork;
        let turn = if is_fork { None } else { self.template.engine.login_turn().await };
        let plugin = Arc::clone(self);
        let work = tokio::task::spawn_blocking(move || plugin.log_in(credentials, turn, tracing));
        work.await.unwrap_or_else(|failed| {
            let (plugin, trap) = (Arc::clone(&self.template.shared.name), failed.to_string());
            (Err(CallError::Trapped { plugin, call: AUTHENTICATE, trap }), Vec::new())
        })
    }

    fn log_in(
        self: &Arc<Self>,
        credentials: Credentials,
        turn: Option<OwnedSemaphorePermit>,
        tracing: Tracing,
    ) -> (Decision, Vec<Step>) {
        let mut instance = match self.acquire(tracing) {
            Ok(instance) => instance,
            Err(error) => {
                let steps = match tracing {
                    Tracing::Off => Vec::new(),
                    Tracing::On => vec![self.step_without_instance(&error)],
                };
                return (Err(error), steps);
            }
        };
        let decision = instance.authenticate(credentials, turn);
        (decision, instance.take_steps())
    }
}

impl PooledInstance {
    fn authenticate(
        &mut self,
        credentials: Credentials,
        turn: Option<OwnedSemaphorePermit>,
    ) -> Decision {
        let Credentials { username, secret, peer } = credentials;
        let login = authenticator::Credentials { username, secret, peer };
        let limit = self.plugin.settings.limits.authenticate_deadline;
        self.traced(AUTHENTICATE, &mut Login, |this, _| {
            let instance = this.instance()?;
            instance.state().reach = Some(StoreCallBudget::new(Handle::current(), limit, turn));
            let outcome = instance.call(Call { name: AUTHENTICATE, limit }, |store, exports| {
                having(exports.authenticator.as_ref())?.call_authenticate(store, &login)
            });
            instance.state().reach = None;
            match this.settle(outcome)? {
                Ok(granted) => grant::grant(granted)
                    .map(Ok)
                    .map_err(|reason| this.bad_answer(AUTHENTICATE, reason)),
                Err(denial) => Ok(Err(grant::denial(denial))),
            }
        })
    }
}
