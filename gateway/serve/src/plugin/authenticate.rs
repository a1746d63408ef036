//! Logins: the one role whose calls may take long, and therefore leave the worker thread.

use std::sync::Arc;

use tokio::{runtime::Handle, sync::OwnedSemaphorePermit};

use super::{
    bindings::exports::sluicegate::plugin::authenticator, call::Call, call_error::CallError, grant,
    lease::Lease, link::having, loaded::Plugin, reach::ReachInHand,
};
use crate::{
    message::{Credentials, Denial, Grant},
    trace::{Outcome, Step},
};

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
        self.log_in(credentials, false).await.0
    }

    /// The same, and the call as a step of a trace.
    pub async fn authenticate_recorded(
        self: &Arc<Self>,
        credentials: Credentials,
    ) -> (Result<Result<Grant, Denial>, CallError>, Vec<Step>) {
        self.log_in(credentials, true).await
    }

    async fn log_in(
        self: &Arc<Self>,
        credentials: Credentials,
        records: bool,
    ) -> (Result<Result<Grant, Denial>, CallError>, Vec<Step>) {
        // Never closed; and without a permit the worst answer would be `Busy`.
        let _permit = self.logins.acquire().await.ok();
        // Twins share the engine with all others, and their runtime's clock may be paused: it would
        // take waiting for others for idleness, and the login's time would be up.
        let is_twin = self.blueprint.shared.is_twin;
        let turn = if is_twin { None } else { self.blueprint.engine.login_turn().await };
        let plugin = Arc::clone(self);
        let work = tokio::task::spawn_blocking(move || {
            let mut lease = match plugin.lease() {
                Ok(lease) => lease,
                Err(error) => {
                    let steps = if records { vec![plugin.missed(&error)] } else { Vec::new() };
                    return (Err(error), steps);
                }
            };
            if records {
                lease.record();
            }
            let answer = lease.authenticate(credentials, turn);
            (answer, lease.take_steps())
        });
        work.await.unwrap_or_else(|failed| {
            let (plugin, trap) = (Arc::clone(&self.blueprint.shared.name), failed.to_string());
            (Err(CallError::Trapped { plugin, call: AUTHENTICATE, trap }), Vec::new())
        })
    }
}

impl Lease {
    fn authenticate(
        &mut self,
        credentials: Credentials,
        turn: Option<OwnedSemaphorePermit>,
    ) -> Result<Result<Grant, Denial>, CallError> {
        let begun = self.begin(None);
        let answer = self.ask(credentials, turn);
        if begun.is_some() {
            let outcomes = answer.as_ref().map(|answer| {
                vec![match answer {
                    Ok(grant) => Outcome::Granted(Box::new(grant.clone())),
                    Err(Denial::NotMine) => Outcome::Denied("not mine".into()),
                    Err(Denial::Refused(rejection)) => Outcome::Denied(rejection.to_string()),
                    Err(Denial::Unavailable(why)) => Outcome::Denied(format!("unavailable: {why}")),
                }]
            });
            self.end(begun, AUTHENTICATE, None, outcomes);
        }
        answer
    }

    fn ask(
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
