//! Logins: asks the authenticators of the chain in their order.

use std::{sync::Arc, time::Duration};

use super::{Chain, Pipeline};
use crate::{
    message::{Credentials, Denial, ErrorCode, Grant, Rejection},
    plugin::{OnFailure, Plugin},
    telemetry::Counters,
    trace::{End, Step, Subject, Trace, Tracing},
};

/// What a login may take beyond its authenticator's own time: waiting for its turn.
const LOGIN_MARGIN: Duration = Duration::from_millis(500);

/// The decision of the authenticators about one login.
#[derive(Debug)]
pub enum AuthDecision {
    /// The login is good.
    Granted {
        /// What the client may do.
        grant: Grant,
        /// Name of the authenticator that gave the grant.
        by: Arc<str>,
    },
    /// The login is not good.
    Refused(Rejection),
    /// The authenticator that is responsible cannot answer.
    Unavailable {
        /// Name of that authenticator.
        by: Arc<str>,
        /// The cause, for the operator.
        why: String,
        /// How long its last good answer may be used meanwhile; `None` means not at all.
        last_good: Option<Duration>,
    },
}

/// The answer to a login while the authenticator that is responsible cannot answer.
pub fn login_unavailable() -> Rejection {
    Rejection::unavailable("auth info error: the login cannot be checked now, try again later")
}

impl Pipeline {
    /// Asks the authenticators in their order until one knows the credentials. Where one that fails
    /// was passed over and no other knows them, nobody can tell whether they are good.
    pub async fn authenticate(&self, login: Credentials) -> AuthDecision {
        let chain = self.chain();
        let authenticators = Authenticators { chain: &chain, counters: &self.counters };
        let Some(recorder) = &self.recorder else {
            return authenticators.decide(login, Tracing::Off, &mut Vec::new()).await;
        };
        let (decision, trace) = authenticators.decide_traced(login).await;
        recorder.add([trace]);
        decision
    }

    /// What [`Pipeline::authenticate`] would decide with the plugins of `fork`, and why. Stores are
    /// only read, as forks do.
    pub async fn dry_run_login(&self, fork: &Chain, login: Credentials) -> (AuthDecision, Trace) {
        Authenticators { chain: fork, counters: &Counters::default() }.decide_traced(login).await
    }

    /// How long a client waits for a login: as for a publish, or as long as the slowest
    /// authenticator may take.
    pub fn login_deadline(&self) -> Duration {
        let chain = self.chain();
        let deadlines = chain.authenticators().map(|p| p.settings().limits.authenticate_deadline);
        let slowest = deadlines.max().unwrap_or_default() + LOGIN_MARGIN;
        slowest.max(self.settings.publish_deadline)
    }
}

/// The authenticators of a chain.
struct Authenticators<'c> {
    chain: &'c Chain,
    counters: &'c Counters,
}

impl Authenticators<'_> {
    /// Asks them, with a trace of how they were asked.
    async fn decide_traced(&self, login: Credentials) -> (AuthDecision, Trace) {
        let subject = Subject::Login { username: login.username.clone() };
        let mut steps = Vec::new();
        let decision = self.decide(login, Tracing::On, &mut steps).await;
        let end = match &decision {
            AuthDecision::Granted { by, .. } => End::LoggedIn { by: Arc::clone(by) },
            AuthDecision::Refused(rejection) => End::Refused(rejection.to_string()),
            AuthDecision::Unavailable { by, .. } => End::Refused(format!("`{by}` cannot answer")),
        };
        (decision, Trace { subject, steps, end: Some(end) })
    }

    /// Asks them in their order; each call is added to `steps`, if `tracing` says so.
    async fn decide(
        &self,
        login: Credentials,
        tracing: Tracing,
        steps: &mut Vec<Step>,
    ) -> AuthDecision {
        let mut passed_over = None;
        for plugin in self.chain.authenticators() {
            let (answer, made) = plugin.authenticate(login.clone(), tracing).await;
            steps.extend(made);
            let why = match answer {
                Ok(Ok(grant)) => return AuthDecision::Granted { grant, by: plugin.name().into() },
                Ok(Err(Denial::NotMine)) => continue,
                Ok(Err(Denial::Refused(rejection))) => return AuthDecision::Refused(rejection),
                Ok(Err(Denial::Unavailable(why))) => why,
                Err(error) => {
                    self.counters.plugin_failures.add(1);
                    error.to_string()
                }
            };
            let by = plugin.name().into();
            match without(plugin, self.counters) {
                Without::Nobody { last_good } => {
                    return AuthDecision::Unavailable { by, why, last_good };
                }
                Without::Others => {
                    passed_over = Some(AuthDecision::Unavailable { by, why, last_good: None });
                }
            }
        }
        if let Some(undecided) = passed_over {
            return undecided;
        }
        let words = "invalid username-password pair or user is disabled.";
        AuthDecision::Refused(Rejection::new(ErrorCode::WrongPass, words))
    }
}

/// Who is asked instead of an authenticator that cannot answer.
fn without(plugin: &Arc<Plugin>, counters: &Counters) -> Without {
    let settings = plugin.settings();
    match settings.on_failure {
        OnFailure::Bypass => {
            counters.plugin_bypasses.add(1);
            Without::Others
        }
        OnFailure::LastGood => Without::Nobody { last_good: Some(settings.limits.last_good) },
        OnFailure::Reject => Without::Nobody { last_good: None },
    }
}

/// Where a login goes whose authenticator cannot answer.
enum Without {
    /// To those behind it.
    Others,
    /// No further; how long the last good answer may serve.
    Nobody { last_good: Option<Duration> },
}
