use std::path::Path;

use super::*;
use crate::config::{Overrides, check};

const OLD: &str = r#"
version = "1.0"
ADDR = ":6205"
AuthType = "redis"

[clusters.Main]
cluster = "main-kafka"
brokers = ["k1:9092", "k2:9092"]
sync = true
[clusters."other one"]
brokers = ["k3:9092"]

[log]
dir = "/data/log"
v = 5

[httpServer]
addr = "localhost:6206"
network = "tcp"
readTimeout = "1500ms"

[redis]
addr = "redis.example:6379"
password = "MARKER"
dB = 3
dialTimeout = "500ms"
readTimeout = "1s"
poolSize = 100
adr = "x"

[mysql]
dsn = "u:MARKER@tcp(db:3306)/databus"
[mysql.breaker]
window = "3s"
"#;

fn translate(text: &str) -> Result<Translation, Problems> {
    translate_databus(Path::new("databus.toml"), text)
}

#[test]
fn the_result_is_a_configuration_that_says_the_same() {
    let translation = translate(OLD).unwrap();

    let settings = check(Path::new("g.toml"), &translation.gateway, &Overrides::default()).unwrap();
    assert_eq!(settings.listen.address.unwrap().to_string(), "0.0.0.0:6205");
    let http = settings.http.unwrap();
    assert_eq!(
        (http.address.to_string(), http.body_timeout.as_secs()),
        ("127.0.0.1:6206".into(), 2)
    );
    let clusters = settings.broker.clusters;
    let shown: Vec<_> = clusters.iter().map(|c| (c.name.as_str(), c.bootstrap.len())).collect();
    assert_eq!(shown, [("Main", 2), ("other one", 1)]);
    assert_eq!(settings.broker.cluster, "Main");
    let (name, text) = translation.plugin.unwrap();
    assert_eq!(name, "auth-redis");
    let table: toml::Table = text.parse().unwrap();
    let users = table["redis"]["users"].as_table().unwrap();
    assert_eq!(users["url"].as_str(), Some("redis://:${REDIS_PASSWORD}@redis.example:6379/3"));
    assert_eq!(users["timeout_ms"].as_integer(), Some(1_000));
    assert_eq!(table["on_failure"].as_str(), Some("last-good"));
}

#[test]
fn every_key_of_the_file_has_a_meaning_and_no_secret_is_shown() {
    let translation = translate(OLD).unwrap();

    let shown = format!("{translation:?}");
    assert!(!shown.contains("MARKER"), "{shown}");
    let meaning = |key: &str| {
        let found = translation.keys.iter().find(|found| found.key == key);
        found.map(|found| format!("{}: {}", found.line, found.meaning)).unwrap_or_default()
    };
    assert_eq!(translation.keys.len(), 21);
    assert_eq!(meaning("ADDR"), "3: kept as `listen.address`");
    assert_eq!(meaning("clusters.Main.brokers"), "8: kept as `broker.clusters.Main.bootstrap`");
    assert!(
        meaning("redis.adr").ends_with("(did you mean `redis.addr`?)"),
        "{}",
        meaning("redis.adr")
    );
    assert_eq!(meaning("mysql.breaker.window"), "34: not used: `authType` does not say `mysql`");
}

#[test]
fn a_mysql_installation_gets_its_own_plugin() {
    let old = "authType = 'mysql'\n[mysql]\ndsn = 'u:MARKER@tcp(db:3306)/bus?tls=true'\n\
               active = 100\nqueryTimeout = '5s'";

    let (name, text) = translate(old).unwrap().plugin.unwrap();

    assert_eq!(name, "auth-mysql");
    let table: toml::Table = text.parse().unwrap();
    let users = table["sql"]["users"].as_table().unwrap();
    assert_eq!(users["url"].as_str(), Some("mysql://u:${MYSQL_PASSWORD}@db:3306/bus"));
    assert_eq!(users["queries"].as_str(), Some("read-only"));
    let numbers = ["connections", "timeout_ms"].map(|key| users[key].as_integer());
    assert_eq!(numbers, [Some(64), Some(2_000)]);
    assert!(users.contains_key("tls") && !text.contains("MARKER"), "{text}");
}

#[test]
fn what_cannot_be_understood_is_reported_all_at_once() {
    let old = "addr = 'bus.example:1'\nauthType = 'ldap'\n[httpServer]\nreadTimeout = '5 s'\n\
               [clusters.a]\nbrokers = 'k:9092'\n[redis]\npassword = 'MARKER'";

    let problems = translate(old).unwrap_err();

    let mut keys: Vec<_> = problems.0.iter().map(|p| p.key.as_str()).collect();
    keys.sort_unstable();
    let expected =
        ["addr", "authType", "clusters.a", "clusters.a.brokers", "httpServer.readTimeout"];
    assert_eq!(keys, expected);
    assert!(!problems.to_string().contains("MARKER"));
    let mysql = translate("authType='mysql'\n[mysql]\ndsn='u:MARKER@unix(/s)/d'").unwrap_err();
    assert!(mysql.to_string().contains("mysql.dsn") && !mysql.to_string().contains("MARKER"));
}
