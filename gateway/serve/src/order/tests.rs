//! Orders against a simple model: a list of records in their order.

mod history; // older steps, ranges and cursors over a long log
mod writers; // gateways that write at once

use super::step::Step;
use crate::message::PartitionOffset;

/// The records of a step, in their order.
fn records(step: &Step) -> Vec<PartitionOffset> {
    let of = |partition| {
        (step.prev(partition)..step.end(partition))
            .map(move |at| PartitionOffset::new(partition, at))
    };
    (0..step.partitions()).flat_map(of).collect()
}
