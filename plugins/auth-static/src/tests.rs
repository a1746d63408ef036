//! Logins, right and wrong.

use sluicegate_plugin::{
    Denial, Grant,
    serde_json::{Value, json},
    testing::{Call, configure},
};

use crate::AuthStatic;

/// Of `wonderland`.
const HASH: &str =
    "pbkdf2-sha256$10000$MDEyMzQ1Njc4OWFiY2RlZg==$cuOITDVXQXwg4RQ5Bx0ExcR1VT/x58FAc0rjB1K/QwM=";

fn settings() -> Value {
    json!({
        "users": [
            { "name": "alice", "hash": HASH, "publish": ["orders.*"], "consume": ["*"], "group": "team" },
            { "name": "root", "secret": "plain", "admin": true },
        ],
        "apps": [
            { "group": "g", "topic": "t", "operation": "pubsub", "key": "k", "secret": "s", "cluster": "c1" },
            { "group": "g", "topic": "in", "operation": "pub", "key": "k", "secret": "s" },
            { "group": "g", "topic": "out", "operation": "sub", "key": "k", "hash": HASH },
            { "group": "g", "topic": "lost", "operation": "sub", "key": "k", "secret": "s", "cluster": "c9" },
        ],
        "clusters": ["c1"],
    })
}

fn login(username: &str, secret: &str) -> Result<Grant, Denial> {
    Call::login(&mut configure::<AuthStatic>(settings()).unwrap(), username, secret)
}

fn refusal(settings: Value) -> String {
    configure::<AuthStatic>(settings).unwrap_err()
}

#[test]
fn a_user_is_granted_what_the_settings_say() {
    let grant = login("alice", "wonderland").unwrap();
    assert_eq!((grant.principal.as_str(), grant.group.as_str()), ("alice", "team"));
    assert_eq!((grant.publish, grant.consume), (vec!["orders.*".into()], vec!["*".into()]));
    assert!(!grant.admin && grant.binding.is_none());
    assert!(login("root", "plain").unwrap().admin);
}

#[test]
fn a_wrong_name_and_a_wrong_password_are_answered_alike() {
    let wrong = login("alice", "wonder").unwrap_err();
    assert!(
        matches!(&wrong, Denial::WrongCredentials(text) if text.starts_with("invalid username"))
    );
    assert_eq!(login("bob", "wonderland").unwrap_err(), wrong);
    assert_eq!(login("root", "").unwrap_err(), wrong);
    assert_eq!(login("default", "plain").unwrap_err(), wrong);
}

#[test]
fn a_dsn_is_granted_its_topic() {
    let grant = login("default", "k:s@g/topic=t&role=pubsub&color=red&offset=7").unwrap();
    assert_eq!((grant.principal.as_str(), grant.group.as_str()), ("k", "g-red"));
    assert_eq!(grant.cluster.as_deref(), Some("c1"));
    assert!(grant.binding.is_some_and(|binding| binding.publishes && binding.consumes));
    assert!(login("default", "k:wonderland@g/topic=out&role=sub").is_ok());
}

#[test]
fn a_wrong_group_topic_key_or_secret_are_answered_alike() {
    for dsn in ["k:s@x/topic=t", "k:s@g/topic=x", "x:s@g/topic=t", "k:x@g/topic=t", ":@x/topic=t"] {
        let denial = login("default", &format!("{dsn}&role=pub")).unwrap_err();
        assert_eq!(denial, Denial::WrongCredentials("auth failed".into()), "{dsn}");
    }
}

#[test]
fn role_and_cluster_are_looked_at_last() {
    let denial = |dsn: &str| login("default", dsn).unwrap_err();
    let no = |text: &str| Denial::NoPermission(text.into());
    assert_eq!(denial("k:s@g/topic=in&role=sub"), no("no subscribe permission"));
    assert_eq!(denial("k:wonderland@g/topic=out&role=pub"), no("no publish permission"));
    assert_eq!(denial("k:bad@g/topic=in&role=sub"), Denial::WrongCredentials("auth failed".into()));
    assert_eq!(denial("k:s@g/topic=lost&role=sub"), Denial::Malformed("cluster not exist".into()));
    assert_eq!(denial("a:b/@"), Denial::Malformed("auth info error".into()));
    assert_eq!(denial("k:s@g/topic=t"), Denial::Malformed("invalid dsn params".into()));
}

#[test]
fn a_user_named_default_does_not_shut_out_dsns() {
    let mut settings = settings();
    let users = settings["users"].as_array_mut().unwrap();
    users.push(json!({ "name": "default", "secret": "p@ss" }));
    let mut plugin = configure::<AuthStatic>(settings).unwrap();
    assert_eq!(Call::login(&mut plugin, "default", "p@ss").unwrap().principal, "default");
    assert!(Call::login(&mut plugin, "default", "k:s@g/topic=t&role=pub").is_ok());
}

#[test]
fn without_users_a_login_by_name_is_someone_elses() {
    let mut plugin = configure::<AuthStatic>(json!({})).unwrap();
    assert_eq!(Call::login(&mut plugin, "alice", "x"), Err(Denial::NotMine));
    assert_eq!(Call::login(&mut plugin, "default", "k:s@g/topic=t&role=pub"), Err(Denial::NotMine));
}

#[test]
fn without_apps_a_dsn_is_someone_elses() {
    let settings = json!({ "users": [{ "name": "root", "secret": "plain" }] });
    let mut plugin = configure::<AuthStatic>(settings).unwrap();
    assert_eq!(Call::login(&mut plugin, "default", "k:s@g/topic=t&role=pub"), Err(Denial::NotMine));
    assert!(matches!(Call::login(&mut plugin, "default", "x"), Err(Denial::WrongCredentials(_))));
}

#[test]
fn settings_that_cannot_be_meant_are_refused() {
    let user = |rest: Value| {
        let mut user = json!({ "name": "a" });
        user.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        refusal(json!({ "users": [user] }))
    };
    assert_eq!(user(json!({})), "user `a`: give either `secret` or `hash`");
    assert_eq!(user(json!({ "secret": "" })), "user `a`: `secret` is empty");
    assert!(user(json!({ "hash": "md5" })).contains("must look like"));
    let fast = HASH.replace("10000", "99");
    assert!(user(json!({ "hash": fast })).contains("99 iterations"));
    let twice = json!({ "name": "a", "secret": "x" });
    assert_eq!(refusal(json!({ "users": [twice, twice] })), "user `a` is there twice");
}
