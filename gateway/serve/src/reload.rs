//! Plugins change while the gateway runs: watch, plan, load aside, swap the chain whole.
//!
//! One task does all loading, so that there are never two loads at once and the last file wins. A
//! file that is refused changes nothing but a log line, a counter and what `PLUGIN LIST` shows;
//! the version before it stays in force.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::{mpsc, oneshot};

use crate::{
    config::Variables,
    login::LoginCache,
    pipeline::{Chain, Pipeline},
    plugin::{Engine, Plugin, PluginLogs},
    telemetry::{Counters, LogLevel},
};

mod folder;
mod plan;
mod watch;

use folder::Folders;
pub use folder::PluginFiles;
pub use watch::Watch;

/// An editor saves a file in several events, and a copy takes a while: wait for so long a silence.
const DEBOUNCE: Duration = Duration::from_millis(100);
/// Reload requests that may wait.
pub(crate) const REQUESTS_MAX: usize = 16;

/// Asks for another look at the plugin folder; the answer is the generation then in force, or why
/// the change was refused.
pub type ReloadRequest = oneshot::Sender<Result<u64, String>>;

/// What a reload changes in a gateway that serves.
#[derive(Debug)]
pub struct ReloadTarget {
    /// Gets the new chain.
    pub pipeline: Arc<Pipeline>,
    /// Asks the authenticators again after a change.
    pub logins: Arc<LoginCache>,
    /// Where refused files are counted.
    pub counters: Arc<Counters>,
    /// Where refused files are listed.
    pub refusals: Arc<Refusals>,
    /// True if only this machine can connect: a chain without an authenticator is then accepted.
    pub is_local: bool,
}

/// Plugin files that are refused now, with the reasons.
#[derive(Debug, Default)]
pub struct Refusals(Mutex<BTreeMap<String, String>>);

impl Refusals {
    /// All of them, by plugin name.
    pub fn all(&self) -> BTreeMap<String, String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, all: BTreeMap<String, String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = all;
    }
}

/// What the folder holds and what of it is loaded.
#[derive(Debug)]
pub struct Reloader {
    engine: Arc<Engine>,
    folders: Folders,
    /// By name: the files they were loaded from, and the plugin.
    loaded: BTreeMap<String, (PluginFiles, Arc<Plugin>)>,
    /// By name: the files that were refused, and why.
    refused: BTreeMap<String, (PluginFiles, String)>,
    generation: u64,
}

impl Reloader {
    /// Nothing is loaded yet.
    pub fn new(engine: Arc<Engine>, folder: PathBuf) -> Self {
        let (loaded, refused) = (BTreeMap::new(), BTreeMap::new());
        let folders = Folders { plugins: folder, project: None, variables: Variables::default() };
        Self { engine, folders, loaded, refused, generation: 0 }
    }

    /// The folder is what a project is built into: of all that lies there only the project's plugin
    /// is loaded, with this settings file `NAME.toml` unless one lies beside it.
    #[must_use]
    pub fn of_project(mut self, settings: Option<PathBuf>) -> Self {
        self.folders.project = settings;
        self
    }

    /// What `${NAME}` in the plugins' settings stands for.
    #[must_use]
    pub fn with_variables(mut self, variables: Variables) -> Self {
        self.folders.variables = variables;
        self
    }

    /// Looks at the folder and loads what is new in it; `None` if the chain stays as it is.
    ///
    /// Compiling takes long: call it where blocking is allowed.
    pub fn look(&mut self) -> Option<Chain> {
        let wanted = folder::read(&self.folders);
        let running = self.loaded.iter().map(|(name, (files, _))| (name.clone(), files.clone()));
        let steps = plan::plan(&running.collect(), &wanted);
        self.refused.retain(|name, _| wanted.contains_key(name));
        self.engine.plugin_logs().keep(|name| wanted.contains_key(name));
        let mut changed = self.generation == 0;
        for step in steps {
            changed |= self.take(step, &wanted);
        }
        if !changed {
            return None;
        }
        self.generation += 1;
        let plugins = self.loaded.values().map(|(_, plugin)| Arc::clone(plugin)).collect();
        Some(Chain::new(self.generation, plugins))
    }

