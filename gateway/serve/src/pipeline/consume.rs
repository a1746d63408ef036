//! Stored records on their way to a client: decode, then the filters in reverse.

use std::sync::Arc;

use bytes::Bytes;

use super::{
    Chain, Pipeline,
    chain::TopicPlugins,
    instances::{BurstInstances, Failed},
    rejection::plugin_rejection,
    traces::{CallSubject, Traces},
};
use crate::{
    message::{Message, Rejection, StoredRecord, TopicName, Verdict},
    plugin::CallContext,
    telemetry::Counters,
    trace::{End, Subject},
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
        let mut traces = Traces::new(recorder);
        let chain = (chain, &*self.counters);
        let consumed = consume(chain, context, place, records, &mut traces);
        traces.hand_to(recorder);
        consumed
    }
}

/// Takes records through a chain; begins a trace for each of them.
fn consume(
    (chain, counters): (&Chain, &Counters),
    context: &CallContext,
    (topic, partition): (&TopicName, u32),
    records: Vec<StoredRecord>,
    traces: &mut Traces,
) -> Consumed {
    let plugins = chain.plugins_of(topic);
    let next = records.last().map(|record| record.offset + 1);
    if plugins.filters.is_empty() && plugins.transcoder.is_none() && !traces.are_wanted() {
        counters.records_consumed.add(records.len() as u64);
        return Consumed { shown: records, next, failure: None };
    }
    let instances = BurstInstances::new(chain, counters, traces);
    let mut reader = Reader { instances, plugins: &plugins, counters };
    let mut consumed = Consumed { shown: Vec::new(), next: None, failure: None };
    for (index, StoredRecord { offset, record }) in records.into_iter().enumerate() {
        let topic = topic.clone();
        let mut message =
            Message { topic, partition: Some(partition), record, expected_offset: None };
        let context = CallContext {
            principal: Arc::clone(&context.principal),
            timestamp_ms: message.record.timestamp_ms,
        };
        let subject = || Subject::Consumed { message: message.clone(), offset };
        reader.instances.traces.begin(subject);
        let shown = reader.show(index, &mut message, &context);
        reader.instances.traces.end(index, || end(&shown, &message));
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
    consumed
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
    instances: BurstInstances<'c>,
    plugins: &'c TopicPlugins,
    counters: &'c Counters,
}

impl Reader<'_> {
    /// Takes the record at `index` through; `false` hides it.
    fn show(
        &mut self,
        index: usize,
        message: &mut Message,
        context: &CallContext,
    ) -> Result<bool, Rejection> {
        self.decode(index, message, context)?;
        let subject = CallSubject::Message(index);
        for at in self.plugins.filters.iter().rev() {
            match self
                .instances
                .call(*at, subject, |instance| instance.on_consume(message, context))
            {
                Ok(Verdict::Forward) | Err(Failed::Bypass) => {}
                Ok(Verdict::Replace(value)) => message.record.value = Some(value),
                Ok(Verdict::Drop | Verdict::Reject(_)) => return Ok(false),
                Err(Failed::Refuse(error)) => {
                    return Err(plugin_rejection(self.instances.plugin(*at), error));
                }
            }
        }
        Ok(true)
    }

    fn decode(
        &mut self,
        index: usize,
        message: &mut Message,
        context: &CallContext,
    ) -> Result<(), Rejection> {
        let Some(at) = self.plugins.transcoder.filter(|_| message.record.value.is_some()) else {
            return Ok(());
        };
        let subject = CallSubject::Message(index);
        match self.instances.call(at, subject, |instance| instance.decode(message, context)) {
            Ok(Ok(value)) => message.record.value = value,
            Ok(Err(rejection)) => {
                self.counters.records_undecoded.add(1);
                let why = Bytes::from(rejection.public.into_owned());
                let name = Bytes::from_static(DECODE_ERROR_HEADER);
                message.record.headers.push((name, Some(why)));
            }
            Err(Failed::Bypass) => {}
            Err(Failed::Refuse(error)) => {
                return Err(plugin_rejection(self.instances.plugin(at), error));
            }
        }
        Ok(())
    }
}
