//! The gateway's counters: one struct, one list.

use std::sync::atomic::{AtomicU64, Ordering};

/// A number that only grows, or for the `…_now` ones, a level.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Adds `by`.
    pub fn add(&self, by: u64) {
        self.0.fetch_add(by, Ordering::Relaxed);
    }

    /// Takes one away from a level.
    pub fn subtract_one(&self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }

    /// Its value now.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

macro_rules! counters {
    ($($name:ident: $meaning:literal,)+) => {
        /// All counters of one gateway.
        #[derive(Debug, Default)]
        pub struct Counters {
            $(#[doc = $meaning] pub $name: Counter,)+
        }

        impl Counters {
            /// Name, meaning and value of each, in the order of a message's travel.
            pub fn each(&self) -> Vec<(&'static str, &'static str, u64)> {
                vec![$((stringify!($name), $meaning, self.$name.get()),)+]
            }
        }
    };
}

counters! {
    connections_accepted: "Connections taken.",
    connections_refused: "Connections refused because there were too many.",
    connections_now: "Connections open now.",
    connections_timed_out: "Connections ended by an idle, login or write time limit.",
    subscribers_cut: "Connections ended because they could not be given what they listen to.",
    logins_accepted: "Logins that got a grant.",
    logins_denied: "Logins that got none.",
    logins_asked: "Questions put to authenticators: first ones, and those before a grant ends.",
    logins_ended: "Sessions ended because their login does not hold any more.",
    commands: "Commands answered.",
    commands_refused: "Commands answered with an error.",
    bytes_received: "Bytes of requests.",
    bytes_sent: "Bytes of replies.",
    protocol_errors: "Connections ended by bytes that are not RESP, or not HTTP.",
    http_requests: "HTTP requests taken.",
    messages_published: "Messages a client published.",
    messages_stored: "Messages stored durably.",
    messages_dropped: "Messages a filter dropped on produce: acknowledged, not stored.",
    messages_rejected: "Messages refused on produce by a plugin, a limit or the broker.",
    messages_repeated: "Messages that their producer sent again, and that were not stored again.",
    messages_unknown: "Messages whose publish ended without knowing whether they were stored.",
    records_consumed: "Records given to clients.",
    records_hidden: "Records that a filter dropped or rejected on consume.",
    records_undecoded: "Records that a transcoder could not decode and that were given as stored.",
    plugin_failures: "Plugin calls that failed: traps, time-outs, limits, bad answers.",
    plugin_bypasses: "Messages that passed a failing plugin because it says `bypass`.",
    reloads: "Plugin chains put in force.",
    reloads_refused: "Changes that were refused; the chain before stayed in force.",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_counter_is_listed_with_its_value() {
        let counters = Counters::default();
        counters.messages_stored.add(3);

        let all = counters.each();

        assert!(all.iter().any(|(name, _, value)| *name == "messages_stored" && *value == 3));
        assert!(all.iter().all(|(_, meaning, _)| meaning.ends_with('.')));
    }
}
