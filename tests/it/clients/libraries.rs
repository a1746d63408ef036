//! Each library in its own language, with default options: the scenario, and the databus dialect.

use std::path::Path;

use sluicegate_tests::{command::run, gateway, missing, workspace};
use tokio::process::Command;

use super::{build, scenario::play};
use crate::databus::{DSN, ROWS};

#[tokio::test]
async fn go_redis_6_works_with_default_options() {
    go_redis("redis6").await;
}

#[tokio::test]
async fn go_redis_8_works_with_default_options() {
    go_redis("redis8").await;
}

#[tokio::test]
async fn go_redis_9_works_with_default_options() {
    go_redis("redis9").await;
}

#[tokio::test]
async fn redis_py_works_with_resp2() {
    redis_py("2").await;
}

#[tokio::test]
async fn redis_py_works_with_resp3() {
    redis_py("3").await;
}

#[tokio::test]
async fn redis_py_works_with_asyncio() {
    redis_py("asyncio").await;
}

#[tokio::test]
async fn ioredis_works_with_default_options() {
    node("ioredis-5").await;
    node("ioredis-6").await;
}

#[tokio::test]
async fn node_redis_works_with_default_options() {
    node("redis-5").await;
    node("redis-6").await;
}

#[tokio::test]
async fn jedis_works_with_default_options() {
    java("jedis").await;
}

#[tokio::test]
async fn lettuce_works_with_default_options() {
    java("lettuce").await;
}

#[tokio::test]
async fn redis_rs_works_with_default_options() {
    play(|gateway| command(Path::new(env!("CARGO_BIN_EXE_client-redis-rs")), &[&gateway.address]))
        .await;
}

#[tokio::test]
async fn predis_works_with_raw_commands() {
    let Some(php) = missing::require("php") else { return };
    let Some(_) = missing::require("/usr/share/php/Predis/autoload.php") else { return };
    let program = source("php/client.php");

    play(|gateway| command(&php, &[&program, gateway.port()])).await;
}

async fn go_redis(name: &str) {
    let Some(built) = build::go().await else { return };
    let program = built.join(name);

    play(|gateway| command(&program, &[&gateway.address, "scenario"])).await;

    let databus = gateway().plugin("auth-static", ROWS).start().await;
    let told = run(&program, &[&databus.address, "databus", DSN], "").await.output_of_success();
    assert!(told.contains(r#""key":"key","value":{"n":1}"#), "{told}");
}

async fn redis_py(way: &str) {
    let python = workspace::root().join("target/python/bin/python").display().to_string();
    let Some(python) = missing::require(&python) else { return };
    let program = source("python/client.py");

    play(|gateway| command(&python, &[&program, gateway.port(), way, "scenario"])).await;

    if way != "asyncio" {
        let databus = gateway().plugin("auth-static", ROWS).start().await;
        let told = run(&python, &[&program, databus.port(), way, "databus", DSN], "").await;
        let told = told.output_of_success();
        assert!(told.contains("key {'n': 1} orders"), "{told}");
    }
}

async fn node(library: &str) {
    let Some(node) = missing::require("node") else { return };
    let libraries = workspace::root().join("target/clients/node/node_modules");
    let installed = libraries.join(library).join("package.json").display().to_string();
    let Some(_) = missing::require(&installed) else { return };
    let program = source("node/client.js");

    play(|gateway| {
        let mut command = command(&node, &[&program, library, gateway.port()]);
        command.env("NODE_PATH", &libraries);
        command
    })
    .await;
}

async fn java(library: &str) {
    let Some((java, classes)) = build::java().await else { return };
    // Two seconds of life need neither the better compiler nor threads to collect garbage.
    let options = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", &classes, "Main"];

    play(|gateway| command(&java, &[&options[..], &[library, &gateway.address]].concat())).await;
}

fn command(program: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments);
    command
}

fn source(path: &str) -> String {
    workspace::root().join("tests/clients").join(path).display().to_string()
}
