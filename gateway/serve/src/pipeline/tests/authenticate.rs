//! Logins.

use std::sync::Arc;

use super::{
    broker_double::BrokerDouble,
    component::{NOT_MINE, TRAP, plugin, plugin_with, wrong_credentials},
    scene::{Scene, settings},
};
use crate::{
    message::{Credentials, Role},
    pipeline::AuthDecision,
    plugin::{OnFailure, Plugin, PluginSettings},
};

fn authenticator(name: &str, on_failure: OnFailure, body: &str) -> Arc<Plugin> {
    let settings = PluginSettings { on_failure, ..PluginSettings::new(name) };
    plugin_with(settings, Role::Authenticator, [body, ""])
}

/// The decision about one login, in words.
async fn decision(authenticators: impl IntoIterator<Item = Arc<Plugin>>) -> String {
    let scene = Scene::over(BrokerDouble::untouchable(), settings(), authenticators);
    let (username, secret) = ("ann".to_owned(), "secret".to_owned());
    let login = Credentials { username, secret, peer: "unix".to_owned() };
    match scene.pipeline.authenticate(login).await {
        AuthDecision::Granted { by, .. } => format!("granted by {by}"),
        AuthDecision::Refused(rejection) => rejection.to_string(),
        AuthDecision::Unavailable { by, last_good, .. } => {
            format!("{by} is unavailable, last good: {}", last_good.is_some())
        }
    }
}

#[tokio::test]
async fn the_next_authenticator_is_asked_about_credentials_that_are_not_of_the_first() {
    let first = plugin("a", Role::Authenticator, [NOT_MINE, ""]);
    let second = plugin("b", Role::Authenticator, [&wrong_credentials(), ""]);
    let third = plugin("c", Role::Authenticator, [TRAP, ""]);

    assert_eq!(decision([first, second, third]).await, "WRONGPASS not today");
}

#[tokio::test]
async fn credentials_that_no_authenticator_knows_are_wrong() {
    let only = plugin("a", Role::Authenticator, [NOT_MINE, ""]);

    let wrong = "WRONGPASS invalid username-password pair or user is disabled.";
    assert_eq!(decision([only]).await, wrong);
}

#[tokio::test]
async fn a_failing_authenticator_decides_nothing() {
    let next = || plugin("z", Role::Authenticator, [&wrong_credentials(), ""]);
    for (on_failure, expected) in [
        (OnFailure::Reject, "a is unavailable, last good: false"),
        (OnFailure::LastGood, "a is unavailable, last good: true"),
        (OnFailure::Bypass, "WRONGPASS not today"),
    ] {
        let failing = authenticator("a", on_failure, TRAP);
        assert_eq!(decision([failing, next()]).await, expected);
    }
}

#[tokio::test]
async fn where_a_failing_one_was_passed_over_unknown_credentials_are_not_called_wrong() {
    let failing = authenticator("a", OnFailure::Bypass, TRAP);
    let next = plugin("b", Role::Authenticator, [NOT_MINE, ""]);

    assert_eq!(decision([failing, next]).await, "a is unavailable, last good: false");
}
