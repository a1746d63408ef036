//! Components out of modules written by hand, run in the plugin engine.

use std::{fs, sync::Arc};

use bytes::Bytes;
use sluicegate::{
    message::{Message, Record, Role, TopicName, Verdict},
    plugin::{CallContext, CallError, Engine, EngineSettings, Plugin, PluginSettings},
    trace::Tracing,
};

use super::*;
use crate::sdk::Roles;

/// All functions of preview 1, with the letters of their parameters (`i` is 32 bits, `l` is 64).
/// All but `proc_exit` answer an error number.
const PREVIEW1_FUNCTIONS: [(&str, &str); 46] = [
    ("args_get", "ii"),
    ("args_sizes_get", "ii"),
    ("environ_get", "ii"),
    ("environ_sizes_get", "ii"),
    ("clock_res_get", "ii"),
    ("clock_time_get", "ili"),
    ("fd_advise", "illi"),
    ("fd_allocate", "ill"),
    ("fd_close", "i"),
    ("fd_datasync", "i"),
    ("fd_fdstat_get", "ii"),
    ("fd_fdstat_set_flags", "ii"),
    ("fd_fdstat_set_rights", "ill"),
    ("fd_filestat_get", "ii"),
    ("fd_filestat_set_size", "il"),
    ("fd_filestat_set_times", "illi"),
    ("fd_pread", "iiili"),
    ("fd_prestat_get", "ii"),
    ("fd_prestat_dir_name", "iii"),
    ("fd_pwrite", "iiili"),
    ("fd_read", "iiii"),
    ("fd_readdir", "iiili"),
    ("fd_renumber", "ii"),
    ("fd_seek", "ilii"),
    ("fd_sync", "i"),
    ("fd_tell", "ii"),
    ("fd_write", "iiii"),
    ("path_create_directory", "iii"),
    ("path_filestat_get", "iiiii"),
    ("path_filestat_set_times", "iiiilli"),
    ("path_link", "iiiiiii"),
    ("path_open", "iiiiillii"),
    ("path_readlink", "iiiiii"),
    ("path_remove_directory", "iii"),
    ("path_rename", "iiiiii"),
    ("path_symlink", "iiiii"),
    ("path_unlink_file", "iii"),
    ("poll_oneoff", "iiii"),
    ("proc_exit", "i"),
    ("proc_raise", "i"),
    ("sched_yield", ""),
    ("random_get", "ii"),
    ("sock_accept", "iii"),
    ("sock_recv", "iiiiii"),
    ("sock_send", "iiiii"),
    ("sock_shutdown", "ii"),
];

/// Stops the plugin unless the condition holds.
fn assert_that(condition: &str) -> String {
    format!("(if (i32.eqz {condition}) (then unreachable))")
}

/// A filter whose `on-produce` is `body`, and that imports all of preview 1. Its verdict is what
/// lies at 0, its description at 64. At 512 are two pieces of text: `hi`, a byte that is not UTF-8, and a line end; and
/// nothing.
fn filter(body: &str) -> anyhow::Result<Vec<u8>> {
    let mut imports = String::new();
    for (name, letters) in PREVIEW1_FUNCTIONS {
        let parameters = letters.replace('i', " i32").replace('l', " i64");
        let result = if name == "proc_exit" { "" } else { "(result i32)" };
        imports += &format!(
            "(import \"{PREVIEW1}\" \"{name}\" (func ${name} (param{parameters}) {result}))"
        );
    }
    let text = format!(
        r#"(module {imports}
            (memory (export "memory") 1)
            (data (i32.const 64)
                "\20\03\00\00\04\00\00\00\20\03\00\00\04\00\00\00\20\03\00\00\04\00\00\00")
            (data (i32.const 800) "hand")
            (data (i32.const 512) "\00\03\00\00\04\00\00\00\00\03\00\00\00\00\00\00")
            (data (i32.const 768) "hi\ff\0a")
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 8192))
            (func (export "sluicegate:plugin/lifecycle@0.1.0#describe") (result i32) (i32.const 64))
            (func (export "sluicegate:plugin/lifecycle@0.1.0#configure") (param i32 i32)
                (result i32) (i32.const 0))
            (func (export "sluicegate:plugin/filter@0.1.0#on-produce") (param i32 i32 i32)
                (result i32) {body} (i32.const 0))
            (func (export "sluicegate:plugin/filter@0.1.0#on-consume") (param i32 i32 i32)
                (result i32) (i32.const 0)))"#
    );
    let wit = tempfile::tempdir()?;
    fs::create_dir_all(wit.path().join("deps/sluicegate"))?;
    fs::write(wit.path().join("world.wit"), Roles::new(&[Role::Filter]).world())?;
    fs::write(wit.path().join("deps/sluicegate/sluicegate.wit"), CONTRACT_WIT)?;
    componentise(&wat::parse_str(text)?, wit.path())
}

