//! A long order log, of which only the pages that a reader needs are read.

use std::sync::Arc;

use super::{
    super::{
        OrderCursor, OrderRange, Orders, RangeBound, Sequencer, StreamCursor, StreamRange,
        order_log, step::Step,
    },
    records,
};
use crate::{
    broker::{Append, Broker, Cluster, ClusterIndex, NewTopic, embedded::EmbeddedBroker},
    message::{PartitionOffset, Record, TopicName, TopicPartition},
};

/// The content of an order log.
struct History {
    log: Vec<Vec<u8>>,
    ends: Vec<u64>,
    epoch: u64,
    /// Covered records since the topic was last created, in order.
    order: Vec<PartitionOffset>,
    chance: u64,
}

impl History {
    fn new(partitions: usize) -> Self {
        let (ends, order) = (vec![0; partitions], Vec::new());
        Self { log: Vec::new(), ends, epoch: 0, order, chance: 7 }
    }

    fn below(&mut self, end: u64) -> u64 {
        self.chance = self.chance.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405);
        (self.chance >> 33) % end
    }

    fn step(&mut self) {
        let at = self.log.len() as u64;
        let before = self.ends.clone();
        for partition in 0..before.len() {
            self.ends[partition] += self.below(3);
        }
        let step = Step::new(at, self.epoch, &before, &self.ends);
        self.order.extend(records(&step));
        self.log.push(step.to_bytes().to_vec());
    }

    /// A step that came too late.
    fn void(&mut self) {
        let at = (self.log.len() as u64).saturating_sub(1);
        let ends: Vec<_> = self.ends.iter().map(|end| end + 5).collect();
        self.log.push(Step::new(at, self.epoch, &self.ends, &ends).to_bytes().to_vec());
    }

    /// The topic is deleted and created again.
    fn anew(&mut self) {
        self.epoch = self.log.len() as u64;
        self.ends.iter_mut().for_each(|end| *end = 0);
        self.order.clear();
        self.step();
    }

    fn steps(&mut self, count: usize) {
        for _ in 0..count {
            if self.below(4) == 0 { self.void() } else { self.step() }
        }
    }

    /// A topic that looks so, and its order.
    async fn open(&self) -> Arc<Sequencer> {
        let broker = EmbeddedBroker::memory().unwrap();
        let topic = TopicName::new("t").unwrap();
        let log = order_log(&topic).unwrap();
        let partitions = u32::try_from(self.ends.len()).unwrap();
        broker.create_topic(NewTopic::new(topic.clone(), partitions)).await.unwrap();
        broker.create_topic(NewTopic::new(log.clone(), 1)).await.unwrap();
        let empty = |end: &u64| vec![b""; usize::try_from(*end).unwrap()];
        for (partition, end) in (0..).zip(&self.ends) {
            store(&broker, &topic, partition, &empty(end)).await;
        }
        store(&broker, &log, 0, &self.log).await;
        let cluster =
            Cluster { name: "c".into(), index: ClusterIndex(0), broker: Arc::new(broker) };
        Orders::default().of(&cluster, &topic).unwrap()
    }
}

async fn store<V: AsRef<[u8]>>(
    broker: &EmbeddedBroker,
    to: &TopicName,
    partition: u32,
    values: &[V],
) {
    let value = |v: &V| Some(bytes::Bytes::copy_from_slice(v.as_ref()));
    for values in values.chunks(1_000) {
        let record = |v| Record { value: value(v), ..Record::default() };
        let records = values.iter().map(record).collect();
        let append = Append::new(TopicPartition::new(to.clone(), partition), records);
        broker.produce(vec![append]).await.pop().unwrap().unwrap();
    }
}

/// All records that a cursor reads.
async fn rest(cursor: OrderCursor) -> Vec<PartitionOffset> {
    let (mut cursor, mut found) = (StreamCursor::Order(cursor), Vec::new());
    while let Some(run) = cursor.next_run().await.unwrap() {
        // In pieces, as a reader with a COUNT goes.
        let end = run.end.unwrap().min(run.from + 2);
        found.extend((run.from..end).map(|at| PartitionOffset::new(run.partition, at)));
        cursor.advance(end);
    }
    found
}

async fn forwards(range: Option<OrderRange>) -> Vec<PartitionOffset> {
    let Some(mut range) = range.map(StreamRange::Order) else { return Vec::new() };
    let mut found = Vec::new();
    while let Some(run) = range.first().await.unwrap() {
        let end = run.end.unwrap().min(run.from + 2);
        found.extend((run.from..end).map(|at| PartitionOffset::new(run.partition, at)));
        range.drop_first(end);
    }
    found
}

