//! What wit-bindgen makes of the contract, cut into one world for each role.
//!
//! The gateway reads a plugin's roles from its exports, and every export of a world must be there.
//! So each role is a world of its own here, and [`export!`](macro@crate::export) joins those a plugin
//! asks for: the encoded worlds travel in the core module as custom sections, and making a
//! component unites them.
#![allow(
    unsafe_code,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    clippy::all,
    clippy::pedantic,
    clippy::allow_attributes_without_reason,
    reason = "generated"
)]

/// What plugins import, and the shapes that roles share.
pub mod imports {
    wit_bindgen::generate!({
        path: ["../wit", "wit"],
        world: "sluicegate:rust-sdk/imports",
        // Keeps its custom section free of anything but imports.
        pub_export_macro: true,
        generate_unused_types: true,
        generate_all,
        additional_derives: [PartialEq, Eq],
    });
    pub use sluicegate::plugin::*;
}

/// One world that exports one interface of the contract, with its `export!` macro.
macro_rules! role {
    ($module:ident, $world:tt $(, $types:tt)?) => {
        pub mod $module {
            wit_bindgen::generate!({
                path: ["../wit", "wit"],
                world: $world,
                $(with: { $types: crate::bindings::imports::types },)?
                pub_export_macro: true,
                additional_derives: [PartialEq, Eq],
            });
            pub use exports::sluicegate::plugin::$module::*;
        }
    };
}

role!(lifecycle, "sluicegate:rust-sdk/lifecycle");
role!(authenticator, "sluicegate:rust-sdk/authenticator", "sluicegate:plugin/types@0.1.0");
role!(filter, "sluicegate:rust-sdk/filter", "sluicegate:plugin/types@0.1.0");
role!(router, "sluicegate:rust-sdk/router", "sluicegate:plugin/types@0.1.0");
role!(partitioner, "sluicegate:rust-sdk/partitioner");
role!(transcoder, "sluicegate:rust-sdk/transcoder", "sluicegate:plugin/types@0.1.0");
