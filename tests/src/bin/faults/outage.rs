//! The only broker goes away for a while under many publishing clients.

use std::{process::ExitCode, time::Duration};

use sluicegate_tests::faults::{
    check::{self, Evidence, Promise, Violation},
    clients::Clients,
    history::{Clock, Message},
    report::{Counts, Report},
    shape::{PUBLISH_MAX, Shape},
    stage::Stage,
};
use tokio::time::{Instant, sleep};

use crate::{
    arguments::{How, Outage},
    conclude,
    hiccup::Hiccups,
};

/// Load before the outage, until memory is what it is under load.
const WARM_UP: Duration = Duration::from_secs(8);

/// Load after the outage.
const AFTER: Duration = Duration::from_secs(6);

/// Pause between two looks at the gateway's memory.
const LOOK: Duration = Duration::from_millis(100);

/// Most that the gateway's own memory may grow while the broker is away.
const GROWTH_KIB_MAX: u64 = 10 << 10;

/// Within this time of the broker's return the first publish is acknowledged.
const SUCCESS_MAX: Duration = Duration::from_secs(2);

/// An answer this long after the broker went is no longer one to what it had stored before.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// What was measured.
struct Measured {
    before_kib: u64,
    highest_kib: u64,
    last_kib: u64,
    went: Duration,
    returned: Duration,
}

pub(crate) async fn run(shape: &Shape, outage: &Outage) -> ExitCode {
    println!("outage: {outage:?}, {shape:?}");
    let stage = Stage::start(shape).await.expect("loopback has free ports");
    let Some(mut stage) = stage else { return ExitCode::SUCCESS };
    let clock = Clock::start();
    let hiccups = Hiccups::watch();
    let mut clients = Clients::start(shape, &stage.addresses(), clock);

    sleep(WARM_UP).await;
    let measured = take_away(&mut stage, outage, clock).await;
    sleep(AFTER).await;

    let messages = clients.stop_writers().await;
    let evidence = Evidence {
        records: stage.content().await,
        messages,
        groups: Vec::new(),
        late: Vec::new(),
        publish_max: PUBLISH_MAX,
        hiccup: hiccups.longest(),
        healed: measured.returned,
        stopped: clock.now(),
        restarted: clock.now(),
    };
    let counts = Counts { answers: stage.answers(), ..Counts::default() };
    println!("\n{}", Report { evidence: &evidence, counts: &counts });
    let mut violations = check::all(&evidence);
    violations.extend(judge(&measured, &evidence.messages));
    conclude(&violations)
}

/// Takes the broker away, watches the gateway's memory, and brings the broker back.
async fn take_away(stage: &mut Stage, outage: &Outage, clock: Clock) -> Measured {
    let before_kib = stage.gateway(0).process().anonymous_kib();
    match outage.how {
        How::Stop => stage.cluster().stop(1).await,
        How::Kill => stage.cluster().kill(1).await,
        How::Pause => stage.cluster().pause(1),
    }
    let went = clock.now();
    let (mut highest_kib, mut last_kib) = (before_kib, before_kib);
    let began = Instant::now();
    while began.elapsed() < outage.time {
        last_kib = stage.gateway(0).process().anonymous_kib();
        highest_kib = highest_kib.max(last_kib);
        sleep(LOOK).await;
    }
    match outage.how {
        How::Stop | How::Kill => stage.cluster().start_again(1).await,
        How::Pause => stage.cluster().resume(1),
    }
    Measured { before_kib, highest_kib, last_kib, went, returned: clock.now() }
}

fn judge(measured: &Measured, messages: &[Message]) -> Vec<Violation> {
    let Measured { before_kib, highest_kib, last_kib, went, returned } = *measured;
    let growth_kib = highest_kib.saturating_sub(before_kib);
    println!("gateway's own memory before the outage   {before_kib} KiB");
    println!("  highest during it, and at its end      {highest_kib} KiB, {last_kib} KiB");
    let mut broken = Vec::new();
    let mut note = |promise, story| broken.push(Violation { promise, story });
    if growth_kib > GROWTH_KIB_MAX {
        note(Promise::FlatMemory, format!("it grew by {growth_kib} KiB"));
    }
    match first_success(messages, went + LAST_WORDS) {
        None => note(Promise::NoStall, "nothing was acknowledged after the outage".to_owned()),
        Some(first) => {
            let after = first.saturating_sub(returned);
            println!("first success after the broker's return  {:.3} s", after.as_secs_f64());
            if after > SUCCESS_MAX {
                let story = format!("the first success came {after:?} after the broker's return");
                note(Promise::NoStall, story);
            }
        }
    }
    broken
}

fn first_success(messages: &[Message], from: Duration) -> Option<Duration> {
    let attempts = messages.iter().flat_map(|message| &message.attempts);
    let good = attempts.filter(|attempt| attempt.answer.is_stored() && attempt.answered > from);
    good.map(|attempt| attempt.answered).min()
}