fn call(body: &str) -> Result<Verdict, CallError> {
    let engine = Engine::new(&EngineSettings::default()).unwrap();
    let wasm = filter(body).unwrap();
    let plugin: Arc<Plugin> = Plugin::load(&engine, &wasm, PluginSettings::new("hand")).unwrap();
    let record = Record { value: Some(Bytes::from_static(b"value")), ..Record::default() };
    let mut message = Message {
        topic: TopicName::new("orders").unwrap(),
        partition: None,
        record,
        expected_offset: None,
    };
    let context = CallContext { principal: "ann".into(), timestamp_ms: 1 };
    plugin.acquire(Tracing::Off)?.on_produce(&mut message, &context)
}

#[test]
fn only_the_log_and_random_numbers_are_asked_of_the_gateway() {
    let wasm = filter("").unwrap();
    let decoded = wit_component::decode(&wasm).unwrap();
    let resolve = decoded.resolve();
    let world = resolve.packages[decoded.package()].worlds.values().next().unwrap();
    let imports: Vec<_> =
        resolve.worlds[*world].imports.keys().map(|key| resolve.name_world_key(key)).collect();
    let unexpected = |name: &&String| {
        ![
            "sluicegate:plugin/types@0.1.0",
            "sluicegate:plugin/log@0.1.0",
            "wasi:random/random@0.2.0",
        ]
        .contains(&name.as_str())
    };
    assert_eq!(imports.iter().find(unexpected), None);
}

#[test]
fn a_runtime_meets_an_empty_world() {
    let body = [
        assert_that("(i32.eqz (call $environ_sizes_get (i32.const 16) (i32.const 20)))"),
        assert_that("(i64.eqz (i64.load (i32.const 16)))"),
        // 2020-01-01, and one second after the start.
        assert_that("(i32.eqz (call $clock_time_get (i32.const 0) (i64.const 0) (i32.const 16)))"),
        assert_that("(i64.eq (i64.load (i32.const 16)) (i64.const 1577836800000000000))"),
        assert_that("(i32.eqz (call $clock_time_get (i32.const 1) (i64.const 0) (i32.const 16)))"),
        assert_that("(i64.eq (i64.load (i32.const 16)) (i64.const 1000000000))"),
        // Both halves of 16 bytes, and the byte behind 15.
        assert_that("(i32.eqz (call $random_get (i32.const 16) (i32.const 15)))"),
        assert_that("(i64.ne (i64.load (i32.const 16)) (i64.const 1000000000))"),
        assert_that("(i64.ne (i64.load (i32.const 24)) (i64.const 0))"),
        assert_that("(i32.eqz (i32.load8_u (i32.const 31)))"),
        // Four bytes in two pieces, one of which is empty; the fifth descriptor is nobody's.
        assert_that(
            "(i32.eqz (call $fd_write (i32.const 2) (i32.const 512) (i32.const 2) (i32.const 16)))",
        ),
        assert_that("(i32.eq (i32.load (i32.const 16)) (i32.const 4))"),
        assert_that(
            "(i32.eq (i32.const 8)
                (call $fd_write (i32.const 4) (i32.const 512) (i32.const 2) (i32.const 16)))",
        ),
        assert_that("(i32.eq (call $fd_prestat_get (i32.const 3) (i32.const 16)) (i32.const 8))"),
        // A nap of no time ends at once.
        assert_that(
            "(i32.eqz (call $poll_oneoff
                (i32.const 1024) (i32.const 2048) (i32.const 1) (i32.const 16)))",
        ),
    ];
    assert!(matches!(call(&body.concat()), Ok(Verdict::Forward)));
}

#[test]
fn sleeping_and_exiting_end_the_call() {
    for body in [
        "(i64.store (i32.const 1048) (i64.const 1000001))
         (drop (call $poll_oneoff (i32.const 1024) (i32.const 2048) (i32.const 1) (i32.const 16)))",
        "(call $proc_exit (i32.const 0))",
    ] {
        assert!(matches!(call(body), Err(CallError::Trapped { .. })));
    }
}

#[test]
fn a_component_is_handed_back_as_it_is() {
    let component = wat::parse_str("(component)").unwrap();
    assert_eq!(componentise(&component, Path::new("nowhere")).unwrap(), component);
}

#[test]
fn a_module_that_does_not_fit_its_world_is_refused_in_words() {
    let wit = tempfile::tempdir().unwrap();
    std::fs::write(wit.path().join("world.wit"), "package a:b; world w { export f: func(); }")
        .unwrap();
    let module = wat::parse_str("(module)").unwrap();
    let error = format!("{:#}", componentise(&module, wit.path()).unwrap_err());
    assert!(error.starts_with("it does not fit its world") && error.contains("`f`"), "{error}");
    let error = componentise(b"text", wit.path()).unwrap_err().to_string();
    assert!(error.starts_with("it is not WebAssembly"), "{error}");
}
