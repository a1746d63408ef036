//! Wakes waiting readers for new entries: one task a topic, as long as there are such readers.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use tokio::{sync::watch, time::sleep};

use super::sequencer::Sequencer;
use crate::{
    broker::{BrokerError, Fetch},
    message::{TopicName, TopicPartition},
};

/// How often the topic is checked without a notification: added partitions cause none.
const CHECK: Duration = Duration::from_secs(1);

/// Pause after the broker's refusal.
const PAUSE: Duration = Duration::from_millis(200);

impl Sequencer {
    /// Changes after each newer step. As long as the receiver lives, a task writes steps for new
    /// entries.
    pub fn watch(self: &Arc<Self>) -> watch::Receiver<u64> {
        let newest = self.newest.subscribe();
        if !self.is_followed.swap(true, Ordering::AcqRel) {
            tokio::spawn(Arc::clone(self).follow());
        }
        newest
    }

    async fn follow(self: Arc<Self>) {
        loop {
            self.follow_for_all().await;
            self.is_followed.store(false, Ordering::Release);
            // A reader may have come between the last check and the line before.
            let is_wanted = self.newest.receiver_count() > 0;
            if !is_wanted || self.is_followed.swap(true, Ordering::AcqRel) {
                return;
            }
        }
    }

    /// Follows the topic until no reader waits.
    async fn follow_for_all(&self) {
        let mut is_due = true;
        while self.newest.receiver_count() > 0 {
            // Subscribe before the check: records that come from here on wake this task.
            let watches = [
                self.broker.watch(self.topic.as_str()),
                self.broker.watch(self.log.partition.topic.as_str()),
            ];
            let looked =
                if is_due { self.cover().await.map(|()| false) } else { self.is_behind().await };
            match looked {
                Ok(true) => is_due = true,
                // During the round more may have come: check again, from memory.
                Ok(false) if is_due => is_due = false,
                Ok(false) => {
                    let came = self.wait_for_records(watches).await;
                    is_due = came || self.pace().is_in_doubt();
                }
                Err(error) => {
                    tracing::debug!(topic = %self.topic, %error, "new entries get no place yet");
                    is_due = true;
                    tokio::select! {
                        () = sleep(PAUSE) => {}
                        () = self.newest.closed() => {}
                    }
                }
            }
        }
    }

    /// True if a partition, or the log, has records after the newest step.
    async fn is_behind(&self) -> Result<bool, BrokerError> {
        let ends = self.last().map(|step| step.ends().to_vec()).unwrap_or_default();
        let partitions = self.broker.topic(self.topic.as_str()).map_or(0, |topic| topic.partitions);
        for partition in 0..partitions {
            let end = ends.get(partition as usize).copied().unwrap_or(0);
            if self.has_record(&self.topic, partition, end).await? {
                return Ok(true);
            }
        }
        let next = self.with_loaded(|state| state.steps.next());
        match next {
            Some(next) => self.has_record(&self.log.partition.topic, 0, next).await,
            None => Ok(true),
        }
    }

    async fn has_record(
        &self,
        topic: &TopicName,
        partition: u32,
        from: u64,
    ) -> Result<bool, BrokerError> {
        let topic = topic.clone();
        let fetch = Fetch {
            partition: TopicPartition::new(topic, partition),
            from,
            records_max: 1,
            bytes_max: 1,
        };
        Ok(!self.broker.fetch(fetch).await?.is_empty())
    }

    /// True if something came; false after [`CHECK`], or if no reader waits any more.
    async fn wait_for_records(&self, watches: [Option<watch::Receiver<u64>>; 2]) -> bool {
        let [records, steps] = watches.map(changed);
        tokio::select! {
            biased;
            () = records => true,
            () = steps => true,
            () = self.newest.closed() => false,
            () = sleep(CHECK) => false,
        }
    }
}

async fn changed(watch: Option<watch::Receiver<u64>>) {
    match watch {
        // A closed channel ends the wait too; the next check finds out why.
        Some(mut watch) => drop(watch.changed().await),
        None => std::future::pending().await,
    }
}
