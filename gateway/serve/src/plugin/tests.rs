//! Loading and calling components written by hand, so that no guest toolchain is needed.

use std::sync::Arc;

use bytes::Bytes;

use super::*;
use crate::{
    message::{Message, Record, Role, TopicName, Verdict},
    trace::Tracing,
};

/// A component with `lifecycle` and `filter` whose functions have these bodies. `configure` has
/// its result (zeroes are `ok`) at 64, `on-produce` its verdict (zeroes are `forward`) at 128.
fn component(extra: &str, configure: &str, on_produce: &str) -> Vec<u8> {
    let text = format!(
        r#"(component
            {extra}
            (core module $code
                (memory (export "memory") 1)
                (global $free (mut i32) (i32.const 1024))
                (data (i32.const 0) "\20\00\00\00\04\00\00\00\20\00\00\00\04\00\00\00\20\00\00\00\04\00\00\00")
                (data (i32.const 32) "hand")
                (func (export "realloc") (param i32 i32 i32 i32) (result i32)
                    (global.get $free)
                    (global.set $free (i32.add (global.get $free) (local.get 3))))
                (func (export "describe") (result i32) (i32.const 0))
                (func (export "configure") (param i32 i32) (result i32) {configure} (i32.const 64))
                (func (export "on-produce") (param i32 i32 i32) (result i32)
                    (global.set $free (i32.const 1024)) {on_produce} (i32.const 128)))
            (core instance $i (instantiate $code))
            (alias core export $i "memory" (core memory $memory))
            (alias core export $i "realloc" (core func $realloc))
            (type $description
                (record (field "name" string) (field "version" string) (field "summary" string)))
            (func $describe (result $description)
                (canon lift (core func $i "describe") (memory $memory)))
            (func $configure (param "settings" string) (result (result (error string)))
                (canon lift (core func $i "configure") (memory $memory) (realloc $realloc)))
            (instance $lifecycle
                (export "description" (type $description))
                (export "describe" (func $describe))
                (export "configure" (func $configure)))
            (export "sluicegate:plugin/lifecycle@0.1.0" (instance $lifecycle))
            (type $rejection (record (field "code" string) (field "message" string)))
            (type $verdict (variant
                (case "forward") (case "replace" (list u8)) (case "drop")
                (case "reject" $rejection)))
            (func $filter (param "value" (option (list u8))) (result $verdict)
                (canon lift (core func $i "on-produce") (memory $memory) (realloc $realloc)))
            (instance $role
                (export "rejection" (type $rejection))
                (export "verdict" (type $verdict))
                (export "on-produce" (func $filter))
                (export "on-consume" (func $filter)))
            (export "sluicegate:plugin/filter@0.1.0" (instance $role)))"#
    );
    wat::parse_str(text).unwrap()
}

fn load(wasm: &[u8]) -> Result<Arc<Plugin>, LoadError> {
    let engine = Engine::new(&EngineSettings::default()).unwrap();
    Plugin::load(&engine, wasm, PluginSettings::new("hand"))
}

/// What is wrong with the file, in one line.
fn refusal(wasm: &[u8]) -> String {
    let error = load(wasm).unwrap_err();
    assert!(!error.hint().is_empty());
    format!("{:#}", anyhow::Error::from(error))
}

fn message() -> Message {
    let value = Some(Bytes::from_static(b"value"));
    let record = Record { key: Some("k".into()), value, ..Record::default() };
    Message {
        topic: TopicName::new("orders").unwrap(),
        partition: None,
        record,
        expected_offset: None,
    }
}

fn call(plugin: &Arc<Plugin>) -> Result<Verdict, CallError> {
    let context = CallContext { principal: "ann".into(), timestamp_ms: 1 };
    plugin.acquire(Tracing::Off)?.on_produce(&mut message(), &context)
}

const LOOP: &str = "(loop (br 0))";
/// One GiB, and no survival without it.
const GROW: &str =
    "(if (i32.eq (memory.grow (i32.const 16384)) (i32.const -1)) (then unreachable))";
/// A list of 17 MiB that begins at 0.
const HUGE: &str = "(drop (memory.grow (i32.const 300)))
    (i32.store (i32.const 128) (i32.const 1)) (i32.store (i32.const 136) (i32.const 17825792))";

#[test]
fn a_component_that_keeps_the_contract_is_taken_and_called() {
    let plugin = load(&component("", "", "")).unwrap();
    assert_eq!(plugin.roles(), [Role::Filter]);
    assert_eq!(plugin.description().name, "hand");
    for _ in 0..3 {
        assert!(matches!(call(&plugin), Ok(Verdict::Forward)));
    }
    let stats = plugin.stats();
    assert_eq!((stats.calls, stats.instances, stats.instances_made), (3, 1, 1));
    assert_eq!(stats.memory_bytes, 65536);
}

