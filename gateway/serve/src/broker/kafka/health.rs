//! Is the cluster there? Found out by following its topics.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{sync::watch, time::sleep};
use tracing::{info, warn};

use super::{produce::Produce, read::Reads, settings::ClusterSettings, topics::Topics};
use crate::broker::{BrokerError, BrokerState};

/// While the cluster is away it is tried so often.
const RETRY: Duration = Duration::from_millis(500);

/// What is known of the cluster's health.
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

    /// Takes note of one try; only changes are logged, of the reason too.
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

/// Follows the cluster's topics, and with them its health, until `closing` says so.
pub(super) async fn follow(
    health: Arc<Health>,
    topics: Arc<Topics>,
    (produce, reads): (Arc<Produce>, Arc<Reads>),
    mut closing: watch::Receiver<bool>,
) {
    let following = async {
        loop {
            let gone = topics.refresh().await;
            let tried = match gone {
                Ok(gone) => {
                    gone.iter().for_each(|topic| reads.forget(topic));
                    produce.warm().await
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
