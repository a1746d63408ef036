//! Plugins written by hand in WAT, one role each, so that tests need no guest toolchain.
//!
//! A body writes its answer from address 128 on, where everything is zero when it starts: zeroes
//! mean `ok` and `forward`. A value is at `$at`, `$len` bytes long.

use std::sync::{Arc, LazyLock};

use crate::{
    message::Role,
    plugin::{Engine, EngineSettings, Plugin, PluginSettings},
};

static ENGINE: LazyLock<Engine> =
    LazyLock::new(|| Engine::new(&EngineSettings::default()).unwrap());

/// Goes on, or answers `ok` with nothing.
pub(super) const FORWARD: &str = "";
/// A filter's `drop`.
pub(super) const DROP: &str = "(i32.store8 (i32.const 128) (i32.const 2))";
/// Traps.
pub(super) const TRAP: &str = "unreachable";
/// Does not return.
pub(super) const LOOP: &str = "(loop (br 0))";
/// An authenticator's `not-mine`.
pub(super) const NOT_MINE: &str = "(i32.store8 (i32.const 128) (i32.const 1))";
/// `code` and `message` of a rejection: `bad: not today`.
const REJECTION: &str = "
    (i32.store (i32.const 132) (i32.const 256)) (i32.store (i32.const 136) (i32.const 3))
    (i32.store (i32.const 140) (i32.const 259)) (i32.store (i32.const 144) (i32.const 9))";

/// A filter's `reject`.
pub(super) fn reject() -> String {
    format!("(i32.store8 (i32.const 128) (i32.const 3)) {REJECTION}")
}

/// A router's or transcoder's error.
pub(super) fn error() -> String {
    format!("(i32.store8 (i32.const 128) (i32.const 1)) {REJECTION}")
}

/// An authenticator's `wrong-credentials`, with the text `not today`.
pub(super) fn wrong_credentials() -> String {
    format!(
        "{NOT_MINE} (i32.store8 (i32.const 136) (i32.const 1))
         (i32.store (i32.const 140) (i32.const 259)) (i32.store (i32.const 144) (i32.const 9))"
    )
}

/// A transcoder's value with a letter more.
pub(super) fn encode_with(letter: char) -> String {
    let letter = u32::from(letter);
    format!(
        "(i32.store8 (i32.add (local.get $at) (local.get $len)) (i32.const {letter}))
         (i32.store (i32.const 132) (local.get $at))
         (i32.store (i32.const 136) (i32.add (local.get $len) (i32.const 1)))"
    )
}

/// A filter's `replace`: the value with a letter more.
pub(super) fn replace_with(letter: char) -> String {
    format!("(i32.store8 (i32.const 128) (i32.const 1)) {}", encode_with(letter))
}

/// A body for values that begin with a letter only.
pub(super) fn if_first_is(letter: char, body: &str) -> String {
    let letter = u32::from(letter);
    format!("(if (i32.eq (i32.load8_u (local.get $at)) (i32.const {letter})) (then {body}))")
}

/// A router's answer: the topic `elsewhere`, for this message or for the whole topic.
pub(super) fn route_elsewhere(scope: &str) -> String {
    let scope = u32::from(scope == "topic");
    format!(
        "(i32.store (i32.const 132) (i32.const 268)) (i32.store (i32.const 136) (i32.const 9))
         (i32.store8 (i32.const 140) (i32.const {scope}))"
    )
}

/// A partitioner's answer: the same partition for each of at most 8 messages.
pub(super) fn partition_all(partition: i32) -> String {
    let stores = (0..8)
        .map(|nth| format!("(i32.store (i32.const {}) (i32.const {partition}))", 512 + 4 * nth));
    let list = stores.collect::<String>();
    format!(
        "{list} (i32.store (i32.const 128) (i32.const 512))
         (i32.store (i32.const 132) (local.get $count))"
    )
}

/// A loaded plugin of one role. `bodies` are those of its functions, in the order of the contract.
pub(super) fn plugin(name: &str, role: Role, bodies: [&str; 2]) -> Arc<Plugin> {
    plugin_with(PluginSettings::new(name), role, bodies)
}

/// The same with other settings.
pub(super) fn plugin_with(settings: PluginSettings, role: Role, bodies: [&str; 2]) -> Arc<Plugin> {
    let wasm = wat::parse_str(component(role, bodies)).unwrap();
    Plugin::load(&ENGINE, &wasm, settings).unwrap()
}

