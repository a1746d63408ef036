//! Membership in groups of a real Kafka.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use krafka::{
    admin::{
        AlterConsumerGroupOffsetsOptions, DescribeConsumerGroupsOptions, DescribeFeaturesOptions,
        ListConsumerGroupOffsetsOptions,
    },
    consumer::TopicPartition,
};

use super::*;
use crate::broker::kafka::{
    read::tests::{Scene, note, settings},
    settings::GroupProtocol,
};

/// Begins a scene with a topic of four partitions, or ends the test.
macro_rules! scene {
    () => {
        scene!(settings())
    };
    ($settings:expr) => {
        match $settings {
            Some(settings) => {
                let scene = Scene::open(settings).await;
                let topic = scene.topic("t", 4).await;
                (scene, topic)
            }
            None => return,
        }
    };
}

fn join(scene: &Scene, topic: &TopicName) -> Arc<dyn GroupMember> {
    super::join(Arc::clone(&scene.settings), &scene.names, "g", topic)
}

fn place(offset: u64, metadata: &str) -> Committed {
    Committed { offset, metadata: metadata.to_owned() }
}

fn has(member: &Arc<dyn GroupMember>) -> Vec<u32> {
    member.partitions().borrow().as_deref().unwrap_or_default().to_vec()
}

/// Waits until the members have all partitions, `each` of them so many.
async fn dealt(members: &[&Arc<dyn GroupMember>], each: usize) {
    let begun = Instant::now();
    loop {
        let had: Vec<Vec<u32>> = members.iter().map(|member| has(member)).collect();
        let all: BTreeSet<u32> = had.iter().flatten().copied().collect();
        if all.len() == 4 && had.iter().all(|partitions| partitions.len() == each) {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(40), "{had:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// How many Kafka has in the group.
async fn members(scene: &Scene) -> usize {
    let group = scene.names.group("g");
    let admin = scene.kafka.admin();
    let described = admin
        .describe_consumer_groups([group.as_str()], DescribeConsumerGroupsOptions::default())
        .await;
    let described = described.unwrap().into_values().next().unwrap();
    described.map_or(0, |group| group.members.len())
}

async fn committed(scene: &Scene, topic: &TopicName, partition: i32) -> Option<(i64, String)> {
    let (group, topic) = (scene.names.group("g"), scene.names.topic(topic));
    let admin = scene.kafka.admin();
    let offsets = admin
        .list_consumer_group_offsets(&group, ListConsumerGroupOffsetsOptions::default())
        .await
        .unwrap();
    let found = offsets.into_iter().find(|(at, _)| at.topic == topic && at.partition == partition);
    let found = found?.1.unwrap();
    Some((found.offset?, found.metadata.unwrap_or_default()))
}

/// Commits everywhere: taken where the member is the owner, and only there.
async fn only_owners_commit(members: &[&Arc<dyn GroupMember>]) {
    for member in members {
        for partition in 0..5 {
            let answer = member.commit(partition, place(1, "")).await;
            let owned = has(member).contains(&partition);
            let refused = matches!(answer, Err(BrokerError::NotOwner { .. }));
            assert!(if owned { answer.is_ok() } else { refused }, "{partition} {answer:?}");
        }
    }
}

async fn two_members_share(scene: Scene, topic: TopicName) {
    let first = join(&scene, &topic);
    dealt(&[&first], 4).await;
    first.commit(2, place(7, "gaps: 9")).await.unwrap();
    assert_eq!(committed(&scene, &topic, 2).await, Some((7, "gaps: 9".to_owned())));

    let second = join(&scene, &topic);
    dealt(&[&first, &second], 2).await;
    only_owners_commit(&[&first, &second]).await;

    let begun = Instant::now();
    second.leave().await;
    second.leave().await;
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    assert!(matches!(second.commit(0, place(1, "")).await, Err(BrokerError::NotOwner { .. })));
    dealt(&[&first], 4).await;
    drop(first);
    empty(&scene).await;
}

/// Waits until a member that was dropped has left.
async fn empty(scene: &Scene) {
    let begun = Instant::now();
    while members(scene).await > 0 {
        assert!(begun.elapsed() < Duration::from_secs(4), "a dropped member leaves");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_members_share_by_the_classic_protocol() {
    let (scene, topic) = scene!();
    two_members_share(scene, topic).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_members_share_by_the_newer_protocol() {
    let newer = |settings| ClusterSettings { group_protocol: GroupProtocol::Consumer, ..settings };
    let (scene, topic) = scene!(settings().map(newer));
    let features = scene.kafka.admin().describe_features(DescribeFeaturesOptions::default()).await;
    if !features.unwrap().finalized.iter().any(|feature| feature.name == "group.version") {
        note("skipped: because this Kafka does not deal partitions itself");
        return;
    }
    two_members_share(scene, topic).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_that_dies_is_taken_out() {
    let (scene, topic) = scene!();
    let first = join(&scene, &topic);
    dealt(&[&first], 4).await;
    // Its tasks end with their runtime, in the middle of whatever they do.
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let second = {
        let _inside = runtime.enter();
        join(&scene, &topic)
    };
    dealt(&[&first, &second], 2).await;

    runtime.shutdown_background();

    dealt(&[&first], 4).await;
    first.commit(0, place(3, "")).await.unwrap();
    first.leave().await;
    assert_eq!(members(&scene).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commits_go_on_truthfully_while_partitions_move() {
    let (scene, topic) = scene!();
    let first = join(&scene, &topic);
    dealt(&[&first], 4).await;
    let committing = Arc::clone(&first);
    let commits = tokio::spawn(async move {
        let mut last = [0; 4];
        for offset in 1..400 {
            for partition in 0..4 {
                match committing.commit(partition, place(offset, "first")).await {
                    Ok(()) => last[partition as usize] = offset,
                    Err(BrokerError::NotOwner { .. }) => {}
                    Err(error) => panic!("{error}"),
                }
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        last
    });
    let second = join(&scene, &topic);
    dealt(&[&first, &second], 2).await;
    for partition in has(&second) {
        second.commit(partition, place(9999, "second")).await.unwrap();
    }

    let last = commits.await.unwrap();

    for (partition, last) in (0..4).zip(last) {
        let expected = if has(&second).contains(&partition) {
            (9999, "second")
        } else {
            (i64::try_from(last).unwrap(), "first")
        };
        let (offset, by) = committed(&scene, &topic, partition.cast_signed()).await.unwrap();
        assert_eq!((offset, by.as_str()), expected, "{partition}");
    }
    first.leave().await;
    second.leave().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_static_member_comes_back_to_its_partitions() {
    let instance = || Some("gateway-1".to_owned());
    let named = |settings| ClusterSettings { group_instance: instance(), ..settings };
    let (scene, topic) = scene!(settings().map(named));
    let first = join(&scene, &topic);
    dealt(&[&first], 4).await;

    first.leave().await;

    assert_eq!(members(&scene).await, 1, "Kafka keeps it for the session time-out");
    let again = join(&scene, &topic);
    dealt(&[&again], 4).await;
    again.commit(1, place(5, "")).await.unwrap();
    assert!(matches!(first.commit(1, place(4, "")).await, Err(BrokerError::NotOwner { .. })));
    again.leave().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_stays_of_members_that_came_and_went() {
    let (scene, topic) = scene!();
    let cycles = if std::env::var_os("SLUICEGATE_LONG").is_some() { 200 } else { 10 };
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let before = tasks();
    for cycle in 0..cycles {
        let member = join(&scene, &topic);
        match cycle % 4 {
            // At once, while it connects, while it joins, and as a member.
            0 => {}
            1 => tokio::time::sleep(Duration::from_millis(2)).await,
            2 => tokio::time::sleep(Duration::from_millis(10)).await,
            _ => dealt(&[&member], 4).await,
        }
        member.leave().await;
        assert_eq!(members(&scene).await, 0, "cycle {cycle}");
    }
    // Kafka's client leaves a task asleep for up to a minute behind every pool of connections; a
    // member that stayed, or its connections, would be more than one.
    let begun = Instant::now();
    while tasks() > before + cycles + 2 {
        assert!(begun.elapsed() < Duration::from_secs(5), "{} tasks, {before} before", tasks());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn others_may_commit_for_a_group_that_has_a_member() {
    let (scene, topic) = scene!();
    let member = join(&scene, &topic);
    dealt(&[&member], 4).await;
    let at = TopicPartition::new(scene.names.topic(&topic), 0);
    let group = scene.names.group("g");

    let other = [(at, 77)];
    let admin = scene.kafka.admin();
    let outcome = admin
        .alter_consumer_group_offsets(&group, other, AlterConsumerGroupOffsetsOptions::default())
        .await;

    // Kafka refuses those who are not in the group; either way the member goes on.
    let refused = outcome.map_or(true, |offsets| offsets.into_iter().any(|(_, r)| r.is_err()));
    assert!(refused);
    member.commit(0, place(78, "")).await.unwrap();
    assert_eq!(committed(&scene, &topic, 0).await, Some((78, String::new())));
    member.leave().await;
}
