//! The calls of all roles but the authenticator's.

use bytes::Bytes;
use wasmtime::Store;

use super::{
    answer,
    bindings::{exports::sluicegate::plugin::filter::Verdict as GuestVerdict, sluicegate::plugin},
    burst::{Burst, CallContext, Placements},
    call::{Call, DECODE, ENCODE, ON_CONSUME, ON_PRODUCE, PARTITION_MANY, ROUTE},
    call_error::CallError,
    host::{Access, Changes, HostState},
    link::{Exports, having},
    pool::PooledInstance,
};
use crate::message::{Destination, Message, Rejection, Verdict};

/// What a transcoder answers.
type GuestTranscoded = Result<Vec<u8>, plugin::types::Rejection>;

/// The message of a call and what the guest may do with it.
struct Subject<'a> {
    message: &'a mut Message,
    context: &'a CallContext,
    access: Access,
}

impl PooledInstance {
    /// Asks a filter about a message that a client publishes.
    ///
    /// The filter's changes are in `message` only if the verdict is `Forward` or `Replace`; a
    /// replaced value is in the verdict.
    ///
    /// # Errors
    /// [`CallError`]; `message` is as it was.
    pub fn on_produce(
        &mut self,
        message: &mut Message,
        context: &CallContext,
    ) -> Result<Verdict, CallError> {
        let value = message.record.value.clone();
        self.filter(ON_PRODUCE, message, context, |store, exports| {
            having(exports.filter.as_ref())?.call_on_produce(store, value.as_deref())
        })
    }

    /// Asks a filter about a record that a client is about to get; else as
    /// [`PooledInstance::on_produce`].
    ///
    /// # Errors
    /// [`CallError`]; `message` is as it was.
    pub fn on_consume(
        &mut self,
        message: &mut Message,
        context: &CallContext,
    ) -> Result<Verdict, CallError> {
        let value = message.record.value.clone();
        self.filter(ON_CONSUME, message, context, |store, exports| {
            having(exports.filter.as_ref())?.call_on_consume(store, value.as_deref())
        })
    }

    fn filter(
        &mut self,
        function: &'static str,
        message: &mut Message,
        context: &CallContext,
        run: impl FnOnce(&mut Store<HostState>, &Exports) -> wasmtime::Result<GuestVerdict> + Send,
    ) -> Result<Verdict, CallError> {
        let changes = |verdict: &GuestVerdict| match verdict {
            GuestVerdict::Forward | GuestVerdict::Replace(_) => Changes::Keep,
            GuestVerdict::Drop | GuestVerdict::Reject(_) => Changes::Undo,
        };
        self.traced(function, message, |this, message| {
            let subject = Subject { message, context, access: Access::Change };
            let verdict = this.call_about(function, subject, changes, run)?;
            Ok(answer::verdict(this.plugin.name(), verdict))
        })
    }

    /// Asks a router where a message goes. `message` is borrowed for the call and not changed.
    ///
    /// # Errors
    /// [`CallError`]; `BadAnswer` if the guest names an illegal topic.
    pub fn route(
        &mut self,
        message: &mut Message,
        context: &CallContext,
    ) -> Result<Result<Destination, Rejection>, CallError> {
        self.traced(ROUTE, message, |this, message| {
            let topic = message.topic.clone();
            let answer = this.call_reading(ROUTE, message, context, |store, exports| {
                having(exports.router.as_ref())?.call_route(store, topic.as_str())
            })?;
            match answer {
                Ok(destination) => answer::destination(&destination)
                    .map(Ok)
                    .map_err(|reason| this.bad_answer(ROUTE, reason)),
                Err(rejection) => Ok(Err(answer::rejection(this.plugin.name(), &rejection))),
            }
        })
    }

