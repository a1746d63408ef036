//! The load: callers that send so many messages at once and wait for all their answers.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use tokio::task::JoinSet;

/// Someone who publishes.
pub(crate) trait Caller: Send + 'static {
    /// Sends a number of messages, the same every time, and waits until all are acknowledged.
    fn burst(&mut self) -> impl Future<Output = ()> + Send;
}

/// How many callers there are, and how many messages each has in flight.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) callers: usize,
    pub(crate) depth: usize,
}

impl Shape {
    /// The keys of one caller's messages: no two callers share one.
    pub(crate) fn keys(self, caller: usize) -> impl Iterator<Item = String> {
        let first = caller * self.depth;
        (first..first + self.depth).map(|n| format!("key-{n}"))
    }
}

/// What a round showed.
#[derive(Clone)]
pub(crate) struct Round {
    /// Acknowledged messages.
    pub(crate) messages: f64,
    /// Seconds it took.
    pub(crate) seconds: f64,
    /// Median of the time that one burst took, in milliseconds.
    pub(crate) p50: f64,
    /// The time that one in a hundred bursts exceeded, in milliseconds.
    pub(crate) p99: f64,
}

impl Round {
    /// Messages a second.
    pub(crate) fn rate(&self) -> f64 {
        self.messages / self.seconds
    }
}

/// Lets all callers publish for `time`.
pub(crate) async fn round<C: Caller>(callers: Vec<C>, depth: usize, time: Duration) -> Round {
    let mut tasks = JoinSet::new();
    let began = Instant::now();
    for caller in callers {
        tasks.spawn(publish(caller, began + time));
    }
    let mut times = tasks.join_all().await.concat();
    let seconds = began.elapsed().as_secs_f64();
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
    let [p50, p99] = [50, 99].map(|percent| at(percent).as_secs_f64() * 1e3);
    #[allow(clippy::cast_precision_loss, reason = "rates need no 53 bits")]
    let messages = (times.len() * depth) as f64;
    Round { messages, seconds, p50, p99 }
}

/// Publishes until the end of the round; answers how long each burst took.
async fn publish<C: Caller>(mut caller: C, end: Instant) -> Vec<Duration> {
    let mut times = Vec::new();
    loop {
        let began = Instant::now();
        caller.burst().await;
        times.push(began.elapsed());
        if Instant::now() >= end {
            return times;
        }
    }
}
