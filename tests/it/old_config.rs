//! The original's configuration file, said in this gateway's words.

use std::fs;

use sluicegate_tests::{
    command::{Finished, finish},
    gateway::{drop_in, read, sluicegate},
    kafka, workspace,
};
use tempfile::TempDir;

/// A file as the original's users have it; `CLUSTERS` and `MARKER` stand for more.
const OLD: &str = r#"
version = "1.0.0"
addr = "0.0.0.0:6205"
authtype = "redis"
CLUSTERS
[log]
    dir = "/data/log/databus/"
    stdout = true
    vmodule = "x"
[httpServer]
    addr = "0.0.0.0:6206"
    readTimeout = "1s"
    writeTimeout = "1m30s"
[redis]
    addr = "127.0.0.1:6379"
    password = "MARKER-SECRET"
    dB = 2
    readTimeout = "300ms"
    poolSize = 10
"#;

#[tokio::test]
async fn the_printed_configuration_is_a_good_one() {
    let printed = translate(&OLD.replace("CLUSTERS", "")).await.output_of_success();

    assert!(!printed.contains("MARKER"), "{printed}");
    for words in [
        "address = \"0.0.0.0:6205\"",
        "# file: plugins.d/auth-redis.toml",
        "redis://:${REDIS_PASSWORD}@127.0.0.1:6379/2",
        "# databus.toml:13 `httpServer.writeTimeout`: not needed",
        "`log.vmodule`: unknown",
    ] {
        assert!(printed.contains(words), "no {words}:\n{printed}");
    }
    let told = check(&printed).await;
    assert!(told.succeeded, "{}{}", told.output, told.errors);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_printed_clusters_are_asked() {
    let Some(cluster) = kafka::cluster().start().await else { return };
    let brokers = cluster.bootstrap();
    let clusters =
        format!("[clusters.main]\ncluster = \"x\"\nbrokers = {brokers:?}\nsync = true\n");

    let printed = translate(&OLD.replace("CLUSTERS", &clusters)).await.output_of_success();

    let told = check(&printed).await;
    assert!(told.succeeded, "{}{}", told.output, told.errors);
    assert!(told.output.contains("where: cluster `main`"), "{}", told.output);
}

#[tokio::test]
async fn what_cannot_be_understood_is_named_with_its_line() {
    let old = OLD.replace("CLUSTERS", "").replace("\"1s\"", "\"one second\"");

    let told = translate(&old).await;

    assert!(!told.succeeded);
    let report = told.errors;
    assert!(report.contains("databus.toml:12, `httpServer.readTimeout`"), "{report}");
    assert!(!report.contains("MARKER"), "{report}");
}

async fn translate(old: &str) -> Finished {
    let folder = TempDir::new().expect("a temporary folder can be made");
    fs::write(folder.path().join("databus.toml"), old).expect("it can be written");
    let mut command = sluicegate(&["check", "--databus", "databus.toml"]);
    command.current_dir(folder.path());
    finish(command, "").await
}

/// What `sluicegate check` says about the printed files, put where their names say.
async fn check(printed: &str) -> Finished {
    let folder = TempDir::new().expect("a temporary folder can be made");
    let plugins = folder.path().join("plugins.d");
    fs::create_dir(&plugins).expect("the folder is empty");
    // Any authenticator opens an address beyond loopback; that of the file has scenes of its own.
    drop_in(&plugins, "auth-static", &read(&workspace::component("auth-static")), ROWS);
    let (files, _) = printed.split_once("# keys: ").expect("the fates come last");
    for file in files.split("# file: ").skip(1) {
        let (name, text) = file.split_once('\n').expect("a name and a text");
        fs::write(folder.path().join(name), text).expect("it can be written");
    }
    let mut command = sluicegate(&["check", "--config", "gateway.toml"]);
    command.current_dir(folder.path()).env("REDIS_PASSWORD", "x");
    finish(command, "").await
}

const ROWS: &str =
    "[[settings.users]]\nname = \"u\"\nsecret = \"s\"\npublish = [\"*\"]\nconsume = []\n";
