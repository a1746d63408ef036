//! Runs one case: what its script brings about becomes the text of a snapshot, or fixtures.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant, UNIX_EPOCH},
};

use anyhow::Context as _;
use sluicegate::{
    clock::PLAYED_FROM_MS,
    config::{BrokerKind, Settings},
    plugin::reach::{Cassette, StoreUse},
    trace::{Show, text},
};

use super::{
    ClientReply, LineAction, PlayedLine, Script, ScriptRunner, Secrets,
    case::Case,
    fixtures::{self, FixtureFile},
    redact::Redactor,
    setup::LoadedSetup,
    transcript::Transcript,
};

/// What a case gave.
#[derive(Clone, Debug, Default)]
pub struct CaseResult {
    /// The text of its snapshot.
    pub text: String,
    /// For each line of the conversation in the text, its number in the file.
    pub line_numbers: Vec<usize>,
    /// Notes for the user.
    pub notes: Vec<String>,
}

/// Runs a case on a broker of this kind, with a fork of the loaded chain. Stores are not asked:
/// fixtures answer.
///
/// # Errors
/// The fixtures cannot be read, or the gateway cannot be played.
pub fn run_case(
    case: &Case,
    loaded: &LoadedSetup,
    broker: BrokerKind,
) -> anyhow::Result<CaseResult> {
    let (path, file) = read_fixtures(case)?;
    let stand_in = file.stand_in(&path);
    let store_use = StoreUse::played(Arc::clone(&stand_in));
    let secrets = Secrets::for_playing(&case.secrets(), &file);
    let (started, begun) = (UNIX_EPOCH.elapsed().unwrap_or_default(), Instant::now());
    let played = run_script(&case.script, loaded, broker, &store_use, secrets)?;
    let notes = stand_in.lacking();
    let notes = notes.iter().map(|lack| format!("no fixture for {lack}: add it, or --record it"));
    let length = begun.elapsed() + total_wait(&case.script);
    let (text, line_numbers) = snapshot_text(case, &played, started, length);
    Ok(CaseResult { text, line_numbers, notes: notes.collect() })
}

/// Runs a case with the real stores, and writes what they answer into its fixtures. Returns notes
/// for the user.
///
/// # Errors
/// A secret is not in the environment, the gateway cannot be played, or the fixtures not be
/// written.
pub fn record_fixtures(
    case: &Case,
    loaded: &LoadedSetup,
    broker: BrokerKind,
) -> anyhow::Result<Vec<String>> {
    let path = case.fixtures_file();
    let existing = if path.exists() { read(&path)? } else { String::new() };
    let secrets = Secrets::for_recording(&case.secrets(), |name| env::var(name).ok())?;
    let cassette = Arc::new(Cassette::default());
    let store_use = StoreUse::recorded(Arc::clone(&cassette));
    run_script(&case.script, loaded, broker, &store_use, secrets.clone())?;
    let recorded = fixtures::add_recording(&path, &existing, cassette.take(), &secrets)?;
    if recorded.text != existing {
        fs::write(&path, recorded.text).with_context(|| format!("writing `{}`", path.display()))?;
    }
    Ok(recorded.warnings)
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("reading `{}`", path.display()))
}

/// The fixtures and their file, which must exist if the conversation names it.
fn read_fixtures(case: &Case) -> anyhow::Result<(PathBuf, FixtureFile)> {
    let path = case.fixtures_file();
    let is_wanted = case.script.fixtures.is_some() || path.exists();
    let file = if is_wanted { FixtureFile::read(&path)? } else { FixtureFile::default() };
    Ok((path, file))
}

fn run_script(
    script: &Script,
    loaded: &LoadedSetup,
    broker: BrokerKind,
    store_use: &StoreUse,
    secrets: Secrets,
) -> anyhow::Result<Vec<PlayedLine>> {
    let folder = DataFolder::new();
    let mut settings: Settings = loaded.settings.clone();
    settings.broker.kind = broker;
    settings.broker.folder.clone_from(&folder.0);
    // Topics of others and of other conversations must stay out of sight.
    for cluster in &mut settings.broker.clusters {
        cluster.name_prefix = format!("{}{}.", cluster.name_prefix, folder.name());
    }
    let mut runner = ScriptRunner::new(settings, loaded.chain.fork_with_stores(store_use));
    runner.secrets = secrets;
    runner.run(script)
}

/// Sum of the script's `@wait` lines.
fn total_wait(script: &Script) -> Duration {
    let waits = script.lines.iter().map(|line| match line.action {
        LineAction::Wait(time) => time,
        LineAction::Send { .. } | LineAction::Close { .. } => Duration::ZERO,
    });
    waits.fold(Duration::ZERO, Duration::saturating_add)
}

/// The snapshot's text. The case began at `started` on the wall clock and took `length`.
fn snapshot_text(
    case: &Case,
    played: &[PlayedLine],
    started: Duration,
    length: Duration,
) -> (String, Vec<usize>) {
    let typed: Vec<_> = case.script.lines.iter().map(|line| line.typed.as_str()).collect();
    let typed = typed.join("\n");
    let wall = u64::try_from(started.as_millis()).unwrap_or_default();
    let starts = [u64::try_from(PLAYED_FROM_MS).unwrap_or_default(), wall];
    let redactor = Redactor::new(&case.settings.redact, &typed, &starts, length);
    let mut transcript = Transcript::new(&redactor);
    played.iter().for_each(|entry| add_line(&mut transcript, entry));
    transcript.finish()
}

fn add_line(transcript: &mut Transcript<'_>, entry: &PlayedLine) {
    transcript.line(entry.line, &entry.client, &entry.typed);
    for trace in &entry.traces {
        transcript.trace(&text::lines(trace, Show::SAME_EACH_TIME));
    }
    for ClientReply { client, reply } in &entry.replies {
        let lines: Vec<_> = reply.to_string().lines().map(ToOwned::to_owned).collect();
        transcript.reply(client, &lines);
    }
    if entry.is_waiting {
        transcript.waits();
    }
}

/// Data folder of one conversation; removed at its end.
struct DataFolder(PathBuf);

impl DataFolder {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let now = UNIX_EPOCH.elapsed().unwrap_or_default().as_millis();
        let name = format!("sluicegate-test-{now:x}-{:x}-{number}", process::id());
        Self(env::temp_dir().join(name))
    }

    /// A name that no other conversation has.
    fn name(&self) -> std::borrow::Cow<'_, str> {
        self.0.file_name().unwrap_or_default().to_string_lossy()
    }
}

impl Drop for DataFolder {
    fn drop(&mut self) {
        // Only the embedded log makes it, and what is left over there is for the system to clear.
        let _ = fs::remove_dir_all(&self.0);
    }
}
