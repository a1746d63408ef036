//! Places keys as Kafka's client libraries do, so that programs which still write to Kafka
//! directly and those behind the gateway agree where a key lives.

mod formula;
mod hash;

pub use formula::Formula;

use serde::Deserialize;
use sluicegate_plugin::{Burst, Partitioner, Placement, Plugin};

/// What the TOML file says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    #[serde(default)]
    formula: Formula,
}

/// A partitioner with one formula.
#[derive(Debug)]
pub struct PartitionHash {
    formula: Formula,
}

impl Plugin for PartitionHash {
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, String> {
        Ok(Self { formula: settings.formula })
    }
}

impl Partitioner for PartitionHash {
    fn partition(&mut self, key: Option<&[u8]>, partitions: u32) -> Option<u32> {
        self.formula.place(key, partitions)
    }

    fn partition_burst(&mut self, burst: &Burst, placement: &mut Placement) {
        match self.formula {
            Formula::LeastBytes => place_least_bytes(burst, placement),
            Formula::RoundRobin => place_round_robin(burst, placement),
            _ => {
                for key in burst.keys() {
                    placement.push(self.formula.place(key, burst.partitions()));
                }
            }
        }
    }
}

/// Fills up the partition with the fewest bytes so far; the lowest number on a tie.
fn place_least_bytes(burst: &Burst, placement: &mut Placement) {
    let mut placed = burst.placed_bytes();
    placed.resize(burst.partitions() as usize, 0);
    for size in burst.sizes() {
        let least = (0..burst.partitions()).min_by_key(|&partition| placed[partition as usize]);
        if let Some(partition) = least {
            placed[partition as usize] += u64::from(size);
        }
        placement.push(least);
    }
}

fn place_round_robin(burst: &Burst, placement: &mut Placement) {
    let partitions = u64::from(burst.partitions());
    for turn in (burst.placed_messages()..).take(burst.len()) {
        placement.push(u32::try_from(turn % partitions).ok());
    }
}

sluicegate_plugin::export!(PartitionHash: Partitioner);

#[cfg(test)]
mod tests {
    use sluicegate_plugin::{
        serde_json::json,
        testing::{BurstCall, configure},
    };

    use super::PartitionHash;

    fn partition(formula: &str, burst: &BurstCall) -> Vec<Option<u32>> {
        burst.partition(&mut configure::<PartitionHash>(json!({ "formula": formula })).unwrap())
    }

    #[test]
    fn least_bytes_fills_up_and_breaks_ties_downwards() {
        let burst = BurstCall::new("t", 3).placed([5, 0, 0], 9);
        let burst =
            burst.message(None, 4).message(Some(b"key"), 3).message(None, 1).message(None, 9);
        assert_eq!(partition("least-bytes", &burst), [1, 2, 1, 0].map(Some));
    }

    #[test]
    fn round_robin_goes_on_where_the_last_burst_ended() {
        let burst = BurstCall::new("t", 3).placed([0; 3], 5).key("a").key("a").key("a").key("a");
        assert_eq!(partition("round-robin", &burst), [2, 0, 1, 2].map(Some));
    }

    #[test]
    fn sticky_leaves_all_to_the_gateway() {
        assert_eq!(partition("sticky", &BurstCall::new("t", 3).key("a")), [None]);
    }

    #[test]
    fn hashes_place_a_burst_as_they_place_single_keys() {
        let burst = BurstCall::new("t", 10).key("x").message(None, 1).key("").key("id");
        assert_eq!(partition("murmur2", &burst), [Some(6), None, Some(1), Some(7)]);
    }

    #[test]
    fn an_unknown_formula_is_refused_with_the_ones_there_are() {
        let error = configure::<PartitionHash>(json!({ "formula": "md5" })).unwrap_err();
        assert!(error.contains("unknown variant `md5`, expected one of `murmur2`"), "{error}");
    }
}
