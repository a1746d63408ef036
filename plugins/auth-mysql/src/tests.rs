//! Logins against rows as the database gives them.

use std::{cell::RefCell, rc::Rc};

use sluicegate_plugin::{
    Denial, Grant,
    serde_json::{self, json},
    sql::{Error, Row, Value},
    testing::{self, Call, configure},
};

use crate::AuthMysql;

const DSN: &str = "app_key1:app_secret1@group_name1/topic=test156&role=pubsub";

/// What the joined example rows give, one of them changed.
fn row_with(column: usize, value: Value) -> Row {
    let mut row = row();
    row[column] = value;
    row
}

fn row() -> Row {
    let words = ["app_key1", "app_secret1", "cluster1"].map(Value::from);
    let mut row = vec!["group_name1".into(), "test156".into(), Value::Integer(3)];
    row.extend(words);
    row
}

/// A plugin whose database answers with these rows, whatever it is asked.
fn plugin(settings: serde_json::Value, rows: Vec<Row>) -> AuthMysql {
    testing::sql(move |_, _, _| Ok(rows.clone()));
    configure(settings).unwrap()
}

fn login(rows: Vec<Row>, secret: &str) -> Result<Grant, Denial> {
    Call::login(&mut plugin(json!({}), rows), "default", secret)
}

/// What the operator reads.
fn warnings() -> String {
    testing::logged().into_iter().map(|(_, line)| line + "\n").collect()
}

#[test]
fn a_login_is_one_query_with_the_group_for_a_parameter() {
    let asked = Rc::new(RefCell::new(Vec::new()));
    let log = Rc::clone(&asked);
    testing::sql(move |connection, text, parameters| {
        log.borrow_mut().push((connection.to_owned(), text.to_owned(), parameters.to_vec()));
        Ok(vec![row()])
    });
    let settings = json!({ "auth": { "table": "auth" }, "app": { "table": "app" } });
    let mut plugin = configure::<AuthMysql>(settings).unwrap();
    let grant = Call::login(&mut plugin, "default", DSN).unwrap();
    assert_eq!((grant.principal.as_str(), grant.group.as_str()), ("app_key1", "group_name1"));
    assert_eq!((grant.cluster.as_deref(), grant.holds_for_secs), (Some("cluster1"), Some(60)));
    assert!(grant.binding.is_some_and(|binding| binding.publishes && binding.consumes));
    let nobody = DSN.replace("group_name1", "' OR 1=1 -- ");
    assert_eq!(Call::login(&mut plugin, "default", &nobody), Err(Denial::wrong_login()));

    let asked = asked.borrow();
    let [(connection, text, parameters), (_, same, odd)] = &asked[..] else { panic!("{asked:?}") };
    assert_eq!((connection.as_str(), text), ("users", same));
    assert!(text.contains("FROM `auth` AS a LEFT JOIN `app` AS p"), "{text}");
    assert_eq!(parameters, &[Value::from("group_name1"), Value::from("group_name1")]);
    assert_eq!(odd, &[Value::from("' OR 1=1 -- "), Value::from("' OR 1=1 -- ")]);
}

#[test]
fn a_statement_of_the_file_may_stand_in() {
    testing::sql(|connection, name, parameters| {
        assert_eq!((connection, name, parameters), ("db", "by_group", &["group_name1".into()][..]));
        Ok(vec![row_with(0, "GROUP_NAME1".into()), row()])
    });
    let settings = json!({ "connection": "db", "statement": "by_group", "refresh_secs": 0 });
    let mut with_statement = configure::<AuthMysql>(settings.clone()).unwrap();
    let grant = Call::login(&mut with_statement, "default", DSN).unwrap();
    assert_eq!(grant.holds_for_secs, Some(0));

    let mut short = plugin(settings, vec![row()[..5].to_vec()]);
    let Err(Denial::Unavailable(why)) = Call::login(&mut short, "default", DSN) else { panic!() };
    assert!(why.contains("gives 5 columns; it must give group, topic"), "{why}");
}

#[test]
fn a_group_is_compared_exactly_whatever_the_collation() {
    for like in ["GROUP_NAME1", "group_name1 ", "gröup_name1"] {
        assert_eq!(
            login(vec![row_with(0, like.into())], DSN),
            Err(Denial::wrong_login()),
            "{like}"
        );
        assert!(login(vec![row_with(0, like.into()), row()], DSN).is_ok(), "{like}");
    }
    assert_eq!(login(vec![row_with(0, Value::Null)], DSN), Err(Denial::wrong_login()));
    assert_eq!(warnings(), "");
}

