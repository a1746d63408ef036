//! Writers and consumers at gateways over a real Kafka, and what must hold whatever goes wrong.
//!
//! ```text
//! faults [--seed N] [--faults N] [--messages N] [--minutes N]
//!        [--brokers 3] [--gateways 2] [--partitions 6] [--writers 24] [--consumers 4] [--rate 2000]
//!        [--group-protocol classic|consumer]
//! faults outage [--seconds 60] [--how stop|kill|pause] [--writers 64] [--rate 20000]
//! ```
//!
//! The first draws faults from a seed until all of `--faults`, `--messages` and `--minutes` are
//! reached; the second takes the only broker away for a while under many publishing clients.
//! Exit code 1: a promise was broken, and the first cases are shown; 2: the arguments are wrong.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the report is what this is for")]

// A binary looks for its modules beside itself; these lie in a folder of its name.
#[path = "faults/arguments.rs"]
mod arguments;
#[path = "faults/hiccup.rs"]
mod hiccup;
#[path = "faults/run.rs"]
mod run;
#[path = "faults/outage.rs"]
mod outage;

use std::{collections::BTreeMap, process::ExitCode};

use arguments::{Arguments, Mode};
use sluicegate_tests::faults::check::{Promise, Violation};
use tokio::signal::unix::{SignalKind, signal};

/// Cases of each broken promise that are shown in full.
const SHOWN: usize = 3;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = match Arguments::read(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(wrong) => {
            eprintln!("error: {wrong}");
            return ExitCode::from(2);
        }
    };
    // Brokers and gateways end when the work is dropped, so it must be, also after a signal.
    tokio::select! {
        code = work(arguments) => code,
        () = told_to_end() => ExitCode::FAILURE,
    }
}

async fn work(arguments: Arguments) -> ExitCode {
    match arguments.mode {
        Mode::Run(until) => run::run(&arguments.shape, &until).await,
        Mode::Outage(outage) => outage::run(&arguments.shape, &outage).await,
    }
}

async fn told_to_end() {
    let mut ends = signal(SignalKind::terminate()).expect("signals can be heard");
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = ends.recv() => {}
    }
}

/// Shows the first cases of each broken promise; the code to end with.
fn conclude(violations: &[Violation]) -> ExitCode {
    let mut promises: BTreeMap<Promise, Vec<&Violation>> = BTreeMap::new();
    for violation in violations {
        promises.entry(violation.promise).or_default().push(violation);
    }
    for (promise, cases) in &promises {
        println!("\nBROKEN {} times: {promise}", cases.len());
        for case in cases.iter().take(SHOWN) {
            println!("  {}", case.story);
        }
    }
    if violations.is_empty() {
        println!("\nall promises were kept");
        return ExitCode::SUCCESS;
    }
    println!("\n{} cases of broken promises", violations.len());
    ExitCode::FAILURE
}
