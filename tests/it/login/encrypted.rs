//! Stores behind TLS: reached with the right authority, and with no other.

use sluicegate_tests::{
    kafka::Security,
    ports::free_port,
    stores::{Row, Sidecar, Store},
};

use super::AWAY;

#[tokio::test]
async fn redis_is_reached_over_tls_with_the_right_authority_only() {
    let (security, port) = (Security::new(), free_port().to_string());
    let (pem, authority) = (path(&security.server()), path(&security.authority()));
    let arguments = [
        ["--tls-port", &port],
        ["--tls-cert-file", &pem],
        ["--tls-key-file", &pem],
        ["--tls-ca-cert-file", &authority],
        ["--tls-auth-clients", "no"],
    ]
    .concat();
    let Some(store) = Store::redis_with(&arguments).await else { return };
    let toml = store.toml(Sidecar::default()).replace("redis://", "rediss://");
    let toml = toml.replace(store.address(), &format!("127.0.0.1:{port}"));

    speaks_tls(store, &security, &(toml + "[redis.users.tls]\n")).await;
}

#[tokio::test]
async fn mysql_is_reached_over_tls_with_the_right_authority_only() {
    let security = Security::new();
    let pem = path(&security.server());
    let [certificate, key] = ["cert", "key"].map(|part| format!("--ssl-{part}={pem}"));
    let Some(store) = Store::mysql_with(&[&certificate, &key]).await else { return };
    let Store::MySql(mysql) = &store else { unreachable!("it was just made") };
    mysql.execute("ALTER USER 'sluicegate'@'127.0.0.1' REQUIRE SSL;").await;
    let plain = store.toml(Sidecar::default());
    let toml = plain.clone() + "[sql.users.tls]\n";

    let refused = store.gateway(Sidecar::default()).start().await;
    let refused = refused.client().await.send_args(&["AUTH", &Row::new("a").dsn("pub")]).await;
    assert_eq!(refused, AWAY, "the server lets nobody in without TLS");
    speaks_tls(store, &security, &toml).await;
}

/// `toml` ends where the `tls` section begins.
async fn speaks_tls(mut store: Store, security: &Security, toml: &str) {
    let row = Row::new("a");
    store.insert(&row).await;
    let with = |authority: &str| format!("{toml}ca_file = {authority:?}\n");

    let trusting = store.gateway_with(&with(&path(&security.authority()))).start().await;
    trusting.client_as(&row.dsn("pub")).await;

    let doubting = store.gateway_with(&with(&path(&security.foreign_authority()))).start().await;
    let refused = doubting.client().await.send_args(&["AUTH", &row.dsn("pub")]).await;
    assert_eq!(refused, AWAY);
    let line = doubting.logs("authenticator unavailable").await;
    assert!(line.to_lowercase().contains("certificate"), "it says why: {line}");
}

fn path(path: &std::path::Path) -> String {
    path.display().to_string()
}
