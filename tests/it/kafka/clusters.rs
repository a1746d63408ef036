//! Several clusters: the grant of a login picks.

use sluicegate_tests::{
    gateway,
    kafka::{self, Space},
};

const USERS: &str = r#"
[[settings.users]]
name = "here"
secret = "here"
publish = ["*"]
consume = ["*"]

[[settings.users]]
name = "there"
secret = "there"
publish = ["*"]
consume = ["*"]
cluster = "second"

[[settings.users]]
name = "nowhere"
secret = "nowhere"
publish = ["*"]
consume = ["*"]
cluster = "third"
"#;

#[tokio::test]
async fn each_login_reads_and_writes_in_the_cluster_of_its_grant() {
    // One Kafka under two prefixes: for the gateway these are two clusters.
    let (Some(first), Some(second)) = (kafka::space(), kafka::space()) else { return };
    let other =
        format!("bootstrap = {:?}\nname_prefix = {:?}", second.bootstrap(), second.prefix());
    let gateway = gateway()
        .plugin("auth-static", USERS)
        .kafka(&first)
        .cluster("second", &other)
        .set("broker.cluster", "main")
        .start()
        .await;
    let (mut here, mut there) = (gateway.client().await, gateway.client().await);
    assert_eq!(here.send("AUTH here here").await, "+OK");
    assert_eq!(there.send("AUTH there there").await, "+OK");

    assert_eq!(here.send("XADD orders * value here").await, "$1-0");
    assert_eq!(there.send("XADD orders * value there").await, "$1-0");

    assert_eq!(here.send("XRANGE orders - +").await, "[[$1-0, [$value, $here]]]");
    assert_eq!(there.send("XRANGE orders - +").await, "[[$1-0, [$value, $there]]]");
    assert_eq!(values(&first).await, [b"here".to_vec()]);
    assert_eq!(values(&second).await, [b"there".to_vec()]);
    let refused = gateway.client().await.send("AUTH nowhere nowhere").await;
    assert!(refused.error().is_some_and(|text| text.contains("cluster")), "{refused}");
}

async fn values(space: &Space) -> Vec<Vec<u8>> {
    let found = space.outside().await.read("orders").await;
    found.into_iter().filter_map(|found| found.value).collect()
}
