//! The files that users begin with: each works with the lines changed that must be.

use std::fs;

use sluicegate_tests::{
    gateway,
    stores::{PASSWORD, Row, Store},
    workspace,
};

use super::WRONG;

over!([
    the_example_settings_work_with_their_address_alone_changed,
    an_administrator_from_auth_static_stands_beside_the_store,
    a_plugin_that_is_granted_no_store_is_refused,
]: redis, mysql);

async fn the_example_settings_work_with_their_address_alone_changed(mut store: Store) {
    let row = Row::new("a");
    store.insert(&row).await;
    let gateway = store.gateway_with(&example(&store)).variable(variable(&store), PASSWORD);
    let gateway = gateway.start().await;

    let mut client = gateway.client_as(&row.dsn("pub")).await;
    assert_eq!(client.send("SET key 1").await, "+OK");
    assert_eq!(client.send("AUTH a secret-a").await, "+OK");
    assert_eq!(client.send("AUTH a wrong").await, WRONG);
}

async fn an_administrator_from_auth_static_stands_beside_the_store(mut store: Store) {
    let row = Row::new("a");
    store.insert(&row).await;
    let settings = example(&store).replace("plain_logins = true", "plain_logins = false");
    let users =
        "order = 20\n[[settings.users]]\nname = \"admin\"\nsecret = \"admin\"\nadmin = true\n";
    let gateway = gateway()
        .variable(variable(&store), PASSWORD)
        .plugin(store.plugin(), &settings)
        .plugin("auth-static", users)
        .start()
        .await;

    let mut client = gateway.client_as(&row.dsn("pub")).await;
    assert_eq!(client.send("SET key 1").await, "+OK");
    assert_eq!(client.send("AUTH admin admin").await, "+OK");
    assert_eq!(client.send("PLUGIN LIST").await.items().len(), 2);
    let refused = client.send("AUTH a secret-a").await;
    assert!(refused.error().is_some_and(|text| text.starts_with("WRONGPASS")), "{refused}");
    assert_eq!(client.send_args(&["AUTH", &row.clone().secret("x").dsn("pub")]).await, WRONG);
}

async fn a_plugin_that_is_granted_no_store_is_refused(store: Store) {
    let kind = if matches!(store, Store::Redis(_)) { "redis" } else { "sql" };

    let refused = store.gateway_with("order = 10").try_start().await.expect_err("it reaches out");

    for words in [store.plugin(), &format!("sluicegate:plugin/{kind}"), &format!("[{kind}.NAME]")] {
        assert!(refused.log.contains(words), "no {words}: {}", refused.log);
    }
}

#[tokio::test]
async fn the_example_authenticator_works_as_its_page_says() {
    let page = workspace::root().join("plugin-sdk/examples/tokens/README.md");
    let page = fs::read_to_string(page).expect("it is shipped");
    let settings = page.split("```toml").nth(1).and_then(|rest| rest.split("```").next());
    let gateway = gateway()
        .variable("TILL_SECRET", "open-sesame")
        .plugin("tokens", settings.expect("the page shows settings"))
        .start()
        .await;
    let mut client = gateway.client().await;

    let wrong = client.send("AUTH token x").await;
    assert!(wrong.error().is_some_and(|text| text.starts_with("WRONGPASS")), "{wrong}");
    assert_eq!(client.send("AUTH token open-sesame").await, "+OK");
    assert_eq!(client.send("XADD sales * f v").await, "$1-0");
    for refused in ["XADD orders * f v", "XRANGE sales - +"] {
        let reply = client.send(refused).await;
        assert!(reply.error().is_some_and(|text| text.starts_with("NOPERM")), "{refused}: {reply}");
    }
}

/// The plugin's example settings, leading to this store.
fn example(store: &Store) -> String {
    let name = store.plugin();
    let path = workspace::root().join("plugins").join(name).join("settings.example.toml");
    let settings = fs::read_to_string(path).expect("it is shipped");
    ["127.0.0.1:6379", "127.0.0.1:3306"]
        .iter()
        .fold(settings, |settings, theirs| settings.replace(theirs, store.address()))
}

/// The variable from which the example takes the store's password.
fn variable(store: &Store) -> &'static str {
    if matches!(store, Store::Redis(_)) { "REDIS_PASSWORD" } else { "MYSQL_PASSWORD" }
}
