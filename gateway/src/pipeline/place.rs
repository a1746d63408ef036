//! Second half of produce: partitioner, then the transcoder's encode, into one batch a partition.

use std::{collections::HashMap, time::Instant};

use super::{
    Outcome,
    chain::Lane,
    lease::{Failed, Leases},
    notes::{Notes, Reasons},
    placement::{Placement, partition_of_key},
    produce::Course,
    refusal::{broker_refusal, call_refusal},
    shape::too_late,
};
use crate::{
    broker::{Append, Appended, BrokerError, TopicInfo},
    message::{Message, Receipt, Record, Rejection, TopicName},
    plugin::{Burst, NO_KEY},
    trace::Stored,
};

/// Batches for the broker, and which message of the burst each record is.
#[derive(Default)]
pub(super) struct Batches {
    appends: Vec<Append>,
    /// For each append, the places in the burst of its records.
    places: Vec<Vec<usize>>,
    /// Topic and partition of each append that was taken.
    whereto: Vec<(TopicName, u32)>,
    found: HashMap<(TopicName, u32), usize>,
}

impl Batches {
    fn push(&mut self, place: usize, topic: &TopicName, partition: u32, message: Message) {
        if message.expected_offset.is_some() {
            // Alone: what others expect must not decide about it, nor it about others.
            self.found.remove(&(topic.clone(), partition));
            let at = self.begin(Append {
                expected_offset: message.expected_offset,
                ..Append::new(topic.clone(), partition, Vec::new())
            });
            return self.add(at, place, message.record);
        }
        let goes_on = |last: &Append| {
            last.partition == partition && last.topic == *topic && last.expected_offset.is_none()
        };
        if self.appends.last().is_some_and(goes_on) {
            return self.add(self.appends.len() - 1, place, message.record);
        }
        let key = (topic.clone(), partition);
        let at = self.found.get(&key).copied().unwrap_or_else(|| {
            let at = self.begin(Append::new(topic.clone(), partition, Vec::new()));
            self.found.insert(key, at);
            at
        });
        self.add(at, place, message.record);
    }

    fn begin(&mut self, append: Append) -> usize {
        self.appends.push(append);
        self.places.push(Vec::new());
        self.appends.len() - 1
    }

    fn add(&mut self, at: usize, place: usize, record: Record) {
        self.appends[at].records.push(record);
        self.places[at].push(place);
    }

    /// The appends, for the broker.
    pub(super) fn take(&mut self) -> Vec<Append> {
        let appends = std::mem::take(&mut self.appends);
        self.whereto = appends.iter().map(|a| (a.topic.clone(), a.partition)).collect();
        appends
    }

    /// Notes what became of the appends that were taken; without an answer it is not known.
    pub(super) fn settle(
        self,
        answers: Vec<Result<Appended, BrokerError>>,
        timestamp_ms: i64,
        outcomes: &mut [Option<Outcome>],
    ) {
        let mut answers = answers.into_iter();
        for ((topic, partition), places) in self.whereto.into_iter().zip(self.places) {
            let answer = answers.next().unwrap_or_else(|| {
                Err(BrokerError::Unknown { reason: "the publish deadline passed".into() })
            });
            for (nth, place) in places.into_iter().enumerate() {
                outcomes[place] = Some(match &answer {
                    Ok(appended) => Outcome::Stored(Receipt {
                        topic: topic.clone(),
                        partition,
                        offset: appended.offset(nth),
                        timestamp_ms,
                    }),
                    Err(error) => Outcome::Refused(broker_refusal(error.clone())),
                });
            }
        }
    }
}

/// The messages of a burst, sorted by topic.
#[derive(Default)]
pub(super) struct ByTopic {
    pub(super) bursts: Vec<TopicBurst>,
    found: HashMap<TopicName, usize>,
}

impl ByTopic {
    /// The burst of a topic that was met before: mostly the last one.
    pub(super) fn find(&self, topic: &TopicName) -> Option<usize> {
        let is_last = self.bursts.last().is_some_and(|burst| burst.topic.name == *topic);
        if is_last { Some(self.bursts.len() - 1) } else { self.found.get(topic).copied() }
    }

    /// Begins the burst of a topic.
    pub(super) fn begin(&mut self, topic: TopicInfo, is_missing: bool) -> usize {
        self.found.insert(topic.name.clone(), self.bursts.len());
        self.bursts.push(TopicBurst { topic, messages: Vec::new(), is_missing });
        self.bursts.len() - 1
    }
}

