//! Any interleaving of writing, closing and crashing equals a list in memory.

use proptest::prelude::*;

use super::*;
use crate::broker::Committed;

#[derive(Clone, Debug)]
enum Step {
    Produce {
        partition: u32,
        sizes: Vec<usize>,
    },
    Commit {
        partition: u32,
        offset: u64,
    },
    /// Deletes so many percent of a partition's records.
    Trim {
        partition: u32,
        percent: usize,
    },
    Forget,
    /// Deletes the topic and makes it anew.
    Anew,
    Reopen,
    Crash,
}

fn step() -> impl Strategy<Value = Step> {
    let sizes = prop::collection::vec(0..12_000_usize, 1..5);
    prop_oneof![
        8 => (0..3_u32, sizes).prop_map(|(partition, sizes)| Step::Produce { partition, sizes }),
        2 => (0..3_u32, 0..50_u64)
            .prop_map(|(partition, offset)| Step::Commit { partition, offset }),
        2 => (0..3_u32, 0..=100_usize)
            .prop_map(|(partition, percent)| Step::Trim { partition, percent }),
        1 => Just(Step::Forget),
        1 => Just(Step::Anew),
        1 => Just(Step::Reopen),
        1 => Just(Step::Crash),
    ]
}

#[derive(Default)]
struct Model {
    values: [Vec<String>; 3],
    starts: [usize; 3],
    places: [Option<Committed>; 3],
}

async fn check(log: &EmbeddedBroker, model: &Model) {
    for partition in 0..3 {
        let at = partition as usize;
        let start = model.starts[at];
        assert_eq!(values(log, partition).await, model.values[at][start..]);
        assert_eq!(
            log.offsets(&TopicPartition::new(topic(), partition)).await.unwrap().start,
            start as u64
        );
        let place = log.committed("g", &TopicPartition::new(topic(), partition)).await.unwrap();
        assert_eq!(place, model.places[at]);
        for from in (start as u64..model.values[at].len() as u64).step_by(7) {
            let fetch = Fetch {
                partition: TopicPartition::new(topic(), partition),
                from,
                records_max: 1,
                bytes_max: 1,
            };
            assert_eq!(log.fetch(fetch).await.unwrap()[0].offset, from);
        }
    }
}

async fn run(steps: Vec<Step>) {
    let folder = folder_in_memory();
    let settings = |n: usize| EmbeddedSettings {
        journal_bytes: 256 << 10,
        ..small(&folder.path().join(n.to_string()))
    };
    let mut model = Model::default();
    let mut generation = 0;
    let mut log = EmbeddedBroker::open(settings(0)).unwrap();
    log.create_topic(NewTopic::new(topic(), 3)).await.unwrap();
    for step in steps {
        match step {
            Step::Produce { partition, sizes } => {
                let list = &mut model.values[partition as usize];
                let values: Vec<String> =
                    sizes.iter().map(|n| format!("{} {}", list.len(), "x".repeat(*n))).collect();
                let base = produce(&log, partition, &values).await.unwrap();
                assert_eq!(base, list.len() as u64);
                list.extend(values);
            }
            Step::Commit { partition, offset } => {
                let committed = Committed { offset, metadata: format!("metadata {offset}") };
                log.commit("g", &TopicPartition::new(topic(), partition), committed.clone())
                    .await
                    .unwrap();
                model.places[partition as usize] = Some(committed);
            }
            Step::Trim { partition, percent } => {
                let at = partition as usize;
                let left = model.values[at].len() - model.starts[at];
                model.starts[at] += left * percent / 100;
                let before = model.starts[at] as u64;
                assert_eq!(
                    log.delete_records(&TopicPartition::new(topic(), partition), before)
                        .await
                        .unwrap(),
                    before
                );
            }
            Step::Forget => {
                log.forget_group("g", &topic()).await.unwrap();
                model.places = Default::default();
            }
            Step::Anew => {
                // Sent together, so that they may fall into one group.
                let anew = NewTopic::new(topic(), 3);
                let name = topic();
                let (gone, made) = tokio::join!(log.delete_topic(&name), log.create_topic(anew));
                gone.unwrap();
                made.unwrap();
                model = Model::default();
            }
            Step::Reopen => {
                log.close().await.unwrap();
                log = EmbeddedBroker::open(settings(generation)).unwrap();
                check(&log, &model).await;
            }
            Step::Crash => {
                let crashed = folder.path().join((generation + 1).to_string());
                copy(&folder.path().join(generation.to_string()), &crashed);
                generation += 1;
                log = EmbeddedBroker::open(settings(generation)).unwrap();
                check(&log, &model).await;
            }
        }
    }
    check(&log, &model).await;
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_log_equals_a_list(steps in prop::collection::vec(step(), 1..80)) {
        tokio::runtime::Runtime::new().unwrap().block_on(run(steps));
    }
}
