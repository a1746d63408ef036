//! Who a client is: the authenticators in their order.

use super::Pipeline;
use crate::message::{Credentials, Denial, ErrorCode, Grant, Rejection, Role};

impl Pipeline {
    /// Asks the authenticators in their order until one knows the credentials.
    ///
    /// # Errors
    /// The refusal to send; the same for an unknown user and a wrong secret.
    pub async fn authenticate(&self, credentials: Credentials) -> Result<Grant, Rejection> {
        let chain = self.chain();
        let answer = self.ask(&chain, credentials).await;
        match &answer {
            Ok(_) => self.counters.logins_accepted.add(1),
            Err(_) => self.counters.logins_denied.add(1),
        }
        answer
    }

    async fn ask(
        &self,
        chain: &super::Chain,
        credentials: Credentials,
    ) -> Result<Grant, Rejection> {
        for plugin in chain.plugins().iter().filter(|plugin| plugin.has(Role::Authenticator)) {
            match plugin.authenticate(credentials.clone()).await {
                Ok(Ok(grant)) => return Ok(grant),
                Ok(Err(Denial::NotMine)) => {}
                Ok(Err(Denial::Refused(rejection))) => return Err(rejection),
                Ok(Err(Denial::Unavailable(why))) => {
                    tracing::warn!(
                        plugin = plugin.name(),
                        error = why,
                        "authenticator unavailable"
                    );
                    return Err(unavailable());
                }
                Err(error) => {
                    self.counters.plugin_failures.add(1);
                    tracing::warn!(plugin = plugin.name(), error = %error, "authenticator failed");
                    return Err(unavailable());
                }
            }
        }
        let words = "invalid username-password pair or user is disabled.";
        Err(Rejection::new(ErrorCode::WrongPass, words))
    }
}

fn unavailable() -> Rejection {
    Rejection::err("auth info error: the login cannot be checked now, try again later")
}
