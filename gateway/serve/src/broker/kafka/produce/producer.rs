//! Kafka's producer: one for the cluster, replaced when it can send nothing more.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwapOption;
use krafka::{CloseOptions, KrafkaError, producer::Producer};
use tokio::sync::Mutex;

use crate::broker::{
    BrokerError,
    kafka::{
        connection::KafkaConnection,
        error,
        metadata::MetadataClient,
        settings::{ClusterSettings, Compression},
    },
};

/// Batches close at this size. Kafka takes a little more by default, and what is estimated here
/// is never less than what is sent.
const BATCH_BYTES: usize = 1_000_000;
/// Largest request; a larger record is refused here, and most clusters refuse smaller ones.
const REQUEST_BYTES_MAX: usize = 64 << 20;
/// First pause before a batch is sent again.
const RETRY_BACKOFF: Duration = Duration::from_millis(50);

/// Holds the producer of one cluster.
pub(super) struct ProducerHandle {
    settings: Arc<ClusterSettings>,
    connection: Arc<KafkaConnection>,
    metadata: MetadataClient,
    producer: ArcSwapOption<Producer>,
    making: Mutex<()>,
    closed: AtomicBool,
}

impl fmt::Debug for ProducerHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProducerHandle")
            .field("connection", &self.connection)
            .finish_non_exhaustive()
    }
}

impl ProducerHandle {
    pub(super) fn new(settings: Arc<ClusterSettings>, connection: Arc<KafkaConnection>) -> Self {
        let metadata = MetadataClient::new(Arc::clone(&connection), settings.request_timeout);
        Self {
            settings,
            connection,
            metadata,
            producer: ArcSwapOption::empty(),
            making: Mutex::default(),
            closed: AtomicBool::new(false),
        }
    }

    /// The producer, if there is one. Never blocks.
    pub(super) fn current(&self) -> Option<Arc<Producer>> {
        self.producer.load_full()
    }

    /// The producer; creates it if there is none.
    pub(super) async fn producer(&self) -> Result<Arc<Producer>, BrokerError> {
        if let Some(producer) = self.current() {
            return Ok(producer);
        }
        let _making = self.making.lock().await;
        if let Some(producer) = self.current() {
            return Ok(producer);
        }
        if self.is_closed() {
            return Err(BrokerError::Closed);
        }
        let producer = Arc::new(self.make().await?);
        self.producer.store(Some(Arc::clone(&producer)));
        Ok(producer)
    }

    /// Drops a producer that can send nothing more; the next call creates another.
    pub(super) fn discard(&self, broken: &Arc<Producer>) {
        if self.current().is_some_and(|current| Arc::ptr_eq(&current, broken)) {
            self.producer.store(None);
        }
    }

    /// Makes the producer's client ask about the topic again.
    pub(super) async fn refresh(&self, topic: &str) {
        // The caller tries again either way.
        let _ = self.metadata.refresh(topic).await;
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// Sends the queued records, waits for the answers, and creates no further producer.
    pub(super) async fn close(&self, limit: Duration) -> Result<(), BrokerError> {
        self.closed.store(true, Ordering::Release);
        let _making = self.making.lock().await;
        let Some(producer) = self.current() else { return Ok(()) };
        let closed = producer.close_with(CloseOptions::new().timeout(limit)).await;
        closed.map_err(|error| error::on_change(&error))
    }

    async fn make(&self) -> Result<Producer, BrokerError> {
        let kafka = self.connection.kafka().await?;
        let settings = &self.settings;
        // Callers get `Busy` long before the producer would have them wait.
        let buffer = settings.queue_bytes_max.saturating_mul(4).saturating_add(REQUEST_BYTES_MAX);
        let made = kafka
            .producer()
            .compression(compression(settings.compression))
            .batch_size(BATCH_BYTES)
            .linger(Duration::ZERO)
            .delivery_timeout(settings.delivery_timeout)
            .max_block(settings.delivery_timeout)
            .retry_backoff(RETRY_BACKOFF)
            .max_request_size(REQUEST_BYTES_MAX)
            .buffer_memory(buffer)
            .metrics_push(false)
            .build()
            .await;
        made.map_err(|error| match error {
            KrafkaError::Broker { .. } if error.is_retriable() => error::on_connect(&error),
            _ => error::on_query(&error),
        })
    }
}

fn compression(wanted: Compression) -> krafka::Compression {
    match wanted {
        Compression::None => krafka::Compression::None,
        Compression::Gzip => krafka::Compression::Gzip,
        Compression::Snappy => krafka::Compression::Snappy,
        Compression::Lz4 => krafka::Compression::Lz4,
        Compression::Zstd => krafka::Compression::Zstd,
    }
}