#[test]
fn a_group_is_a_user_too() {
    let user =
        |settings, user, secret| Call::login(&mut plugin(settings, vec![row()]), user, secret);
    let grant = user(json!({}), "group_name1", "app_secret1").unwrap();
    assert_eq!((grant.principal.as_str(), grant.binding), ("group_name1", None));
    assert_eq!((grant.publish, grant.consume), (vec!["test156".into()], vec!["test156".into()]));
    assert_eq!(user(json!({}), "group_name1", "app_key1"), Err(Denial::wrong_login()));
    assert_eq!(user(json!({}), "nobody", "app_secret1"), Err(Denial::wrong_login()));
    assert_eq!(user(json!({}), "default", "app_secret1"), Err(Denial::NotMine));
    let only_dsns = json!({ "plain_logins": false });
    assert_eq!(user(only_dsns, "group_name1", "app_secret1"), Err(Denial::NotMine));
}

#[test]
fn operation_and_cluster_are_looked_at_last() {
    let denial = |row: Row, role: &str| login(vec![row], &DSN.replace("pubsub", role)).unwrap_err();
    let no = |text: &str| Denial::NoPermission(text.into());
    for nothing in [Value::Integer(0), Value::Null] {
        assert_eq!(denial(row_with(2, nothing.clone()), "pub"), no("no publish permission"));
        assert_eq!(denial(row_with(2, nothing), "sub"), no("no subscribe permission"));
    }
    assert_eq!(denial(row_with(2, 1.into()), "pub"), no("no publish permission"));
    assert_eq!(denial(row_with(2, 2.into()), "sub"), no("no subscribe permission"));
    let unknown = Denial::Malformed("cluster not exist".into());
    assert_eq!(denial(row_with(5, "".into()), "pub"), unknown);
    let mut only_c1 = plugin(json!({ "clusters": ["c1"] }), vec![row()]);
    assert_eq!(Call::login(&mut only_c1, "default", DSN), Err(unknown));
    assert_eq!(warnings(), "");
}

#[test]
fn a_bad_row_costs_its_own_group_only() {
    for (column, value, why) in [
        (1, "".into(), "its topic \"\" is not a topic name"),
        (1, "*".into(), "its topic \"*\" is not a topic name"),
        (1, Value::Bytes(vec![0xff]), "its topic is not a text"),
        (1, Value::Integer(7), "its topic is not a text"),
        (2, "both".into(), "its operation is not an integer"),
        (2, Value::Integer(-1), "its operation is -1"),
        (3, Value::Null, "names an app that is not there, or is deleted"),
        (3, "".into(), "its app key is empty"),
        (4, "".into(), "its app secret is empty"),
        (4, Value::Null, "its app secret is empty"),
        (5, "a\nb".into(), "its cluster"),
    ] {
        assert_eq!(
            login(vec![row_with(column, value.clone())], DSN),
            Err(Denial::wrong_login()),
            "{why}"
        );
        let lines = warnings();
        assert!(lines.contains(why) && lines.starts_with("group \"group_name1\""), "{lines}");
        assert!(!lines.contains("app_secret"), "{lines}");
    }
    assert_eq!(testing::counted("unusable_rows"), 11);
}

#[test]
fn a_doubled_group_is_refused() {
    assert_eq!(login(vec![row(), row_with(1, "other".into())], DSN), Err(Denial::wrong_login()));
    assert_eq!(warnings(), "group \"group_name1\": has more than one row: delete all but one\n");
    assert_eq!(login(Vec::new(), DSN), Err(Denial::wrong_login()));
    assert_eq!(warnings(), "");
}

#[test]
fn a_store_that_does_not_answer_decides_nothing() {
    for error in [
        Error::Unavailable("no answer within 1000 ms".into()),
        Error::Refused("Table 'databus.auth_tb' doesn't exist".into()),
        Error::Denied("say `queries = \"read-only\"`".into()),
    ] {
        let expected = Denial::Unavailable(error.message().to_owned());
        testing::sql(move |_, _, _| Err(error.clone()));
        let mut plugin = configure::<AuthMysql>(json!({})).unwrap();
        assert_eq!(Call::login(&mut plugin, "default", DSN), Err(expected));
    }
}

#[test]
fn dsns_that_cannot_be_read_reach_no_store() {
    testing::sql(|_, _, _| panic!("must not be asked"));
    let mut plugin = configure::<AuthMysql>(json!({})).unwrap();
    for (dsn, words) in [
        ("a:b/@", "auth info error"),
        ("a:b@c@d/topic=t", "auth info error"),
        ("\0@\0", "auth info error"),
        ("a:b@c/role=pub", "invalid dsn params"),
        ("a:b@c/topic=t&role=both", "invalid dsn params"),
    ] {
        let answer = Call::login(&mut plugin, "default", dsn);
        assert_eq!(answer, Err(Denial::Malformed(words.into())));
    }
}

#[test]
fn settings_that_cannot_be_meant_are_refused() {
    let refusal = |settings| configure::<AuthMysql>(settings).unwrap_err();
    assert!(refusal(json!({ "auth": { "table": "a b" } })).contains("`auth.table` is \"a b\""));
    assert!(refusal(json!({ "app": { "kee": "x" } })).contains("unknown field `kee`"));
    assert!(refusal(json!({ "refresh_secs": 86_401 })).contains("0 to 86400"));
}
