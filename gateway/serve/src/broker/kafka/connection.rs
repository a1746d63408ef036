//! One pool of connections to the cluster, made when it is first needed.

use std::{
    fmt,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use arc_swap::ArcSwapOption;
use futures_util::{FutureExt, future::Shared};
use tokio::time::{Instant, timeout};

use super::{error, security, settings::ClusterSettings};
use crate::broker::BrokerError;

/// After a failed attempt all callers get its error for so long, so that many callers do not make
/// many attempts.
const RETRY_AFTER: Duration = Duration::from_millis(200);

type Outcome = Result<krafka::Kafka, BrokerError>;
type Attempt = Shared<Pin<Box<dyn Future<Output = Outcome> + Send>>>;

/// A pool of connections for one purpose.
///
/// Requests that may wait must not share it with requests that must not, because a Kafka broker
/// answers the requests of one connection in order.
pub(super) struct KafkaConnection {
    settings: Arc<ClusterSettings>,
    purpose: &'static str,
    made: ArcSwapOption<krafka::Kafka>,
    making: Mutex<Making>,
}

#[derive(Default)]
struct Making {
    attempt: Option<(Instant, Attempt)>,
    closed: bool,
}

impl fmt::Debug for KafkaConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KafkaConnection").field("purpose", &self.purpose).finish_non_exhaustive()
    }
}

impl KafkaConnection {
    /// Nothing is connected until [`kafka`](Self::kafka) is called.
    pub(super) fn new(settings: Arc<ClusterSettings>, purpose: &'static str) -> Self {
        let (made, making) = (ArcSwapOption::empty(), Mutex::default());
        Self { settings, purpose, made, making }
    }

    /// Kafka's client. Once made it stays, and reconnects by itself.
    ///
    /// # Errors
    /// `Unreachable` after `connect_timeout` or what the brokers said before; `Closed`.
    pub(super) async fn kafka(&self) -> Outcome {
        if let Some(kafka) = self.made.load().as_deref() {
            return Ok(kafka.clone());
        }
        let attempt = self.attempt()?;
        let limit = self.settings.connect_timeout;
        let Ok(outcome) = timeout(limit, attempt).await else {
            let at = self.settings.bootstrap.join(",");
            let reason = format!("no answer from {at} within {limit:?}");
            return Err(BrokerError::Unreachable { reason });
        };
        let kafka = outcome?;
        let making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if making.closed {
            return Err(BrokerError::Closed);
        }
        self.made.store(Some(Arc::new(kafka.clone())));
        Ok(kafka)
    }

    /// Drops the client; later calls get `Closed`. Connections end with their last user.
    pub(super) fn close(&self) {
        let mut making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        making.closed = true;
        making.attempt = None;
        self.made.store(None);
    }

    /// The running attempt, the one that has just failed, or a new one.
    fn attempt(&self) -> Result<Attempt, BrokerError> {
        let mut making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if making.closed {
            return Err(BrokerError::Closed);
        }
        if let Some((began, attempt)) = &making.attempt {
            let failed = matches!(attempt.peek(), Some(Err(_)));
            if !failed || began.elapsed() < RETRY_AFTER {
                return Ok(attempt.clone());
            }
        }
        // A task, so that it does not end with the caller that began it.
        let task = tokio::spawn(connect(Arc::clone(&self.settings)));
        let outcome = async {
            let lost = |error| BrokerError::Unreachable { reason: format!("{error}") };
            let connected = task.await.map_err(lost)?;
            connected.map_err(|error| error::on_connect(&error))
        };
        let outcome: Pin<Box<dyn Future<Output = Outcome> + Send>> = Box::pin(outcome);
        let attempt = outcome.shared();
        making.attempt = Some((Instant::now(), attempt.clone()));
        Ok(attempt)
    }
}

/// One attempt, within the connect time-out where nobody answers.
pub(super) async fn connect(settings: Arc<ClusterSettings>) -> krafka::Result<krafka::Kafka> {
    // The client wants a request's time to cover making the connection, and the time of a
    // delivery to cover a request.
    let request_timeout = settings.request_timeout.min(settings.delivery_timeout);
    krafka::Kafka::builder(settings.bootstrap.join(","))
        .client_id(&settings.client_id)
        .security(security::auth(&settings))
        .connect_timeout(settings.connect_timeout.min(request_timeout))
        .request_timeout(request_timeout)
        .metadata_max_age(settings.metadata_refresh.max(Duration::from_secs(1)))
        // Kept, so that a topic that was quiet for a while takes no detour.
        .metadata_topic_cache_ttl(None)
        .metadata_recovery_rebootstrap_trigger(Duration::from_secs(10))
        .connect()
        .await
}
