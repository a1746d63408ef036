//! What it grants, and to whom.

use sluicegate_plugin::{
    Denial,
    serde_json::json,
    testing::{Call, configure},
};

use crate::Tokens;

#[test]
fn a_token_opens_its_topics() {
    let settings = json!({ "tokens": [
        { "name": "till-1", "secret": "t1", "publish": ["sales"] },
        { "name": "report", "secret": "t2", "consume": ["sales", "stock.*"] },
    ] });
    let mut plugin = configure::<Tokens>(settings).unwrap();
    let grant = Call::login(&mut plugin, "token", "t2").unwrap();
    assert_eq!((grant.principal.as_str(), grant.consume.len()), ("report", 2));
    assert!(grant.publish.is_empty() && !grant.admin);

    let unknown = Denial::WrongCredentials("unknown token".into());
    assert_eq!(Call::login(&mut plugin, "token", "t3"), Err(unknown));
    assert_eq!(Call::login(&mut plugin, "alice", "t2"), Err(Denial::NotMine));
}

#[test]
fn an_empty_secret_opens_nothing() {
    let settings = json!({ "tokens": [{ "name": "till-1", "secret": "" }] });
    let error = configure::<Tokens>(settings).unwrap_err();
    assert_eq!(error, "settings: a secret is empty");
}
