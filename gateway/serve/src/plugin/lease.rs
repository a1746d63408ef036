//! One instance for one burst: the calls of all roles but the authenticator's.

use std::sync::Arc;

use bytes::Bytes;
use wasmtime::Store;

use super::{
    answer,
    bindings::{exports::sluicegate::plugin::filter::Verdict as GuestVerdict, sluicegate::plugin},
    burst::{Burst, CallContext, Placements},
    call::Call,
    call_error::CallError,
    host::{Access, Changes, HostState},
    instance::Instance,
    link::{Exports, having},
    loaded::Plugin,
    recording::Recording,
};
use crate::{
    message::{Destination, Message, Rejection, Verdict},
    trace::Outcome,
};

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
    /// Where steps are written down, if they are wanted.
    pub(super) recording: Option<Box<Recording>>,
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

impl Plugin {
    /// Takes an instance for one burst, or makes one.
    ///
    /// # Errors
    /// `Quarantined` or `Busy` at once; any other [`CallError`] if a new instance failed to start.
    pub fn lease(self: &Arc<Self>) -> Result<Lease, CallError> {
        Lease::new(Arc::clone(self))
    }
}

impl Lease {
    fn new(plugin: Arc<Plugin>) -> Result<Self, CallError> {
        let mut lease = Self { plugin, instance: None, is_probe: false, calls: 0, recording: None };
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
        let changes = |verdict: &GuestVerdict| match verdict {
            GuestVerdict::Forward | GuestVerdict::Replace(_) => Changes::Keep,
            GuestVerdict::Drop | GuestVerdict::Reject(_) => Changes::Undo,
        };
        let begun = self.begin(Some(subject.message));
        let Subject { message, context, access } = subject;
        let subject = Subject { message: &mut *message, context, access };
        let verdict = self.call_about(name, subject, changes, run);
        let verdict = verdict.map(|verdict| answer::verdict(self.plugin.name(), verdict));
        if begun.is_some() {
            let mut after = message.clone();
            if let Ok(Verdict::Replace(value)) = &verdict {
                after.record.value = Some(value.clone());
            }
            let outcomes = verdict.as_ref().map(|verdict| vec![filtered(verdict)]);
            self.end(begun, name, Some(after), outcomes);
        }
        verdict
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
        const NAME: &str = "router.route";
        let begun = self.begin(Some(message));
        let topic = message.topic.clone();
        let subject = Subject { message: &mut *message, context, access: Access::Read };
        let answer = self.call_about(
            NAME,
            subject,
            |_| Changes::Undo,
            |store, exports| having(exports.router.as_ref())?.call_route(store, topic.as_str()),
        );
        let answer = match answer {
            Ok(Ok(destination)) => {
                let checked = answer::destination(&destination);
                checked.map(Ok).map_err(|reason| self.bad_answer(NAME, reason))
            }
            Ok(Err(rejection)) => Ok(Err(answer::rejection(self.plugin.name(), &rejection))),
            Err(error) => Err(error),
        };
        if begun.is_some() {
            let mut after = message.clone();
            if let Ok(Ok(destination)) = &answer {
                after.topic = destination.topic.clone();
            }
            let outcomes = answer.as_ref().map(|answer| {
                vec![match answer {
                    Ok(destination) => Outcome::Route(destination.clone()),
                    Err(rejection) => Outcome::Reject(rejection.public.to_string()),
                }]
            });
            self.end(begun, NAME, Some(after), outcomes);
        }
        answer
    }

    /// Asks a partitioner about all messages of a burst that go to one topic.
    ///
    /// # Errors
    /// [`CallError`]; `BadAnswer` for a list of the wrong length or a partition that is not there.
    pub fn partition_many(&mut self, burst: &Burst<'_>) -> Result<Placements, CallError> {
        const NAME: &str = "partitioner.partition-many";
        let begun = self.begin(None);
        let placements = self.place(NAME, burst);
        if begun.is_some() {
            let (of, count) = (burst.partitions, burst.ends.len());
            let outcomes = placements.as_ref().map(|placements| {
                placements.iter().map(|chosen| Outcome::Partition { chosen, of }).collect()
            });
            self.end(begun, NAME, None, outcomes);
            self.repeat_failure(count);
        }
        placements
    }

    fn place(&mut self, name: &'static str, burst: &Burst<'_>) -> Result<Placements, CallError> {
        let asks = self.plugin.blueprint.outline.asks_burst;
        let call = self.role_call(name);
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
        Placements::check(partitions, burst).map_err(|reason| self.bad_answer(name, reason))
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
        let begun = self.begin(Some(subject.message));
        let Subject { message, context, access } = subject;
        let subject = Subject { message: &mut *message, context, access };
        let answer = self.call_about(name, subject, |_| Changes::Undo, run);
        let answer = answer.map(|answer| match answer {
            Ok(value) => Ok(Some(Bytes::from(value))),
            Err(rejection) => Err(answer::rejection(self.plugin.name(), &rejection)),
        });
        if begun.is_some() {
            let mut after = message.clone();
            if let Ok(Ok(value)) = &answer {
                after.record.value.clone_from(value);
            }
            let outcomes = answer.as_ref().map(|answer| {
                vec![match answer {
                    Ok(_) => Outcome::Transcoded,
                    Err(rejection) => Outcome::Reject(rejection.public.to_string()),
                }]
            });
            self.end(begun, name, Some(after), outcomes);
        }
        answer
    }

    /// Makes one call with the message in the guest's reach, if the guest asks for it at all.
    fn call_about<T: Send>(
        &mut self,
        name: &'static str,
        subject: Subject<'_>,
        changes: impl FnOnce(&T) -> Changes,
        run: impl FnOnce(&mut Store<HostState>, &Exports) -> wasmtime::Result<T> + Send,
    ) -> Result<T, CallError> {
        let asks = self.plugin.blueprint.outline.asks_current;
        let call = self.role_call(name);
        let Subject { message, context, access } = subject;
        let instance = self.instance()?;
        if asks {
            instance.state().current.enter(message, context, access);
        }
        let outcome = instance.call(call, run);
        let changes = outcome.as_ref().map_or(Changes::Undo, changes);
        instance.state().current.leave(message, changes);
        self.settle(outcome)
    }

    fn role_call(&self, name: &'static str) -> Call {
        Call { name, limit: self.plugin.settings.limits.call_deadline }
    }
}

fn filtered(verdict: &Verdict) -> Outcome {
    match verdict {
        Verdict::Forward | Verdict::Replace(_) => Outcome::Forward,
        Verdict::Drop => Outcome::Drop,
        Verdict::Reject(rejection) => Outcome::Reject(rejection.public.to_string()),
    }
}

/// What a transcoder answers.
type Transcoded = Result<Vec<u8>, plugin::types::Rejection>;
