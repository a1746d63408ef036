//! What nobody may read: secrets stand in no log, answer, list or error.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sluicegate_tests::{
    Gateway, Reply,
    stores::{PASSWORD, Row, Sidecar, Store},
};

use super::operator;

over!([a_secret_is_in_no_log_and_no_answer]: fixed, redis, redis_workbench, mysql);

/// Looks like nothing else that the gateway could write.
const MARKER: &str = "Zq7MarkerSecret9xK";

/// What is sent before, with the marker in it, `{}` being a DSN that lets in.
const LOGINS: &[&str] = &[
    "AUTH {}",
    "AUTH default {}",
    "HELLO 2 AUTH default {} SETNAME name",
    "HELLO 3 AUTH default {}",
    "AUTH a Zq7MarkerSecret9xK",
    "AUTH nobody Zq7MarkerSecret9xK",
    "AUTH Zq7MarkerSecret9xK",
    "AUTH Zq7MarkerSecret9xK@",
    "AUTH key-a:Zq7MarkerSecret9xK@nobody/topic=orders&role=pub",
    "AUTH key-b:Zq7MarkerSecret9xK@a/topic=orders&role=pub",
    "AUTH key-a:xZq7MarkerSecret9xK@a/topic=orders&role=pub",
    "AUTH key-a:Zq7MarkerSecret9xK@a@/topic=orders&role=pub",
    "AUTH key-a:Zq7MarkerSecret9xK@a/topic=orders",
    "AUTH key-a:Zq7MarkerSecret9xK@a/topic=orders&role=pub&offset=Zq7MarkerSecret9xK",
    "AUTH default Zq7MarkerSecret9xK more",
    "HELLO 3 AUTH default Zq7MarkerSecret9xK",
    "HELLO 3 AUTH Zq7MarkerSecret9xK",
    "HELLO 9 AUTH default {}",
    "HELLO 3 AUTH default {} NONSENSE",
];

/// What tells about clients, logins and plugins.
const QUESTIONS: &[&str] = &[
    "CLIENT LIST",
    "CLIENT INFO",
    "INFO",
    "PLUGIN LIST",
    "PLUGIN INFO auth-static",
    "PLUGIN INFO auth-redis",
    "PLUGIN INFO auth-mysql",
    "PLUGIN RELOAD",
    "SLOWLOG GET",
    "LATENCY LATEST",
    "CONFIG GET *",
];

async fn a_secret_is_in_no_log_and_no_answer(mut store: Store) {
    let row = Row::new("a").secret(MARKER);
    store.insert(&row).await;
    let sidecar = Sidecar { refresh_secs: 1, ..Sidecar::default() };
    let gateway = store.gateway(sidecar).set("log.level", "trace").start().await;
    let mut told = Vec::new();
    let mut watcher = operator(&gateway).await;
    told.push(watcher.send("MONITOR").await);

    log_in_by_all_forms(&gateway, &row, &mut told).await;
    let mut operator = operator(&gateway).await;
    for question in QUESTIONS {
        told.push(operator.send(question).await);
    }
    // A store that cannot be asked is one more reason to write something down.
    store.stop().await;
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    log_in_by_all_forms(&gateway, &row, &mut told).await;
    for question in QUESTIONS {
        told.push(operator.send(question).await);
    }
    operator.send("ECHO end").await;
    while told.last().is_none_or(|line| !line.to_string().ends_with("\"ECHO\" \"end\"")) {
        told.push(watcher.reply().await);
    }

    let told: Vec<_> = told.iter().map(ToString::to_string).collect();
    let (told, log) = (told.join("\n"), gateway.log());
    assert!(log.contains("\"TRACE\"") || log.contains("\"DEBUG\""), "the log is at its fullest");
    for secret in [MARKER, PASSWORD, &STANDARD.encode(MARKER), &STANDARD.encode(row.dsn("pub"))] {
        assert!(!told.contains(secret), "{secret} in\n{told}");
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret} is in the log");
    }
}

async fn log_in_by_all_forms(gateway: &Gateway, row: &Row, told: &mut Vec<Reply>) {
    let mut insider = gateway.client_as(&row.dsn("pub")).await;
    assert_eq!(insider.send("SET key 1").await, "+OK");
    for login in LOGINS {
        let login = login.replace("{}", &row.dsn("pub"));
        told.push(gateway.client().await.send(&login).await);
        told.push(insider.send(&login).await);
    }
}
