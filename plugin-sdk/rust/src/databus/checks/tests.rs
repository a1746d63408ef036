//! Right and wrong logins against one account.

use std::cell::Cell;

use super::{Checks, RefreshSecs};
use crate::{
    Credentials, Denial, Grant,
    databus::{Account, Row},
    secret::Plain,
};

fn account(operation: i64) -> Account {
    let row = Row {
        group: "g".into(),
        topic: "t".into(),
        operation,
        key: "k".into(),
        secret: "s".into(),
        cluster: "c1".into(),
    };
    row.account().unwrap()
}

fn login_to(account: &Account, username: &str, secret: &str) -> Result<Grant, Denial> {
    let checks = Checks::new(vec!["c1".into()], Plain::new("stand-in"));
    let login = Credentials {
        username: username.into(),
        secret: secret.into(),
        peer: "127.0.0.1:1024".into(),
    };
    checks.login(&login, |group| Ok((group == account.group).then(|| account.clone())))
}

fn login(username: &str, secret: &str) -> Result<Grant, Denial> {
    login_to(&account(3), username, secret)
}

fn wrong() -> Result<Grant, Denial> {
    Err(Denial::WrongCredentials("auth failed".into()))
}

#[test]
fn a_dsn_is_granted_its_topic() {
    let grant = login("default", "k:s@g/topic=t&role=pubsub&color=red&block=5&batch=9").unwrap();
    assert_eq!((grant.principal.as_str(), grant.group.as_str()), ("k", "g-red"));
    assert_eq!((grant.publish, grant.consume), (vec!["t".to_owned()], vec!["t".to_owned()]));
    assert_eq!(grant.cluster.as_deref(), Some("c1"));
    let binding = grant.binding.unwrap();
    assert_eq!((binding.block_ms, binding.batch, binding.topic.as_str()), (Some(5), Some(9), "t"));
}

#[test]
fn a_group_may_log_in_with_its_app_secret() {
    let grant = login("g", "s").unwrap();
    assert_eq!((grant.principal.as_str(), grant.group.as_str()), ("g", "g"));
    assert_eq!((grant.publish, grant.consume), (vec!["t".to_owned()], vec!["t".to_owned()]));
    assert!(grant.binding.is_none() && !grant.admin);
    let grant = login_to(&account(1), "g", "s").unwrap();
    assert_eq!((grant.publish.len(), grant.consume.len()), (0, 1));
    assert!(login_to(&account(0), "g", "s").unwrap().consume.is_empty());
}

#[test]
fn what_is_wrong_up_to_the_secret_is_answered_alike() {
    for dsn in [
        "k:s@x/topic=t",
        "k:s@G/topic=t",
        "k:s@g/topic=x",
        "x:s@g/topic=t",
        "k:x@g/topic=t",
        "k:@g/topic=t",
        ":@/topic=t",
        "k:stand-in@x/topic=t",
    ] {
        assert_eq!(login("default", &format!("{dsn}&role=pub")), wrong(), "{dsn}");
    }
    for (user, password) in [("g", "x"), ("x", "s"), ("G", "s"), ("x", "stand-in"), ("", "")] {
        assert_eq!(login(user, password), wrong(), "{user}");
    }
}

#[test]
fn the_role_comes_after_the_secret_and_the_cluster_last() {
    let of = |operation, role: &str| {
        login_to(&account(operation), "default", &format!("k:s@g/topic=t&role={role}")).unwrap_err()
    };
    let no = |text: &str| Denial::NoPermission(text.into());
    assert_eq!(of(1, "pub"), no("no publish permission"));
    assert_eq!(of(2, "sub"), no("no subscribe permission"));
    assert_eq!(of(0, "pubsub"), no("no publish permission"));

    let lost = |operation| Account { cluster: Some("c9".into()), ..account(operation) };
    let dsn = "k:s@g/topic=t&role=pub";
    let unknown = Denial::Malformed("cluster not exist".into());
    assert_eq!(login_to(&lost(1), "default", dsn).unwrap_err(), no("no publish permission"));
    assert_eq!(login_to(&lost(3), "default", dsn).unwrap_err(), unknown);
    assert_eq!(login_to(&lost(3), "g", "s").unwrap_err(), unknown);
    let nowhere = Account { cluster: Some(String::new()), ..account(3) };
    assert_eq!(login_to(&nowhere, "g", "s").unwrap_err(), unknown);
}

#[test]
fn only_what_can_be_a_login_is_looked_up() {
    let asked = Cell::new(0);
    let checks = Checks::new(Vec::new(), Plain::new(""));
    let answer = |username: &str, secret: &str| {
        let (username, secret) = (username.to_owned(), secret.to_owned());
        let login = Credentials { username, secret, peer: String::new() };
        checks.login(&login, |_| {
            asked.set(asked.get() + 1);
            Err(Denial::Unavailable("away".into()))
        })
    };
    assert_eq!(answer("default", "password"), Err(Denial::NotMine));
    assert_eq!(answer("default", ""), Err(Denial::NotMine));
    assert_eq!(answer("default", "a:b/@"), Err(Denial::Malformed("auth info error".into())));
    assert_eq!(asked.get(), 0);
    assert_eq!(answer("g", "s"), Err(Denial::Unavailable("away".into())));
    assert_eq!(asked.get(), 1);

    let login = Credentials { username: "g".into(), secret: "s".into(), peer: String::new() };
    let only_dsns = Checks::for_store(Vec::new(), false);
    assert_eq!(only_dsns.login(&login, |_| Ok(Some(account(3)))), Err(Denial::NotMine));
}

#[test]
fn refreshing_is_a_matter_of_seconds_up_to_a_day() {
    let read = |text: &str| serde_json::from_str::<RefreshSecs>(text);
    let held = |refresh: RefreshSecs| refresh.applied_to(Grant::new("g")).holds_for_secs;
    assert_eq!(held(RefreshSecs::default()), Some(60));
    assert_eq!(held(read("0").unwrap()), Some(0));
    assert_eq!(held(read("86400").unwrap()), Some(86_400));
    assert!(read("86401").unwrap_err().to_string().contains("0 to 86400"));
}
