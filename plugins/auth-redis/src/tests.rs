//! Logins against rows as `redis_orm` writes them.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use sluicegate_plugin::{
    Denial, Grant,
    redis::{Error, Reply, Value},
    serde_json::{self, json},
    testing::{self, Call, configure},
};

use crate::AuthRedis;

const DSN: &str = "app_key1:app_secret1@group_name1/topic=test156&role=pubsub";

/// Hashes and sorted sets by key, and what was asked.
#[derive(Clone, Debug, Default)]
struct Redis {
    data: BTreeMap<String, BTreeMap<String, Vec<u8>>>,
    asked: Vec<String>,
}

impl Redis {
    /// The example rows, in tables of these names.
    fn with(auth: &str, app: &str) -> Self {
        let mut redis = Self::default();
        redis.insert(auth, "1", &[("Id", "1"), ("AppId", "1"), ("Group", "group_name1")]);
        redis.insert(auth, "1", &[("Operation", "3"), ("Topic", "test156")]);
        redis.insert(app, "1", &[("Id", "1"), ("AppKey", "app_key1")]);
        redis.insert(app, "1", &[("AppSecret", "app_secret1"), ("Cluster", "cluster1")]);
        redis.index(auth, "group_name1", "1");
        redis
    }

    fn usual() -> Self {
        Self::with("authtb", "apptb")
    }

    fn insert(&mut self, table: &str, id: &str, columns: &[(&str, &str)]) {
        let hash = self.data.entry(format!("tb:{table}")).or_default();
        hash.extend(columns.iter().map(|(name, value)| (format!("{id}_{name}"), (*value).into())));
    }

    fn index(&mut self, table: &str, group: &str, score: &str) {
        let index = self.data.entry(format!("ix:{table}_group")).or_default();
        index.insert(group.to_owned(), score.into());
    }

    /// Sets or removes fields of the example rows.
    fn changed(table: &str, field: &str, value: Option<&[u8]>) -> Self {
        let mut redis = Self::usual();
        let hash = redis.data.get_mut(&format!("tb:{table}")).unwrap();
        match value {
            Some(value) => hash.insert(field.to_owned(), value.to_vec()),
            None => hash.remove(field),
        };
        redis
    }

    fn answer(&mut self, command: &str, arguments: &[Vec<u8>]) -> Result<Reply, Error> {
        let words: Vec<_> = arguments.iter().map(|word| String::from_utf8_lossy(word)).collect();
        self.asked.push(format!("{command} {}", words.join(" ")));
        let value = |field: &str| {
            let found = self.data.get(&*words[0]).and_then(|hash| hash.get(field));
            found.map_or(Value::Nil, |value| Value::Bytes(value.clone()))
        };
        match command {
            "ZSCORE" => Ok(Reply::Single(value(&words[1]))),
            "HMGET" => Ok(Reply::Many(words[1..].iter().map(|field| value(field)).collect())),
            _ => Err(Error::Denied(format!("`{command}` is not granted"))),
        }
    }
}

/// One login, and the commands it took.
fn login_with(
    settings: serde_json::Value,
    redis: &Redis,
    user: &str,
    secret: &str,
) -> (Result<Grant, Denial>, Vec<String>) {
    let redis = Arc::new(Mutex::new(redis.clone()));
    let shared = Arc::clone(&redis);
    testing::redis(move |connection, command, arguments| {
        assert_eq!(connection, "users");
        shared.lock().unwrap().answer(command, arguments)
    });
    let answer = Call::login(&mut configure::<AuthRedis>(settings).unwrap(), user, secret);
    let asked = redis.lock().unwrap_or_else(PoisonError::into_inner).asked.clone();
    (answer, asked)
}

fn login(redis: &Redis, secret: &str) -> Result<Grant, Denial> {
    login_with(json!({}), redis, "default", secret).0
}

/// What the operator reads.
fn warnings() -> String {
    testing::logged().into_iter().map(|(_, line)| line + "\n").collect()
}

#[test]
fn a_group_costs_three_commands() {
    let (grant, asked) = login_with(json!({}), &Redis::usual(), "default", DSN);
    let grant = grant.unwrap();
    assert_eq!((grant.principal.as_str(), grant.group.as_str()), ("app_key1", "group_name1"));
    assert_eq!((grant.cluster.as_deref(), grant.holds_for_secs), (Some("cluster1"), Some(60)));
    let binding = grant.binding.unwrap();
    assert_eq!((binding.topic.as_str(), binding.publishes), ("test156", true));
    let expected = [
        "ZSCORE ix:authtb_group group_name1",
        "HMGET tb:authtb 1_Id 1_Group 1_AppId 1_Operation 1_Topic",
        "HMGET tb:apptb 1_Id 1_AppKey 1_AppSecret 1_Cluster",
    ];
    assert_eq!(asked, expected);
    assert_eq!(warnings(), "");
}

