//! Two gateways, one conversation: whatever the older program answers, the newer one must answer too.
//!
//! ```text
//! parity --old PROGRAM --new PROGRAM [--conversations 50000] [--seed N] [--jobs 2]
//!        [--plugins target/plugins] [--differences 5] [--only N | --round N] [--show N]
//! parity formats --old PROGRAM --new PROGRAM [--plugins target/plugins]
//! ```
//!
//! The first draws conversations from a seed, plays each of them on a gateway of either program and
//! compares all replies byte for byte; what may vary is listed in `parity/rules/known.rs`. `--only`
//! plays one conversation alone, `--round` those of one pair of gateways, `--show` prints one
//! without playing it. The second compares what the programs write and what they can read of each
//! other. Exit code 1: something differs; 2: the arguments are wrong.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the report is what this is for")]

/// The parts, which lie in a folder of this program's name.
mod parity {
    pub(crate) mod arguments; //    the command line
    pub(crate) mod draw; //         chance, and what is drawn often
    pub(crate) mod conversation; // what is said on which connection
    pub(crate) mod grammar; //      commands with all their options, as a text
    pub(crate) mod vocabulary; //   what stands for the words in braces
    pub(crate) mod scene; //        a conversation that is being written
    pub(crate) mod families; //     which conversations there are
    pub(crate) mod profile; //      how gateways are configured
    pub(crate) mod frame; //        one reply, without loss
    pub(crate) mod wire; //         one connection
    pub(crate) mod side; //         one gateway, and a conversation played on it
    pub(crate) mod pair; //         both gateways
    pub(crate) mod rules; //        what may vary
    pub(crate) mod lines; //        two texts, line by line
    pub(crate) mod compare; //      where two transcripts part
    pub(crate) mod shrink; //       the shortest conversation that still differs
    pub(crate) mod coverage; //     what was drawn, and how it was answered
    pub(crate) mod run; //          all of it
    pub(crate) mod formats; //      what one program writes and the other reads
}

use std::process::ExitCode;

use parity::{
    arguments::{Arguments, Mode},
    formats, run,
};
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = match Arguments::read(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(wrong) => {
            eprintln!("error: {wrong}");
            return ExitCode::from(2);
        }
    };
    // Gateways end when the work is dropped, so it must be, also after a signal.
    tokio::select! {
        code = work(&arguments) => code,
        () = told_to_end() => ExitCode::FAILURE,
    }
}

async fn work(arguments: &Arguments) -> ExitCode {
    let is_same = match &arguments.mode {
        Mode::Conversations(plan) => run::run(&arguments.programs, plan).await,
        Mode::Formats => formats::run(&arguments.programs).await,
    };
    if is_same { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn told_to_end() {
    let mut ends = signal(SignalKind::terminate()).expect("signals can be heard");
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = ends.recv() => {}
    }
}
