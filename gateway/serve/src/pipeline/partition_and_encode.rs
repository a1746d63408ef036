//! Second half of produce: partitioner, then the transcoder's encode, into one batch for each partition.

use std::sync::Arc;

use tokio::time::Instant;

use super::{
    batches::Batches,
    burst::{BurstContext, BurstMessage, Outcome, TopicMessages},
    chain::TopicPlugins,
    instances::{BurstInstances, Failed},
    partition_load::{PartitionLoad, partition_of_key},
    rejection::{plugin_rejection, too_late},
    traces::{CallSubject, Traces},
};
use crate::{
    broker::TopicInfo,
    message::Rejection,
    plugin::{Burst, NO_KEY, PooledInstance},
    trace::Because,
};

/// The topic that messages go to, its plugins, and what its partitions got so far.
struct Target {
    topic: TopicInfo,
    plugins: Arc<TopicPlugins>,
    load: Arc<PartitionLoad>,
}

impl BurstContext<'_> {
    /// Fixes partitions, encodes, and adds the records to `batches`; refusals go to `outcomes`.
    pub(super) fn partition_and_encode(
        &self,
        messages: TopicMessages,
        batches: &mut Batches,
        outcomes: &mut [Option<Outcome>],
        traces: &mut Traces,
    ) {
        let TopicMessages { topic, mut messages } = messages;
        let plugins = self.chain.plugins_of(&topic.name);
        let load = self.loads.of(&topic);
        let target = Target { topic, plugins, load };
        let mut instances = BurstInstances::new(self.chain, self.counters, traces);
        if let Err(refusal) = self.partition(&mut instances, &target, &mut messages) {
            for BurstMessage { index, .. } in messages {
                outcomes[index] = Some(Outcome::Rejected(refusal.repeat()));
            }
            return;
        }
        target.spread(&mut messages);
        for mut message in messages {
            let partition = message.message.partition.unwrap_or_default();
            let bytes = message.message.record.payload_len() as u64;
            match self.encode(&mut instances, &target, &mut message) {
                Ok(()) => {
                    self.trace_placed(&mut instances, &target, &message);
                    target.load.add(partition, 1, bytes);
                    batches.push(message.index, &target.topic.name, partition, message.message);
                }
                Err(rejection) => outcomes[message.index] = Some(Outcome::Rejected(rejection)),
            }
        }
    }

    /// Where the message goes, and what readers will see of a value that was encoded.
    fn trace_placed(
        &self,
        instances: &mut BurstInstances<'_>,
        target: &Target,
        placed: &BurstMessage,
    ) {
        if !instances.traces.are_wanted() {
            return;
        }
        let decoded = target.plugins.transcoder.and_then(|at| {
            let mut message = placed.message.clone();
            let decode =
                |instance: &mut PooledInstance| instance.decode(&mut message, self.context);
            instances.call(at, CallSubject::Nothing, decode).ok()?.ok()?
        });
        instances.traces.placed(placed, decoded);
    }

    /// Asks the partitioner about all messages; an error is a refusal for all of them.
    fn partition(
        &self,
        instances: &mut BurstInstances<'_>,
        target: &Target,
        messages: &mut [BurstMessage],
    ) -> Result<(), Rejection> {
        let Some(at) = target.plugins.partitioner else { return Ok(()) };
        if Instant::now() >= self.deadline {
            return Err(too_late());
        }
        let keys = Keys::of(messages);
        let burst = Burst {
            topic: &target.topic.name,
            keys: &keys.bytes,
            ends: &keys.ends,
            sizes: &keys.sizes,
            partitions: target.topic.partitions,
            placed_bytes: &target.load.bytes(),
            placed_messages: target.load.messages(),
        };
        let subject = CallSubject::Messages(messages);
        match instances.call(at, subject, |instance| instance.partition_many(&burst)) {
            Ok(partitions) => {
                for (message, partition) in messages.iter_mut().zip(partitions.iter()) {
                    if let Some(partition) = partition {
                        message.place(partition, Because::Partitioner);
                    }
                }
                Ok(())
            }
            Err(Failed::Bypass) => Ok(()),
            Err(Failed::Refuse(error)) => Err(plugin_rejection(instances.plugin(at), error)),
        }
    }

    /// Checks the partition and encodes the value.
    fn encode(
        &self,
        instances: &mut BurstInstances<'_>,
        target: &Target,
        placed: &mut BurstMessage,
    ) -> Result<(), Rejection> {
        let BurstMessage { index, message, .. } = placed;
        let partition = message.partition.unwrap_or_default();
        if partition >= target.topic.partitions {
            let text = format!("topic `{}` has no partition {partition}", target.topic.name);
            return Err(Rejection::err(text));
        }
        let Some(at) = target.plugins.transcoder.filter(|_| message.record.value.is_some()) else {
            return Ok(());
        };
        if Instant::now() >= self.deadline {
            return Err(too_late());
        }
        let subject = CallSubject::Message(*index);
        match instances.call(at, subject, |instance| instance.encode(message, self.context)) {
            Ok(encoded) => {
                message.record.value = encoded?;
                Ok(())
            }
            Err(Failed::Bypass) => Ok(()),
            Err(Failed::Refuse(error)) => Err(plugin_rejection(instances.plugin(at), error)),
        }
    }
}

impl Target {
    /// Gives every message a partition that has none yet.
    fn spread(&self, messages: &mut [BurstMessage]) {
        let partitions = self.topic.partitions;
        let mut anywhere = None;
        for placed in messages.iter_mut().filter(|placed| placed.message.partition.is_none()) {
            let key = placed.message.record.key.as_ref();
            let by_key = key.filter(|_| self.plugins.partitioner.is_none());
            let (partition, because) = if let Some(key) = by_key {
                (partition_of_key(key, partitions), Because::Key)
            } else {
                let sticky = || self.load.sticky_partition(partitions);
                (*anywhere.get_or_insert_with(sticky), Because::Turn)
            };
            placed.place(partition, if partitions == 1 { Because::Only } else { because });
        }
    }
}

/// The keys of a burst in the partitioner's flat form.
struct Keys {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    sizes: Vec<u32>,
}

impl Keys {
    fn of(messages: &[BurstMessage]) -> Self {
        let room = || Vec::with_capacity(messages.len());
        let mut keys = Self { bytes: Vec::new(), ends: room(), sizes: room() };
        for BurstMessage { message, .. } in messages {
            keys.sizes.push(u32::try_from(message.record.payload_len()).unwrap_or(u32::MAX));
            let end = message.record.key.as_ref().map_or(NO_KEY, |key| {
                keys.bytes.extend_from_slice(key);
                // A request is limited to far less than 4 GiB, so all keys of a burst fit.
                u32::try_from(keys.bytes.len()).unwrap_or(NO_KEY - 1)
            });
            keys.ends.push(end);
        }
        keys
    }
}
