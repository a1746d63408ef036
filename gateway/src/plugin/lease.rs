//! One instance for one burst: the calls of all roles but the authenticator's.

use std::sync::Arc;

use bytes::Bytes;
use wasmtime::Store;

use super::{
    Plugin, answer,
    bindings::{exports::sluicegate::plugin::filter::Verdict as GuestVerdict, sluicegate::plugin},
    burst::{Burst, CallContext, Destination, Placements},
    call_error::CallError,
    host::{Access, HostState, MessageInHand},
    instance::{Call, Instance},
    link::{Exports, having},
};
use crate::message::{Message, Rejection, Verdict};

/// One instance of a plugin, for one burst on one thread. Goes back to the plugin when dropped.
///
/// After a failed call the next call gets another instance.
pub struct Lease {
    pub(super) plugin: Arc<Plugin>,
    pub(super) instance: Option<Instance>,
    /// This lease is the one try after a quarantine, and has not told how it went.
    pub(super) is_probe: bool,
    /// Calls not yet added to the plugin's count.
    pub(super) calls: u64,
}

/// The message of a call and what may be done with it.
struct Subject<'a> {
    message: &'a mut Message,
    context: &'a CallContext,
    access: Access,
}

impl std::fmt::Debug for Lease {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lease").field("plugin", &self.plugin.name()).finish_non_exhaustive()
    }
}

impl Lease {
    pub(super) fn new(plugin: Arc<Plugin>) -> Result<Self, CallError> {
        let mut lease = Self { plugin, instance: None, is_probe: false, calls: 0 };
        lease.take_instance()?;
        Ok(lease)
    }

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
        let subject = Subject { message, context, access: Access::Change };
        self.filter("filter.on-produce", subject, |store, exports| {
            having(exports.filter.as_ref())?.call_on_produce(store, value.as_deref())
        })
    }

    /// Asks a filter about a record that a client is about to get; else as
    /// [`Lease::on_produce`].
    ///
    /// # Errors
    /// [`CallError`]; `message` is as it was.
    pub fn on_consume(
        &mut self,
        message: &mut Message,
        context: &CallContext,
    ) -> Result<Verdict, CallError> {
        let value = message.record.value.clone();
        let subject = Subject { message, context, access: Access::Change };
        self.filter("filter.on-consume", subject, |store, exports| {
            having(exports.filter.as_ref())?.call_on_consume(store, value.as_deref())
        })
    }

    fn filter(
        &mut self,
        name: &'static str,
        subject: Subject<'_>,
        run: impl FnOnce(&mut Store<HostState>, &Exports) -> wasmtime::Result<GuestVerdict> + Send,
    ) -> Result<Verdict, CallError> {
        let keep = |verdict: &GuestVerdict| {
            matches!(verdict, GuestVerdict::Forward | GuestVerdict::Replace(_))
        };
        let verdict = self.call_about(name, subject, keep, run)?;
        Ok(answer::verdict(self.plugin.name(), verdict))
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
        let topic = message.topic.clone();
        let subject = Subject { message, context, access: Access::Read };
        let answer = self.call_about(
            "router.route",
            subject,
            |_| false,
            |store, exports| having(exports.router.as_ref())?.call_route(store, topic.as_str()),
        )?;
        match answer {
            Ok(destination) => {
                let checked = answer::destination(&destination);
                checked.map(Ok).map_err(|reason| self.bad_answer("router.route", reason))
            }
            Err(rejection) => Ok(Err(answer::rejection(self.plugin.name(), &rejection))),
        }
    }

    /// Asks a partitioner about all messages of a burst that go to one topic.
    ///
    /// # Errors
    /// [`CallError`]; `BadAnswer` for a list of the wrong length or a partition that is not there.
    pub fn partition_many(&mut self, burst: &Burst<'_>) -> Result<Placements, CallError> {
        const NAME: &str = "partitioner.partition-many";
        let asks = self.plugin.blueprint.outline.asks_burst;
        let call = self.role_call(NAME);
        let instance = self.instance()?;
        if asks {
            instance.state().burst.take(burst);
        }
        let outcome = instance.call(call, |store, exports| {
            let role = having(exports.partitioner.as_ref())?;
            role.call_partition_many(store, burst.keys, burst.ends, burst.partitions)
        });
        instance.state().burst.put_down();
        let partitions = self.settle(outcome)?;
        Placements::check(partitions, burst).map_err(|reason| self.bad_answer(NAME, reason))
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
        let subject = Subject { message, context, access: Access::Read };
        self.transcode("transcoder.encode", subject, |store, exports| {
            having(exports.transcoder.as_ref())?.call_encode(store, &value)
        })
    }

    /// Asks a transcoder for the form of a stored value that clients see; else as
    /// [`Lease::encode`].
    ///
    /// # Errors
    /// [`CallError`].
    pub fn decode(
        &mut self,
        message: &mut Message,
        context: &CallContext,
    ) -> Result<Result<Option<Bytes>, Rejection>, CallError> {
        let Some(value) = message.record.value.clone() else { return Ok(Ok(None)) };
        let subject = Subject { message, context, access: Access::Read };
        self.transcode("transcoder.decode", subject, |store, exports| {
            having(exports.transcoder.as_ref())?.call_decode(store, &value)
        })
    }

    fn transcode(
        &mut self,
        name: &'static str,
        subject: Subject<'_>,
        run: impl FnOnce(&mut Store<HostState>, &Exports) -> wasmtime::Result<Transcoded> + Send,
    ) -> Result<Result<Option<Bytes>, Rejection>, CallError> {
        let answer = self.call_about(name, subject, |_| false, run)?;
        Ok(match answer {
            Ok(value) => Ok(Some(Bytes::from(value))),
            Err(rejection) => Err(answer::rejection(self.plugin.name(), &rejection)),
        })
    }

    /// Makes one call with the message in the guest's reach, if the guest asks for it at all.
    fn call_about<T: Send>(
        &mut self,
        name: &'static str,
        subject: Subject<'_>,
        keep_changes: impl FnOnce(&T) -> bool,
        run: impl FnOnce(&mut Store<HostState>, &Exports) -> wasmtime::Result<T> + Send,
    ) -> Result<T, CallError> {
        let asks = self.plugin.blueprint.outline.asks_current;
        let call = self.role_call(name);
        let Subject { message, context, access } = subject;
        let instance = self.instance()?;
        if asks {
            instance.state().message = Some(MessageInHand::take(message, context, access));
        }
        let outcome = instance.call(call, run);
        if let Some(in_hand) = instance.state().message.take() {
            in_hand.put_down(message, outcome.as_ref().is_ok_and(keep_changes));
        }
        self.settle(outcome)
    }

    fn role_call(&self, name: &'static str) -> Call {
        Call { name, limit: self.plugin.settings.limits.call_deadline }
    }
}

/// What a transcoder answers.
type Transcoded = Result<Vec<u8>, plugin::types::Rejection>;
