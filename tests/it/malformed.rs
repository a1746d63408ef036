//! Bytes that are no command: each is answered as the corpus says, and disturbs nobody else.

use std::{fs, time::Duration};

use sluicegate_tests::{
    Client, Gateway, Reply,
    corpus::{self, Case, Want, When},
    gateway, workspace,
};

use crate::connection::ONE_USER;

/// Memory that all malformed requests together may leave behind.
const GROWTH_MAX_KIB: u64 = 128 * 1024;

#[tokio::test]
async fn malformed_requests_are_answered_and_harm_nobody() {
    let mut gateway = gateway().plugin("auth-static", ONE_USER).start().await;
    let mut neighbour = gateway.client_as("open-sesame").await;
    let cases = cases();
    assert!(cases.len() >= 60, "the corpus has {} cases", cases.len());
    let before = gateway.process().resident_kib();

    for case in &cases {
        if case.when != When::After {
            check(&gateway, case, false).await;
        }
        if case.when != When::Before {
            check(&gateway, case, true).await;
        }
        assert_eq!(neighbour.send("PING").await, "+PONG", "after {}", case.name);
    }

    assert!(gateway.is_running());
    let grown = gateway.process().resident_kib().saturating_sub(before);
    assert!(grown < GROWTH_MAX_KIB, "memory grew by {grown} KiB");
}

#[tokio::test]
async fn a_client_that_stops_in_the_middle_of_a_command_harms_nobody() {
    let mut gateway = gateway().start().await;
    let command = sluicegate_tests::client::encode(&["XADD", "t", "*", "field", "value"]);

    for cut in 0..command.len() {
        let mut client = gateway.client().await;
        client.write(&command[..cut]).await.expect("it is open");
    }

    assert_eq!(gateway.client().await.send("XLEN t").await, ":0", "half a command does nothing");
    assert!(gateway.is_running());
}

fn cases() -> Vec<Case> {
    let path = workspace::root().join("tests/corpus/malformed.txt");
    let text = fs::read_to_string(path).expect("the corpus is there");
    corpus::parse(&text).expect("the corpus is well formed")
}

async fn check(gateway: &Gateway, case: &Case, logged_in: bool) {
    let mut client =
        if logged_in { gateway.client_as("open-sesame").await } else { gateway.client().await };
    let told = format!("{} (line {}, logged in: {logged_in})", case.name, case.line);
    // The gateway may close before it has read everything.
    let _ = send(&mut client, case).await;
    let replies = replies(&mut client, case, &told).await;
    if let Some(Want::Refused(words)) = case.want.last() {
        let last = replies.last().expect("a refusal is a reply").to_string();
        assert!(last.starts_with(&format!("-ERR {words}")), "{told}: {last}");
        let rest = client.rest().await.unwrap_or_else(|error| panic!("{told}: {error}"));
        assert!(rest.is_empty(), "{told}: {}", rest.escape_ascii());
    } else if case.is_usable() {
        assert_eq!(client.send("PING").await, alive(logged_in), "{told}");
    } else {
        assert!(client.is_silent_for(Duration::from_millis(20)).await, "{told}");
    }
}

/// What PING is answered with.
fn alive(logged_in: bool) -> &'static str {
    if logged_in { "+PONG" } else { "-NOAUTH Authentication required." }
}

async fn replies(client: &mut Client, case: &Case, told: &str) -> Vec<Reply> {
    let mut replies = Vec::new();
    for _ in 0..case.replies() {
        let reply = client.next().await.unwrap_or_else(|error| panic!("{told}: {error}"));
        replies.push(reply.unwrap_or_else(|| panic!("{told}: closed without a reply")));
    }
    replies
}

async fn send(client: &mut Client, case: &Case) -> std::io::Result<()> {
    if !case.is_split {
        return client.write(&case.bytes).await;
    }
    for byte in &case.bytes {
        client.write(&[*byte]).await?;
        tokio::task::yield_now().await;
    }
    Ok(())
}
