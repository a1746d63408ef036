//! Stored records on their way to a client: decode, then the filters in reverse.

use std::sync::Arc;

use bytes::Bytes;

use super::{
    Chain, Pipeline,
    chain::TopicPlugins,
    lease::{Failed, Leases},
    rejection::plugin_rejection,
};
use crate::{
    message::{Message, Rejection, StoredRecord, TopicName, Verdict},
    plugin::CallContext,
    telemetry::Counters,
    trace::{End, Subject, Trace},
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
        place: (&TopicName, u32),
        records: Vec<StoredRecord>,
    ) -> Consumed {
        let recorder = self.recorder.as_ref();
        let chain = (chain, &*self.counters);
        let (consumed, traces) = consume(chain, context, place, records, recorder.is_some());
        if let Some(recorder) = recorder {
            recorder.add(traces);
        }
        consumed
    }
}

/// Takes records through a chain; their traces if they are wanted.
fn consume(
    (chain, counters): (&Chain, &Counters),
    context: &CallContext,
    (topic, partition): (&TopicName, u32),
    records: Vec<StoredRecord>,
    wanted: bool,
) -> (Consumed, Vec<Trace>) {
    let plugins = chain.plugins_of(topic);
    let next = records.last().map(|record| record.offset + 1);
    if plugins.filters.is_empty() && plugins.transcoder.is_none() && !wanted {
        counters.records_consumed.add(records.len() as u64);
        return (Consumed { shown: records, next, failure: None }, Vec::new());
    }
    let leases = Leases::new(chain, counters, wanted);
    let mut reader = Reader { leases, plugins: &plugins, counters };
    let mut consumed = Consumed { shown: Vec::new(), next: None, failure: None };
    let mut traces = Vec::new();
    for StoredRecord { offset, record } in records {
        let topic = topic.clone();
        let mut message =
            Message { topic, partition: Some(partition), record, expected_offset: None };
        let context = CallContext {
            principal: Arc::clone(&context.principal),
            timestamp_ms: message.record.timestamp_ms,
        };
        let subject = wanted.then(|| Subject::Consumed { message: message.clone(), offset });
        let shown = reader.show(&mut message, &context);
        if let Some(subject) = subject {
            let end = end(&shown, &message);
            traces.push(Trace { subject, steps: reader.leases.take_steps(), end: Some(end) });
        }
        match shown {
            Ok(true) => consumed.shown.push(StoredRecord { offset, record: message.record }),
            Ok(false) => counters.records_hidden.add(1),
            Err(failure) => {
                consumed.failure = Some(failure);
                break;
            }
        }
        consumed.next = Some(offset + 1);
    }
    counters.records_consumed.add(consumed.shown.len() as u64);
    (consumed, traces)
}

fn end(shown: &Result<bool, Rejection>, message: &Message) -> End {
    match shown {
        Ok(true) => End::Shown(message.record.clone()),
        Ok(false) => End::Hidden,
        Err(failure) => End::Refused(failure.to_string()),
    }
}

/// Takes the records of one topic through its plugins.
struct Reader<'c> {
    leases: Leases<'c>,
    plugins: &'c TopicPlugins,
    counters: &'c Counters,
}

impl Reader<'_> {
    /// Takes one record through; `false` hides it.
    fn show(&mut self, message: &mut Message, context: &CallContext) -> Result<bool, Rejection> {
        self.decode(message, context)?;
        for at in self.plugins.filters.iter().rev() {
            match self.leases.call(*at, |lease| lease.on_consume(message, context)) {
                Ok(Verdict::Forward) | Err(Failed::Bypass) => {}
                Ok(Verdict::Replace(value)) => message.record.value = Some(value),
                Ok(Verdict::Drop | Verdict::Reject(_)) => return Ok(false),
                Err(Failed::Refuse(error)) => {
                    return Err(plugin_rejection(self.leases.plugin(*at), error));
                }
            }
        }
        Ok(true)
    }

    fn decode(&mut self, message: &mut Message, context: &CallContext) -> Result<(), Rejection> {
        let Some(at) = self.plugins.transcoder.filter(|_| message.record.value.is_some()) else {
            return Ok(());
        };
        match self.leases.call(at, |lease| lease.decode(message, context)) {
            Ok(Ok(value)) => message.record.value = value,
            Ok(Err(rejection)) => {
                self.counters.records_undecoded.add(1);
                let why = Bytes::from(rejection.public.into_owned());
                let name = Bytes::from_static(DECODE_ERROR_HEADER);
                message.record.headers.push((name, Some(why)));
            }
            Err(Failed::Bypass) => {}
            Err(Failed::Refuse(error)) => {
                return Err(plugin_rejection(self.leases.plugin(at), error));
            }
        }
        Ok(())
    }
}
