//! Several gateways write steps at once, each with what it knows.

use proptest::prelude::*;

use super::{
    super::{recent::RecentSteps, step::Step},
    records,
};
use crate::message::PartitionOffset;

/// What happens to a topic and its order.
#[derive(Clone, Debug)]
enum Event {
    /// Records are stored in a partition.
    Stored { partition: usize, count: u64 },
    /// The topic gets one more partition.
    Grown,
    /// A gateway reads the order log up to so many records before its end.
    Read { gateway: usize, behind: usize },
    /// A gateway writes a step from what it knows; it saw the ends a while ago.
    Written { gateway: usize },
    /// A gateway looks at the ends of the partitions.
    Looked { gateway: usize },
    /// A gateway is restarted.
    Started { gateway: usize },
}

fn event() -> impl Strategy<Value = Event> {
    let gateway = 0..3_usize;
    prop_oneof![
        3 => (0..4_usize, 1..4_u64)
            .prop_map(|(partition, count)| Event::Stored { partition, count }),
        1 => Just(Event::Grown),
        3 => (gateway.clone(), 0..3_usize)
            .prop_map(|(gateway, behind)| Event::Read { gateway, behind }),
        6 => gateway.clone().prop_map(|gateway| Event::Written { gateway }),
        3 => gateway.clone().prop_map(|gateway| Event::Looked { gateway }),
        1 => gateway.prop_map(|gateway| Event::Started { gateway }),
    ]
}

/// One gateway.
struct Gateway {
    steps: RecentSteps,
    /// All that it ever saw, in order.
    seen: Vec<PartitionOffset>,
    ends: Vec<u64>,
}

impl Gateway {
    fn new() -> Self {
        Self { steps: RecentSteps::new(0).with_bytes_max(400), seen: Vec::new(), ends: Vec::new() }
    }

    fn read(&mut self, log: &[Vec<u8>], behind: usize) {
        let next = usize::try_from(self.steps.next()).unwrap();
        for (at, bytes) in log.iter().enumerate().take(log.len().saturating_sub(behind)).skip(next)
        {
            if self.steps.push(at as u64, bytes).expect("only gateways write") {
                self.seen.extend(records(self.steps.last().unwrap()));
            }
        }
    }

    fn write(&self, log: &mut Vec<Vec<u8>>) {
        let at = self.steps.next();
        let (epoch, before) =
            self.steps.last().map_or((at, vec![]), |last| (last.epoch, last.ends().to_vec()));
        let partitions = before.len().max(self.ends.len());
        let end = |ends: &[u64], at| ends.get(at).copied().unwrap_or(0);
        let ends: Vec<_> =
            (0..partitions).map(|at| end(&before, at).max(end(&self.ends, at))).collect();
        if ends != before {
            log.push(Step::new(at, epoch, &before, &ends).to_bytes().to_vec());
        }
    }
}

proptest! {
    #[test]
    fn all_gateways_agree_and_every_record_has_one_place(
        events in prop::collection::vec(event(), 1..200),
    ) {
        let mut topic = vec![0_u64; 2];
        let mut log: Vec<Vec<u8>> = Vec::new();
        let mut gateways = [Gateway::new(), Gateway::new(), Gateway::new()];
        for event in events {
            match event {
                Event::Stored { partition, count } => {
                    let partitions = topic.len();
                    topic[partition % partitions] += count;
                }
                Event::Grown if topic.len() < 5 => topic.push(0),
                Event::Grown => {}
                Event::Read { gateway, behind } => gateways[gateway].read(&log, behind),
                Event::Looked { gateway } => gateways[gateway].ends = topic.clone(),
                Event::Written { gateway } => gateways[gateway].write(&mut log),
                Event::Started { gateway } => gateways[gateway] = Gateway::new(),
            }
        }
        let mut last = Gateway::new();
        last.read(&log, 0);
        last.ends.clone_from(&topic);
        last.write(&mut log);
        last.read(&log, 0);

        // Each record once.
        let mut all: Vec<PartitionOffset> = last.seen.clone();
        all.sort_unstable();
        let stored = (0_u32..).zip(&topic).flat_map(|(p, end)| (0..*end).map(move |at| PartitionOffset::new(p, at)));
        prop_assert_eq!(all, stored.collect::<Vec<_>>());
        // In partitions the order is that of the offsets.
        for partition in 0..5 {
            let of: Vec<_> = last.seen.iter().filter(|at| at.partition == partition).collect();
            prop_assert!(of.is_sorted());
        }
        // Whoever knows less knows the beginning.
        for gateway in &mut gateways {
            prop_assert_eq!(&last.seen[..gateway.seen.len()], &gateway.seen[..]);
            gateway.read(&log, 0);
            prop_assert_eq!(&last.seen, &gateway.seen);
        }
    }
}
