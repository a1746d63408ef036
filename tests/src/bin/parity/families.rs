//! Which kinds of conversations there are, and how often each is drawn.

use super::{arguments::Plan, conversation::Conversation, profile::Profile, scene::Scene};

mod blocking; //     commands that wait, and what ends their wait
mod crowd; //        too many connections, and killed ones
mod databus; //      SET, HSET, MGET of logins with a bound topic
mod http; //         the same over HTTP
mod limits; //       sizes, and the slow log
mod listening; //    subscribers
mod login; //        who may do what
mod monitor; //      watchers
mod protocol; //     malformed requests, and good ones in pieces
mod topics; //       everything about topics, groups and tools, one command after the other
mod transactions; // MULTI and EXEC
mod voice; //        CLIENT REPLY

/// A kind of conversation.
struct Family {
    name: &'static str,
    /// Writes one.
    write: fn(&mut Scene<'_>),
    /// How often, on gateways without plugins, with plugins, and with small limits.
    weights: [u64; 3],
}

const fn family(name: &'static str, write: fn(&mut Scene<'_>), weights: [u64; 3]) -> Family {
    Family { name, write, weights }
}

const FAMILIES: &[Family] = &[
    family("streams", topics::streams, [12, 5, 8]),
    family("partitions", topics::partitions, [8, 4, 2]),
    family("groups", topics::groups, [16, 6, 8]),
    family("keys", topics::keys, [4, 2, 3]),
    family("topics", topics::topics, [3, 2, 6]),
    family("publish", topics::publish, [3, 2, 3]),
    family("tools", topics::tools, [6, 3, 0]),
    family("client", topics::client, [6, 3, 3]),
    family("explain", topics::explain, [10, 12, 0]),
    family("everything", topics::everything, [8, 8, 0]),
    family("plugins", topics::plugins, [0, 14, 0]),
    family("transactions", transactions::transactions, [10, 5, 5]),
    family("blocking", blocking::blocking, [9, 4, 0]),
    family("channels", listening::channels, [10, 6, 0]),
    family("listen", listening::listen, [4, 2, 2]),
    family("monitor", monitor::monitor, [3, 3, 0]),
    family("voice", voice::voice, [4, 2, 0]),
    family("kill", crowd::kill, [2, 2, 0]),
    family("crowd", crowd::crowd, [0, 0, 4]),
    family("malformed", protocol::malformed, [4, 3, 8]),
    family("pieces", protocol::pieces, [5, 3, 4]),
    family("http", http::http, [3, 10, 6]),
    family("databus", databus::databus, [1, 14, 0]),
    family("groups of databus", databus::members, [0, 5, 0]),
    family("login", login::login, [2, 8, 0]),
    family("rights", login::rights, [0, 8, 0]),
    family("sizes", limits::sizes, [2, 1, 12]),
    family("slow log", limits::slow_log, [0, 0, 10]),
];

/// Conversation `number` of a run; `commands` are all commands there are.
pub(crate) fn conversation(plan: &Plan, number: u64, commands: &[String]) -> Conversation {
    let mut scene = Scene::new(plan.seed, number, commands);
    let weight = |family: &Family| match scene.profile {
        Profile::Open | Profile::Memory => family.weights[0],
        Profile::Plugins => family.weights[1],
        Profile::Limits => family.weights[2],
    };
    let weighted: Vec<_> = FAMILIES.iter().map(|family| (weight(family), family)).collect();
    let family = *scene.draw.weighted(&weighted);
    (family.write)(&mut scene);
    scene.finish(number, family.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parity::conversation::Step;

    fn plan(seed: u64) -> Plan {
        Plan { seed, conversations: 0..1, jobs: 1, differences_max: 1, is_shown: false }
    }

    #[test]
    fn a_seed_and_a_number_are_a_conversation() {
        let commands = ["XADD".to_owned(), "MULTI".to_owned()];
        let text = |seed, number| conversation(&plan(seed), number, &commands).to_string();
        for number in 0..5_000 {
            assert_eq!(text(1, number), text(1, number));
        }
        assert_ne!(text(1, 0), text(2, 0));
    }

    #[test]
    fn every_connection_is_opened_before_it_is_used() {
        for number in 0..5_000 {
            let conversation = conversation(&plan(3), number, &[]);
            let mut opened = Vec::new();
            for step in &conversation.steps {
                match step {
                    Step::Open { who } | Step::OpenHttp { who } => opened.push(*who),
                    step => assert!(step.who().is_none_or(|who| opened.contains(&who)), "{step}"),
                }
            }
            assert!(!conversation.steps.is_empty());
        }
    }
}
