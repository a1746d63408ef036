//! The program: arguments in, exit code out.

use std::process::ExitCode;

use clap::Parser as _;

mod cli;

use cli::Cli;

// Messages are allocated on one thread and freed on another; measured on pipelined publishing. Price: C code.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            #[expect(clippy::print_stderr, reason = "the log may not have been started")]
            {
                eprintln!("error: {error:#}");
            }
            ExitCode::FAILURE
        }
    }
}