    /// Does one step; true if the chain changes.
    fn take(&mut self, step: plan::Step, wanted: &BTreeMap<String, PluginFiles>) -> bool {
        match step {
            plan::Step::Keep(name) => {
                // The files are those in force again: whatever was refused in between is gone.
                self.refused.remove(&name);
                false
            }
            plan::Step::Drop(name) => self.loaded.remove(&name).is_some(),
            plan::Step::Load(name) => {
                let Some(files) = wanted.get(&name) else { return false };
                if self.refused.get(&name).is_some_and(|(seen, _)| seen == files) {
                    return false;
                }
                let log = self.engine.plugin_logs().open(&name);
                match folder::load(&self.engine, &self.folders, &name, files) {
                    Ok(plugin) => {
                        let version = &plugin.description().version;
                        let loaded = format!("loaded: version {version}, hash {}", plugin.hash());
                        log.note(LogLevel::Info, &loaded);
                        self.refused.remove(&name);
                        self.loaded.insert(name, (files.clone(), plugin));
                        true
                    }
                    Err(refusal) => {
                        log.note(LogLevel::Error, &format!("refused: {refusal}"));
                        self.refused.insert(name, (files.clone(), refusal));
                        false
                    }
                }
            }
        }
    }

    /// The last lines about each plugin.
    pub fn plugin_logs(&self) -> PluginLogs {
        self.engine.plugin_logs().clone()
    }

    /// Files that are refused, with the reasons.
    pub fn refusals(&self) -> BTreeMap<String, String> {
        self.refused.iter().map(|(name, (_, why))| (name.clone(), why.clone())).collect()
    }
}

/// What a look at the folder found: a chain to put in force, if it changed, and all refusals.
type Look = (Option<Chain>, BTreeMap<String, String>);

/// Lets one thread of its own do all the looking: compiling takes long, and memory that plugins
/// leave is taken again by the thread that took it before.
fn loader(mut reloader: Reloader) -> std::io::Result<mpsc::Sender<oneshot::Sender<Look>>> {
    let (wishes, mut looks) = mpsc::channel::<oneshot::Sender<Look>>(1);
    let work = move || {
        while let Some(answer) = looks.blocking_recv() {
            let chain = reloader.look();
            // Nobody waits any more only when the gateway has stopped.
            let _ = answer.send((chain, reloader.refusals()));
        }
    };
    std::thread::Builder::new().name("plugin-loader".into()).spawn(work)?;
    Ok(wishes)
}

/// Reloads until every sender of `requests` is gone.
///
/// # Errors
/// The loader's thread cannot be started.
pub async fn run(
    reloader: Reloader,
    target: ReloadTarget,
    mut watch: Watch,
    mut requests: mpsc::Receiver<ReloadRequest>,
) -> std::io::Result<()> {
    let loader = loader(reloader)?;
    loop {
        let waiting = tokio::select! {
            request = requests.recv() => match request {
                Some(request) => Some(request),
                None => return Ok(()),
            },
            // A wish is not made to wait for silence: it ends this, and events are kept.
            () = watch.settled(DEBOUNCE) => None,
        };
        let (answer, look) = oneshot::channel();
        let sent = loader.send(answer).await.is_ok();
        let Some((chain, refusals)) = look.await.ok().filter(|_| sent) else {
            tracing::error!("plugin loader has ended, plugins stay as they are until a restart");
            return Ok(());
        };
        let result = apply(&target, chain, refusals);
        if let Some(request) = waiting {
            // The client may have left meanwhile.
            let _ = request.send(result);
        }
    }
}

/// Puts a chain in force, and tells what was refused.
fn apply(
    target: &ReloadTarget,
    chain: Option<Chain>,
    mut refusals: BTreeMap<String, String>,
) -> Result<u64, String> {
    let before = target.refusals.all();
    for (name, why) in refusals.iter().filter(|(name, why)| before.get(*name) != Some(why)) {
        target.counters.reloads_refused.add(1);
        tracing::warn!(plugin = name, error = why, "plugin refused, running version kept");
    }
    if let Some(chain) = chain {
        if !target.is_local && !chain.authenticates() {
            let why = "no authenticator would be left, and the gateway listens beyond loopback";
            target.counters.reloads_refused.add(1);
            tracing::warn!(error = why, "reload refused, running chain kept");
            refusals.insert("(chain)".into(), why.into());
        } else {
            let generation = chain.generation();
            if target.pipeline.swap(chain) {
                target.logins.refresh_all();
            }
            tracing::info!(generation, "plugin chain replaced");
        }
    }
    target.refusals.set(refusals.clone());
    if refusals.is_empty() {
        return Ok(target.pipeline.chain().generation());
    }
    let all: Vec<_> = refusals.iter().map(|(name, why)| format!("{name}: {why}")).collect();
    Err(all.join("; "))
}
