//! Why a call of a plugin gave no answer.

use std::{sync::Arc, time::Duration};

use thiserror::Error;

use super::call_output::CallOutput;

/// A call that gave no answer. The message it was about is not stored.
///
/// `Display` is for the operator; [`CallError::public`] for the client.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CallError {
    /// The plugin failed too often and is left alone for a while; it was not called.
    #[error("plugin `{plugin}` is quarantined for another {} ms", left.as_millis())]
    Quarantined {
        /// Name of the plugin.
        plugin: Arc<str>,
        /// Time until it is tried again.
        left: Duration,
    },
    /// All instances it may have are in use; it was not called.
    #[error("plugin `{plugin}` has all its {limit} instances in use")]
    Busy {
        /// Name of the plugin.
        plugin: Arc<str>,
        /// The limit that was met, of the plugin or of the process.
        limit: u32,
    },
    /// The guest trapped, or the gateway stopped it for what it did.
    #[error("plugin `{plugin}` trapped in {call}: {trap}")]
    Trapped {
        /// Name of the plugin.
        plugin: Arc<str>,
        /// Function of the contract that was called.
        call: &'static str,
        /// What the guest said before it, then what happened, and in which function of the guest if
        /// that has a name.
        trap: String,
    },
    /// It took too long.
    #[error("plugin `{plugin}` did not end {call} within {} ms{output}", limit.as_millis())]
    DeadlinePassed {
        /// Name of the plugin.
        plugin: Arc<str>,
        /// Function of the contract that was called.
        call: &'static str,
        /// The limit that was met.
        limit: Duration,
        /// What the guest said before it.
        output: CallOutput,
    },
    /// It asked for more memory than it may have, and did not survive the refusal.
    #[error(
        "plugin `{plugin}` asked for {wanted} bytes of memory in {call}; it may have {limit}{output}"
    )]
    MemoryExceeded {
        /// Name of the plugin.
        plugin: Arc<str>,
        /// Function of the contract that was called.
        call: &'static str,
        /// Size its memory would have had.
        wanted: usize,
        /// The limit that was met.
        limit: usize,
        /// What the guest said before it.
        output: CallOutput,
    },
    /// It handed over more bytes than a call may; they were not copied.
    #[error("plugin `{plugin}` handed over more than {limit} bytes in {call}{output}")]
    ResultTooLarge {
        /// Name of the plugin.
        plugin: Arc<str>,
        /// Function of the contract that was called.
        call: &'static str,
        /// The limit that was met.
        limit: usize,
        /// What the guest said before it.
        output: CallOutput,
    },
    /// The answer breaks the contract.
    #[error("plugin `{plugin}` gave an answer to {call} that the contract forbids: {reason}")]
    BadAnswer {
        /// Name of the plugin.
        plugin: Arc<str>,
        /// Function of the contract that was called.
        call: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// `configure` refused on an instance that was made later, though it agreed at first.
    #[error("plugin `{plugin}` refused its settings on a new instance: {reason}")]
    NotConfigured {
        /// Name of the plugin.
        plugin: Arc<str>,
        /// The plugin's own words.
        reason: String,
    },
}

impl CallError {
    /// Short words for the client, without a look inside.
    pub fn public(&self) -> &'static str {
        match self {
            Self::Quarantined { .. } => "plugin is not available now",
            Self::Busy { .. } => "plugin is busy",
            Self::DeadlinePassed { .. } => "plugin took too long",
            Self::MemoryExceeded { .. } => "plugin used too much memory",
            Self::ResultTooLarge { .. } => "plugin gave too large a result",
            Self::Trapped { .. } | Self::BadAnswer { .. } | Self::NotConfigured { .. } => {
                "plugin failed"
            }
        }
    }

    /// One word for counters and logs.
    pub fn kind(&self) -> FailureKind {
        match self {
            Self::Quarantined { .. } => FailureKind::Quarantined,
            Self::Busy { .. } => FailureKind::Busy,
            Self::Trapped { .. } => FailureKind::Trap,
            Self::DeadlinePassed { .. } => FailureKind::Deadline,
            Self::MemoryExceeded { .. } => FailureKind::Memory,
            Self::ResultTooLarge { .. } => FailureKind::Result,
            Self::BadAnswer { .. } => FailureKind::Answer,
            Self::NotConfigured { .. } => FailureKind::Configure,
        }
    }

    /// True if the plugin itself failed, which counts towards its quarantine.
    pub(super) fn is_fault(&self) -> bool {
        !matches!(self, Self::Quarantined { .. } | Self::Busy { .. })
    }
}

/// The kinds of [`CallError`], for counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// Not called: quarantined.
    Quarantined,
    /// Not called: no instance free.
    Busy,
    /// A trap.
    Trap,
    /// Over the time limit.
    Deadline,
    /// Over the memory limit.
    Memory,
    /// Over the result limit.
    Result,
    /// An answer against the contract.
    Answer,
    /// `configure` refused on a later instance.
    Configure,
}

impl FailureKind {
    /// All kinds, in the order of [`FailureKind::name`]'s documentation.
    pub const ALL: [Self; 8] = [
        Self::Quarantined,
        Self::Busy,
        Self::Trap,
        Self::Deadline,
        Self::Memory,
        Self::Result,
        Self::Answer,
        Self::Configure,
    ];

    /// `quarantined`, `busy`, `trap`, `deadline`, `memory`, `result`, `answer` or `configure`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Quarantined => "quarantined",
            Self::Busy => "busy",
            Self::Trap => "trap",
            Self::Deadline => "deadline",
            Self::Memory => "memory",
            Self::Result => "result",
            Self::Answer => "answer",
            Self::Configure => "configure",
        }
    }
}