    /// Asks a partitioner about all messages of a burst that go to one topic.
    ///
    /// # Errors
    /// [`CallError`]; `BadAnswer` for a list of the wrong length or a partition that is not there.
    pub fn partition_many(&mut self, burst: &Burst<'_>) -> Result<Placements, CallError> {
        let mut burst = *burst;
        self.traced(PARTITION_MANY, &mut burst, |this, burst| {
            let imports_burst = this.plugin.template.outline.asks_burst;
            let call = this.role_call(PARTITION_MANY);
            let instance = this.instance()?;
            if imports_burst {
                instance.state().burst.take(burst);
            }
            let outcome = instance.call(call, |store, exports| {
                let role = having(exports.partitioner.as_ref())?;
                role.call_partition_many(store, burst.keys, burst.ends, burst.partitions)
            });
            instance.state().burst.put_down();
            let partitions = this.settle(outcome)?;
            Placements::check(partitions, burst)
                .map_err(|reason| this.bad_answer(PARTITION_MANY, reason))
        })
    }

    /// Asks a transcoder for the stored form of a message's value; `None` for a tombstone, about
    /// which it is not asked. `message` is borrowed for the call and not changed.
    ///
    /// # Errors
    /// [`CallError`].
    pub fn encode(
        &mut self,
        message: &mut Message,
        context: &CallContext,
    ) -> Result<Result<Option<Bytes>, Rejection>, CallError> {
        let Some(value) = message.record.value.clone() else { return Ok(Ok(None)) };
        self.transcode(ENCODE, message, context, |store, exports| {
            having(exports.transcoder.as_ref())?.call_encode(store, &value)
        })
    }

    /// Asks a transcoder for the form of a stored value that clients see; else as
    /// [`PooledInstance::encode`].
    ///
    /// # Errors
    /// [`CallError`].
    pub fn decode(
        &mut self,
        message: &mut Message,
        context: &CallContext,
    ) -> Result<Result<Option<Bytes>, Rejection>, CallError> {
        let Some(value) = message.record.value.clone() else { return Ok(Ok(None)) };
        self.transcode(DECODE, message, context, |store, exports| {
            having(exports.transcoder.as_ref())?.call_decode(store, &value)
        })
    }

    fn transcode(
        &mut self,
        function: &'static str,
        message: &mut Message,
        context: &CallContext,
        run: impl FnOnce(&mut Store<HostState>, &Exports) -> wasmtime::Result<GuestTranscoded> + Send,
    ) -> Result<Result<Option<Bytes>, Rejection>, CallError> {
        self.traced(function, message, |this, message| {
            Ok(match this.call_reading(function, message, context, run)? {
                Ok(value) => Ok(Some(Bytes::from(value))),
                Err(rejection) => Err(answer::rejection(this.plugin.name(), &rejection)),
            })
        })
    }

    /// Makes one call whose guest may only read the message.
    fn call_reading<T: Send>(
        &mut self,
        function: &'static str,
        message: &mut Message,
        context: &CallContext,
        run: impl FnOnce(&mut Store<HostState>, &Exports) -> wasmtime::Result<T> + Send,
    ) -> Result<T, CallError> {
        let subject = Subject { message, context, access: Access::Read };
        self.call_about(function, subject, |_| Changes::Undo, run)
    }

    /// Makes one call with the message in the guest's reach, if the guest asks for it at all.
    fn call_about<T: Send>(
        &mut self,
        function: &'static str,
        subject: Subject<'_>,
        changes: impl FnOnce(&T) -> Changes,
        run: impl FnOnce(&mut Store<HostState>, &Exports) -> wasmtime::Result<T> + Send,
    ) -> Result<T, CallError> {
        let imports_current = self.plugin.template.outline.asks_current;
        let call = self.role_call(function);
        let Subject { message, context, access } = subject;
        let instance = self.instance()?;
        if imports_current {
            instance.state().current.enter(message, context, access);
        }
        let outcome = instance.call(call, run);
        let changes = outcome.as_ref().map_or(Changes::Undo, changes);
        instance.state().current.leave(message, changes);
        self.settle(outcome)
    }

    fn role_call(&self, function: &'static str) -> Call {
        Call { name: function, limit: self.plugin.settings.limits.call_deadline }
    }
}