fn component(role: Role, [first, second]: [&str; 2]) -> String {
    let params = match role {
        Role::Authenticator => "(param i32 i32 i32 i32 i32 i32)",
        Role::Filter => "(param i32) (param $at i32) (param $len i32)",
        Role::Router | Role::Transcoder => "(param $at i32) (param $len i32)",
        Role::Partitioner => "(param i32 i32 i32) (param $count i32) (param i32)",
    };
    let start = "(memory.fill (i32.const 128) (i32.const 0) (i32.const 64))
                 (global.set $free (i32.const 1024))";
    format!(
        r#"(component
            (core module $code
                (memory (export "memory") 1)
                (global $free (mut i32) (i32.const 1024))
                (data (i32.const 0) "\20\00\00\00\04\00\00\00\20\00\00\00\04\00\00\00\20\00\00\00\04\00\00\00")
                (data (i32.const 32) "hand")
                (data (i32.const 256) "badnot todayelsewhere")
                (func (export "realloc") (param i32 i32) (param $align i32) (param $bytes i32)
                    (result i32) (local $at i32)
                    (local.set $at (i32.and
                        (i32.add (global.get $free) (i32.sub (local.get $align) (i32.const 1)))
                        (i32.sub (i32.const 0) (local.get $align))))
                    (global.set $free (i32.add (local.get $at) (local.get $bytes)))
                    (local.get $at))
                (func (export "describe") (result i32) (i32.const 0))
                (func (export "configure") (param i32 i32) (result i32) (i32.const 64))
                (func (export "first") {params} (result i32) {start} {first} (i32.const 128))
                (func (export "second") {params} (result i32) {start} {second} (i32.const 128)))
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
            {role_part}
            (export "sluicegate:plugin/{role}@0.1.0" (instance $role)))"#,
        role_part = role_part(role),
    )
}

/// The types, functions and instance of a role's interface.
fn role_part(role: Role) -> String {
    let lift = |core: &str| {
        format!("(canon lift (core func $i \"{core}\") (memory $memory) (realloc $realloc))")
    };
    let (first, second) = (lift("first"), lift("second"));
    match role {
        Role::Authenticator => authenticator_part(&first),
        Role::Filter => format!(
            r#"(type $verdict (variant
                (case "forward") (case "replace" (list u8)) (case "drop")
                (case "reject" $rejection)))
            (func $first (param "value" (option (list u8))) (result $verdict) {first})
            (func $second (param "value" (option (list u8))) (result $verdict) {second})
            (instance $role
                (export "rejection" (type $rejection)) (export "verdict" (type $verdict))
                (export "on-produce" (func $first)) (export "on-consume" (func $second)))"#
        ),
        Role::Router => format!(
            r#"(type $scope (enum "message" "topic"))
            (type $destination (record (field "topic" string) (field "scope" $scope)))
            (func $first (param "topic" string)
                (result (result $destination (error $rejection))) {first})
            (instance $role
                (export "rejection" (type $rejection)) (export "scope" (type $scope))
                (export "destination" (type $destination)) (export "route" (func $first)))"#
        ),
        Role::Partitioner => format!(
            r#"(func $first (param "keys" (list u8)) (param "ends" (list u32))
                (param "partitions" u32) (result (list u32)) {first})
            (instance $role (export "partition-many" (func $first)))"#
        ),
        Role::Transcoder => format!(
            r#"(func $first (param "value" (list u8))
                (result (result (list u8) (error $rejection))) {first})
            (func $second (param "value" (list u8))
                (result (result (list u8) (error $rejection))) {second})
            (instance $role
                (export "rejection" (type $rejection))
                (export "encode" (func $first)) (export "decode" (func $second)))"#
        ),
    }
}

fn authenticator_part(lift: &str) -> String {
    format!(
        r#"(type $credentials
                (record (field "username" string) (field "secret" string) (field "peer" string)))
            (type $start-at (variant
                (case "configured") (case "oldest") (case "newest") (case "offset" u64)
                (case "timestamp-ms" s64)))
            (type $binding (record
                (field "topic" string) (field "publishes" bool) (field "consumes" bool)
                (field "color" string) (field "start-at" $start-at)
                (field "block-ms" (option u32)) (field "batch" (option u32))))
            (type $grant (record
                (field "principal" string) (field "group" string)
                (field "publish" (list string)) (field "consume" (list string))
                (field "admin" bool) (field "cluster" (option string))
                (field "binding" (option $binding)) (field "holds-for-secs" (option u32))))
            (type $denial (variant
                (case "not-mine") (case "wrong-credentials" string) (case "no-permission" string)
                (case "malformed" string) (case "unavailable" string)))
            (func $first (param "login" $credentials)
                (result (result $grant (error $denial))) {lift})
            (instance $role
                (export "rejection" (type $rejection)) (export "credentials" (type $credentials))
                (export "start-at" (type $start-at)) (export "binding" (type $binding))
                (export "grant" (type $grant)) (export "denial" (type $denial))
                (export "authenticate" (func $first)))"#
    )
}
