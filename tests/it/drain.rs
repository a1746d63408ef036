//! An orderly end: SIGTERM answers what is in flight, then stops.

use std::time::{Duration, Instant};

use rustix::process::Signal;
use sluicegate_tests::{Client, gateway};

#[tokio::test]
async fn sigterm_answers_what_is_in_flight_and_loses_nothing() {
    let mut gateway = gateway().start().await;
    let writers: Vec<_> =
        (0..8).map(|_| gateway.address.clone()).map(publish_until_closed).collect();
    let writers: Vec<_> = writers.into_iter().map(tokio::spawn).collect();
    tokio::time::sleep(Duration::from_millis(300)).await;

    assert!(gateway.terminate().await.success(), "{}", gateway.log());
    let mut acknowledged = 0;
    for writer in writers {
        let Published { answered, broken } = writer.await.expect("a writer ends");
        assert_eq!(broken, None, "a publish stayed without an answer");
        acknowledged += answered;
    }

    gateway.start_again().await;
    let stored = gateway.client().await.send("XLEN drain").await;
    assert_eq!(stored, format!(":{acknowledged}"));
}

#[tokio::test]
async fn a_waiting_reader_does_not_hold_up_the_end() {
    let mut gateway = gateway().start().await;
    let mut reader = gateway.client().await;
    reader.write(b"XREAD BLOCK 0 STREAMS t $\r\n").await.expect("it is open");
    assert_eq!(gateway.client().await.send("PING").await, "+PONG");

    let began = Instant::now();
    assert!(gateway.terminate().await.success(), "{}", gateway.log());

    assert!(began.elapsed() < Duration::from_secs(8), "it took {:?}", began.elapsed());
}

#[tokio::test]
async fn a_draining_gateway_takes_no_new_clients() {
    let mut gateway = gateway().start().await;
    let mut client = gateway.client().await;
    client.write(b"XREAD BLOCK 0 STREAMS t $\r\n").await.expect("it is open");
    gateway.process().signal(Signal::TERM);
    gateway.logs("draining").await;

    let refused = match Client::connect(&gateway.address).await {
        Ok(mut late) => {
            late.next().await.ok().flatten().is_none_or(|reply| reply.error().is_some())
        }
        Err(_) => true,
    };
    assert!(refused, "it was served");
    assert!(gateway.terminate().await.success());
}

struct Published {
    answered: u64,
    broken: Option<String>,
}

/// Publishes until the gateway closes. An end between two commands is orderly; an end after a
/// command was taken, without its reply, is not.
async fn publish_until_closed(address: String) -> Published {
    let mut client = Client::connect(&address).await.expect("it listens");
    let mut answered = 0;
    loop {
        if client.write(b"XADD drain * f v\r\n").await.is_err() {
            return Published { answered, broken: None };
        }
        match client.next().await {
            Ok(Some(reply)) if reply.error().is_none() => answered += 1,
            // Refused with words, or closed before the command was read: nothing was stored,
            // which the count of stored entries confirms.
            Ok(_) => return Published { answered, broken: None },
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => {
                return Published { answered, broken: None };
            }
            Err(error) => return Published { answered, broken: Some(error.to_string()) },
        }
    }
}