#[test]
fn both_spellings_are_read_the_first_one_first() {
    let workbench = Redis::with("auth_tb", "app_tb");
    let (grant, asked) = login_with(json!({}), &workbench, "default", DSN);
    assert!(grant.is_ok() && asked.len() == 4, "{asked:?}");

    let mut both = Redis::usual();
    both.data.extend(workbench.data);
    both.insert("auth_tb", "1", &[("Topic", "other")]);
    assert!(login(&both, DSN).is_ok());
    assert_eq!(login(&both, &DSN.replace("test156", "other")), Err(Denial::wrong_login()));

    let settings = json!({ "tables": [{ "auth": "a", "app": "b" }], "refresh_secs": 5 });
    let own = Redis::with("a", "b");
    let (grant, asked) = login_with(settings, &own, "default", DSN);
    assert_eq!((grant.unwrap().holds_for_secs, asked.len()), (Some(5), 3));
}

#[test]
fn an_unknown_group_costs_as_many_commands_as_a_known_one() {
    let unknown = DSN.replace("group_name1", "nobody");
    for settings in [json!({}), json!({ "tables": [{ "auth": "authtb", "app": "apptb" }] })] {
        let (answer, asked) = login_with(settings, &Redis::usual(), "default", &unknown);
        assert_eq!((answer, asked.len()), (Err(Denial::wrong_login()), 3), "{asked:?}");
    }
    let (answer, asked) = login_with(json!({}), &Redis::usual(), "nobody", "app_secret1");
    assert_eq!((answer, asked.len()), (Err(Denial::wrong_login()), 3));
    assert_eq!(warnings(), "");
}

#[test]
fn a_group_is_a_user_too() {
    let user = |user, secret| login_with(json!({}), &Redis::usual(), user, secret).0;
    let grant = user("group_name1", "app_secret1").unwrap();
    assert_eq!((grant.principal.as_str(), grant.binding), ("group_name1", None));
    assert_eq!((grant.publish, grant.consume), (vec!["test156".into()], vec!["test156".into()]));
    assert_eq!(user("group_name1", "app_key1"), Err(Denial::wrong_login()));
    assert_eq!(user("default", "app_secret1"), Err(Denial::NotMine));
    let only_dsns = json!({ "plain_logins": false });
    let answer = login_with(only_dsns, &Redis::usual(), "group_name1", "app_secret1");
    assert_eq!(answer, (Err(Denial::NotMine), Vec::new()));
}

#[test]
fn integers_are_read_in_base_0() {
    for (operation, role, is_allowed) in [
        ("0x3", "pubsub", true),
        ("0b11", "pubsub", true),
        ("0o3", "pubsub", true),
        ("010", "pub", false),
        ("02", "pub", true),
        ("+1", "sub", true),
        ("0x1", "pub", false),
    ] {
        let redis = Redis::changed("authtb", "1_Operation", Some(operation.as_bytes()));
        let answer = login(&redis, &DSN.replace("pubsub", role));
        assert_eq!(answer.is_ok(), is_allowed, "{operation} {role}");
        assert!(is_allowed || matches!(answer, Err(Denial::NoPermission(_))));
    }
    let mut octal = Redis::changed("authtb", "1_AppId", Some(b"010"));
    let columns = [("Id", "0x8"), ("AppKey", "app_key1"), ("AppSecret", "s8"), ("Cluster", "c")];
    octal.insert("apptb", "8", &columns);
    assert!(login(&octal, &DSN.replace("app_secret1", "s8")).is_ok());
}

#[test]
fn a_missing_field_is_gos_zero_value() {
    let without = |table, field| Redis::changed(table, field, None);
    let answer = login(&without("authtb", "1_Operation"), DSN);
    assert_eq!(answer, Err(Denial::NoPermission("no publish permission".into())));
    let answer = login(&without("apptb", "1_Cluster"), DSN);
    assert_eq!(answer, Err(Denial::Malformed("cluster not exist".into())));
    assert_eq!(warnings(), "");
    for (table, field, why) in [
        ("authtb", "1_AppId", "of `tb:apptb` row 0: that row is not there"),
        ("authtb", "1_Topic", "its topic \"\""),
        ("authtb", "1_Group", "which is of another group"),
        ("apptb", "1_AppKey", "its app key is empty"),
        ("apptb", "1_AppSecret", "its app secret is empty"),
    ] {
        let redis = without(table, field);
        assert_eq!(login(&redis, DSN), Err(Denial::wrong_login()), "{field}");
        assert_eq!(
            login(&redis, &DSN.replace("app_secret1", "")),
            Err(Denial::wrong_login()),
            "{field}"
        );
        let lines = warnings();
        assert!(lines.contains(why) && !lines.contains("app_secret"), "{lines}");
    }
}