/// The messages of a burst that go to one topic.
pub(super) struct TopicBurst {
    pub(super) topic: TopicInfo,
    /// Place in the burst, and the message.
    pub(super) messages: Vec<(usize, Message)>,
    /// It does not exist, and is not made: this is a rehearsal.
    pub(super) is_missing: bool,
}

impl Course<'_> {
    /// Fixes partitions, encodes, and adds the records to `batches`; refusals go to `outcomes`.
    pub(super) fn place(
        &self,
        burst: TopicBurst,
        batches: &mut Batches,
        outcomes: &mut [Option<Outcome>],
        notes: &mut Notes,
    ) {
        let TopicBurst { topic, mut messages, is_missing } = burst;
        let lane = self.chain.lane(&topic.name);
        let wanted = notes.are_wanted();
        let mut leases = Leases::new(self.chain, self.counters, wanted);
        let mut reasons = Reasons::before(&messages, wanted);
        let placement = self.placements.of(&topic);
        if let Some(at) = lane.partitioner {
            let keys = Keys::of(&messages);
            let burst = Burst {
                topic: &topic.name,
                keys: &keys.bytes,
                ends: &keys.ends,
                sizes: &keys.sizes,
                partitions: topic.partitions,
                placed_bytes: &placement.bytes(),
                placed_messages: placement.messages(),
            };
            let placed = self.partition(&mut leases, at, &burst, &mut messages);
            for ((place, _), step) in messages.iter().zip(leases.take_steps()) {
                notes.add(*place, [step]);
            }
            if let Err(refusal) = placed {
                for (place, _) in messages {
                    outcomes[place] = Some(Outcome::Refused(refusal.repeat()));
                }
                return;
            }
        }
        reasons.after(&messages, topic.partitions, lane.partitioner.is_some());
        spread(&lane, &topic, &placement, &mut messages);
        for (nth, (place, mut message)) in messages.into_iter().enumerate() {
            let partition = message.partition.unwrap_or_default();
            if partition >= topic.partitions {
                let text = format!("topic `{}` has no partition {partition}", topic.name);
                outcomes[place] = Some(Outcome::Refused(Rejection::err(text)));
                continue;
            }
            let bytes = message.record.payload_len() as u64;
            let encoded = self.encode(&mut leases, &lane, &mut message);
            notes.add(place, leases.take_steps());
            match encoded {
                Ok(()) => {
                    if wanted {
                        let decoded = self.decoded(&mut leases, &lane, &message);
                        notes.placed(
                            place,
                            Stored {
                                topic: topic.name.clone(),
                                partition,
                                because: reasons.of(nth),
                                offset: None,
                                record: message.record.clone(),
                                decoded,
                                makes_topic: is_missing.then_some(topic.partitions),
                            },
                        );
                    }
                    placement.add(partition, 1, bytes);
                    batches.push(place, &topic.name, partition, message);
                }
                Err(rejection) => outcomes[place] = Some(Outcome::Refused(rejection)),
            }
        }
    }

    /// What readers will see of a value that was encoded.
    fn decoded(
        &self,
        leases: &mut Leases<'_>,
        lane: &Lane,
        message: &Message,
    ) -> Option<bytes::Bytes> {
        let mut message = message.clone();
        let read = leases.call(lane.transcoder?, |lease| lease.decode(&mut message, self.context));
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
            Err(Failed::Refuse(error)) => Err(call_refusal(leases.plugin(at), error)),
        }
    }

    fn encode(
        &self,
        leases: &mut Leases<'_>,
        lane: &Lane,
        message: &mut Message,
    ) -> Result<(), Rejection> {
        let Some(at) = lane.transcoder.filter(|_| message.record.value.is_some()) else {
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
            Err(Failed::Refuse(error)) => Err(call_refusal(leases.plugin(at), error)),
        }
    }
}

/// Gives every message a partition that has none yet.
fn spread(
    lane: &Lane,
    topic: &TopicInfo,
    placement: &Placement,
    messages: &mut [(usize, Message)],
) {
    let mut anywhere = None;
    for (_, message) in messages.iter_mut().filter(|(_, message)| message.partition.is_none()) {
        message.partition = Some(match (&message.record.key, lane.partitioner) {
            (Some(key), None) => partition_of_key(key, topic.partitions),
            _ => *anywhere.get_or_insert_with(|| placement.spread(topic.partitions)),
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
