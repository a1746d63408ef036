//! Second half of produce: partitioner, then the transcoder's encode, into one batch for each partition.

use bytes::Bytes;
use tokio::time::Instant;

use super::{
    batches::Batches,
    burst::{BurstContext, Outcome, TopicMessages},
    chain::TopicPlugins,
    lease::{Failed, Leases},
    notes::{Notes, Reasons, Whereto},
    partition_load::{PartitionLoad, partition_of_key},
    rejection::{plugin_rejection, too_late},
};
use crate::{
    broker::TopicInfo,
    message::{Message, Rejection},
    plugin::{Burst, NO_KEY},
};

impl BurstContext<'_> {
    /// Fixes partitions, encodes, and adds the records to `batches`; refusals go to `outcomes`.
    pub(super) fn partition_and_encode(
        &self,
        messages: TopicMessages,
        batches: &mut Batches,
        outcomes: &mut [Option<Outcome>],
        notes: &mut Notes,
    ) {
        let TopicMessages { topic, mut messages } = messages;
        let plugins = self.chain.plugins_of(&topic.name);
        let wanted = notes.are_wanted();
        let mut leases = Leases::new(self.chain, self.counters, wanted);
        let mut reasons = Reasons::before(&messages, wanted);
        let load = self.loads.of(&topic);
        if let Some(at) = plugins.partitioner {
            let keys = Keys::of(&messages);
            let burst = Burst {
                topic: &topic.name,
                keys: &keys.bytes,
                ends: &keys.ends,
                sizes: &keys.sizes,
                partitions: topic.partitions,
                placed_bytes: &load.bytes(),
                placed_messages: load.messages(),
            };
            let placed = self.partition(&mut leases, at, &burst, &mut messages);
            for ((place, _), step) in messages.iter().zip(leases.take_steps()) {
                notes.add(*place, [step]);
            }
            if let Err(refusal) = placed {
                for (place, _) in messages {
                    outcomes[place] = Some(Outcome::Rejected(refusal.repeat()));
                }
                return;
            }
        }
        reasons.after(&messages, topic.partitions, plugins.partitioner.is_some());
        spread(&plugins, &topic, &load, &mut messages);
        for (nth, (place, mut message)) in messages.into_iter().enumerate() {
            let partition = message.partition.unwrap_or_default();
            if partition >= topic.partitions {
                let text = format!("topic `{}` has no partition {partition}", topic.name);
                outcomes[place] = Some(Outcome::Rejected(Rejection::err(text)));
                continue;
            }
            let bytes = message.record.payload_len() as u64;
            let encoded = self.encode(&mut leases, &plugins, &mut message);
            notes.add(place, leases.take_steps());
            match encoded {
                Ok(()) => {
                    if wanted {
                        let decoded = self.decoded(&mut leases, &plugins, &message);
                        let because = reasons.of(nth);
                        notes.placed(place, &message, Whereto { because, decoded });
                    }
                    load.add(partition, 1, bytes);
                    batches.push(place, &topic.name, partition, message);
                }
                Err(rejection) => outcomes[place] = Some(Outcome::Rejected(rejection)),
            }
        }
    }

    /// What readers will see of a value that was encoded.
    fn decoded(
        &self,
        leases: &mut Leases<'_>,
        plugins: &TopicPlugins,
        message: &Message,
    ) -> Option<Bytes> {
        let mut message = message.clone();
        let read =
            leases.call(plugins.transcoder?, |lease| lease.decode(&mut message, self.context));
        // Not a step of the message's way.
        drop(leases.take_steps());
        read.ok()?.ok()?
    }

    /// Asks the partitioner about all messages; an error is a refusal for all of them.
    fn partition(
        &self,
        leases: &mut Leases<'_>,
        at: usize,
        burst: &Burst<'_>,
        messages: &mut [(usize, Message)],
    ) -> Result<(), Rejection> {
        if Instant::now() >= self.deadline {
            return Err(too_late());
        }
        match leases.call(at, |lease| lease.partition_many(burst)) {
            Ok(partitions) => {
                for ((_, message), partition) in messages.iter_mut().zip(partitions.iter()) {
                    message.partition = message.partition.or(partition);
                }
                Ok(())
            }
            Err(Failed::Bypass) => Ok(()),
            Err(Failed::Refuse(error)) => Err(plugin_rejection(leases.plugin(at), error)),
        }
    }

    fn encode(
        &self,
        leases: &mut Leases<'_>,
        plugins: &TopicPlugins,
        message: &mut Message,
    ) -> Result<(), Rejection> {
        let Some(at) = plugins.transcoder.filter(|_| message.record.value.is_some()) else {
            return Ok(());
        };
        if Instant::now() >= self.deadline {
            return Err(too_late());
        }
        match leases.call(at, |lease| lease.encode(message, self.context)) {
            Ok(encoded) => {
                message.record.value = encoded?;
                Ok(())
            }
            Err(Failed::Bypass) => Ok(()),
            Err(Failed::Refuse(error)) => Err(plugin_rejection(leases.plugin(at), error)),
        }
    }
}

/// Gives every message a partition that has none yet.
fn spread(
    plugins: &TopicPlugins,
    topic: &TopicInfo,
    load: &PartitionLoad,
    messages: &mut [(usize, Message)],
) {
    let mut anywhere = None;
    for (_, message) in messages.iter_mut().filter(|(_, message)| message.partition.is_none()) {
        message.partition = Some(match (&message.record.key, plugins.partitioner) {
            (Some(key), None) => partition_of_key(key, topic.partitions),
            _ => *anywhere.get_or_insert_with(|| load.sticky_partition(topic.partitions)),
        });
    }
}

/// The keys of a burst in the partitioner's flat form.
struct Keys {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    sizes: Vec<u32>,
}

impl Keys {
    fn of(messages: &[(usize, Message)]) -> Self {
        let room = || Vec::with_capacity(messages.len());
        let mut keys = Self { bytes: Vec::new(), ends: room(), sizes: room() };
        for (_, message) in messages {
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
