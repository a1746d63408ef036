//! Further ways into a broker: with encryption, with login.

use std::path::{Path, PathBuf};

/// The one user that listeners with a password know.
pub const USER: &str = "alice";
/// Her password.
pub const PASSWORD: &str = "alice-secret";

/// How clients log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mechanism {
    /// User and password as they are.
    Plain,
    /// A proof of knowing the password.
    ScramSha256,
    /// The same with the longer hash.
    ScramSha512,
    /// A bearer token; Kafka takes unsigned ones unless it is told where the signers are.
    OauthBearer,
}

impl Mechanism {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::Plain, Self::ScramSha256, Self::ScramSha512, Self::OauthBearer];

    /// Kafka's name of it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::ScramSha512 => "SCRAM-SHA-512",
            Self::OauthBearer => "OAUTHBEARER",
        }
    }

    /// What the broker is told about the users of this mechanism.
    fn jaas(self) -> String {
        let package = "org.apache.kafka.common.security";
        match self {
            Self::Plain => {
                format!("{package}.plain.PlainLoginModule required user_{USER}=\"{PASSWORD}\";")
            }
            // The users lie in the cluster's metadata: see `scram_user`.
            Self::ScramSha256 | Self::ScramSha512 => {
                format!("{package}.scram.ScramLoginModule required;")
            }
            Self::OauthBearer => format!(
                "{package}.oauthbearer.OAuthBearerLoginModule required \
                 unsecuredLoginStringClaim_sub=\"broker\";"
            ),
        }
    }
}

/// One further listener of every broker.
#[derive(Clone, Debug)]
pub struct Listener {
    pub(super) name: String,
    certificate: Option<PathBuf>,
    clients: Option<PathBuf>,
    mechanism: Option<Mechanism>,
}

impl Listener {
    /// A listener of this name, in capital letters; as it is, it has neither encryption nor login.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), certificate: None, clients: None, mechanism: None }
    }

    /// Encrypts with the key and certificates of this PEM file.
    #[must_use]
    pub fn tls(mut self, certificate: &Path) -> Self {
        self.certificate = Some(certificate.to_owned());
        self
    }

    /// Lets only clients in whose certificate is signed by this authority; needs [`Self::tls`].
    #[must_use]
    pub fn client_certificates(mut self, authority: &Path) -> Self {
        self.clients = Some(authority.to_owned());
        self
    }

    /// Lets only clients in that log in so.
    #[must_use]
    pub fn sasl(mut self, mechanism: Mechanism) -> Self {
        self.mechanism = Some(mechanism);
        self
    }

    pub(super) fn protocol(&self) -> &'static str {
        match (&self.certificate, self.mechanism) {
            (None, None) => "PLAINTEXT",
            (Some(_), None) => "SSL",
            (None, Some(_)) => "SASL_PLAINTEXT",
            (Some(_), Some(_)) => "SASL_SSL",
        }
    }

    /// What `kafka-storage format --add-scram` is told, where this listener needs it.
    pub(super) fn scram_user(&self) -> Option<String> {
        let name = match self.mechanism? {
            Mechanism::Plain | Mechanism::OauthBearer => return None,
            scram => scram.name(),
        };
        Some(format!("{name}=[name={USER},password={PASSWORD}]"))
    }

    pub(super) fn properties(&self) -> Vec<(String, String)> {
        let mut lines = Vec::new();
        let start = format!("listener.name.{}", self.name.to_lowercase());
        let mut add = |key: &str, value: String| lines.push((format!("{start}.{key}"), value));
        if let Some(file) = &self.certificate {
            add("ssl.keystore.type", "PEM".to_owned());
            add("ssl.keystore.location", file.display().to_string());
        }
        if let Some(file) = &self.clients {
            add("ssl.truststore.type", "PEM".to_owned());
            add("ssl.truststore.location", file.display().to_string());
            add("ssl.client.auth", "required".to_owned());
        }
        if let Some(mechanism) = self.mechanism {
            let name = mechanism.name();
            add("sasl.enabled.mechanisms", name.to_owned());
            add(&format!("{}.sasl.jaas.config", name.to_lowercase()), mechanism.jaas());
        }
        lines
    }
}
