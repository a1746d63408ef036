//! INFO.

use crate::{
    broker::{BrokerState, Cluster, Clusters},
    channels::ChannelTotals,
    commands::{
        arguments::rest,
        keyspace::visible_topics,
        spec::{
            BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
            Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
            WhileSubscribed,
        },
    },
    context::{Context, Next},
    resp::{Args, REDIS_VERSION, is_word},
    telemetry::{Counter, ProcessUsage},
};

pub(super) static SPEC: Spec = Spec {
    name: "INFO",
    arity: -1,
    family: Family::Server,
    summary: "Shows the state of the gateway.",
    flags: "loading stale",
    categories: "slow dangerous",
    keys: Keys::None,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Untouched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Login,
    secrets: Secrets::None,
    bound: Bound::Constant,
    monitored: Monitored::Shown,
    explain: Explain::Answer,
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

/// The sections and the lines of one answer.
struct Sections<'a> {
    args: Args<'a>,
    text: String,
}

impl Sections<'_> {
    /// Does the client want to see it? Nothing named means all.
    fn wants(&self, section: &str) -> bool {
        let is_all =
            |word: &[u8]| ["all", "default", "everything"].iter().any(|w| is_word(word, w));
        let mut named = rest(&self.args, 1);
        self.args.len() == 1 || named.any(|word| is_all(word) || is_word(word, section))
    }

    fn add<K: AsRef<str>>(&mut self, section: &str, lines: &[(K, String)]) {
        if !self.wants(section) {
            return;
        }
        if !self.text.is_empty() {
            self.text.push_str("\r\n");
        }
        self.text.push_str(&format!("# {section}\r\n"));
        for (name, value) in lines {
            self.text.push_str(&format!("{}:{value}\r\n", name.as_ref()));
        }
    }
}

async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    let mut sections = Sections { args: request.args, text: String::new() };
    let usage = ProcessUsage::of_this_process().unwrap_or_default();
    sections.add("Server", &server_lines(context));
    sections.add("Clients", &clients_lines(context));
    sections.add("Memory", &memory_lines(&usage));
    sections.add("Persistence", &persistence_lines());
    if sections.wants("Stats") {
        sections.add("Stats", &stats_lines(context));
    }
    sections.add("Replication", &replication_lines());
    let seconds = |millis: u64| format!("{}.{:03}", millis / 1_000, millis % 1_000);
    sections.add(
        "CPU",
        &[("used_cpu_sys", seconds(usage.system_ms)), ("used_cpu_user", seconds(usage.user_ms))],
    );
    sections.add("Cluster", &[("cluster_enabled", "0".to_owned())]);
    sections.add("Sluicegate", &gateway_lines(context));
    if sections.wants("Keyspace") {
        sections.add("Keyspace", &keyspace_lines(context).await);
    }
    context.replies.verbatim(&sections.text);
    Ok(Next::Go)
}

fn server_lines(context: &Context) -> Vec<(&'static str, String)> {
    let uptime = context.services.started.elapsed().as_secs();
    let system = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
    vec![
        ("redis_version", REDIS_VERSION.to_owned()),
        ("redis_mode", "standalone".to_owned()),
        ("sluicegate_version", env!("CARGO_PKG_VERSION").to_owned()),
        ("os", system),
        ("arch_bits", usize::BITS.to_string()),
        ("process_id", std::process::id().to_string()),
        ("tcp_port", context.services.settings.port.to_string()),
        ("uptime_in_seconds", uptime.to_string()),
        ("uptime_in_days", (uptime / 86_400).to_string()),
    ]
}

fn clients_lines(context: &Context) -> Vec<(&'static str, String)> {
    vec![
        ("connected_clients", context.services.registry.count().to_string()),
        ("blocked_clients", context.services.registry.blocked().to_string()),
        ("maxclients", context.services.settings.connections_max.to_string()),
    ]
}

fn stats_lines(context: &Context) -> Vec<(&'static str, String)> {
    let counters = &context.services.counters;
    let [commands, received, sent] =
        [&counters.commands, &counters.bytes_received, &counters.bytes_sent].map(Counter::get);
    let [commands_paced, in_paced, out_paced] =
        context.services.rates.sample([commands, received, sent]);
    let kib = |bytes: u64| format!("{}.{:02}", bytes / 1_024, bytes % 1_024 * 100 / 1_024);
    let mut lines = vec![
        ("total_connections_received", counters.connections_accepted.get().to_string()),
        ("total_commands_processed", commands.to_string()),
        ("instantaneous_ops_per_sec", commands_paced.to_string()),
        ("total_net_input_bytes", received.to_string()),
        ("total_net_output_bytes", sent.to_string()),
        ("instantaneous_input_kbps", kib(in_paced)),
        ("instantaneous_output_kbps", kib(out_paced)),
        ("rejected_connections", counters.connections_refused.get().to_string()),
        ("expired_keys", "0".to_owned()),
        ("evicted_keys", "0".to_owned()),
        ("keyspace_hits", "0".to_owned()),
        ("keyspace_misses", "0".to_owned()),
        ("total_error_replies", counters.commands_refused.get().to_string()),
    ];
    let ChannelTotals { channels, patterns } = context.services.channels.totals();
    lines.push(("pubsub_channels", channels.to_string()));
    lines.push(("pubsub_patterns", patterns.to_string()));
    lines.extend(counters.each().into_iter().map(|(name, _, value)| (name, value.to_string())));
    lines
}

