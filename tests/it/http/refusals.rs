//! Requests that are refused, and what they hear.

use sluicegate_tests::gateway;

use super::{LOGIN, ONE, PUB, http, ready};

#[tokio::test]
async fn every_refusal_has_its_status_and_says_why() {
    let (gateway, mut client) = ready(http()).await;
    let to = |query: &str| format!("POST /databus/pub?{query}");
    let addrs = "GET /databus/consumer/addrs?group=g";
    let cases = [
        (PUB.to_owned(), "", ONE, 401, "Basic authentication"),
        (PUB.to_owned(), "k:wrong", ONE, 401, "auth failed"),
        (PUB.to_owned(), "wrong:s", ONE, 401, "auth failed"),
        (PUB.to_owned(), "k:s@g/topic=orders", ONE, 401, "auth failed"),
        (to("topic=orders&group=nobody"), LOGIN, ONE, 401, "auth failed"),
        (to("topic=nothing&group=g"), LOGIN, ONE, 401, "auth failed"),
        (to("topic=orders&group=readers"), LOGIN, ONE, 403, "no publish permission"),
        (to("topic=orders"), LOGIN, ONE, 400, "`group`"),
        (to("group=g"), LOGIN, ONE, 400, "`topic`"),
        (to("topic=orders&group=g%2Ftopic%3Dx"), LOGIN, ONE, 400, "`group`"),
        (to("topic=orders%26role=sub&group=g"), LOGIN, ONE, 400, "`topic`"),
        (to("topic=orders&group=g&color=a%26topic%3Db"), LOGIN, ONE, 400, "`color`"),
        (PUB.to_owned(), LOGIN, "", 400, "records"),
        (PUB.to_owned(), LOGIN, r#"{"records":[{"key":"k"}]}"#, 400, "`value`"),
        (PUB.to_owned(), LOGIN, r#"{"records":[{"value":tru}]}"#, 400, "records"),
        ("GET /databus/pub".to_owned(), LOGIN, "", 405, "method"),
        ("POST /nowhere".to_owned(), LOGIN, ONE, 404, "/databus/pub"),
        (addrs.to_owned(), "", "", 401, "Basic authentication"),
        (addrs.to_owned(), "admin:wrong", "", 401, "invalid username-password pair"),
        ("GET /databus/consumer/addrs".to_owned(), "admin:admin", "", 400, "`group`"),
    ];
    for (what, login, body, status, words) in cases {
        let answer = client.send(&what, login, body).await;

        assert_eq!(answer.status, status, "{what}: {answer:?}");
        let json = answer.json();
        let message = json["message"].as_str().unwrap_or_default();
        assert!(message.contains(words), "{what}: {message}");
        assert_eq!((&json["code"], &json["ttl"]), (&status.into(), &1.into()), "{what}");
        let asks = answer.header("www-authenticate").starts_with("Basic ");
        assert_eq!(asks, status == 401, "{what}: {answer:?}");
    }
    let answer = client.send(PUB, LOGIN, ONE).await;
    let first = r#"{"offsets":[{"partition":0,"offset":0,"error_code":0}]}"#;
    assert_eq!(answer.body, first, "nothing was stored, and the connection lived through it all");
    assert!(!gateway.log().contains("k:wrong"), "no credentials in the log");
}

#[tokio::test]
async fn only_administrators_see_addresses() {
    let users = "[[settings.users]]\nname = 'u'\nsecret = 'p'\npublish = ['*']\nconsume = ['*']\n";
    let gateway =
        gateway().plugin("auth-static", users).set("http.address", "127.0.0.1:0").start().await;

    let answer = gateway.http().await.send("GET /databus/consumer/addrs?group=g", "u:p", "").await;

    assert_eq!(answer.status, 403, "{answer:?}");
}

#[tokio::test]
async fn a_broker_that_is_away_is_a_503_in_time() {
    let gateway = gateway()
        .cluster("main", "bootstrap = [\"127.0.0.1:1\"]\nconnect_timeout_ms = 200")
        .set("http.address", "127.0.0.1:0")
        .start()
        .await;
    let began = std::time::Instant::now();

    let answer = gateway.http().await.send(PUB, "", ONE).await;

    assert_eq!((answer.status, answer.header("retry-after")), (503, "1"), "{answer:?}");
    assert!(answer.body.contains("nothing was stored"), "{answer:?}");
    assert!(began.elapsed().as_secs() < 4, "it took {:?}", began.elapsed());
}

#[tokio::test]
async fn open_access_over_http_is_refused_beyond_loopback() {
    let refused = gateway().set("http.address", "0.0.0.0:0").try_start().await;

    let refused = refused.expect_err("everyone could publish");
    assert!(refused.log.contains("`http.address` is beyond loopback"), "{}", refused.log);
}

#[tokio::test]
async fn secrets_stay_out_of_the_log_at_every_level() {
    let (gateway, mut client) = ready(http().set("log.level", "trace")).await;

    client.send(PUB, "k:MARKER-SECRET", ONE).await;
    client.send(PUB, "MARKER-SECRET:s", ONE).await;
    client.send(PUB, LOGIN, r#"{"records":[{"key":"MARKER-SECRET","value":MARKER-SECRET}]}"#).await;

    assert!(!gateway.log().contains("MARKER-SECRET"), "{}", gateway.log());
    let encoded = "azpNQVJLRVItU0VDUkVU";
    assert!(!gateway.log().contains(encoded), "{}", gateway.log());
}
