//! Whether the cluster answers; checked by following its topics.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{sync::watch, time::sleep};
use tracing::{info, warn};

use super::{
    produce::ClusterProducer, read::ClusterReader, settings::ClusterSettings, topics::TopicCache,
};
use crate::broker::{BrokerError, BrokerState};

/// Pause between attempts while the cluster is away.
const RETRY: Duration = Duration::from_millis(500);

/// The health of a cluster, as of the last attempt.
#[derive(Debug)]
pub(super) struct Health {
    cluster: String,
    refresh: Duration,
    state: Mutex<BrokerState>,
}

impl Health {
    pub(super) fn new(settings: &ClusterSettings) -> Self {
        let reason = format!("no answer yet from {}", settings.bootstrap.join(","));
        Self {
            cluster: settings.name.clone(),
            refresh: settings.metadata_refresh,
            state: Mutex::new(BrokerState::Away { reason }),
        }
    }

    pub(super) fn state(&self) -> BrokerState {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn is_ready(&self) -> bool {
        matches!(self.state(), BrokerState::Ready)
    }

    fn set(&self, state: BrokerState) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    /// Records the result of one attempt. Only changes are logged, also of the reason.
    fn note(&self, tried: Result<(), BrokerError>) {
        match tried {
            Ok(()) if self.is_ready() => {}
            Ok(()) => {
                info!(cluster = %self.cluster, "kafka is ready");
                self.set(BrokerState::Ready);
            }
            Err(BrokerError::Closed) => {}
            Err(error) => {
                let reason = match error {
                    BrokerError::Unreachable { reason } => reason,
                    other => other.to_string(),
                };
                let away = BrokerState::Away { reason: reason.clone() };
                if self.state() != away {
                    warn!(cluster = %self.cluster, error = reason, "kafka is away");
                }
                self.set(away);
            }
        }
    }
}

/// The parts of a cluster that follow its topics.
pub(super) struct Followed {
    pub(super) topics: Arc<TopicCache>,
    pub(super) producer: Arc<ClusterProducer>,
    pub(super) reader: Arc<ClusterReader>,
}

/// Follows the cluster's topics, and with them its health, until `closing` is true.
pub(super) async fn follow(
    health: Arc<Health>,
    followed: Followed,
    mut closing: watch::Receiver<bool>,
) {
    let Followed { topics, producer, reader } = followed;
    let following = async {
        loop {
            let gone = topics.refresh().await;
            let tried = match gone {
                Ok(gone) => {
                    gone.iter().for_each(|topic| reader.forget(topic));
                    producer.warm().await
                }
                Err(error) => Err(error),
            };
            health.note(tried);
            let pause = if health.is_ready() { health.refresh } else { RETRY };
            sleep(pause.min(health.refresh)).await;
        }
    };
    tokio::select! {
        () = following => {}
        _ = closing.wait_for(|closing| *closing) => {}
    }
}
