//! The time of each kind of call that a plugin has.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use sluicegate::{
    message::{Credentials, Denial, Grant, Message},
    plugin::{CallError, Plugin},
    trace::Tracing,
};

use super::{
    call_kind::{CallAnswer, CallKind},
    rounds::{Nanoseconds, best_of},
    sample::Sample,
};

/// Calls between two looks at the clock, and of one pooled instance; as many as a burst may well have.
pub(super) const CHUNK: u32 = 64;
/// Logins between two looks at the clock: they may wait for stores.
const LOGINS: u32 = 4;

/// One kind of call.
#[derive(Debug)]
pub(super) struct CallTime {
    pub(super) kind: CallKind,
    /// Of one call, or of one message of a burst; or why there is none.
    pub(super) time: Result<Nanoseconds, CallError>,
    /// The answer in a word or two.
    pub(super) answer: String,
    pub(super) bytes_in: usize,
    pub(super) bytes_out: usize,
}

/// Every kind of call that the plugin has.
pub(super) async fn calls_of(plugin: &Arc<Plugin>, sample: &Sample) -> Vec<CallTime> {
    let mut timed = Vec::new();
    // `decode` is asked about what `encode` answered.
    let mut stored = sample.input.message.clone();
    for kind in CallKind::of(plugin) {
        if kind == CallKind::Authenticate {
            timed.push(logins(plugin, sample).await);
            continue;
        }
        let message = if kind == CallKind::Decode { &stored } else { &sample.input.message };
        let (one, value) = calls(plugin, kind, message, sample);
        timed.push(one);
        if value.is_some() {
            stored.record.value = value;
        }
    }
    timed
}

/// One kind of call, and the value that a transcoder answered.
fn calls(
    plugin: &Arc<Plugin>,
    kind: CallKind,
    message: &Message,
    sample: &Sample,
) -> (CallTime, Option<Bytes>) {
    let bytes_in = kind.bytes_in(sample, message);
    let one = plugin.acquire(Tracing::Off).and_then(|mut instance| {
        let reply = kind.call(&mut instance, &mut message.clone(), sample)?;
        Ok((reply.words(), reply.bytes_out(), reply))
    });
    let (answer, bytes_out, reply) = match one {
        Ok(one) => one,
        Err(error) => {
            let answer = String::new();
            return (CallTime { kind, time: Err(error), answer, bytes_in, bytes_out: 0 }, None);
        }
    };
    let time = best_of(CHUNK, || chunk(plugin, kind, message, sample)).map(|time| {
        let messages = kind.messages();
        Nanoseconds { best: time.best / messages, median: time.median / messages }
    });
    let value = if let CallAnswer::Value(value) = reply { value } else { None };
    (CallTime { kind, time, answer, bytes_in, bytes_out }, value)
}

/// [`CHUNK`] calls of one pooled instance; taking it, and making the messages, are not part of the time.
pub(super) fn chunk(
    plugin: &Arc<Plugin>,
    kind: CallKind,
    message: &Message,
    sample: &Sample,
) -> Result<Duration, CallError> {
    let mut messages = vec![message.clone(); CHUNK as usize];
    let mut instance = plugin.acquire(Tracing::Off)?;
    let began = Instant::now();
    for message in &mut messages {
        kind.call(&mut instance, message, sample)?;
    }
    Ok(began.elapsed())
}

/// Logins wait for another thread, so their time is taken here and handed to the clock after.
async fn logins(plugin: &Arc<Plugin>, sample: &Sample) -> CallTime {
    let kind = CallKind::Authenticate;
    let login = &sample.input.credentials;
    let bytes_in = kind.bytes_in(sample, &sample.input.message);
    let answer = match plugin.authenticate(login.clone(), Tracing::Off).await.0 {
        Ok(answer) => words(&answer),
        Err(error) => {
            let answer = String::new();
            return CallTime { kind, time: Err(error), answer, bytes_in, bytes_out: 0 };
        }
    };
    // The clock is not asynchronous; this thread waits as a client would.
    let handle = tokio::runtime::Handle::current();
    let time = tokio::task::block_in_place(|| {
        best_of(LOGINS, || handle.block_on(some_logins(plugin, login)))
    });
    CallTime { kind, time, answer, bytes_in, bytes_out: 0 }
}

async fn some_logins(plugin: &Arc<Plugin>, login: &Credentials) -> Result<Duration, CallError> {
    let began = Instant::now();
    for _ in 0..LOGINS {
        let _ = plugin.authenticate(login.clone(), Tracing::Off).await.0?;
    }
    Ok(began.elapsed())
}

fn words(answer: &Result<Grant, Denial>) -> String {
    match answer {
        Ok(_) => "granted".into(),
        Err(Denial::NotMine) => "not mine".into(),
        Err(Denial::Refused(rejection)) => format!("denied: {}", rejection.public),
        Err(Denial::Unavailable(why)) => format!("unavailable: {why}"),
    }
}
