//! The path of a message through its plugins to the broker, and back.
//!
//! On produce: filters in their order, router, partitioner, transcoder. On consume the mirror:
//! transcoder, then the filters in reverse. A burst of messages meets one [`Chain`], whatever is
//! reloaded meanwhile. Nothing here knows what the bytes on the wire look like.

use std::{sync::Arc, time::Duration};

use arc_swap::ArcSwap;

use crate::{broker::Clusters, telemetry::Counters, trace::Recorder};

mod authenticate;
mod batches;
mod burst;
mod chain;
mod consume;
mod filter_and_route;
mod instances;
mod partition_and_encode;
mod partition_load;
mod produce;
mod rejection;
mod topics;
mod traces;

#[cfg(test)]
mod tests;

pub use authenticate::{AuthDecision, login_unavailable};
pub use burst::Outcome;
pub use chain::Chain;
pub use consume::Consumed;
pub use rejection::{BrokerOp, broker_rejection, publish_rejection, read_rejection};

use partition_load::PartitionLoads;

/// What the pipeline may take for itself.
#[derive(Clone, Debug)]
pub struct PipelineSettings {
    /// A publish is answered within this time.
    pub publish_deadline: Duration,
    /// Publishing to a topic that does not exist makes it.
    pub create_topics: bool,
    /// Partitions of topics made that way.
    pub partitions: u32,
    /// Most topics that clients may make there be.
    pub topics_max: usize,
}

/// The chain in force, and the brokers behind it.
#[derive(Debug)]
pub struct Pipeline {
    chain: ArcSwap<Chain>,
    clusters: Clusters,
    /// One for each cluster, in their order.
    partition_loads: Vec<PartitionLoads>,
    settings: PipelineSettings,
    counters: Arc<Counters>,
    /// Where traces go, if somebody wants them.
    recorder: Option<Arc<Recorder>>,
}

impl Pipeline {
    /// A pipeline that begins with `chain`.
    pub fn new(
        chain: Chain,
        clusters: Clusters,
        settings: PipelineSettings,
        counters: Arc<Counters>,
    ) -> Self {
        let chain = ArcSwap::from_pointee(chain);
        Self {
            chain,
            partition_loads: clusters.all().iter().map(|_| PartitionLoads::default()).collect(),
            clusters,
            settings,
            counters,
            recorder: None,
        }
    }

    /// The same, with a trace of every message and login for `recorder`.
    #[must_use]
    pub fn recorded(self, recorder: Arc<Recorder>) -> Self {
        Self { recorder: Some(recorder), ..self }
    }

    /// A copy for a dry run: forks of the plugins in front of other brokers, and a trace of every
    /// message for `recorder`.
    ///
    /// It starts with the partition loads of this pipeline, counts on its own, and changes nothing
    /// of this one.
    #[must_use]
    pub fn fork(&self, clusters: Clusters, recorder: Arc<Recorder>) -> Self {
        Self {
            chain: ArcSwap::from_pointee(self.chain().fork()),
            clusters,
            partition_loads: self.partition_loads.iter().map(PartitionLoads::copy).collect(),
            settings: self.settings.clone(),
            counters: Arc::default(),
            recorder: Some(recorder),
        }
    }

    /// The chain in force, kept alive as long as it is held. A burst must use one chain only.
    pub fn chain(&self) -> Arc<Chain> {
        self.chain.load_full()
    }

    /// Puts another chain in force; bursts that have started finish with the old one. True if the
    /// new chain has other authenticators.
    pub fn swap(&self, next: Chain) -> bool {
        let next = Arc::new(next);
        let before = self.chain.swap(Arc::clone(&next));
        self.counters.reloads.add(1);
        !before.authenticators().map(Arc::as_ptr).eq(next.authenticators().map(Arc::as_ptr))
    }

    /// The brokers behind the pipeline.
    pub fn clusters(&self) -> &Clusters {
        &self.clusters
    }
}
