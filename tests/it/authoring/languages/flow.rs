//! From an empty folder to a working plugin and to its next version, as the project's page says.

use std::time::{Duration, Instant};

use sluicegate_tests::{
    Client,
    authoring::{Language, Project, is_installed},
    gateway,
    gateway::read,
};
use tokio::time::sleep;

super::in_every_language!(is_made_built_dropped_in_and_changed);

async fn is_made_built_dropped_in_and_changed(language: Language) {
    if !is_installed(language) {
        return;
    }
    let project = Project::new(language, "my-first", "filter").await;
    project.build().await.output_of_success();
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;

    gateway.drop_in("my-first", &read(&project.component()), &project.settings());
    becomes(&mut client, "REJECTED my-first empty-value: the value is empty").await;
    assert_eq!(client.send("XADD demo * value ping").await.error(), None);
    let shown = client.send("XREVRANGE demo + - COUNT 1").await.to_string();
    assert!(shown.contains("$pong"), "{shown}");

    project.edit("the value is empty", "there is nothing in it");
    project.build().await.output_of_success();
    gateway.drop_in("my-first", &read(&project.component()), &project.settings());
    becomes(&mut client, "REJECTED my-first empty-value: there is nothing in it").await;
}

/// Waits until empty values are answered with these words: the file is taken by itself.
async fn becomes(client: &mut Client, words: &str) {
    let began = Instant::now();
    loop {
        let reply = client.send("XADD demo * value \"\"").await;
        if reply.error() == Some(words) {
            return;
        }
        // The slowest language takes half a minute to compile on a busy machine.
        assert!(began.elapsed() < Duration::from_mins(3), "{words:?} never came: {reply}");
        sleep(Duration::from_millis(50)).await;
    }
}
