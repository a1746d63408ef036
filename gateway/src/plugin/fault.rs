//! What an error of the WebAssembly engine means, in words.

use std::{fmt::Write, sync::Arc};

use wasmtime::{Trap, WasmBacktrace};

use super::{
    blueprint::Blueprint, call_error::CallError, instance::Call, limits::GUEST_TEXT_BYTES_MAX,
    text::one_line,
};

/// The engine's words when a guest hands over more than the result limit: its type is private, so
/// the words are all there is. A test holds them.
const TOO_MUCH_DATA: &str = "fuel allocated for hostcalls has been exhausted";

/// Names the limit that was met, or repeats the trap. `refused` is the memory size that was
/// refused in this call, if one was.
pub(super) fn into_words(
    error: &wasmtime::Error,
    call: Call,
    refused: Option<usize>,
    blueprint: &Blueprint,
) -> CallError {
    let (plugin, limits) = (Arc::clone(&blueprint.shared.name), &blueprint.limits);
    let Call { name: call, limit } = call;
    if error.downcast_ref::<Trap>() == Some(&Trap::Interrupt) {
        return CallError::DeadlinePassed { plugin, call, limit };
    }
    if let Some(wanted) = refused {
        let limit = limits.memory_bytes_max;
        return CallError::MemoryExceeded { plugin, call, wanted, limit };
    }
    if error.chain().any(|cause| cause.to_string().contains(TOO_MUCH_DATA)) {
        return CallError::ResultTooLarge { plugin, call, limit: limits.result_bytes_max };
    }
    CallError::Trapped { plugin, call, trap: trap_text(error) }
}

/// The cause, and the innermost function of the guest that has a name and is not the machinery
/// that every panic of a language passes through.
fn trap_text(error: &wasmtime::Error) -> String {
    let cause = match error.downcast_ref::<Trap>() {
        Some(trap) => trap.to_string(),
        None => error.root_cause().to_string(),
    };
    let mut text = one_line(&cause, GUEST_TEXT_BYTES_MAX);
    let frames = error.downcast_ref::<WasmBacktrace>().map_or(&[][..], WasmBacktrace::frames);
    let mut names = frames.iter().filter_map(wasmtime::FrameInfo::func_name);
    if let Some(name) = names.find(|name| !name.contains("abort") && !name.contains("panic")) {
        let _ = write!(text, ", in `{}`", one_line(name, GUEST_TEXT_BYTES_MAX));
    }
    text
}
