//! Between the generated exports and the traits of authors. For [`export!`](macro@crate::export) only.

use std::{cell::RefCell, fmt, marker::PhantomData, panic, sync::Once};

use crate::{
    Authenticator, Burst, Credentials, Current, Denial, Description, Destination, Filter, Grant,
    Message, Partitioner, Placement, Plugin, Rejection, Router, Transcoder, Verdict, bindings, log,
    plugin,
};

/// The plugin of this WebAssembly instance, once it is configured.
pub struct Instance<P> {
    plugin: RefCell<Option<P>>,
}

impl<P> Instance<P> {
    /// Not configured yet.
    #[expect(clippy::new_without_default, reason = "only a const one is of use")]
    pub const fn new() -> Self {
        Self { plugin: RefCell::new(None) }
    }
}

impl<P> fmt::Debug for Instance<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance").finish_non_exhaustive()
    }
}

/// What `export!` adds to a plugin: where its one instance is, and what its Cargo.toml says.
pub trait Exported: Plugin {
    /// Lends the place of this thread's instance.
    fn with_instance<R>(call: impl FnOnce(&Instance<Self>) -> R) -> R;

    /// Name, version and description of the plugin's package.
    fn package() -> Description;
}

/// The type whose exports are generated.
pub struct Guest<P>(PhantomData<P>);

impl<P> fmt::Debug for Guest<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guest")
    }
}

impl<P: Exported> Guest<P> {
    fn call<R>(role: impl FnOnce(&mut P) -> R) -> R {
        P::with_instance(|instance| {
            let mut plugin = instance.plugin.borrow_mut();
            role(plugin.as_mut().expect("the gateway configures an instance before it calls it"))
        })
    }
}

impl<P: Exported> bindings::lifecycle::Guest for Guest<P> {
    fn describe() -> Description {
        log_panics();
        P::describe(P::package())
    }

    fn configure(settings: String) -> Result<(), String> {
        log_panics();
        let plugin = plugin::from_json::<P>(&settings)?;
        P::with_instance(|instance| *instance.plugin.borrow_mut() = Some(plugin));
        Ok(())
    }
}

impl<P: Exported + Authenticator> bindings::authenticator::Guest for Guest<P> {
    fn authenticate(login: Credentials) -> Result<Grant, Denial> {
        Self::call(|plugin| plugin.authenticate(&login))
    }
}

impl<P: Exported + Filter> bindings::filter::Guest for Guest<P> {
    fn on_produce(value: Option<Vec<u8>>) -> Verdict {
        Self::call(|plugin| plugin.on_produce(&mut Message::new(value)))
    }

    fn on_consume(value: Option<Vec<u8>>) -> Verdict {
        Self::call(|plugin| plugin.on_consume(&mut Message::new(value)))
    }
}

impl<P: Exported + Router> bindings::router::Guest for Guest<P> {
    fn route(topic: String) -> Result<Destination, Rejection> {
        Self::call(|plugin| plugin.route(&topic, &Current::in_hand()))
    }
}

impl<P: Exported + Partitioner> bindings::partitioner::Guest for Guest<P> {
    fn partition_many(keys: Vec<u8>, ends: Vec<u32>, partitions: u32) -> Vec<u32> {
        let burst = Burst::new(keys, ends, partitions);
        let mut placement = Placement::for_burst(&burst);
        Self::call(|plugin| plugin.partition_burst(&burst, &mut placement));
        placement.into_partitions()
    }
}

impl<P: Exported + Transcoder> bindings::transcoder::Guest for Guest<P> {
    fn encode(value: Vec<u8>) -> Result<Vec<u8>, Rejection> {
        Self::call(|plugin| plugin.encode(value, &Current::in_hand()))
    }

    fn decode(value: Vec<u8>) -> Result<Vec<u8>, Rejection> {
        Self::call(|plugin| plugin.decode(value, &Current::in_hand()))
    }
}

/// A panic ends in a trap, which has no words; so the words go to the gateway's log before it.
fn log_panics() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        // One line: std puts the place and the words on two, and `assert_eq!` has four.
        panic::set_hook(Box::new(|panic| log::error(&panic.to_string().replace('\n', " "))));
    });
}
