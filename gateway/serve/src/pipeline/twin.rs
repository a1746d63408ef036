//! A pipeline once more, for what is only to be told: nothing that runs through it changes the one
//! it was made from.

use std::sync::Arc;

use arc_swap::ArcSwap;

use super::{AuthDecision, Chain, Pipeline, partition_load::PartitionLoads};
use crate::{
    broker::Clusters,
    message::Credentials,
    telemetry::Counters,
    trace::{Recorder, Trace},
};

impl Pipeline {
    /// Twins of the plugins in front of other brokers, with a trace of every message for
    /// `recorder`. What it counts and remembers is its own; it begins as this one is now.
    #[must_use]
    pub fn twin(&self, clusters: Clusters, recorder: Arc<Recorder>) -> Self {
        Self {
            chain: ArcSwap::from_pointee(self.chain().twin()),
            clusters,
            partition_loads: self.partition_loads.iter().map(PartitionLoads::copy).collect(),
            settings: self.settings.clone(),
            counters: Arc::default(),
            recorder: Some(recorder),
        }
    }

    /// What [`Pipeline::authenticate`] would decide, and why. Stores are asked as the twins may.
    pub async fn rehearse_login(&self, twins: &Chain, login: Credentials) -> (AuthDecision, Trace) {
        super::authenticate::decide((twins, &Counters::default()), login, true).await
    }
}
