//! Opening what stands behind the gateway.

use std::{
    collections::BTreeMap,
    sync::{Arc, Weak},
    time::Duration,
};

use anyhow::Context as _;

use crate::{
    broker::{
        Broker, Clusters,
        embedded::{EmbeddedBroker, EmbeddedSettings},
        kafka::{
            KafkaBroker,
            advice::{ClusterReport, Promises, check_connection},
        },
    },
    clock::Clock,
    config::{BrokerKind, Settings},
};

/// A cluster that is away at start is asked for its settings again after so long.
const ADVICE_RETRY: Duration = Duration::from_secs(1);
/// Copies of a record without which the loss of one machine loses it.
const REPLICAS_WANTED: u32 = 2;

/// What the settings of a cluster must not weaken.
fn promises(settings: &Settings) -> Promises {
    Promises { value_bytes_max: settings.limits.value_bytes_max, replicas: REPLICAS_WANTED }
}

/// Connects to each Kafka cluster once: for each what it told, and what its settings mean for
/// what the gateway promises.
///
/// # Errors
/// A cluster cannot be reached or used; the text says which, why, and what to look at.
pub async fn check(settings: &Settings) -> anyhow::Result<Vec<(ClusterReport, Vec<String>)>> {
    let mut reports = Vec::with_capacity(settings.broker.clusters.len());
    for cluster in &settings.broker.clusters {
        let place = format!("cluster `{}`", cluster.name);
        let report = check_connection(cluster).await.context(place.clone())?;
        let kafka = KafkaBroker::open(cluster.clone());
        let advice = kafka.advice(promises(settings)).await.context(place)?;
        kafka.close().await?;
        let lines = advice.iter().map(|advice| {
            format!(
                "warning: {}\n  where: cluster `{}`\n  hint:  {}",
                advice.problem, cluster.name, advice.hint
            )
        });
        reports.push((report, lines.collect()));
    }
    Ok(reports)
}

/// Logs, once the cluster answers, what its settings mean for what the gateway promises.
async fn advise(kafka: Weak<KafkaBroker>, cluster: String, promises: Promises) {
    while let Some(kafka) = kafka.upgrade() {
        if let Ok(all) = kafka.advice(promises).await {
            for advice in all {
                let (problem, hint) = (advice.problem, advice.hint);
                tracing::warn!(cluster, problem, hint, "kafka's settings weaken a promise");
            }
            return;
        }
        drop(kafka);
        tokio::time::sleep(ADVICE_RETRY).await;
    }
}

/// Opens the log, or begins to connect to the clusters: Kafka may be away.
///
/// # Errors
/// The log cannot be opened.
pub(super) async fn open(settings: &Settings, clock: Clock) -> anyhow::Result<Clusters> {
    let promises = promises(settings);
    let settings = settings.broker.clone();
    match settings.kind {
        BrokerKind::Embedded => {
            let embedded = EmbeddedSettings {
                segment_bytes: settings.segment_bytes,
                retention_bytes: settings.retention_bytes,
                retention_age: settings.retention,
                queue_bytes_max: settings.queue_bytes_max,
                clock,
                ..EmbeddedSettings::folder(settings.folder.clone())
            };
            let place = format!("opening the log in `{}`", settings.folder.display());
            open_log(embedded).await.context(place)
        }
        BrokerKind::Memory => {
            let queue_bytes_max = settings.queue_bytes_max;
            let memory = EmbeddedSettings { queue_bytes_max, clock, ..EmbeddedSettings::memory() };
            // There is nothing to read: no thread that may wait is needed.
            Ok(Clusters::one(Arc::new(EmbeddedBroker::open(memory)?)))
        }
        BrokerKind::Kafka => {
            let named: BTreeMap<_, Arc<dyn Broker>> = settings
                .clusters
                .into_iter()
                .map(|cluster| {
                    let name = cluster.name.clone();
                    let kafka = Arc::new(KafkaBroker::open(cluster));
                    tokio::spawn(advise(Arc::downgrade(&kafka), name.clone(), promises));
                    (name, kafka as Arc<dyn Broker>)
                })
                .collect();
            Ok(Clusters::new(named, &settings.cluster))
        }
    }
}

async fn open_log(settings: EmbeddedSettings) -> anyhow::Result<Clusters> {
    let opening = tokio::task::spawn_blocking(move || EmbeddedBroker::open(settings)).await;
    Ok(Clusters::one(Arc::new(opening.context("opening the log")??)))
}
