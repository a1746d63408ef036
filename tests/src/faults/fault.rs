//! The faults, and how they are drawn: each kind comes once before any comes again.

use std::{fmt, time::Duration};

use super::{proxy::Treatment, random::Random, shape::Shape};

/// Something that goes wrong. Brokers count from 1, gateways from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "who and how long: the fields' names say it all")]
pub enum Fault {
    /// SIGKILL, and a start after some time.
    KillBroker { broker: usize, down: Duration },
    /// An orderly stop, which moves its leaders away, and a start after some time.
    RestartBroker { broker: usize, down: Duration },
    /// SIGSTOP for some time: connections stay, nothing answers.
    PauseBroker { broker: usize, time: Duration },
    /// All partitions, also those of the group coordinators, get other leaders.
    MoveLeaders { shift: usize },
    /// Answers to Produce are dropped, delayed or cut.
    TreatAnswers { treatment: Treatment, count: u64, time: Duration },
    /// Two brokers are killed at once: no majority is left.
    KillTwoBrokers { left: usize, down: Duration },
    /// `min.insync.replicas` is 3 while one broker is down: the leader says no at once.
    StrictReplicas { broker: usize, down: Duration },
    /// SIGKILL of a gateway, and a start after some time.
    KillGateway { gateway: usize, down: Duration },
    /// Half of all clients break off in the middle of what they do.
    KillClients { draw: u64 },
}

impl Fault {
    /// What the table counts it under.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::KillBroker { .. } => "broker killed",
            Self::RestartBroker { .. } => "broker restarted",
            Self::PauseBroker { .. } => "broker paused",
            Self::MoveLeaders { .. } => "leaders moved",
            Self::TreatAnswers { treatment, .. } => match treatment {
                Treatment::Pass => "answers passed",
                Treatment::Drop => "answers dropped",
                Treatment::Delay(_) => "answers delayed",
                Treatment::Cut => "answers cut",
            },
            Self::KillTwoBrokers { .. } => "two brokers killed",
            Self::StrictReplicas { .. } => "too few replicas",
            Self::KillGateway { .. } => "gateway killed",
            Self::KillClients { .. } => "clients killed",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())?;
        match self {
            Self::KillBroker { broker, down: time }
            | Self::RestartBroker { broker, down: time }
            | Self::PauseBroker { broker, time }
            | Self::StrictReplicas { broker, down: time } => {
                write!(f, ": broker {broker} for {:.1} s", time.as_secs_f64())
            }
            Self::KillTwoBrokers { left, down } => {
                write!(f, ": all but broker {left} for {:.1} s", down.as_secs_f64())
            }
            Self::KillGateway { gateway, down } => {
                write!(f, ": gateway {gateway} for {:.1} s", down.as_secs_f64())
            }
            Self::TreatAnswers { treatment: Treatment::Delay(by), count, .. } => {
                write!(f, ": {count} at each broker by {:.1} s", by.as_secs_f64())
            }
            Self::TreatAnswers { count, .. } => write!(f, ": {count} at each broker"),
            Self::MoveLeaders { .. } | Self::KillClients { .. } => Ok(()),
        }
    }
}

/// Kinds that are drawn.
const KINDS: usize = 11;

/// Draws faults.
#[derive(Debug)]
pub struct Deck {
    random: Random,
    shape: Shape,
    left: Vec<usize>,
}

impl Deck {
    /// A shuffled deck for a run.
    pub fn new(shape: &Shape) -> Self {
        let random = Random::new(shape.seed).part(1);
        Self { random, shape: shape.clone(), left: Vec::new() }
    }

    /// The next fault.
    pub fn draw(&mut self) -> Fault {
        if self.left.is_empty() {
            self.left = (0..KINDS).collect();
            self.random.shuffle(&mut self.left);
        }
        let kind = self.left.pop().expect("it was filled");
        let broker = 1 + self.random.index(self.shape.brokers);
        let down = self.time(500, 7000);
        match kind {
            0 => Fault::KillBroker { broker, down },
            1 => Fault::RestartBroker { broker, down },
            2 => Fault::PauseBroker { broker, time: down },
            3 => Fault::MoveLeaders { shift: 1 + self.random.index(self.shape.brokers - 1) },
            4 => self.treat(Treatment::Drop),
            5 => {
                let time = self.time(100, 4000);
                self.treat(Treatment::Delay(time))
            }
            6 => self.treat(Treatment::Cut),
            7 => Fault::KillTwoBrokers { left: broker, down },
            8 => Fault::StrictReplicas { broker, down },
            9 => {
                let gateway = self.random.index(self.shape.gateways);
                Fault::KillGateway { gateway, down: self.time(0, 3000) }
            }
            _ => Fault::KillClients { draw: self.random.next() },
        }
    }

    /// A pause between two faults.
    pub fn rest(&mut self) -> Duration {
        self.time(500, 2500)
    }

    fn treat(&mut self, treatment: Treatment) -> Fault {
        let count = self.random.between(1, 20);
        Fault::TreatAnswers { treatment, count, time: self.time(1000, 4000) }
    }

    fn time(&mut self, from_ms: u64, to_ms: u64) -> Duration {
        Duration::from_millis(self.random.between(from_ms, to_ms))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_seed_draws_the_same_faults_again_and_each_kind_once_a_round() {
        let draw = || {
            let mut deck = Deck::new(&Shape::default());
            (0..KINDS).map(|_| deck.draw()).collect::<Vec<_>>()
        };
        assert_eq!(draw(), draw());
        let kinds: BTreeSet<_> = draw().iter().map(Fault::kind).collect();
        assert_eq!(kinds.len(), KINDS);
    }
}
