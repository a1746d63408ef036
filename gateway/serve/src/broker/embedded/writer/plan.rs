//! What goes into a group: jobs in the order in which they came, then what is to be deleted.

use std::{sync::Arc, time::Instant};

use super::Writer;
use crate::{
    broker::{
        BrokerError,
        embedded::{catalog::Topic, queue::Job},
    },
    message::TopicName,
};

/// Most partitions that retention looks at in one group; the next group goes on.
const TRIMS_MAX: usize = 1000;

impl Writer {
    pub(super) fn plan(&mut self, job: Job) {
        match job {
            Job::Produce { frames, parts, answer } => {
                let segment_bytes = self.log.settings.segment_bytes;
                self.group.produce(&frames, parts, answer, segment_bytes);
            }
            Job::Create { name, partitions, answer } => {
                if self.existing(&name).is_some() {
                    drop(answer.send(Err(BrokerError::TopicExists { topic: name })));
                    return;
                }
                let id = self.next_topic_id;
                self.next_topic_id += 1;
                let root = self.log.root.as_deref();
                self.group.create(Arc::new(Topic::new(name, id, partitions, root)), answer);
            }
            Job::Delete { name, answer } => match self.existing(&name) {
                Some(topic) => self.group.remove(topic, answer),
                None => drop(answer.send(Err(BrokerError::NoSuchTopic { topic: name }))),
            },
            Job::Commit(job) => self.group.commit(*job),
            Job::Forget { group, topic, answer } => self.group.forget(group, &topic, answer),
            Job::Trim(job) => self.trims.push(job),
        }
    }

    /// The topic of that name, as all that was planned leaves it.
    fn existing(&self, name: &TopicName) -> Option<Arc<Topic>> {
        let catalog = &self.log.catalog;
        let found = self.group.made(name.as_str()).or_else(|| catalog.topic(name).ok());
        found.filter(|topic| !topic.is_removed())
    }

    /// Adds what callers want deleted, and what retention removes: of partitions with a new
    /// segment at once, of all others now and then.
    pub(super) fn plan_trims(&mut self) {
        for job in self.trims.drain(..) {
            self.group.trim_for(job);
        }
        let log = &self.log;
        let mut candidates = std::mem::take(&mut self.sealed);
        if Instant::now() >= self.retention_due {
            self.retention_due = Instant::now() + log.settings.retention_check;
            let topics = log.catalog.topics();
            candidates = topics.values().flat_map(|topic| topic.partitions.clone()).collect();
        }
        let now_ms = log.settings.clock.now_ms();
        self.sealed = candidates.split_off(TRIMS_MAX.min(candidates.len()));
        // The gateway trims its own topics itself: what it needs of them does not go by age.
        candidates
            .retain(|partition| !partition.is_removed() && !partition.name.topic.is_internal());
        for partition in candidates {
            let start = log.retention.new_start(&partition.log(), now_ms);
            if let Some(start) = start {
                self.group.trim(partition, start);
            }
        }
    }
}
