//! The README's five minutes, as they are written there.

use std::time::{Duration, Instant};

use sluicegate_tests::{gateway, gateway::read, workspace};
use tokio::time::sleep;

#[tokio::test]
async fn publish_read_back_drop_in_break_and_see_the_old_one_stay() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;

    assert_eq!(client.send("XADD orders * value hello").await, "$1-0");
    assert_eq!(client.send("XRANGE orders - +").await, "[[$1-0, [$value, $hello]]]");

    gateway.drop_in("filter-json", &read(&workspace::component("filter-json")), "");
    let began = Instant::now();
    while client.send("XADD orders * value hello").await.error().is_none() {
        assert!(began.elapsed() < Duration::from_secs(20), "never taken:\n{}", gateway.log());
        sleep(Duration::from_millis(50)).await;
    }
    let rejected = client.send("XADD orders * value hello").await.to_string();
    assert!(rejected.starts_with("-REJECTED filter-json not-json: "), "{rejected}");
    assert_eq!(client.send(r#"XADD orders * value '{"a":1}'"#).await.error(), None);

    std::fs::write(gateway.plugins().join("filter-json.wasm"), "broken")
        .expect("it can be written");
    gateway.logs("refused").await;
    let still = client.send("XADD orders * value hello").await.to_string();
    assert!(still.starts_with("-REJECTED filter-json not-json: "), "{still}");
    let listed = client.send("PLUGIN LIST").await.to_string();
    assert!(listed.contains("filter-json"), "{listed}");
}
