//! Stored records on their way to a client: decode, then the filters in reverse.

use std::sync::Arc;

use bytes::Bytes;

use super::{
    Chain, Pipeline,
    chain::Lane,
    lease::{Failed, Leases},
    refusal::call_refusal,
};
use crate::{
    message::{Message, Rejection, StoredRecord, TopicName, Verdict},
    plugin::CallContext,
};

/// Header that marks a record which its transcoder could not decode; the value says why.
const DECODE_ERROR_HEADER: &[u8] = b"sluicegate-decode-error";

/// What became of records on their way to a client.
#[derive(Debug)]
pub struct Consumed {
    /// Records the client gets, in order.
    pub shown: Vec<StoredRecord>,
    /// Offset behind the last record that was dealt with: shown or hidden.
    pub next: Option<u64>,
    /// A plugin failed at the record at `next`; nothing after it was looked at.
    pub failure: Option<Rejection>,
}

impl Pipeline {
    /// Takes records of one partition through the chain.
    ///
    /// A failing plugin (without `bypass`) stops at its record rather than hiding it: what was
    /// acknowledged must not vanish because a filter is broken.
    pub fn consume(
        &self,
        chain: &Chain,
        context: &CallContext,
        (topic, partition): (&TopicName, u32),
        records: Vec<StoredRecord>,
    ) -> Consumed {
        let lane = chain.lane(topic);
        let next = records.last().map(|record| record.offset + 1);
        if lane.filters.is_empty() && lane.transcoder.is_none() {
            self.counters.records_consumed.add(records.len() as u64);
            return Consumed { shown: records, next, failure: None };
        }
        let mut leases = Leases::new(chain, &self.counters);
        let mut consumed = Consumed { shown: Vec::new(), next: None, failure: None };
        for StoredRecord { offset, record } in records {
            let mut message = Message {
                topic: topic.clone(),
                partition: Some(partition),
                record,
                expected_offset: None,
            };
            let context = CallContext {
                principal: Arc::clone(&context.principal),
                timestamp_ms: message.record.timestamp_ms,
            };
            match self.show(&mut leases, &lane, &mut message, &context) {
                Ok(true) => consumed.shown.push(StoredRecord { offset, record: message.record }),
                Ok(false) => self.counters.records_hidden.add(1),
                Err(failure) => {
                    consumed.failure = Some(failure);
                    break;
                }
            }
            consumed.next = Some(offset + 1);
        }
        self.counters.records_consumed.add(consumed.shown.len() as u64);
        consumed
    }

    /// Takes one record through; `false` hides it.
    fn show(
        &self,
        leases: &mut Leases<'_>,
        lane: &Lane,
        message: &mut Message,
        context: &CallContext,
    ) -> Result<bool, Rejection> {
        self.decode(leases, lane, message, context)?;
        for at in lane.filters.iter().rev() {
            match leases.call(*at, |lease| lease.on_consume(message, context)) {
                Ok(Verdict::Forward) | Err(Failed::Bypass) => {}
                Ok(Verdict::Replace(value)) => message.record.value = Some(value),
                Ok(Verdict::Drop | Verdict::Reject(_)) => return Ok(false),
                Err(Failed::Refuse(error)) => return Err(call_refusal(leases.plugin(*at), error)),
            }
        }
        Ok(true)
    }

    fn decode(
        &self,
        leases: &mut Leases<'_>,
        lane: &Lane,
        message: &mut Message,
        context: &CallContext,
    ) -> Result<(), Rejection> {
        let Some(at) = lane.transcoder.filter(|_| message.record.value.is_some()) else {
            return Ok(());
        };
        match leases.call(at, |lease| lease.decode(message, context)) {
            Ok(Ok(value)) => message.record.value = value,
            Ok(Err(rejection)) => {
                self.counters.records_undecoded.add(1);
                let why = Bytes::from(rejection.public.into_owned());
                let name = Bytes::from_static(DECODE_ERROR_HEADER);
                message.record.headers.push((name, Some(why)));
            }
            Err(Failed::Bypass) => {}
            Err(Failed::Refuse(error)) => return Err(call_refusal(leases.plugin(at), error)),
        }
        Ok(())
    }
}
