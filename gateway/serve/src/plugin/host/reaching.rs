//! What `redis` and `sql` have in common: when they may be called, and what is noted of each call.

use std::time::Instant;

use tracing::{debug, warn};
use wasmtime::component::HasData;

use crate::{
    plugin::{
        call_events::CallEvents,
        reach::{ReachError, StoreCallBudget, Told, is_name},
        shared::Shared,
    },
    trace::HostCall,
};

/// What interfaces of stores work on.
pub(super) struct StoreCaller<'a> {
    pub(super) plugin: &'a Shared,
    /// `None` outside a login.
    pub(super) access: Option<&'a mut StoreCallBudget>,
    /// For the trace, where the call is traced.
    pub(super) events: Option<&'a mut CallEvents>,
}

/// Says to the linker what interfaces of stores work on.
pub(super) struct HasStores;

impl HasData for HasStores {
    type Data<'a> = StoreCaller<'a>;
}

impl StoreCaller<'_> {
    /// Lets the guest ask a store, counted and noted. `asked` is the kind of store, the connection,
    /// the command or statement, and the number of its arguments; only a login has the right to ask.
    pub(super) fn reach_out<T: Told>(
        &mut self,
        asked: (&str, &str, &str, usize),
        ask: impl FnOnce(&Shared, &mut StoreCallBudget) -> Result<T, ReachError>,
    ) -> wasmtime::Result<Result<T, ReachError>> {
        let (kind, connection, call, arguments) = asked;
        let in_hand = self.access.as_mut().ok_or_else(|| {
            wasmtime::Error::msg(format!(
                "`{kind}` was called outside `authenticate`: only a login may wait for stores"
            ))
        })?;
        let shared = self.plugin;
        let asked = Asked::new(kind, (connection, call));
        let answer = in_hand.count().and_then(|()| ask(shared, in_hand));
        if let Some(events) = &mut self.events {
            let shape = answer.as_ref().map(Told::shape).map_err(in_words);
            let (store, call) = (asked.reach.clone(), asked.call.clone());
            events.host_call(HostCall { store, call, arguments, answer: shape });
        }
        asked.note(shared, answer.as_ref().err());
        Ok(answer)
    }
}

fn in_words(error: &ReachError) -> String {
    format!("{}: {}", error.outcome(), error.words())
}

/// One call of a guest, for the log and the counters. Holds names only, never arguments.
struct Asked {
    /// `redis.users`.
    reach: String,
    /// Command or name of a statement.
    call: String,
    began: Instant,
}

impl Asked {
    fn new(kind: &str, (connection, call): (&str, &str)) -> Self {
        // Other words are none of ours and could hold anything.
        let shown = |word: &str| if is_name(word) { word.to_owned() } else { "?".to_owned() };
        let reach = format!("{kind}.{}", shown(connection));
        Self { reach, call: shown(call), began: Instant::now() }
    }

    /// Counts and logs how it went.
    fn note(self, shared: &Shared, error: Option<&ReachError>) {
        let Self { reach, call, began } = self;
        let plugin = &*shared.name;
        let outcome = error.map_or("answered", ReachError::outcome);
        let elapsed_us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        shared.counters.add_host_call(error);
        debug!(plugin, reach, call, elapsed_us, outcome, "host call");
        if let Some(error @ ReachError::Denied(_)) = error {
            if shared.log.admit(Instant::now()) {
                warn!(plugin, reach, call, error = error.words(), "host call denied");
            } else {
                shared.counters.add_log_line_dropped();
            }
        }
    }
}
