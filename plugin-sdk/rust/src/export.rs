//! The one macro.

/// Makes a plugin of a type: `export!(MyPlugin: Filter, Router);`, once in a crate.
///
/// Name each role the type has; only those are exported, and the gateway reads the roles from the
/// exports. On any target but `wasm32` it only checks that the traits are there, so that the
/// plugin's own tests run without WebAssembly.
#[macro_export]
macro_rules! export {
    ($plugin:ty: $($role:ident),+ $(,)?) => {
        const _: () = {
            const fn has_its_roles<P: $crate::Plugin $(+ $crate::$role)+>() {}
            has_its_roles::<$plugin>();
        };

        #[cfg(target_arch = "wasm32")]
        #[allow(unsafe_code, clippy::all, clippy::pedantic, reason = "generated")]
        const _: () = {
            ::std::thread_local! {
                static INSTANCE: $crate::guest::Instance<$plugin> =
                    const { $crate::guest::Instance::new() };
            }

            impl $crate::guest::Exported for $plugin {
                fn with_instance<R>(call: impl FnOnce(&$crate::guest::Instance<Self>) -> R) -> R {
                    INSTANCE.with(call)
                }

                fn package() -> $crate::Description {
                    $crate::Description {
                        name: env!("CARGO_PKG_NAME").into(),
                        version: env!("CARGO_PKG_VERSION").into(),
                        summary: env!("CARGO_PKG_DESCRIPTION").into(),
                    }
                }
            }

            type Guest = $crate::guest::Guest<$plugin>;
            $crate::bindings::lifecycle::export!(Guest with_types_in $crate::bindings::lifecycle);
            $($crate::__export_role!($role Guest);)+
        };
    };
}

/// Exports one role, by its trait's name.
#[doc(hidden)]
#[macro_export]
macro_rules! __export_role {
    (Authenticator $guest:ident) => {
        $crate::bindings::authenticator::export!(
            $guest with_types_in $crate::bindings::authenticator);
    };
    (Filter $guest:ident) => {
        $crate::bindings::filter::export!($guest with_types_in $crate::bindings::filter);
    };
    (Router $guest:ident) => {
        $crate::bindings::router::export!($guest with_types_in $crate::bindings::router);
    };
    (Partitioner $guest:ident) => {
        $crate::bindings::partitioner::export!(
            $guest with_types_in $crate::bindings::partitioner);
    };
    (Transcoder $guest:ident) => {
        $crate::bindings::transcoder::export!(
            $guest with_types_in $crate::bindings::transcoder);
    };
}
