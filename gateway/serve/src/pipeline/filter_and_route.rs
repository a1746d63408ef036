//! First half of produce: filters, then the router.

use std::sync::Arc;

use tokio::time::Instant;

use super::{
    Chain,
    burst::{BurstContext, Outcome},
    chain::TopicPlugins,
    instances::{BurstInstances, Failed},
    rejection::{plugin_rejection, too_late},
    traces::{CallSubject, Traces},
};
use crate::{
    message::{Message, Rejection, RouteScope, TopicName, Verdict},
    plugin::CallContext,
};

impl BurstContext<'_> {
    /// Runs filters and routers: `Some` for each message that ends there.
    pub(super) fn filter_and_route(
        &self,
        messages: &mut [Message],
        traces: &mut Traces,
    ) -> Vec<Option<Outcome>> {
        let mut outcomes: Vec<Option<Outcome>> = Vec::new();
        outcomes.resize_with(messages.len(), || None);
        if self.chain.plugins().is_empty() {
            return outcomes;
        }
        let mut filters = FilterAndRoute::new(self, traces);
        for (index, (message, outcome)) in messages.iter_mut().zip(&mut outcomes).enumerate() {
            *outcome = filters.run(index, message);
        }
        outcomes
    }
}

/// Runs filters and routers over the messages of a burst, one after the other.
struct FilterAndRoute<'c> {
    chain: &'c Chain,
    instances: BurstInstances<'c>,
    context: &'c CallContext,
    deadline: Instant,
    /// The plugins of the previous message: most bursts are about one topic.
    last: Option<(TopicName, Arc<TopicPlugins>)>,
}

impl<'c> FilterAndRoute<'c> {
    fn new(burst: &BurstContext<'c>, traces: &'c mut Traces) -> Self {
        let BurstContext { chain, counters, context, deadline, .. } = *burst;
        let instances = BurstInstances::new(chain, counters, traces);
        Self { chain, instances, context, deadline, last: None }
    }

    /// Runs the plugins over the message at `index`; `Some` if it ends here.
    fn run(&mut self, index: usize, message: &mut Message) -> Option<Outcome> {
        let plugins = self.plugins_of(&message.topic);
        if plugins.filters.is_empty() && plugins.router.is_none() {
            return None;
        }
        if Instant::now() >= self.deadline {
            return Some(Outcome::Rejected(too_late()));
        }
        for at in &plugins.filters {
            if let Some(end) = self.filter(*at, index, message) {
                return Some(end);
            }
        }
        self.route(&plugins, index, message).map(Outcome::Rejected)
    }

    fn plugins_of(&mut self, topic: &TopicName) -> Arc<TopicPlugins> {
        match &self.last {
            Some((last, plugins)) if last == topic => Arc::clone(plugins),
            _ => {
                let plugins = self.chain.plugins_of(topic);
                self.last = Some((topic.clone(), Arc::clone(&plugins)));
                plugins
            }
        }
    }

    fn filter(&mut self, at: usize, index: usize, message: &mut Message) -> Option<Outcome> {
        let (context, subject) = (self.context, CallSubject::Message(index));
        match self.instances.call(at, subject, |instance| instance.on_produce(message, context)) {
            Ok(Verdict::Forward) | Err(Failed::Bypass) => None,
            Ok(Verdict::Replace(value)) => {
                message.record.value = Some(value);
                None
            }
            Ok(Verdict::Drop) => Some(Outcome::Dropped),
            Ok(Verdict::Reject(rejection)) => Some(Outcome::Rejected(rejection)),
            Err(Failed::Refuse(error)) => {
                Some(Outcome::Rejected(plugin_rejection(self.instances.plugin(at), error)))
            }
        }
    }

    fn route(
        &mut self,
        plugins: &TopicPlugins,
        index: usize,
        message: &mut Message,
    ) -> Option<Rejection> {
        let at = plugins.router?;
        // A trace shows the router's call, so the remembered answer is not used.
        if let Some(topic) = plugins.route.get().filter(|_| !self.instances.traces.are_wanted()) {
            message.topic = topic.clone();
            return None;
        }
        let (context, subject) = (self.context, CallSubject::Message(index));
        match self.instances.call(at, subject, |instance| instance.route(message, context)) {
            Ok(Ok(destination)) => {
                if destination.scope == RouteScope::Topic {
                    // Another session may have been first; its answer is the same.
                    let _ = plugins.route.set(destination.topic.clone());
                }
                if destination.topic != message.topic {
                    message.topic = destination.topic;
                    // A partition named for the old topic means nothing in the new one.
                    message.partition = None;
                }
                None
            }
            Ok(Err(rejection)) => Some(rejection),
            Err(Failed::Bypass) => None,
            Err(Failed::Refuse(error)) => Some(plugin_rejection(self.instances.plugin(at), error)),
        }
    }
}
