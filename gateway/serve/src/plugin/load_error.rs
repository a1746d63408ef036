//! Why a plugin file was not taken into the chain: what is wrong, and what to do about it.

use thiserror::Error;

use super::call_error::CallError;

/// A plugin file that was refused. Nothing of it is left running; a version of the plugin that was
/// in force before stays in force.
///
/// `Display` names the plugin, the source says what is wrong, [`LoadError::hint`] what to do.
#[derive(Debug, Error)]
#[error("plugin `{plugin}` was refused")]
pub struct LoadError {
    /// Name of the plugin.
    pub plugin: String,
    /// What is wrong with it.
    #[source]
    pub cause: LoadFault,
}

/// What is wrong with a plugin file.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LoadFault {
    /// Over the size limit; it was not looked at.
    #[error("the file has {bytes} bytes; a plugin may have {limit}")]
    FileTooLarge {
        /// Its size.
        bytes: usize,
        /// The limit that was met.
        limit: usize,
    },
    /// It does not begin like WebAssembly.
    #[error("the file is not WebAssembly: it begins with {found}")]
    NotWasm {
        /// Its first bytes.
        found: String,
    },
    /// WebAssembly, but not a component.
    #[error("the file is a core WebAssembly module, not a component")]
    CoreModule {
        /// It exports the functions of the contract.
        for_contract: bool,
    },
    /// A component that cannot be compiled.
    #[error("the component cannot be compiled: {reason}")]
    NotCompiled {
        /// The compiler's words.
        reason: String,
    },
    /// It speaks another version of the contract.
    #[error("found `{found}`, and this gateway speaks {spoken}")]
    OtherVersion {
        /// The interface as the component names it.
        found: String,
        /// The version this gateway speaks.
        spoken: &'static str,
    },
    /// It exports none of the five roles.
    #[error(
        "it exports no role: none of authenticator, filter, router, partitioner and transcoder"
    )]
    NoRole,
    /// It does not export `lifecycle`.
    #[error("it does not export `{wanted}`")]
    NoLifecycle {
        /// The interface that is missing.
        wanted: &'static str,
    },
    /// It imports what was not granted, or what does not exist.
    #[error("it imports `{import}`, and {capability} is not granted to it")]
    NotGranted {
        /// The import as the component names it.
        import: String,
        /// What that would let it reach.
        capability: String,
        /// How to grant it, or what to do where that cannot be granted.
        hint: &'static str,
    },
    /// What its settings file grants cannot be made ready.
    #[error("`[{section}]` cannot be used: {reason}")]
    ReachUnusable {
        /// The section, such as `redis.users`.
        section: String,
        /// What is wrong.
        reason: String,
    },
    /// An interface has the right name but other functions or types.
    #[error("it does not fit the contract: {reason}")]
    WrongShape {
        /// What does not fit.
        reason: String,
    },
    /// `describe` answered with something that is not a description.
    #[error("its description is not usable: {reason}")]
    BadDescription {
        /// What is wrong.
        reason: String,
    },
    /// `configure` said no.
    #[error("it refused its settings: {reason}")]
    NotConfigured {
        /// The plugin's own words.
        reason: String,
    },
    /// Its start, `describe` or `configure` gave no answer.
    #[error(transparent)]
    Call(CallError),
}

impl LoadError {
    /// What the plugin's author or the operator can do.
    pub fn hint(&self) -> &'static str {
        match &self.cause {
            LoadFault::FileTooLarge { .. } => "build it optimised and strip debug information",
            LoadFault::NotWasm { .. } => "put the built `.wasm` file there, not its text or source",
            LoadFault::CoreModule { for_contract: true } => {
                "it has the functions of the contract: `sluicegate plugin build` in its project makes \
                 the component, in the folder `build`"
            }
            LoadFault::CoreModule { for_contract: false } => {
                "it has no function of the contract: begin with `sluicegate plugin new`, and build \
                 with `sluicegate plugin build`"
            }
            LoadFault::NotCompiled { .. } => {
                "build it again with `sluicegate plugin build`; the copy may be incomplete"
            }
            LoadFault::OtherVersion { .. } => {
                "rebuild it with the plugin SDK of this gateway, or run a gateway that speaks its version"
            }
            LoadFault::NoRole => {
                "export at least one role interface of the contract; `sluicegate plugin new NAME --lang \
                 LANGUAGE --role ROLE` makes a project that does"
            }
            LoadFault::NoLifecycle { .. } => {
                "export `describe` and `configure`; the SDKs do it for every plugin"
            }
            LoadFault::NotGranted { hint, .. } => hint,
            LoadFault::ReachUnusable { .. } => "mend the section in the plugin's TOML file",
            LoadFault::WrongShape { .. } => {
                "build it against `sluicegate plugin contract --wit`, the contract of this gateway"
            }
            LoadFault::BadDescription { .. } => "mend its `describe` function",
            LoadFault::NotConfigured { .. } => "mend `[settings]` in the plugin's TOML file",
            LoadFault::Call(CallError::DeadlinePassed { .. }) => {
                "do less in `configure`, or raise `start_deadline_ms` under `[limits]`"
            }
            LoadFault::Call(CallError::MemoryExceeded { .. }) => {
                "use less memory, or raise `memory_bytes_max` under `[limits]`"
            }
            LoadFault::Call(_) => {
                "mend that function; `sluicegate plugin check FILE` tries it alone"
            }
        }
    }
}
