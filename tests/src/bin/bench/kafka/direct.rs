//! krafka as a direct client: idempotent, the settings that suit a gateway's traffic best.

use std::{sync::Arc, time::Duration};

use krafka::{
    Kafka, Record,
    consumer::{AutoOffsetReset, Consumer},
    producer::{Acks, DeliveryHandle, Producer},
};
use sluicegate_tests::kafka::Space;

use super::{
    PARTITIONS, VALUE,
    caller::{Caller, Shape},
};

/// Batches close at this size.
const BATCH_BYTES: usize = 1_000_000;

/// Bytes of one fetch from all partitions.
const FETCH_BYTES: i32 = 16 << 20;

/// Longest wait for records that are there.
const PATIENCE: Duration = Duration::from_secs(10);

/// A client of its own connections.
pub(crate) async fn connect(space: &Space) -> Kafka {
    let connecting = Kafka::builder(space.bootstrap().join(",")).connect().await;
    connecting.expect("Kafka takes a connection")
}

/// One producer for all callers.
pub(crate) async fn producer(space: &Space) -> Arc<Producer> {
    let kafka = connect(space).await;
    let producer = kafka.producer().acks(Acks::All).idempotent(true);
    let producer = producer.batch_size(BATCH_BYTES).linger(Duration::ZERO).metrics_push(false);
    Arc::new(producer.build().await.expect("Kafka gives a producer id"))
}

/// One caller of the producer.
pub(crate) struct Direct {
    producer: Arc<Producer>,
    burst: Vec<Record>,
    waiting: Vec<DeliveryHandle>,
}

impl Direct {
    pub(crate) fn new(producer: &Arc<Producer>, topic: &str, shape: Shape, caller: usize) -> Self {
        let burst = shape.keys(caller).map(|key| Record::new(topic, VALUE).key(key)).collect();
        Self { producer: Arc::clone(producer), burst, waiting: Vec::new() }
    }
}

impl Caller for Direct {
    async fn burst(&mut self) {
        for record in &self.burst {
            let handle = self.producer.enqueue(record.clone()).await;
            self.waiting.push(handle.expect("there is room"));
        }
        for handle in self.waiting.drain(..) {
            let _stored = handle.await.expect("it is acknowledged");
        }
    }
}

/// A consumer that stands before the first record of every partition.
pub(crate) async fn consumer(kafka: &Kafka, topic: &str) -> Consumer {
    let consumer = kafka
        .consumer_without_group()
        .auto_offset_reset(AutoOffsetReset::Earliest)
        .enable_auto_commit(false)
        .fetch_max_bytes(FETCH_BYTES)
        .max_poll_records(-1)
        .metrics_push(false)
        .build()
        .await
        .expect("nothing is asked yet");
    let partitions = (0..PARTITIONS.cast_signed()).collect();
    consumer.assign(topic, partitions).await.expect("the topic is there");
    consumer
}

/// The next records.
pub(crate) async fn poll(consumer: &Consumer) -> usize {
    let records = consumer.poll(PATIENCE).await.expect("Kafka answers");
    assert!(!records.is_empty(), "records that are there did not come");
    records.len()
}
