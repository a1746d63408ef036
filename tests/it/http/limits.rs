//! What a client may take over HTTP, and the orderly end.

use std::time::{Duration, Instant};

use rustix::process::Signal;
use sluicegate_tests::{
    Client, Gateway,
    http::{HttpClient, request},
};
use tokio::time::sleep;

use super::{LOGIN, ONE, PUB, http, ready};

#[tokio::test]
async fn one_connection_too_many_is_told_so() {
    let (gateway, mut first) = ready(http().set("http.connections_max", 1)).await;
    assert_eq!(first.send("GET /monitor/ping", "", "").await.status, 200);

    let mut second = gateway.http().await;
    let answer = second.answer().await;
    assert_eq!((answer.status, answer.header("connection")), (503, "close"));

    drop(first);
    sleep(Duration::from_millis(200)).await;
    let again = gateway.http().await.send("GET /monitor/ping", "", "").await;
    assert_eq!(again.status, 200, "a place is free again");
}

#[tokio::test]
async fn a_slow_head_and_a_slow_body_are_let_go() {
    let builder = http().set("http.header_timeout_secs", 1).set("http.body_timeout_secs", 1);
    let (gateway, mut slow_head) = ready(builder).await;
    let mut slow_body = gateway.http().await;
    let all = request(PUB, LOGIN, ONE);
    let began = Instant::now();

    slow_head.write(&all.as_bytes()[..30]).await;
    slow_body.write(&all.as_bytes()[..all.len() - 5]).await;
    let answer = slow_body.answer().await;
    assert_eq!((answer.status, answer.header("connection")), (408, "close"));
    assert!(slow_head.next().await.is_ok_and(|end| end.is_none()), "it is closed");

    assert!(began.elapsed() < Duration::from_secs(8), "it took {:?}", began.elapsed());
    assert_eq!(gateway.http().await.send(PUB, LOGIN, ONE).await.status, 200);
}

#[tokio::test]
async fn a_client_that_takes_no_answers_is_let_go() {
    let (gateway, mut greedy) = ready(http().set("listen.write_timeout_secs", 1)).await;
    let began = Instant::now();

    greedy
        .write("GET /monitor/ping HTTP/1.1\r\nhost: g\r\n\r\n".repeat(1_000_000).as_bytes())
        .await;

    assert!(began.elapsed() < Duration::from_secs(20), "it took {:?}", began.elapsed());
    let info = admin(&gateway).await.send("INFO everything").await.to_string();
    assert!(info.contains("connections_timed_out:1"), "{info}");
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_announced_or_not() {
    let (gateway, mut client) = ready(http().set("http.body_bytes_max", 10_000)).await;
    let big = format!(r#"{{"records":[{{"value":"{}"}}]}}"#, "x".repeat(3_000_000));

    let answer = client.send(PUB, LOGIN, &big).await;
    assert_eq!(answer.status, 413, "{answer:?}");
    assert!(answer.body.contains("10000"), "{answer:?}");

    let mut chunked = gateway.http().await;
    let head = request(PUB, LOGIN, "").replace("content-length: 0", "transfer-encoding: chunked");
    chunked.write(head.as_bytes()).await;
    let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
    chunked.write(chunk.repeat(40).as_bytes()).await;
    chunked.write(b"0\r\n\r\n").await;
    assert_eq!(chunked.answer().await.status, 413);

    let stranger = gateway.http().await.send(PUB, "k:x", &big).await;
    assert_eq!(stranger.status, 401, "before its body is looked at");
}

#[tokio::test]
async fn bytes_that_are_no_request_are_answered_and_harm_nobody() {
    let (gateway, mut client) = ready(http()).await;
    let long = format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(100_000));
    let many = format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(200));
    for (bytes, status) in [
        ("*1\r\n$4\r\nPING\r\n\r\n", 400),
        ("GET / HTTP/9.9\r\n\r\n", 400),
        ("POST /databus/pub HTTP/1.1\r\ncontent-length: -1\r\n\r\n", 400),
        (&long, 414),
        (&many, 431),
    ] {
        let mut broken = HttpClient::connect(&gateway.http_address().await).await;
        broken.write(bytes.as_bytes()).await;
        let answer = broken.answer().await;
        let told = if status == 414 {
            matches!(answer.status, 414 | 431)
        } else {
            answer.status == status
        };
        assert!(told, "{}: {answer:?}", &bytes[..30.min(bytes.len())]);
    }
    assert_eq!(client.send(PUB, LOGIN, ONE).await.status, 200);
}

#[tokio::test]
async fn sigterm_ends_idle_connections_and_answers_what_is_in_hand() {
    let (mut gateway, mut busy) = ready(http()).await;
    let mut idle = gateway.http().await;
    assert_eq!(idle.send("GET /monitor/ping", "", "").await.status, 200);
    let all = request(PUB, LOGIN, ONE);
    let (most, rest) = all.split_at(all.len() - 5);
    busy.write(most.as_bytes()).await;
    sleep(Duration::from_millis(200)).await;

    gateway.process().signal(Signal::TERM);
    gateway.logs("draining").await;
    assert!(idle.next().await.is_ok_and(|end| end.is_none()), "it is closed");
    busy.write(rest.as_bytes()).await;
    let answer = busy.answer().await;

    assert_eq!((answer.status, answer.header("connection")), (200, "close"), "{answer:?}");
    assert!(gateway.terminate().await.success(), "{}", gateway.log());
}

async fn admin(gateway: &Gateway) -> Client {
    let mut admin = gateway.client().await;
    assert_eq!(admin.send("AUTH admin admin").await, "+OK");
    admin
}
