//! A trap has no words, but the guest may have had some just before it.

use sluicegate_tests::{Gateway, gateway, gateway::read, workspace};

#[tokio::test]
async fn a_panic_reaches_the_log_in_one_line_with_its_place_and_the_client_not_at_all() {
    let gateway = gateway().plugin("misbehaving", "").start().await;
    let mut client = gateway.client().await;

    let reply = client.send("XADD hurt * value misbehave:trap").await;

    assert_eq!(reply.error(), Some("REJECTED misbehaving plugin failed"));
    let error = error_of(&gateway, "plugin call failed").await;
    assert!(
        error.starts_with("plugin `misbehaving` trapped in filter.on-produce: panicked at "),
        "{error}"
    );
    assert!(error.contains("deeds.rs:"), "the place: {error}");
    assert!(error.contains(": panicked, as it was told to (wasm trap: "), "the words: {error}");
    // The next one is another instance's, and its words are its own.
    let told = client.send("XADD hurt * value misbehave:stack").await;
    assert!(told.error().is_some());
    let lines = client.send("PLUGIN LOG misbehaving").await;
    let last = lines.items().last().expect("there are lines").to_string();
    assert!(last.contains("wasm trap: ") && !last.contains("told to"), "{last}");
}

#[tokio::test]
async fn a_panic_in_configure_is_told_where_the_refusal_is() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;
    let wasm = read(&workspace::component("misbehaving"));

    gateway.drop_in("misbehaving", &wasm, "[settings]\nmode = \"trap-in-configure\"\n");
    let reload = client.send("PLUGIN RELOAD").await.to_string();

    let listed = client.send("PLUGIN LIST").await.to_string();
    let logged = client.send("PLUGIN LOG misbehaving").await.to_string();
    for told in [reload, listed, logged] {
        assert!(told.contains("trapped in lifecycle.configure: panicked at "), "{told}");
        assert!(told.contains("panicked, as the settings ask (wasm trap: "), "{told}");
    }
}

/// The `error` of the first log line with this message.
async fn error_of(gateway: &Gateway, message: &str) -> String {
    let line = gateway.logs(message).await;
    let event: serde_json::Value = serde_json::from_str(&line).expect("the log is JSON");
    event.get("fields").unwrap_or(&event)["error"].as_str().unwrap_or_default().to_owned()
}
