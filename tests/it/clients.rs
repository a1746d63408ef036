//! Real client programs with default options: they connect, publish and read back.

mod build; //                programs that are compiled before they run
mod libraries; //            each library in its own language
mod scenario; //             what all of them do, with a restart in the middle
pub(crate) mod terminal; //  a program at a terminal

use sluicegate_tests::{command::run, gateway, missing};

use crate::{
    connection::ONE_USER,
    databus::{DSN, ROWS},
};

#[tokio::test]
async fn redis_cli_publishes_and_reads_back() {
    let Some(redis_cli) = missing::require("redis-cli") else { return };
    let gateway = gateway().unix_socket().start().await;
    let socket = gateway.socket().display().to_string();

    for (way, options) in [
        ("plain", vec!["-p", gateway.port()]),
        ("three", vec!["-3", "-p", gateway.port()]),
        ("unix", vec!["-s", &socket]),
    ] {
        let add = [&options[..], &["XADD", way, "*", "greeting", "hello"]].concat();
        assert_eq!(run(&redis_cli, &add, "").await.output_of_success().trim(), "1-0", "{way}");
        let range = [&options[..], &["XRANGE", way, "-", "+"]].concat();
        let read = run(&redis_cli, &range, "").await.output_of_success();
        assert!(read.contains("1-0") && read.contains("hello"), "{way}: {read}");
    }
}

#[tokio::test]
async fn redis_cli_reads_commands_from_a_pipe() {
    let Some(redis_cli) = missing::require("redis-cli") else { return };
    let gateway = gateway().start().await;

    let input = "PING\nXADD piped * a 1\nXADD piped * a 2\nXLEN piped\nNONSENSE\nPING\n";
    let output = run(&redis_cli, &["-p", gateway.port()], input).await.output_of_success();

    let lines: Vec<_> = output.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(lines[..4], ["PONG", "1-0", "2-0", "2"]);
    assert!(lines[4].contains("unknown command 'NONSENSE'"), "{output}");
    assert_eq!(lines[5], "PONG", "the connection lives on");
}

#[tokio::test]
async fn redis_cli_sends_masses_of_commands() {
    let Some(redis_cli) = missing::require("redis-cli") else { return };
    let gateway = gateway().start().await;

    let input =
        "*5\r\n$4\r\nXADD\r\n$4\r\nmass\r\n$1\r\n*\r\n$1\r\nf\r\n$1\r\nv\r\n".repeat(10_000);
    let told = run(&redis_cli, &["-p", gateway.port(), "--pipe"], &input).await;

    assert!(told.output.contains("errors: 0, replies: 10000"), "{}{}", told.output, told.errors);
    assert_eq!(gateway.client().await.send("XLEN mass").await, ":10000");
}

#[tokio::test]
async fn redis_cli_logs_in() {
    let Some(redis_cli) = missing::require("redis-cli") else { return };
    let gateway = gateway().plugin("auth-static", ONE_USER).start().await;

    for version in ["-2", "-3"] {
        let options = [version, "-p", gateway.port(), "--no-auth-warning", "-a"];
        let good = [&options[..], &["open-sesame", "XLEN", "t"]].concat();
        let told = run(&redis_cli, &good, "").await;
        assert_eq!(
            told.output.trim().trim_start_matches("(integer) "),
            "0",
            "{version}: {}",
            told.errors
        );
        let bad = [&options[..], &["wrong", "XLEN", "t"]].concat();
        let told = run(&redis_cli, &bad, "").await;
        assert!((told.output + &told.errors).contains("WRONGPASS"), "{version}");
    }
}

#[tokio::test]
async fn redis_cli_works_at_a_terminal() {
    let Some(redis_cli) = missing::require("redis-cli") else { return };
    let gateway = gateway().start().await;

    let shown = terminal::dialogue(
        &redis_cli,
        &["-p", gateway.port()],
        &[("PING", "PONG"), ("XADD typed * a 1", "\"1-0\""), ("XLEN typed", "(integer) 1")],
    )
    .await;

    assert!(!shown.contains("not connected"), "{shown}");
}

#[tokio::test]
async fn redis_benchmark_runs_to_its_end() {
    let Some(benchmark) = missing::require("redis-benchmark") else { return };
    let open = gateway().start().await;
    let guarded = gateway().plugin("auth-static", ROWS).start().await;

    let options = ["-n", "2000", "-c", "10", "-P", "4", "-q"];
    let ping = [&["-p", open.port(), "-t", "ping"], &options[..]].concat();
    let xadd =
        [&["-p", open.port()], &options[..], &["XADD", "bench", "*", "field", "value"]].concat();
    let set = [&["-p", guarded.port(), "-a", DSN, "-t", "set"], &options[..]].concat();
    for arguments in [ping, xadd, set] {
        let told = run(&benchmark, &arguments, "").await;
        assert!(told.succeeded, "{arguments:?}: {}{}", told.output, told.errors);
        let all = told.output + &told.errors;
        assert!(all.contains("requests per second") && !all.contains("rror"), "{all}");
    }

    assert_eq!(open.client().await.send("XLEN bench").await, ":2000");
}
