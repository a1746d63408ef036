//! `AUTH token SECRET`, where the secrets and what they open stand in the plugin's TOML file.

use serde::Deserialize;
use sluicegate_plugin::{
    Authenticator, Credentials, Denial, Grant, Plugin,
    secret::{Plain, Secret as _},
};

/// The `[settings]` table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    tokens: Vec<Token>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Token {
    name: String,
    secret: Plain,
    #[serde(default)]
    publish: Vec<String>,
    #[serde(default)]
    consume: Vec<String>,
}

impl Plugin for Tokens {
    type Settings = Self;

    fn configure(settings: Self) -> Result<Self, String> {
        Ok(settings)
    }
}

impl Authenticator for Tokens {
    fn authenticate(&mut self, login: &Credentials) -> Result<Grant, Denial> {
        if login.username != "token" {
            return Err(Denial::NotMine);
        }
        let token = self.tokens.iter().find(|token| token.secret.is(&login.secret));
        let token = token.ok_or_else(|| Denial::WrongCredentials("unknown token".to_owned()))?;
        Ok(Grant {
            publish: token.publish.clone(),
            consume: token.consume.clone(),
            holds_for_secs: Some(600),
            ..Grant::new(&token.name)
        })
    }
}

sluicegate_plugin::export!(Tokens: Authenticator);

#[cfg(test)]
mod tests;
