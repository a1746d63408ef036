//! Speaks version 0.2.0 of the contract, which does not exist: refused when it is loaded.
//!
//! On any target but `wasm32` there is nothing here.
#![cfg(target_arch = "wasm32")]

#[allow(
    unsafe_code,
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::pedantic,
    clippy::allow_attributes_without_reason,
    reason = "generated"
)]
mod contract {
    wit_bindgen::generate!({ path: "wit", world: "later" });

    struct Future;

    impl exports::sluicegate::plugin::lifecycle::Guest for Future {
        fn configure(_: String) -> Result<(), String> {
            Ok(())
        }
    }

    impl exports::sluicegate::plugin::filter::Guest for Future {
        fn on_produce(_: Option<Vec<u8>>) -> bool {
            true
        }
    }

    export!(Future);
}
