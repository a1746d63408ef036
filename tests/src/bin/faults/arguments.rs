//! The command line.

use std::{
    str::FromStr,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use sluicegate_tests::faults::shape::Shape;

/// What is to be done, and its size.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) mode: Mode,
    pub(crate) shape: Shape,
}

/// What is to be done.
#[derive(Debug)]
pub(crate) enum Mode {
    /// Faults drawn from a seed.
    Run(Until),
    /// No broker for a while.
    Outage(Outage),
}

/// All of these must be reached.
#[derive(Debug)]
pub(crate) struct Until {
    pub(crate) faults: u64,
    pub(crate) messages: u64,
    pub(crate) time: Duration,
}

/// How the only broker is taken away.
#[derive(Debug)]
pub(crate) struct Outage {
    pub(crate) time: Duration,
    pub(crate) how: How,
}

/// Ways to take a broker away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    Stop,
    Kill,
    Pause,
}

impl FromStr for How {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "stop" => Ok(Self::Stop),
            "kill" => Ok(Self::Kill),
            "pause" => Ok(Self::Pause),
            other => Err(format!("`{other}` is no way to take a broker away")),
        }
    }
}

impl Arguments {
    /// # Errors
    /// What is wrong, for the person who typed it.
    pub(crate) fn read(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut words = words.by_ref().peekable();
        let is_outage = words.next_if(|word| word == "outage").is_some();
        let mut shape = if is_outage { for_outage() } else { Shape::default() };
        shape.seed = any_seed();
        // A fault of each kind, unless something else is asked for.
        let mut until = Until { faults: 11, messages: 0, time: Duration::ZERO };
        let mut outage = Outage { time: Duration::from_mins(1), how: How::Stop };
        while let Some(name) = words.next() {
            let value = words.next().ok_or_else(|| format!("`{name}` lacks its value"))?;
            match name.as_str() {
                "--seed" => shape.seed = number(&name, &value)?,
                "--brokers" => shape.brokers = number(&name, &value)?,
                "--gateways" => shape.gateways = number(&name, &value)?,
                "--partitions" => shape.partitions = number(&name, &value)?,
                "--writers" => shape.writers = number(&name, &value)?,
                "--consumers" => shape.consumers = number(&name, &value)?,
                "--group-protocol" => shape.group_protocol = value,
                "--rate" => shape.rate = number(&name, &value)?,
                "--faults" if !is_outage => until.faults = number(&name, &value)?,
                "--messages" if !is_outage => until.messages = number(&name, &value)?,
                "--minutes" if !is_outage => {
                    until.time = Duration::from_mins(number(&name, &value)?);
                }
                "--seconds" if is_outage => {
                    outage.time = Duration::from_secs(number(&name, &value)?);
                }
                "--how" if is_outage => outage.how = value.parse()?,
                _ => return Err(format!("`{name}` is not known here")),
            }
        }
        if !is_outage && shape.brokers < 3 {
            return Err("the faults need at least 3 brokers".to_owned());
        }
        let mode = if is_outage { Mode::Outage(outage) } else { Mode::Run(until) };
        Ok(Self { mode, shape })
    }
}

/// One broker, one gateway, and clients that publish one message after the other.
fn for_outage() -> Shape {
    let writers = 64;
    Shape {
        brokers: 1,
        gateways: 1,
        writers,
        consumers: 0,
        depth: 1,
        rate: 20_000,
        ..Shape::default()
    }
}

/// Another one each time; it is printed.
fn any_seed() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::from(since.subsec_micros())
}

fn number<T: FromStr>(name: &str, value: &str) -> Result<T, String> {
    value.parse().map_err(|_| format!("`{name} {value}`: that is no number for it"))
}