async fn backwards(range: Option<OrderRange>) -> Vec<PartitionOffset> {
    let Some(mut range) = range.map(StreamRange::Order) else { return Vec::new() };
    let mut found = Vec::new();
    while let Some(run) = range.last().await.unwrap() {
        let from = run.from.max(run.end.unwrap().saturating_sub(2));
        found.extend(
            (from..run.end.unwrap()).rev().map(|at| PartitionOffset::new(run.partition, at)),
        );
        range.drop_last(from);
    }
    found.reverse();
    found
}

#[tokio::test]
async fn after_every_record_comes_exactly_the_rest() {
    let mut history = History::new(2);
    history.steps(900);
    history.ends.push(0);
    history.steps(900);
    let order = history.open().await;

    assert!(rest(OrderCursor::from_start(Arc::clone(&order))).await == history.order);
    let all = history.order.len();
    for at in (0..all).step_by(all / 40).chain([all - 1]) {
        let found = rest(OrderCursor::after(Arc::clone(&order), history.order[at])).await;
        assert!(found == history.order[at + 1..], "after {at} of {all}");
    }
    assert!(rest(OrderCursor::from_end(order).await.unwrap()).await.is_empty());
}

#[tokio::test]
async fn ranges_are_the_same_from_either_end() {
    let mut history = History::new(3);
    history.steps(1_500);
    let order = history.open().await;
    let all = history.order.clone();

    for _ in 0..40 {
        let mut ends = [0, 1].map(|_| usize::try_from(history.below(all.len() as u64)).unwrap());
        ends.sort_unstable();
        let [low, high] = ends.map(|at| all[at]);
        let between =
            async |low, high| OrderRange::between(Arc::clone(&order), low, high).await.unwrap();
        let (before, after) = (RangeBound::Before, RangeBound::After);
        let beyond = PartitionOffset::new(2, u64::MAX - 1);
        for (from, to, wanted) in [
            (before(low), after(high), &all[ends[0]..=ends[1]]),
            (before(low), before(high), &all[ends[0]..ends[1]]),
            (RangeBound::Start, before(high), &all[..ends[1]]),
            (after(high), RangeBound::End, &all[ends[1] + 1..]),
            (before(high), after(beyond), &all[ends[1]..]),
        ] {
            assert!(forwards(between(from, to).await).await == wanted, "{from:?} {to:?}");
            assert!(backwards(between(from, to).await).await == wanted, "{from:?} {to:?}");
        }
    }
}

#[tokio::test]
async fn a_topic_that_was_made_anew_begins_again() {
    let mut history = History::new(2);
    history.steps(700);
    history.anew();
    history.steps(700);
    let order = history.open().await;

    assert!(rest(OrderCursor::from_start(Arc::clone(&order))).await == history.order);
    let cursor = OrderCursor::after(Arc::clone(&order), history.order[100]);
    assert!(rest(cursor).await == history.order[101..]);
    let all = OrderRange::between(order, RangeBound::Start, RangeBound::End).await.unwrap();
    assert!(backwards(all).await == history.order);
}

#[tokio::test]
async fn a_reader_whose_step_is_gone_goes_on_at_the_oldest_that_is_left() {
    let mut history = History::new(2);
    history.steps(600);
    let gone = history.order.clone();
    history.order.clear();
    history.steps(600);
    // The steps before are void, as if they were deleted.
    let first = history.log.len() - 600;
    let void = Step::new(u64::MAX, 0, &[], &[]).to_bytes().to_vec();
    history.log[..first].fill(void);
    let order = history.open().await;

    for record in [gone[0], gone[gone.len() / 2], gone[gone.len() - 1]] {
        let found = rest(OrderCursor::after(Arc::clone(&order), record)).await;
        assert!(found == history.order, "after {record:?}");
    }
}

#[tokio::test]
async fn new_records_get_their_place_once_somebody_asks() {
    let mut history = History::new(2);
    history.steps(10);
    let order = history.open().await;
    let mut cursor = StreamCursor::Order(OrderCursor::from_end(Arc::clone(&order)).await.unwrap());
    let mut newest = order.watch();
    for _ in 0..20 {
        let records = vec![Record { value: Some(bytes::Bytes::new()), ..Record::default() }];
        let append = Append::new(TopicPartition::new(TopicName::new("t").unwrap(), 1), records);
        let at = order.broker.produce(vec![append]).await.pop().unwrap().unwrap().base_offset;

        // One who waits hears of it by himself.
        let run = loop {
            match cursor.next_run().await.unwrap() {
                Some(run) => break run,
                None => newest.changed().await.unwrap(),
            }
        };

        assert_eq!((run.partition, run.from, run.end), (1, at, Some(at + 1)));
        cursor.advance(at + 1);
    }
    drop(newest);
}
