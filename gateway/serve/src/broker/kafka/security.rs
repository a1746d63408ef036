//! TLS and login in the client's terms.

use std::path::{Path, PathBuf};

use krafka::{
    KrafkaError,
    auth::{AuthConfig, OAuthBearerToken, TlsConfig},
};

use super::settings::{ClusterSettings, Login, SaslSettings, TlsSettings};

/// What every connection to the cluster is secured with.
pub(super) fn auth(settings: &ClusterSettings) -> AuthConfig {
    let login = settings.sasl.as_ref().map_or_else(AuthConfig::plaintext, login);
    match &settings.tls {
        Some(tls) => login.with_tls(encryption(tls)),
        None => login,
    }
}

fn login(sasl: &SaslSettings) -> AuthConfig {
    match sasl {
        SaslSettings::Plain(Login { user, password }) => AuthConfig::sasl_plain(user, password),
        SaslSettings::ScramSha256(Login { user, password }) => {
            AuthConfig::sasl_scram_sha256(user, password)
        }
        SaslSettings::ScramSha512(Login { user, password }) => {
            AuthConfig::sasl_scram_sha512(user, password)
        }
        SaslSettings::OauthBearer(path) => {
            let path = path.clone();
            AuthConfig::sasl_oauthbearer_provider(move || read_token(path.clone()))
        }
    }
}

fn encryption(tls: &TlsSettings) -> TlsConfig {
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let mut config = TlsConfig::new();
    if let Some(ca) = &tls.ca_file {
        config = config.with_ca_cert(text(ca));
    }
    if let Some((chain, key)) = &tls.identity {
        config = config.with_client_cert(text(chain), text(key));
    }
    if let Some(name) = &tls.server_name {
        config = config.with_sni_hostname(name);
    }
    config
}

async fn read_token(path: PathBuf) -> krafka::Result<OAuthBearerToken> {
    let shown = path.display().to_string();
    let read = tokio::task::spawn_blocking(move || std::fs::read_to_string(path)).await;
    let text = read
        .map_err(|error| KrafkaError::auth(format!("token file {shown}: {error}")))?
        .map_err(|error| KrafkaError::auth(format!("token file {shown}: {error}")))?;
    Ok(OAuthBearerToken::new(text.trim()))
}
