//! `sluicegate record`: what clients say to a running gateway, as a conversation file.
//!
//! ```text
//! gateway ─MONITOR─▶ monitor ─▶ writer (names, pauses, secrets, masks, quotes) ─▶ file
//! ```

use std::{
    fs::File,
    io::{self, Write},
    path::PathBuf,
    time::Duration,
};

use anyhow::Context as _;
use clap::Args;
use tokio::{
    signal::unix::{SignalKind, signal},
    time::sleep,
};

use crate::conversation::{LineAction, Script};

mod monitor; // the connection, and what MONITOR shows
mod writer; //  the conversation as it grows
mod mask; //    values that are not written down
mod quote; //   words as they are typed

use mask::{DefaultMasks, Masks};
use monitor::{Login, MonitorConnection, MonitorLine};
use writer::ConversationWriter;

/// What `record` takes.
#[derive(Args, Clone, Debug)]
#[command(after_help = HELP)]
pub struct RecordOptions {
    /// Address of the gateway, or path of its unix socket.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:6380")]
    from: String,
    /// Log in as this user; `default` where only a password is given.
    #[arg(long, value_name = "USER", requires = "password_env")]
    user: Option<String>,
    /// Log in with the password, or databus DSN, in this environment variable.
    #[arg(long, value_name = "NAME")]
    password_env: Option<String>,
    /// Write to this new file; to standard output without it.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Only this client: its address, or its name as CLIENT SETNAME has set it.
    #[arg(long, value_name = "CLIENT")]
    client: Option<String>,
    /// End after so long (ms, s, m, h, d).
    #[arg(long = "for", value_name = "TIME", value_parser = time)]
    time: Option<Duration>,
    /// Mask the values of fields and JSON members of this name too; may be given several times.
    #[arg(long, value_name = "NAME")]
    mask: Vec<String>,
    /// Mask only what `--mask` names, and what clients log in with.
    #[arg(long)]
    no_default_masks: bool,
}

const HELP: &str = "\
Needs a login with admin rights, and ends with Ctrl-C. What clients log in with is never recorded:
${SECRET_1} stands for it. Values of fields and JSON members with names like password, secret,
token, authorization, api_key or card become ***, and so do passwords in URLs and DSNs. Look through
the file before you share it: what else is a secret to you, only you know.

Examples:
  sluicegate record --out orders.resp
  sluicegate record --for 30s --client billing --mask iban > billing.resp";

/// Why a recording ended.
enum RecordingEnd {
    /// The user or the time limit ended it.
    Stopped,
    /// The gateway closed the connection.
    ConnectionClosed,
}

/// Does what the arguments of `sluicegate record` ask for.
///
/// # Errors
/// What could not be done, for a person to read.
pub fn run(options: &RecordOptions) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(record(options))
}

async fn record(options: &RecordOptions) -> anyhow::Result<()> {
    let password = options.password_env.as_deref().map(password).transpose()?;
    let login = password.map(|password| Login { user: options.user.clone(), password });
    let mut monitor = MonitorConnection::open(&options.from, login).await?;
    let defaults = if options.no_default_masks { DefaultMasks::Off } else { DefaultMasks::On };
    let masks = Masks::new(defaults, &options.mask);
    let known = monitor.clients().await?;
    let mut writer =
        ConversationWriter::new(masks, known, monitor.own_address(), options.client.clone());
    let mut out = output(options)?;
    monitor.start().await?;
    out.write_all(writer.head(&options.from).as_bytes())?;
    out.flush()?;
    let end = tokio::select! {
        end = copy(&mut monitor, &mut writer, &mut *out) => end?,
        stopped = stop(options.time) => stopped.map(|()| RecordingEnd::Stopped)?,
    };
    report(options, &writer, &end);
    Ok(())
}

/// Writes down what is shown, until the gateway has gone.
async fn copy(
    monitor: &mut MonitorConnection,
    writer: &mut ConversationWriter,
    out: &mut dyn Write,
) -> anyhow::Result<RecordingEnd> {
    while let Some(line) = monitor.next().await? {
        let Some(shown) = MonitorLine::parse(&line) else { continue };
        out.write_all(writer.add(shown).as_bytes()).context("writing the conversation")?;
        // A recording that is ended here is complete.
        out.flush().context("writing the conversation")?;
    }
    Ok(RecordingEnd::ConnectionClosed)
}

/// Ends with SIGINT or SIGTERM, or when the time is up.
async fn stop(time: Option<Duration>) -> anyhow::Result<()> {
    let mut term = signal(SignalKind::terminate()).context("waiting for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("waiting for SIGINT")?;
    let late = async {
        match time {
            Some(time) => sleep(time).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = interrupt.recv() => {}
        () = late => {}
    }
    Ok(())
}

fn output(options: &RecordOptions) -> anyhow::Result<Box<dyn Write>> {
    let Some(path) = &options.out else { return Ok(Box::new(io::stdout())) };
    let file = File::create_new(path).with_context(|| {
        let hint = "name a file that does not exist yet, in a folder that does";
        format!("making `{}`\n  hint:  {hint}", path.display())
    })?;
    Ok(Box::new(file))
}

fn password(variable: &str) -> anyhow::Result<String> {
    std::env::var(variable).with_context(|| {
        format!("reading the password from `{variable}`\n  hint:  set this environment variable")
    })
}

/// The times of `@wait`.
fn time(text: &str) -> Result<Duration, String> {
    let script = Script::parse(&format!("@wait {text}"));
    match script.as_ref().map(|script| script.lines.first().map(|line| &line.action)) {
        Ok(Some(LineAction::Wait(time))) => Ok(*time),
        _ => Err("write a number and ms, s, m, h or d: `30s`".to_owned()),
    }
}

/// Says on standard error what was recorded: standard output may be the conversation.
fn report(options: &RecordOptions, writer: &ConversationWriter, end: &RecordingEnd) {
    let (commands, clients) = (writer.commands(), writer.clients());
    let place = options.out.as_ref().map_or("standard output".into(), |out| out.to_string_lossy());
    let why = match end {
        RecordingEnd::Stopped => "",
        RecordingEnd::ConnectionClosed => "; the gateway has closed the connection",
    };
    // A closed standard error is no error.
    let _ =
        writeln!(io::stderr(), "recorded {commands} commands of {clients} clients: {place}{why}");
}
