//! What an error of the WebAssembly engine means, in words.

use std::sync::Arc;

use wasmtime::{Trap, WasmBacktrace};

use super::{
    call::Call, call_error::CallError, call_output::CallOutput, limits::GUEST_TEXT_BYTES_MAX,
    link::InstanceTemplate, text::one_line,
};

/// The engine's words when a guest hands over more than the result limit: its type is private, so
/// the words are all there is. A test holds them.
const TOO_MUCH_DATA: &str = "fuel allocated for hostcalls has been exhausted";

/// What happened in the call before it failed.
pub(super) struct Circumstances {
    /// The memory size that was refused, if one was.
    pub(super) refused: Option<usize>,
    pub(super) output: CallOutput,
}

/// Names the limit that was met, or repeats what the guest said and the trap.
pub(super) fn into_words(
    error: &wasmtime::Error,
    call: Call,
    circumstances: Circumstances,
    template: &InstanceTemplate,
) -> CallError {
    let (plugin, limits) = (Arc::clone(&template.shared.name), &template.limits);
    let Call { name: call, limit } = call;
    let Circumstances { refused, output } = circumstances;
    if error.downcast_ref::<Trap>() == Some(&Trap::Interrupt) {
        return CallError::DeadlinePassed { plugin, call, limit, output };
    }
    if let Some(wanted) = refused {
        let limit = limits.memory_bytes_max;
        return CallError::MemoryExceeded { plugin, call, wanted, limit, output };
    }
    if error.chain().any(|cause| cause.to_string().contains(TOO_MUCH_DATA)) {
        let limit = limits.result_bytes_max;
        return CallError::ResultTooLarge { plugin, call, limit, output };
    }
    let mut trap = cause_text(error);
    // A guest that said why it ends knows the place better than names of its machine code do.
    if output.is_empty() {
        trap.push_str(&place(error));
    }
    CallError::Trapped { plugin, call, trap: output.before(&trap) }
}

fn cause_text(error: &wasmtime::Error) -> String {
    let cause = match error.downcast_ref::<Trap>() {
        Some(trap) => trap.to_string(),
        None => error.root_cause().to_string(),
    };
    one_line(&cause, GUEST_TEXT_BYTES_MAX)
}

/// The innermost function of the guest that has a name and is not the machinery that every panic of
/// a language passes through; nothing without one.
fn place(error: &wasmtime::Error) -> String {
    let frames = error.downcast_ref::<WasmBacktrace>().map_or(&[][..], WasmBacktrace::frames);
    let mut names = frames.iter().filter_map(wasmtime::FrameInfo::func_name);
    let name = names.find(|name| !is_machinery(name));
    name.map_or_else(String::new, |name| format!(", in `{}`", one_line(name, GUEST_TEXT_BYTES_MAX)))
}

/// True for the functions through which a language's panics end.
fn is_machinery(name: &str) -> bool {
    name == "exit" || ["abort", "panic", "proc_exit"].iter().any(|part| name.contains(part))
}
