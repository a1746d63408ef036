//! From the bytes of a file to a plugin: every reason to refuse one is found here.

use std::{
    sync::{Arc, Mutex},
    time::Instant,
};

use sha2::{Digest, Sha256};
use tracing::debug;
use wasmtime::component::Component;

use super::{
    cache::hex,
    call::{Call, DESCRIBE},
    call_error::CallError,
    contract,
    engine::Engine,
    instance::Instance,
    limits::{GUEST_TEXT_BYTES_MAX, WASM_BYTES_MAX},
    link::{InstanceTemplate, Linked},
    load_error::{LoadError, LoadFault},
    load_report::{Code, Description, LoadReport},
    loaded::Plugin,
    plugin_log::LogGate,
    quarantine::Quarantine,
    reach::{Reach, StoreUse},
    settings::PluginSettings,
    shared::Shared,
    stats::Counters,
    text::{is_word, one_line},
};

/// How every WebAssembly file begins.
const MAGIC: &[u8] = b"\0asm";
/// What follows in a core module; a component has another word there.
const CORE_MODULE: [u8; 4] = [1, 0, 0, 0];
/// Bytes of the hash that [`Plugin::hash`] shows: enough to tell versions apart.
const HASH_BYTES_SHOWN: usize = 6;

/// How the name of the first export of a core module for the contract begins.
const OF_CONTRACT: &[u8] = b"sluicegate:plugin/lifecycle@";

/// What came of loading one file, and all that was seen on the way.
#[derive(Debug)]
pub struct Inspection {
    /// What was seen.
    pub load_report: LoadReport,
    /// The plugin, or why a gateway would refuse the file.
    pub outcome: Result<Arc<Plugin>, LoadError>,
}

impl Plugin {
    /// Compiles, checks, links and configures the bytes of a plugin file.
    ///
    /// Blocks for as long as compiling takes: milliseconds for Rust, many seconds for JavaScript
    /// that is not in the cache.
    ///
    /// # Errors
    /// [`LoadError`] says what is wrong and what to do; nothing of the plugin is left running.
    pub fn load(
        engine: &Engine,
        wasm: &[u8],
        settings: PluginSettings,
    ) -> Result<Arc<Self>, LoadError> {
        Self::inspect(engine, wasm, settings).outcome
    }

    /// Loads as [`Plugin::load`] does, and also tells what was seen on the way: the names in the
    /// file, the time and memory each step took.
    pub fn inspect(engine: &Engine, wasm: &[u8], settings: PluginSettings) -> Inspection {
        let plugin = settings.name.clone();
        let mut load_report = LoadReport::default();
        let outcome = load(engine, wasm, settings, &mut load_report)
            .map(Arc::new)
            .map_err(|cause| LoadError { plugin, cause });
        Inspection { load_report, outcome }
    }
}

/// Makes a plugin of a file; what is seen on the way is in `load_report`, however that ends.
fn load(
    engine: &Engine,
    wasm: &[u8],
    settings: PluginSettings,
    load_report: &mut LoadReport,
) -> Result<Plugin, LoadFault> {
    let hash = Sha256::digest(wasm);
    load_report.hash = shown_hash(&hash);
    check_kind(wasm)?;
    let (component, code) = compile(engine, wasm, &hash)?;
    load_report.code = Some(code);
    let outline = contract::check(&component, &settings.reach, load_report)?;
    let linked = Linked::new(&component, &outline).map_err(|error| wrong_shape(&error))?;
    let shared = Arc::new(Shared {
        name: settings.name.as_str().into(),
        counters: Counters::default(),
        log: LogGate::default(),
        recent_lines: engine.plugin_logs().open(&settings.name),
        reach: Reach::open(&settings.reach, settings.limits.result_bytes_max)?.into(),
        store_use: StoreUse::default(),
        is_fork: false,
    });
    let template = Arc::new(InstanceTemplate {
        engine: engine.clone(),
        linked: Arc::new(linked),
        outline,
        shared,
        limits: settings.limits.clone(),
        settings_json: settings.settings_json.clone(),
    });
    let (first, description) = start(&template, load_report)?;
    Ok(Plugin {
        hash: load_report.hash.clone(),
        description,
        quarantine: Quarantine::new(settings.limits.failures_in_a_row_max),
        logins: tokio::sync::Semaphore::new(settings.limits.instances_max as usize),
        idle: Mutex::new(vec![first]),
        settings,
        template,
    })
}

