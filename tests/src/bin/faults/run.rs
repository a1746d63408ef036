//! A run: faults one at a time under load, then the promises.

use std::{process::ExitCode, time::Duration};

use sluicegate_tests::faults::{
    check::{self, Evidence},
    clients::Clients,
    consumer::Seen,
    fault::Deck,
    history::Clock,
    report::{Counts, Report},
    shape::{PUBLISH_MAX, Shape},
    stage::Stage,
};
use tokio::time::sleep;

use crate::{arguments::Until, conclude, hiccup::Hiccups};

/// Load before the first fault and after the last one.
const CALM: Duration = Duration::from_secs(4);

/// How long the consumers are listened to after their clean restart.
const AFTER_RESTART: Duration = Duration::from_secs(5);

/// How long faults are done, and to what.
#[derive(Clone, Copy)]
struct Plan<'p> {
    shape: &'p Shape,
    until: &'p Until,
    clock: Clock,
}

pub(crate) async fn run(shape: &Shape, until: &Until) -> ExitCode {
    println!("seed {}: {shape:?}", shape.seed);
    let stage = Stage::start(shape).await.expect("loopback has free ports");
    let Some(mut stage) = stage else { return ExitCode::SUCCESS };
    let clock = Clock::start();
    let hiccups = Hiccups::watch();
    let mut clients = Clients::start(shape, &stage.addresses(), clock);
    let mut counts = Counts::default();

    sleep(CALM).await;
    let healed = faults(&mut stage, &clients, Plan { shape, until, clock }, &mut counts).await;
    sleep(CALM).await;

    let mut evidence = gather(&stage, &mut clients, clock, healed).await;
    evidence.hiccup = hiccups.longest();
    counts.answers = stage.answers();
    count_consumers(&clients, &mut counts);
    println!("\n{}", Report { evidence: &evidence, counts: &counts });
    let violations = check::all(&evidence);
    if !violations.is_empty() {
        for (complaint, count) in stage.complaints() {
            println!("{count:>9} times  {complaint}");
        }
    }
    println!("seed {}", shape.seed);
    conclude(&violations)
}

/// Does faults until everything that is asked for is reached; when the last one was undone.
async fn faults(
    stage: &mut Stage,
    clients: &Clients,
    plan: Plan<'_>,
    counts: &mut Counts,
) -> Duration {
    let Plan { shape, until, clock } = plan;
    let mut deck = Deck::new(shape);
    let mut healed = clock.now();
    let mut done = 0;
    while done < until.faults || clients.acknowledged() < until.messages || clock.now() < until.time
    {
        let fault = deck.draw();
        let began = clock.now().as_secs_f64();
        println!("{began:>8.1} s  {:>9} acknowledged  {fault}", clients.acknowledged());
        stage.apply(&fault, shape.partitions, clients).await;
        healed = clock.now();
        *counts.faults.entry(fault.kind()).or_default() += 1;
        done += 1;
        if !stage.heal().await {
            println!("            the copies are still not in step");
        }
        sleep(deck.rest()).await;
    }
    healed
}

/// Ends the work and collects what everyone saw.
async fn gather(stage: &Stage, clients: &mut Clients, clock: Clock, healed: Duration) -> Evidence {
    let messages = clients.stop_writers().await;
    let stopped = clock.now();
    println!("{:>8.1} s  writers have stopped", stopped.as_secs_f64());
    clients.drain(stage.content().await.len()).await;
    println!("{:>8.1} s  groups are at the end", clock.now().as_secs_f64());
    let restarted = clients.restart_consumers().await;
    sleep(AFTER_RESTART).await;
    clients.stop_consumers().await;

    let (groups, late): (Vec<_>, Vec<_>) =
        clients.groups().iter().map(|group| group.take()).unzip();
    Evidence {
        messages,
        records: stage.content().await,
        groups,
        late: late.concat(),
        publish_max: PUBLISH_MAX,
        hiccup: Duration::ZERO,
        healed,
        stopped,
        restarted,
    }
}

fn count_consumers(clients: &Clients, counts: &mut Counts) {
    for group in clients.groups() {
        for ((kind, answer), Seen { count, first, last }) in group.troubles() {
            let (first, last) = (first.as_secs_f64(), last.as_secs_f64());
            let when = format!("from {first:.1} s to {last:.1} s");
            let words = format!("{kind:?} by `{}` {when}: {answer}", group.name());
            counts.troubles.insert(words, count);
        }
        for (command, longest) in group.longest() {
            let known = counts.longest.entry(command).or_default();
            *known = longest.max(*known);
        }
    }
}
