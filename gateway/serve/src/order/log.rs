//! The order log: what is read from it and written to it.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::sleep;

use super::{
    Sequencer,
    pages::PAGE,
    steps::{Alien, Steps},
};
use crate::{
    broker::{Append, BrokerError, Fetch, NewTopic, OffsetRange},
    message::Record,
};

/// Pause before a record that exists is asked for again.
const PAUSE: Duration = Duration::from_millis(5);
/// And how often: a second in all.
const PAUSES: u32 = 200;

/// Bytes of one read of an order log.
const READ_BYTES: usize = 1 << 20;

impl Sequencer {
    /// Stores a step, valid or not; answers where it lies.
    pub(super) async fn append(&self, step: Bytes) -> Result<u64, BrokerError> {
        let records = vec![Record { value: Some(step), ..Record::default() }];
        let append = Append::new(self.log.clone(), 0, records);
        let mut stored = self.broker.produce(vec![append]).await;
        let stored = stored.pop().expect("every append is answered");
        Ok(stored?.offset(0))
    }

    /// Reads the end of the log, which is made if there is none.
    pub(super) async fn load(&self) -> Result<(), BrokerError> {
        if self.broker.look_up(&self.log).await?.is_none() {
            self.make().await?;
        }
        let OffsetRange { start, end } = self.broker.offsets(&self.log, 0).await?;
        let mut back = PAGE;
        loop {
            let from = end.saturating_sub(back).max(start);
            let mut steps = Steps::new(from);
            self.read_into(end, |at, bytes| steps.push(at, bytes).map(|_| ()), from).await?;
            steps.skip_to(end);
            if steps.last().is_some() || from == start {
                self.begin(start, steps);
                return Ok(());
            }
            // Nothing but void steps.
            back = back.saturating_mul(4);
        }
    }

    async fn make(&self) -> Result<(), BrokerError> {
        let keep =
            [("cleanup.policy", "delete"), ("retention.ms", "-1"), ("retention.bytes", "-1")];
        let configs = keep.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let mut topic = NewTopic { configs, ..NewTopic::new(self.log.clone(), 1) };
        let mut made = self.broker.create_topic(topic.clone()).await;
        if let Err(BrokerError::Refused { .. }) = made {
            // A broker without such settings, or one that lets nobody choose them.
            topic.configs.clear();
            made = self.broker.create_topic(topic).await;
        }
        match made {
            Ok(_) | Err(BrokerError::TopicExists { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Takes up the steps of other gateways that have arrived.
    pub(super) async fn catch_up(&self) -> Result<(), BrokerError> {
        while let Some(from) = self.known(|state| state.steps.next()) {
            let records = self.broker.fetch(self.fetch_log(from)).await?;
            if records.is_empty() {
                break;
            }
            for stored in records {
                self.push(stored.offset, stored.record.value.as_deref().unwrap_or_default())?;
            }
        }
        Ok(())
    }

    /// Takes up all records of the log below `end`, which are stored.
    pub(super) async fn read_to(&self, end: u64) -> Result<(), BrokerError> {
        let Some(from) = self.known(|state| state.steps.next()) else { return Ok(()) };
        let mut read = Vec::new();
        let keep = |at, bytes: &[u8]| {
            read.push((at, Bytes::copy_from_slice(bytes)));
            Ok(())
        };
        self.read_into(end, keep, from).await?;
        read.iter().try_for_each(|(at, bytes)| self.push(*at, bytes))?;
        self.known(|state| state.steps.skip_to(end));
        Ok(())
    }

    /// Reads all records of the log from `from` up to `end`, which are stored, and perhaps more.
    pub(super) async fn read_into(
        &self,
        end: u64,
        mut take: impl FnMut(u64, &[u8]) -> Result<(), Alien>,
        mut from: u64,
    ) -> Result<(), BrokerError> {
        let mut pauses = 0;
        while from < end {
            let Some(records) = self.broker.fetch_below(self.fetch_log(from), end).await? else {
                if pauses == PAUSES {
                    let reason = format!("records of `{}` that are stored do not come", self.log);
                    return Err(BrokerError::Unreachable { reason });
                }
                pauses += 1;
                sleep(PAUSE).await;
                continue;
            };
            let Some(last) = records.last() else { return Ok(()) };
            from = last.offset + 1;
            for stored in &records {
                let bytes = stored.record.value.as_deref().unwrap_or_default();
                take(stored.offset, bytes).map_err(|Alien| self.alien())?;
            }
        }
        Ok(())
    }

    fn fetch_log(&self, from: u64) -> Fetch {
        let (topic, bytes_max) = (self.log.clone(), READ_BYTES);
        // A whole page, and not much more than one is worth reading at once.
        let records_max = usize::try_from(PAGE).unwrap_or(usize::MAX);
        Fetch { topic, partition: 0, from, records_max, bytes_max }
    }

    /// Takes up one record of the log.
    pub(super) fn push(&self, at: u64, bytes: &[u8]) -> Result<(), BrokerError> {
        match self.known(|state| state.steps.push(at, bytes)) {
            Some(Ok(true)) => self.tell(),
            Some(Ok(false)) | None => {}
            Some(Err(Alien)) => return Err(self.alien()),
        }
        Ok(())
    }

    /// The log is not what was known of it, or not ours to read.
    pub(super) fn alien(&self) -> BrokerError {
        let reason = "it holds what no gateway of this version writes into an order log: run the \
                      newest version everywhere, or delete the topic to begin a new order";
        let (topic, reason) = (self.log.clone(), reason.to_owned());
        BrokerError::Corrupt { topic, partition: 0, reason }
    }
}