/// The first instance, configured, and what it says of itself.
fn start(
    template: &Arc<InstanceTemplate>,
    load_report: &mut LoadReport,
) -> Result<(Instance, Description), LoadFault> {
    let began = Instant::now();
    let mut first = Instance::new(template).map_err(LoadFault::Call)?;
    load_report.start = Some(began.elapsed());
    load_report.memory_at_start = Some(first.state().memory.bytes());
    let description = describe(template, &mut first)?;
    load_report.description = Some(description.clone());
    let began = Instant::now();
    first.configure().map_err(LoadFault::Call)?.map_err(|words| LoadFault::NotConfigured {
        reason: one_line(&words, GUEST_TEXT_BYTES_MAX),
    })?;
    load_report.configure = Some(began.elapsed());
    load_report.memory_configured = Some(first.state().memory.bytes());
    load_report.table_elements = Some(first.state().memory.table_elements());
    Ok((first, description))
}

fn check_kind(wasm: &[u8]) -> Result<(), LoadFault> {
    if wasm.len() > WASM_BYTES_MAX {
        return Err(LoadFault::FileTooLarge { bytes: wasm.len(), limit: WASM_BYTES_MAX });
    }
    if !wasm.starts_with(MAGIC) {
        let first = &wasm[..wasm.len().min(8)];
        let found = if first.is_empty() { "nothing: it is empty".into() } else { shown(first) };
        return Err(LoadFault::NotWasm { found });
    }
    if wasm[MAGIC.len()..].starts_with(&CORE_MODULE) {
        let for_contract = memchr::memmem::find(wasm, OF_CONTRACT).is_some();
        return Err(LoadFault::CoreModule { for_contract });
    }
    Ok(())
}

/// First digits of the SHA-256 of a plugin file, as `PLUGIN LIST` shows them.
pub fn short_hash(wasm: &[u8]) -> String {
    shown_hash(&Sha256::digest(wasm))
}

fn shown_hash(hash: &[u8]) -> String {
    hex(&hash[..HASH_BYTES_SHOWN])
}

/// Bytes as text where they are text, as digits where not.
fn shown(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains(char::is_control) => format!("`{text}`"),
        _ => format!("the bytes {}", hex(bytes)),
    }
}

/// Takes the compiled form from the cache, or compiles and keeps it there.
fn compile(engine: &Engine, wasm: &[u8], hash: &[u8]) -> Result<(Component, Code), LoadFault> {
    let began = Instant::now();
    let cached = engine.cache().and_then(|cache| cache.get(engine.wasm(), hash));
    if let Some(component) = cached {
        return Ok((component, Code::Cached(began.elapsed())));
    }
    let began = Instant::now();
    let component = Component::from_binary(engine.wasm(), wasm).map_err(|error| {
        LoadFault::NotCompiled { reason: one_line(&format!("{error:#}"), GUEST_TEXT_BYTES_MAX) }
    })?;
    let elapsed = began.elapsed();
    let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    debug!(elapsed_ms, bytes = wasm.len(), "plugin compiled");
    if let Some(cache) = engine.cache() {
        cache.put(hash, &component);
    }
    Ok((component, Code::Compiled(elapsed)))
}

fn describe(template: &InstanceTemplate, first: &mut Instance) -> Result<Description, LoadFault> {
    let call = Call { name: DESCRIBE, limit: template.limits.start_deadline };
    let said = first
        .call(call, |store, exports| exports.lifecycle.call_describe(store))
        .map_err(LoadFault::Call)?;
    if !is_word(&said.name, b'-') {
        let name = one_line(&said.name, GUEST_TEXT_BYTES_MAX);
        let reason = format!("`{name}` is not a name: use 1 to 64 of a-z, 0-9 and `-`");
        return Err(LoadFault::BadDescription { reason });
    }
    Ok(Description {
        name: said.name,
        version: one_line(&said.version, GUEST_TEXT_BYTES_MAX),
        summary: one_line(&said.summary, GUEST_TEXT_BYTES_MAX),
    })
}

fn wrong_shape(error: &wasmtime::Error) -> LoadFault {
    LoadFault::WrongShape { reason: one_line(&format!("{error:#}"), GUEST_TEXT_BYTES_MAX) }
}

impl From<CallError> for LoadFault {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}
