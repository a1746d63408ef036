//! The order of traces, which must not depend on which of several readers is served first.

use std::fmt::Write as _;

use sluicegate::trace::{Subject, Trace};

/// Traces of one line, in an order that is the same each time: messages and logins as they came,
/// then records by their place; where several clients get one record, by what the plugins did.
pub(super) fn sorted(mut traces: Vec<Trace>) -> Vec<Trace> {
    traces.sort_by_cached_key(|trace| match &trace.subject {
        Subject::Published(_) | Subject::Login { .. } => None,
        Subject::Consumed { message, offset } => {
            Some((message.topic.clone(), message.partition, *offset, what_plugins_did(trace)))
        }
    });
    traces
}

fn what_plugins_did(trace: &Trace) -> String {
    trace.steps.iter().fold(String::new(), |mut text, step| {
        // Writing to a string does not fail. How long a step took is left out.
        let _ = write!(text, "{:?}", (&step.plugin.name, &step.outcome, &step.change, &step.lines));
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sluicegate::message::{Message, Record, TopicName};

    fn consumed(partition: u32, offset: u64) -> Trace {
        let topic = TopicName::new("orders").unwrap();
        let record = Record::default();
        let (partition, expected_offset) = (Some(partition), None);
        let message = Message { topic, partition, record, expected_offset };
        Trace { subject: Subject::Consumed { message, offset }, steps: Vec::new(), end: None }
    }

    fn login(username: &str) -> Trace {
        let subject = Subject::Login { username: username.into() };
        Trace { subject, steps: Vec::new(), end: None }
    }

    #[test]
    fn records_stand_by_place_behind_all_that_came() {
        let traces = vec![consumed(1, 0), login("b"), consumed(0, 7), login("a"), consumed(0, 2)];
        let places: Vec<_> = sorted(traces)
            .into_iter()
            .map(|trace| match trace.subject {
                Subject::Login { username } => username,
                Subject::Consumed { message, offset } => {
                    format!("{}/{offset}", message.partition.unwrap_or_default())
                }
                Subject::Published(_) => String::new(),
            })
            .collect();
        assert_eq!(places, ["b", "a", "0/2", "0/7", "1/0"]);
    }
}