fn gateway_lines(context: &Context) -> Vec<(&'static str, String)> {
    let clusters = context.services.pipeline.clusters();
    let chain = context.services.pipeline.chain();
    let logins = context.services.logins.stats(None);
    vec![
        ("broker", clusters.default().broker.name().to_owned()),
        ("broker_state", broker_states(clusters)),
        ("generation", chain.generation().to_string()),
        ("plugins", chain.plugins().len().to_string()),
        ("logins", logins.granted.to_string()),
        ("logins_stale", logins.stale.to_string()),
    ]
}

/// The topics the client may know about. Without a line where the broker is away: clients ask
/// for INFO to see whether they are connected, and they are.
async fn keyspace_lines(context: &Context) -> Vec<(&'static str, String)> {
    let ready = context.broker().is_ok_and(|broker| broker.state() == BrokerState::Ready);
    match if ready { visible_topics(context).await } else { Ok(Vec::new()) } {
        Ok(topics) if !topics.is_empty() => {
            vec![("db0", format!("keys={},expires=0,avg_ttl=0", topics.len()))]
        }
        Ok(_) | Err(_) => Vec::new(),
    }
}

fn memory_lines(usage: &ProcessUsage) -> Vec<(String, String)> {
    let ratio = usage.resident_bytes * 100 / usage.own_bytes.max(1);
    let mut lines = Vec::new();
    for (name, bytes) in [
        ("used_memory", usage.own_bytes),
        ("used_memory_rss", usage.resident_bytes),
        ("used_memory_peak", usage.peak_bytes),
        ("total_system_memory", usage.machine_bytes),
        ("maxmemory", 0),
    ] {
        lines.push((name.to_owned(), bytes.to_string()));
        lines.push((format!("{name}_human"), human(bytes)));
    }
    lines.push(("maxmemory_policy".to_owned(), "noeviction".to_owned()));
    lines.push((
        "mem_fragmentation_ratio".to_owned(),
        format!("{}.{:02}", ratio / 100, ratio % 100),
    ));
    lines.push(("mem_allocator".to_owned(), "mimalloc".to_owned()));
    lines
}

/// What is acknowledged is stored already: nothing is ever loading or waiting to be saved.
fn persistence_lines() -> Vec<(&'static str, String)> {
    let zeros = [
        "loading",
        "rdb_changes_since_last_save",
        "rdb_bgsave_in_progress",
        "aof_rewrite_in_progress",
    ];
    let mut lines: Vec<_> = zeros.into_iter().map(|name| (name, "0".to_owned())).collect();
    lines.extend([
        ("rdb_last_bgsave_status", "ok".to_owned()),
        ("aof_enabled", "1".to_owned()),
        ("aof_last_write_status", "ok".to_owned()),
    ]);
    lines
}

fn replication_lines() -> Vec<(&'static str, String)> {
    vec![
        ("role", "master".to_owned()),
        ("connected_slaves", "0".to_owned()),
        ("master_repl_offset", "0".to_owned()),
    ]
}

/// `ready`, or the names of the clusters that do not answer; the reasons are in the log.
fn broker_states(clusters: &Clusters) -> String {
    let is_away = |cluster: &&Cluster| cluster.broker.state() != BrokerState::Ready;
    let away: Vec<_> = clusters.all().iter().filter(is_away).map(|c| &*c.name).collect();
    if away.is_empty() { "ready".to_owned() } else { format!("away: {}", away.join(",")) }
}

/// Bytes as Redis shows them to people: `1.67M`.
fn human(bytes: u64) -> String {
    const UNITS: [char; 5] = ['K', 'M', 'G', 'T', 'P'];
    let fits = |power: usize| bytes >> (10 * power) < 1_024;
    let Some(power) = (0..=UNITS.len()).find(|power| fits(*power)) else {
        return format!("{bytes}B");
    };
    if power == 0 {
        return format!("{bytes}B");
    }
    let hundredths = (u128::from(bytes) * 100) >> (10 * power);
    format!("{}.{:02}{}", hundredths / 100, hundredths % 100, UNITS[power - 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_sizes_in_units() {
        for (bytes, shown) in [
            (0, "0B"),
            (1_023, "1023B"),
            (1_024, "1.00K"),
            (1_755_672, "1.67M"),
            (25_276_510_208, "23.54G"),
        ] {
            assert_eq!(human(bytes), shown);
        }
    }
}
