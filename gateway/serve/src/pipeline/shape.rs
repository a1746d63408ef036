//! First half of produce: filters, then the router.

use std::sync::Arc;

use tokio::time::Instant;

use super::{
    Chain, Outcome,
    chain::Lane,
    lease::{Failed, Leases},
    produce::Course,
    refusal::call_refusal,
};
use crate::{
    message::{ErrorCode, Message, Rejection, RouteScope, TopicName, Verdict},
    plugin::CallContext,
    trace::Step,
};

/// Runs filters and routers over a burst.
pub(super) struct Shaper<'c> {
    chain: &'c Chain,
    leases: Leases<'c>,
    context: &'c CallContext,
    deadline: Instant,
    /// The lane of the message before: most bursts are about one topic.
    last: Option<(TopicName, Arc<Lane>)>,
}

impl<'c> Shaper<'c> {
    pub(super) fn new(course: &Course<'c>, records: bool) -> Self {
        let Course { chain, counters, context, deadline, .. } = *course;
        let leases = Leases::new(chain, counters, records);
        Self { chain, leases, context, deadline, last: None }
    }

    /// The calls since the last time, as steps.
    pub(super) fn take_steps(&mut self) -> Vec<Step> {
        self.leases.take_steps()
    }

    /// Takes one message through; `Some` if its way ends here.
    pub(super) fn shape(&mut self, message: &mut Message) -> Option<Outcome> {
        let lane = self.lane(&message.topic);
        if lane.filters.is_empty() && lane.router.is_none() {
            return None;
        }
        if Instant::now() >= self.deadline {
            return Some(Outcome::Refused(too_late()));
        }
        for at in &lane.filters {
            if let Some(end) = self.filter(*at, message) {
                return Some(end);
            }
        }
        self.route(&lane, message).map(Outcome::Refused)
    }

    fn lane(&mut self, topic: &TopicName) -> Arc<Lane> {
        match &self.last {
            Some((last, lane)) if last == topic => Arc::clone(lane),
            _ => {
                let lane = self.chain.lane(topic);
                self.last = Some((topic.clone(), Arc::clone(&lane)));
                lane
            }
        }
    }

    fn filter(&mut self, at: usize, message: &mut Message) -> Option<Outcome> {
        let context = self.context;
        match self.leases.call(at, |lease| lease.on_produce(message, context)) {
            Ok(Verdict::Forward) | Err(Failed::Bypass) => None,
            Ok(Verdict::Replace(value)) => {
                message.record.value = Some(value);
                None
            }
            Ok(Verdict::Drop) => Some(Outcome::Dropped),
            Ok(Verdict::Reject(rejection)) => Some(Outcome::Refused(rejection)),
            Err(Failed::Refuse(error)) => {
                Some(Outcome::Refused(call_refusal(self.leases.plugin(at), error)))
            }
        }
    }

    fn route(&mut self, lane: &Lane, message: &mut Message) -> Option<Rejection> {
        let at = lane.router?;
        // Whoever writes down what happens wants to see the router too.
        if let Some(topic) = lane.route.get().filter(|_| !self.leases.records()) {
            message.topic = topic.clone();
            return None;
        }
        let context = self.context;
        match self.leases.call(at, |lease| lease.route(message, context)) {
            Ok(Ok(destination)) => {
                if destination.scope == RouteScope::Topic {
                    // Another session may have been first; its answer is the same.
                    let _ = lane.route.set(destination.topic.clone());
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
            Err(Failed::Refuse(error)) => Some(call_refusal(self.leases.plugin(at), error)),
        }
    }
}

/// What a message gets whose burst took too long in plugins. Nothing was stored.
pub(super) fn too_late() -> Rejection {
    Rejection::new(
        ErrorCode::Busy,
        "the plugins took longer than the publish deadline, nothing was stored",
    )
}
