//! A conversation with all that it is played with becomes the text of its snapshot.

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
    Act, Entry, Played, Script, ScriptRunner, Secrets,
    case::Case,
    fixtures::{self, FixtureFile},
    redact::Redactor,
    setup::Loaded,
    transcript::Transcript,
};

/// What a conversation told.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// The text of its snapshot.
    pub text: String,
    /// For each of its lines in the text, the number in the file.
    pub numbers: Vec<usize>,
    /// What a person should know besides.
    pub notes: Vec<String>,
}

/// Plays a conversation with a broker of this kind, and with a twin of what is loaded. Stores are
/// not asked: fixtures answer.
///
/// # Errors
/// The fixtures cannot be read, or the gateway cannot be played.
pub fn perform(case: &Case, loaded: &Loaded, broker: BrokerKind) -> anyhow::Result<Told> {
    let (path, file) = fixtures(case)?;
    let stand_in = file.stand_in(&path);
    let store_use = StoreUse::played(Arc::clone(&stand_in));
    let secrets = Secrets::played(&case.secrets(), &file);
    let (started, begun) = (UNIX_EPOCH.elapsed().unwrap_or_default(), Instant::now());
    let played = play(&case.script, loaded, broker, &store_use, secrets)?;
    let notes = stand_in.lacking();
    let notes = notes.iter().map(|lack| format!("no fixture for {lack}: add it, or --record it"));
    let length = begun.elapsed() + waits(&case.script);
    let (text, numbers) = written(case, &played, started, length);
    Ok(Told { text, numbers, notes: notes.collect() })
}

/// Plays a conversation with the real stores, and writes what they answer into its fixtures. Gives
/// what a person should know.
///
/// # Errors
/// A secret is not in the environment, the gateway cannot be played, or the fixtures not be
/// written.
pub fn record(case: &Case, loaded: &Loaded, broker: BrokerKind) -> anyhow::Result<Vec<String>> {
    let path = case.fixtures_file();
    let existing = if path.exists() { read(&path)? } else { String::new() };
    let secrets = Secrets::recorded(&case.secrets(), |name| env::var(name).ok())?;
    let cassette = Arc::new(Cassette::default());
    let store_use = StoreUse::recorded(Arc::clone(&cassette));
    play(&case.script, loaded, broker, &store_use, secrets.clone())?;
    let recorded = fixtures::record(&path, &existing, cassette.take(), &secrets)?;
    if recorded.text != existing {
        fs::write(&path, recorded.text).with_context(|| format!("writing `{}`", path.display()))?;
    }
    Ok(recorded.warnings)
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("reading `{}`", path.display()))
}

/// What stores answer, and the file that says so or would; one that was named must be there.
fn fixtures(case: &Case) -> anyhow::Result<(PathBuf, FixtureFile)> {
    let path = case.fixtures_file();
    let is_wanted = case.script.fixtures.is_some() || path.exists();
    let file = if is_wanted { FixtureFile::read(&path)? } else { FixtureFile::default() };
    Ok((path, file))
}

fn play(
    script: &Script,
    loaded: &Loaded,
    broker: BrokerKind,
    store_use: &StoreUse,
    secrets: Secrets,
) -> anyhow::Result<Played> {
    let folder = DataFolder::new();
    let mut settings: Settings = loaded.settings.clone();
    settings.broker.kind = broker;
    settings.broker.folder.clone_from(&folder.0);
    // What is Kafka's own, and what other conversations made, must not be met.
    for cluster in &mut settings.broker.clusters {
        cluster.name_prefix = format!("{}{}.", cluster.name_prefix, folder.name());
    }
    let mut runner = ScriptRunner::new(settings, loaded.chain.twin_with(store_use));
    runner.secrets = secrets;
    runner.run(script)
}

/// How long the conversation waits by itself.
fn waits(script: &Script) -> Duration {
    let waits = script.lines.iter().map(|line| match line.act {
        Act::Wait(time) => time,
        Act::Say { .. } | Act::Close { .. } => Duration::ZERO,
    });
    waits.fold(Duration::ZERO, Duration::saturating_add)
}

/// The text of what was played, which began at `started` on the wall clock.
fn written(
    case: &Case,
    played: &Played,
    started: Duration,
    length: Duration,
) -> (String, Vec<usize>) {
    let said: Vec<_> = case.script.lines.iter().map(|line| line.typed.as_str()).collect();
    let said = said.join("\n");
    let wall = u64::try_from(started.as_millis()).unwrap_or_default();
    let starts = [u64::try_from(PLAYED_FROM_MS).unwrap_or_default(), wall];
    let redactor = Redactor::new(&case.rules.redact, &said, &starts, length);
    let mut transcript = Transcript::new(&redactor);
    played.entries.iter().for_each(|entry| add(&mut transcript, entry));
    transcript.finish()
}

fn add(transcript: &mut Transcript<'_>, entry: &Entry) {
    transcript.line(entry.line, &entry.client, &entry.typed);
    for trace in &entry.traces {
        transcript.trace(&text::lines(trace, Show::SAME_EACH_TIME));
    }
    for (client, reply) in &entry.replies {
        let lines: Vec<_> = reply.to_string().lines().map(ToOwned::to_owned).collect();
        transcript.reply(client, &lines);
    }
    if entry.waits {
        transcript.waits();
    }
}

/// Where the log of one conversation lies; gone when it is over.
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
