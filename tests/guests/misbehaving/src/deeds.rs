//! The ways of going wrong.

use std::hint::black_box;

use sluicegate_plugin::{Message, Verdict, log, metrics, serde_json};

/// One way of going wrong, by its name in settings and messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Mode {
    /// Panics in each call.
    Trap,
    /// Never returns from a call.
    Loop,
    /// Takes 1 GiB of memory in a call and touches all of it.
    Allocate,
    /// Takes 4 MiB of memory in each call, and keeps them.
    Hoard,
    /// Answers with a value of 100 MB.
    Result,
    /// Recurses until the stack ends.
    Stack,
    /// Rejects with a code and a message that the contract does not allow.
    BadRejection,
    /// Writes a thousand log lines and makes a thousand counters in a call.
    Chatter,
    /// Refuses its settings.
    ConfigureError,
    /// Panics while it is configured.
    TrapInConfigure,
    /// Never returns from `configure`.
    LoopInConfigure,
    /// Takes 1 GiB of memory while it is configured.
    AllocateInConfigure,
}

const GIB: usize = 1 << 30;
const HOARD_BYTES: usize = 4 << 20;
const RESULT_BYTES: usize = 100_000_000;

impl Mode {
    pub(crate) fn named(word: &[u8]) -> Option<Self> {
        let word = serde_json::Value::from(str::from_utf8(word).ok()?);
        serde_json::from_value(word).ok()
    }

    pub(crate) fn during_configure(self) -> Result<(), String> {
        match self {
            Self::ConfigureError => return Err("refused, as the settings ask".to_owned()),
            Self::TrapInConfigure => panic!("panicked, as the settings ask"),
            Self::LoopInConfigure => spin(),
            Self::AllocateInConfigure => allocate(),
            _ => (),
        }
        Ok(())
    }

    pub(crate) fn during_call(self, message: &mut Message) -> Verdict {
        match self {
            Self::Trap => panic!("panicked, as it was told to"),
            Self::Loop => spin(),
            Self::Allocate => allocate(),
            Self::Hoard => hoard(),
            Self::Result => return Verdict::Replace(vec![b'x'; RESULT_BYTES]),
            Self::Stack => message.set_header("depth", descend(1).to_string()),
            Self::BadRejection => return Verdict::reject("Not A Code\r\n", "x\r\n".repeat(1000)),
            Self::Chatter => chatter(),
            _ => (),
        }
        Verdict::Forward
    }
}

fn spin() {
    let mut turns = 0_u64;
    // Bounded by nothing: `black_box` hides that the condition never changes.
    while black_box(true) {
        turns = black_box(turns).wrapping_add(1);
    }
}

fn allocate() {
    black_box(vec![1_u8; GIB]);
}

/// Like a language runtime that grows: nothing fails until the limit is met.
fn hoard() {
    black_box(vec![1_u8; HOARD_BYTES]).leak();
}

fn descend(depth: u64) -> u64 {
    let frame = black_box([depth; 64]);
    if frame[0] == u64::MAX { 0 } else { descend(depth + 1) + black_box(frame)[63] }
}

fn chatter() {
    for line in 0..1000 {
        log::info(&format!("line {line}"));
        metrics::count(&format!("counter_{line}"), 1);
    }
}