#[test]
fn a_bad_row_costs_its_own_group_only() {
    let mut other = Redis::with("authtb", "apptb");
    let columns =
        [("Id", "2"), ("AppId", "1"), ("Group", "good"), ("Operation", "3"), ("Topic", "t")];
    other.insert("authtb", "2", &columns);
    other.index("authtb", "good", "2");
    for (table, field, value, why) in [
        ("authtb", "1_Id", None, "`ix:authtb_group` names row 1, which is gone"),
        ("authtb", "1_Group", Some(&b"renamed"[..]), "row 1, which is of another group"),
        ("authtb", "1_Group", Some(b"GROUP_NAME1"), "row 1, which is of another group"),
        ("authtb", "1_Id", Some(b"one"), "`tb:authtb` row 1: its Id is not an integer"),
        ("authtb", "1_AppId", Some(b""), "row 1: its AppId is not an integer"),
        ("authtb", "1_AppId", Some(b"9"), "of `tb:apptb` row 9: that row is not there"),
        ("authtb", "1_Operation", Some(b"both"), "its Operation is not an integer"),
        ("authtb", "1_Operation", Some(b"-1"), "its operation is -1"),
        ("authtb", "1_Topic", Some(b"*"), "its topic \"*\" is not a topic name"),
        ("authtb", "1_Topic", Some(b"\xff"), "its Topic is not UTF-8"),
        ("apptb", "1_Id", None, "that row is not there"),
        ("apptb", "1_AppKey", Some(b"\xff"), "its AppKey is not UTF-8"),
        ("apptb", "1_Cluster", Some(b"a\nb"), "its cluster"),
    ] {
        let mut redis = Redis::changed(table, field, value);
        let (answer, asked) = login_with(json!({}), &redis, "default", DSN);
        assert_eq!((answer, asked.len()), (Err(Denial::wrong_login()), 3), "{why}: {asked:?}");
        let lines = warnings();
        assert!(lines.contains(why) && !lines.contains("app_secret"), "{lines}");
        if table == "authtb" {
            redis.data.get_mut("tb:authtb").unwrap().extend(other.data["tb:authtb"].clone());
            redis.index("authtb", "good", "2");
            assert!(login(&redis, "app_key1:app_secret1@good/topic=t&role=pub").is_ok(), "{why}");
        }
    }
    assert!(testing::counted("unusable_rows") >= 13);
}

#[test]
fn an_index_that_holds_no_id_costs_its_group_only() {
    for score in ["1.5", "inf", "nan", "1e300"] {
        let mut redis = Redis::usual();
        redis.index("authtb", "group_name1", score);
        assert_eq!(login(&redis, DSN), Err(Denial::wrong_login()), "{score}");
        assert!(warnings().contains("is not a row's id"), "{score}");
    }
    let mut large = Redis::usual();
    large.index("authtb", "group_name1", "1e3");
    assert_eq!(login(&large, DSN), Err(Denial::wrong_login()));
    assert!(warnings().contains("names row 1000, which is gone"));
}

#[test]
fn a_store_that_does_not_answer_decides_nothing() {
    for error in [
        Error::Unavailable("no answer within 1000 ms".into()),
        Error::Refused("WRONGTYPE Operation against a key holding the wrong kind of value".into()),
        Error::Denied("`ZSCORE` is not in `commands`".into()),
    ] {
        let expected = Denial::Unavailable(error.message().to_owned());
        testing::redis(move |_, _, _| Err(error.clone()));
        let mut plugin = configure::<AuthRedis>(json!({})).unwrap();
        assert_eq!(Call::login(&mut plugin, "default", DSN), Err(expected.clone()));
        assert_eq!(Call::login(&mut plugin, "group_name1", "x"), Err(expected));
    }
}

#[test]
fn dsns_that_cannot_be_read_reach_no_store() {
    let long = format!("a:b@{}", "x".repeat(65_536));
    for (dsn, words) in [
        ("a:b/@", "auth info error"),
        ("a@b", "auth info error"),
        ("a:b@c:d/topic=t", "auth info error"),
        (&*long, "auth info error"),
        ("\0@\0", "auth info error"),
        ("a:b@c/role=pub", "invalid dsn params"),
        ("a:b@c/topic=t", "invalid dsn params"),
        ("a:b@c/topic=t&role=both", "invalid dsn params"),
    ] {
        let (answer, asked) = login_with(json!({}), &Redis::usual(), "default", dsn);
        assert_eq!(answer, Err(Denial::Malformed(words.into())));
        assert!(asked.is_empty());
    }
    let kept = DSN.replace("topic=", "x&Topic=a&unknown=%41&TOPIC=");
    assert!(login(&Redis::usual(), &kept).is_ok());
}

#[test]
fn settings_that_cannot_be_meant_are_refused() {
    let refusal = |settings| configure::<AuthRedis>(settings).unwrap_err();
    assert!(refusal(json!({ "tables": [] })).contains("`tables` is empty"));
    assert!(refusal(json!({ "refresh_secs": 86_401 })).contains("0 to 86400"));
    assert!(refusal(json!({ "refresh": 1 })).contains("unknown field `refresh`"));
    let settings = json!({ "clusters": ["c1"] });
    let (answer, _) = login_with(settings, &Redis::usual(), "default", DSN);
    assert_eq!(answer, Err(Denial::Malformed("cluster not exist".into())));
}
