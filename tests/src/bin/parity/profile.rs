//! How the gateways are configured that conversations are played on.

use std::fmt::{self, Write as _};

use sluicegate_tests::gateway::Builder;

use super::arguments::{Programs, ROUND};

/// One configuration, the same for both programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Profile {
    /// An embedded log, no plugin, everybody may do everything.
    Open,
    /// The same with the memory broker.
    Memory,
    /// Logins, and a plugin of every role.
    Plugins,
    /// Small limits, no topics by themselves, and a slow log that notes all.
    Limits,
}

/// Which profile the rounds have, in turn.
const TURNS: [Profile; 8] = [
    Profile::Open,
    Profile::Plugins,
    Profile::Memory,
    Profile::Plugins,
    Profile::Open,
    Profile::Limits,
    Profile::Open,
    Profile::Plugins,
];

/// Connections that a gateway with [`Profile::Limits`] takes, the harness' own among them.
pub(crate) const CONNECTIONS_MAX: usize = 6;

/// Layouts of topics, by the end of their names.
const STREAMS: &str = r#"
[streams."*-laid"]
layout = "json"
[streams."*-value"]
layout = "value"
value_field = "body"
key_field = "id"
[streams."*-keyed"]
key_field = "id"
trim = "delete-records"
idmp_maxsize = 2
"#;

/// Limits within a call of a plugin is never late, however busy the machine is.
const PATIENT: &str = "\n[limits]\ncall_deadline_ms = 60000\nauthenticate_deadline_ms = 60000\n";

/// Of `message Order { int64 id = 1; string customer = 2; string card = 3; double total = 4;
/// string note = 5; }` in package `shop`.
const DESCRIPTOR: &str = "CmwKCnNob3AucHJvdG8SBHNob3AiUAoFT3JkZXISCgoCaWQYASABKAMSEAoIY3VzdG9t\
                          ZXIYAiABKAkSDAoEY2FyZBgDIAEoCRINCgV0b3RhbBgEIAEoARIMCgRub3RlGAUgASgJ\
                          YgZwcm90bzM=";

/// A plugin, and its file of settings without limits.
type Plugin = (&'static str, String);

impl Profile {
    /// The profile of the round that conversation `number` belongs to.
    pub(crate) fn of(number: u64) -> Self {
        let turn = (number / ROUND) % TURNS.len() as u64;
        TURNS[usize::try_from(turn).unwrap_or_default()]
    }

    /// Does a new connection have to log in?
    pub(crate) fn asks_for_login(self) -> bool {
        self == Self::Plugins
    }

    /// Completes the description of a gateway.
    pub(crate) fn describe(self, gateway: Builder, programs: &Programs) -> Builder {
        let gateway = gateway
            .toml(STREAMS)
            .set("http.address", "127.0.0.1:0")
            // Whatever the machine does meanwhile, nothing is late.
            .set("limits.publish_deadline_ms", 60_000)
            .set("limits.slowlog_ms", 3_600_000)
            .set("topics.delete", true)
            .set("databus.block_ms", 5);
        match self {
            Self::Open => gateway,
            Self::Memory => gateway.set("broker.kind", "memory"),
            Self::Plugins => plugins().iter().fold(gateway, |gateway, (name, toml)| {
                let wasm =
                    sluicegate_tests::gateway::read(&programs.plugins.join(format!("{name}.wasm")));
                gateway.plugin_file(name, &wasm, &format!("{toml}{PATIENT}"))
            }),
            Self::Limits => gateway
                .set("listen.connections_max", i64::try_from(CONNECTIONS_MAX).unwrap_or(i64::MAX))
                .set("listen.output_bytes_max", 65_536)
                .set("limits.value_bytes_max", 1_000)
                .set("limits.request_bytes_max", 1_048_576)
                .set("limits.slowlog_ms", 0)
                .set("http.body_bytes_max", 4_096)
                .set("topics.create", false)
                .set("topics.delete", false)
                .set("topics.max", 1_000),
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "open",
            Self::Memory => "memory",
            Self::Plugins => "plugins",
            Self::Limits => "limits",
        })
    }
}

/// A plugin of each role, each for topics of its own.
fn plugins() -> Vec<Plugin> {
    let transcode = format!(
        "topics = [\"*-proto\"]\n[settings]\ndescriptor_set = \"{DESCRIPTOR}\"\n\
         [settings.topics]\n\"*-proto\" = \"shop.Order\"\n"
    );
    vec![
        ("auth-static", format!("order = 1\n{USERS}{}", applications())),
        ("filter-json", FILTER.to_owned()),
        ("route-rules", ROUTES.to_owned()),
        ("partition-hash", PLACES.to_owned()),
        ("transcode-protobuf", transcode),
    ]
}

const FILTER: &str = "topics = [\"*-json\", \"bus*j\"]\n\
                      [settings]\nrequired = [\"id\"]\nredact = [\"card\"]\n";

const PLACES: &str = "topics = [\"*-hash\", \"*-m\"]\n[settings]\nformula = \"murmur2\"\n";

const ROUTES: &str = r#"topics = ["*-route", "*-named"]
[[settings.rules]]
topic = "*-named"
to = "{1}-a"
[[settings.rules]]
field = "kind"
matches = "x*"
to = "{topic}-{value}"
[[settings.rules]]
header = "region"
to = "{topic}-{value}"
"#;

/// `secret` is the name, but for `hashed`, whose password is `wonderland`.
const USERS: &str = r#"
[[settings.users]]
name = "admin"
secret = "admin"
publish = ["*"]
consume = ["*"]
admin = true
[[settings.users]]
name = "writer"
secret = "writer"
publish = ["*"]
[[settings.users]]
name = "reader"
secret = "reader"
consume = ["*"]
[[settings.users]]
name = "partly"
secret = "partly"
publish = ["*-a", "*-m"]
consume = ["*-b", "*-m"]
[[settings.users]]
name = "hashed"
hash = "pbkdf2-sha256$100000$MDEyMzQ1Njc4OWFiY2RlZg==$Thm0VEK+ro2ogKsDoatLjSfGyXTaU/QoQiOBSdfBajk="
publish = ["*"]
consume = ["*"]
[[settings.users]]
name = "default"
secret = "default"
consume = ["*-b"]
"#;

/// Databus applications: each conversation of a round has a topic of its own, whose group `g…` may
/// do both, `p…` publish and `s…` consume; the topic `bus…j` meets the filter.
fn applications() -> String {
    let mut rows = String::new();
    for slot in 0..ROUND {
        for (group, end, operation) in
            [("g", "", "pubsub"), ("p", "", "pub"), ("s", "", "sub"), ("g", "j", "pubsub")]
        {
            let row = format!(
                "[[settings.apps]]\ngroup = \"{group}{slot}\"\ntopic = \"bus{slot}{end}\"\n\
                 operation = \"{operation}\"\nkey = \"k\"\nsecret = \"s\"\n"
            );
            rows.write_str(&row).expect("a text takes text");
        }
    }
    rows
}
