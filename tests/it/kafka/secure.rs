//! Encryption and login, against brokers that insist on them.

use std::time::{Duration, Instant};

use sluicegate_tests::{
    gateway,
    gateway::Builder,
    kafka::{self, Cluster, Listener, Mechanism, PASSWORD, Security, Space, USER, bearer_token},
    process::PATIENCE,
};

/// A broker with a listener for every mechanism, and what its clients need.
struct Place {
    cluster: Cluster,
    space: Space,
    security: Security,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_and_every_mechanism_store_and_read() {
    let Some(place) = Place::start().await else { return };
    for (listener, toml) in [
        ("TLS", place.tls()),
        ("MUTUAL", place.mutual()),
        ("PLAIN", place.login(Mechanism::Plain, PASSWORD)),
        ("SHA256", place.login(Mechanism::ScramSha256, PASSWORD)),
        ("SHA512", place.login(Mechanism::ScramSha512, PASSWORD)),
        ("OAUTH", place.login(Mechanism::OauthBearer, &bearer_token(USER, 3600))),
        ("PLAINTLS", place.login(Mechanism::Plain, PASSWORD) + &place.tls()),
        ("SHA512TLS", place.login(Mechanism::ScramSha512, PASSWORD) + &place.tls()),
    ] {
        let gateway = place.gateway(listener, &toml).start().await;
        let mut client = gateway.client().await;

        assert_eq!(client.send(&format!("XADD {listener} * value 7")).await, "$1-0", "{listener}");
        let read = client.send(&format!("XRANGE {listener} - +")).await;
        assert_eq!(read, "[[$1-0, [$value, $7]]]", "{listener}");
        let found = place.space.outside().await.read(listener).await;
        assert_eq!(found.len(), 1, "{listener}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_fault_of_security_has_its_own_clear_error() {
    let Some(place) = Place::start().await else { return };
    let foreign = place.security.foreign_authority();
    let foreign = format!("[tls]\nca_file = \"{}\"\n", foreign.display());
    let wrong = |mechanism| place.login(mechanism, "wrong-secret");
    let stale = place.login(Mechanism::OauthBearer, &bearer_token(USER, -60));
    for (what, listener, toml, words) in [
        ("password", "PLAIN", wrong(Mechanism::Plain), &["authentication"][..]),
        ("password", "SHA256", wrong(Mechanism::ScramSha256), &["authentication"]),
        ("password", "SHA512", wrong(Mechanism::ScramSha512), &["authentication"]),
        ("token", "OAUTH", stale, &["authentication"]),
        ("authority", "TLS", foreign, &["certificate", "issuer"]),
        ("certificate", "EXPIRED", place.tls(), &["certificate", "expired"]),
    ] {
        let told = place.gateway(listener, &toml).check().await;
        let report = told.output + &told.errors;
        assert_words(&report, words, &format!("check, wrong {what} at {listener}"));

        let gateway = place.gateway(listener, &toml).start().await;
        let mut client = gateway.client().await;
        let refused = client.send("XADD t * value 7").await;
        assert!(refused.error().is_some_and(|text| text.starts_with("ERR ")), "{refused}");
        let has_all = || words.iter().all(|word| gateway.log().to_lowercase().contains(word));
        let patience = Instant::now() + PATIENCE;
        while !has_all() && Instant::now() < patience {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_words(&gateway.log(), words, &format!("log, wrong {what} at {listener}"));
        assert!(!(report + &gateway.log()).contains("wrong-secret"), "no credentials in the log");
    }
}

impl Place {
    async fn start() -> Option<Self> {
        let security = Security::new();
        let certificate = security.server();
        let tls = |name: &str| Listener::new(name).tls(&certificate);
        let cluster = kafka::cluster()
            .listener(tls("TLS"))
            .listener(tls("MUTUAL").client_certificates(&security.authority()))
            .listener(Listener::new("EXPIRED").tls(&security.expired()))
            .listener(Listener::new("PLAIN").sasl(Mechanism::Plain))
            .listener(Listener::new("SHA256").sasl(Mechanism::ScramSha256))
            .listener(Listener::new("SHA512").sasl(Mechanism::ScramSha512))
            .listener(Listener::new("OAUTH").sasl(Mechanism::OauthBearer))
            .listener(tls("PLAINTLS").sasl(Mechanism::Plain))
            .listener(tls("SHA512TLS").sasl(Mechanism::ScramSha512))
            .start()
            .await?;
        Some(Self { space: cluster.space(), cluster, security })
    }

    /// A gateway that uses this listener; `toml` stands below `[broker.clusters.main]`.
    fn gateway(&self, listener: &str, toml: &str) -> Builder {
        let bootstrap = format!("bootstrap = [{:?}]", self.cluster.listener(listener));
        gateway().kafka(&self.space).cluster("main", &bootstrap).cluster("main", toml)
    }

    fn tls(&self) -> String {
        format!("[tls]\nca_file = \"{}\"\n", self.security.authority().display())
    }

    fn mutual(&self) -> String {
        let (certificate, key) = self.security.client();
        let (certificate, key) = (certificate.display(), key.display());
        format!("{}certificate_file = \"{certificate}\"\nkey_file = \"{key}\"\n", self.tls())
    }

    /// `secret` is the password, or the token.
    fn login(&self, mechanism: Mechanism, secret: &str) -> String {
        let name = mechanism.name();
        if mechanism == Mechanism::OauthBearer {
            let file = self.security.write("token", secret);
            let file = file.display();
            return format!("[sasl]\nmechanism = \"{name}\"\ntoken_file = \"{file}\"\n");
        }
        format!("[sasl]\nmechanism = \"{name}\"\nuser = \"{USER}\"\npassword = \"{secret}\"\n")
    }
}

fn assert_words(text: &str, words: &[&str], what: &str) {
    let lower = text.to_lowercase();
    for word in words {
        assert!(lower.contains(word), "{what}: no word about {word:?}:\n{text}");
    }
}