#[test]
fn each_bad_file_is_refused_with_words_of_its_own() {
    let import = |name| component(&format!(r#"(import "{name}" (instance))"#), "", "");
    let version_2 =
        r#"(component (instance $i) (export "sluicegate:plugin/filter@0.2.0" (instance $i)))"#;
    let only_role =
        r#"(component (instance $i) (export "sluicegate:plugin/filter@0.1.0" (instance $i)))"#;
    let mut broken = component("", "", "");
    broken.truncate(200);
    for (wasm, words) in [
        (b"#!/bin/sh".to_vec(), "the file is not WebAssembly: it begins with `#!/bin/s`"),
        (Vec::new(), "the file is not WebAssembly: it begins with nothing: it is empty"),
        (wat::parse_str("(module)").unwrap(), "a core WebAssembly module, not a component"),
        (broken, "the component cannot be compiled: "),
        (
            wat::parse_str(version_2).unwrap(),
            "found `sluicegate:plugin/filter@0.2.0`, and this gateway speaks 0.1.0",
        ),
        (wat::parse_str("(component)").unwrap(), "it exports no role"),
        (wat::parse_str(only_role).unwrap(), "it does not export `sluicegate:plugin/lifecycle@0.1"),
        (import("sluicegate:plugin/redis@0.1.0"), "talking to Redis is not granted to it"),
        (import("sluicegate:plugin/sql@0.1.0"), "talking to a database is not granted to it"),
        (import("sluicegate:plugin/files@0.1.0"), "reading files is not granted to it"),
        (import("wasi:http/types@0.2.0"), "HTTP is not granted to it"),
        (import("acme:thing/api"), "`acme:thing` is not granted to it"),
        (
            // Error, with the text `hand`.
            component(
                "",
                "(i32.store (i32.const 64) (i32.const 1)) (i32.store (i32.const 68) (i32.const 32))
                 (i32.store (i32.const 72) (i32.const 4))",
                "",
            ),
            "it refused its settings: hand",
        ),
        (component("", "unreachable", ""), "trapped in lifecycle.configure"),
        (component("", LOOP, ""), "did not end lifecycle.configure within 1000 ms"),
        (component("", GROW, ""), "asked for 1073807360 bytes of memory in lifecycle.configure"),
    ] {
        let refusal = refusal(&wasm);
        assert!(refusal.contains(words), "{refusal:?} does not say {words:?}");
    }
}

#[test]
fn a_failed_call_names_its_kind_and_costs_one_instance() {
    for (body, kind) in [
        ("unreachable", FailureKind::Trap),
        (LOOP, FailureKind::Deadline),
        (GROW, FailureKind::Memory),
        (HUGE, FailureKind::Result),
    ] {
        let plugin = load(&component("", "", body)).unwrap();
        let error = call(&plugin).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(plugin.stats().instances, 0);
    }
}

#[test]
fn a_plugin_that_keeps_failing_is_left_alone() {
    let plugin = load(&component("", "", "unreachable")).unwrap();
    for _ in 0..limits::FAILURES_IN_A_ROW_MAX {
        assert_eq!(call(&plugin).unwrap_err().kind(), FailureKind::Trap);
    }
    assert_eq!(call(&plugin).unwrap_err().kind(), FailureKind::Quarantined);
    assert!(plugin.stats().quarantined_for.is_some());
}

#[test]
fn instances_end_with_the_plugin_and_after_their_time() {
    let engine = Engine::new(&EngineSettings::default()).unwrap();
    let mut settings = PluginSettings::new("hand");
    settings.limits.recycle_after_calls = Some(2);
    let plugin = Plugin::load(&engine, &component("", "", ""), settings).unwrap();
    for _ in 0..6 {
        assert!(call(&plugin).is_ok());
    }
    assert_eq!(plugin.stats().instances_made, 3);
    drop(plugin);
    assert_eq!(engine.instances(), 0);
}

#[test]
fn compiled_code_is_taken_from_the_cache() {
    let folder = tempfile::tempdir().unwrap();
    let cache_folder = Some(folder.path().to_path_buf());
    let settings = EngineSettings { cache_folder, ..EngineSettings::default() };
    for _ in 0..2 {
        let engine = Engine::new(&settings).unwrap();
        let wasm = component("", "", "");
        let plugin = Plugin::load(&engine, &wasm, PluginSettings::new("hand")).unwrap();
        assert!(call(&plugin).is_ok());
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_guest_that_expects_wasi_gets_an_empty_world_wherever_it_is_called() {
    let clock = r#"(import "wasi:clocks/monotonic-clock@0.2.0"
        (instance (export "now" (func (result u64)))))"#;
    let plugin = load(&component(clock, "", "")).unwrap();
    assert!(matches!(call(&plugin), Ok(Verdict::Forward)));
    let single = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let multi = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    for runtime in [&single, &multi] {
        assert!(matches!(runtime.block_on(async { call(&plugin) }), Ok(Verdict::Forward)));
    }
}
