//! Every key of the original, and what becomes of it. README has the same table.

/// Keys as the original's documentation writes them; `*` stands for the name of a cluster.
pub(super) const KEYS: &[(&str, &str)] = &[
    ("version", "not needed: it counted versions of the old file"),
    ("addr", "kept as `listen.address`"),
    ("authType", "kept: it chooses the plugin `auth-redis` or `auth-mysql`"),
    ("clusters.*.cluster", "not needed: rows name a cluster by the name of its section"),
    ("clusters.*.brokers", "kept as `broker.clusters.*.bootstrap`"),
    ("clusters.*.sync", "not needed: it had no effect, and `OK` now always means stored"),
    ("log.dir", STDERR),
    ("log.stdout", STDERR),
    ("log.family", FIELDS),
    ("log.host", FIELDS),
    ("log.fileBufferSize", ROTATES),
    ("log.maxLogFile", ROTATES),
    ("log.rotateSize", ROTATES),
    ("log.v", "not kept: set `log.level`"),
    ("log.module", "not kept: `log.level` takes filters such as `info,sluicegate::session=debug`"),
    ("log.filter", "not needed: payloads and credentials are never logged"),
    ("httpServer.addr", "kept as `http.address`"),
    ("httpServer.network", "not needed: it is TCP"),
    ("httpServer.timeout", "not needed: `limits.publish_deadline_ms` bounds every publish"),
    ("httpServer.readTimeout", "kept as `http.header_timeout_secs` and `http.body_timeout_secs`"),
    ("httpServer.writeTimeout", "not needed: `limits.publish_deadline_ms` bounds every publish"),
    ("redis.addr", "kept in `redis.users.url`"),
    ("redis.password", "a secret: set the variable `REDIS_PASSWORD`"),
    ("redis.dB", "kept in `redis.users.url`"),
    ("redis.dialTimeout", REDIS_TIMEOUT),
    ("redis.readTimeout", REDIS_TIMEOUT),
    ("redis.writeTimeout", REDIS_TIMEOUT),
    ("redis.poolSize", "not needed: two connections are shared by all logins"),
    ("redis.minIdleConns", SHARED),
    ("redis.maxConnAge", SHARED),
    ("redis.poolTimeout", SHARED),
    ("redis.idleTimeout", SHARED),
    ("redis.idleCheckFrequency", SHARED),
    ("mysql.addr", "not needed: `mysql.dsn` holds it"),
    (
        "mysql.dsn",
        "kept as `sql.users.url` without its parameters; its password is a secret: set `MYSQL_PASSWORD`",
    ),
    ("mysql.readDSN", "not kept: to read from a replica, put it into `sql.users.url`"),
    ("mysql.active", "kept as `sql.users.connections`, at most 64"),
    ("mysql.idle", POOL),
    ("mysql.idleTimeout", POOL),
    ("mysql.queryTimeout", "kept as `sql.users.timeout_ms`, at most 2000"),
    ("mysql.execTimeout", READS),
    ("mysql.tranTimeout", READS),
    ("mysql.breaker.window", BREAKER),
    ("mysql.breaker.sleep", BREAKER),
    ("mysql.breaker.bucket", BREAKER),
    ("mysql.breaker.ratio", BREAKER),
    ("mysql.breaker.request", BREAKER),
];

const STDERR: &str = "not needed: logs go to standard error, where the service manager keeps them";
const FIELDS: &str = "not needed: whatever collects the logs names their origin";
const ROTATES: &str = "not needed: whatever keeps standard error rotates it";
const REDIS_TIMEOUT: &str = "kept as `redis.users.timeout_ms`: the longest of three, at most 2000";
const SHARED: &str = "not needed: connections are shared, and made anew when they break";
const POOL: &str = "not needed: the pool lets idle connections go by itself";
const READS: &str = "not needed: the gateway only reads";
const BREAKER: &str = "not needed: while the store is away the last good answers serve";

/// What becomes of a key; `path` is in lower case but for the names of clusters.
pub(super) fn meaning(path: &str, auth_type: Option<&str>) -> String {
    let Some((name, meaning)) = KEYS.iter().find(|(name, _)| is(name, path)) else {
        return "unknown: the original ignored it, and so does the gateway".to_owned();
    };
    let store = name.split('.').next().unwrap_or_default();
    if matches!(store, "redis" | "mysql") && Some(store) != auth_type {
        return format!("not used: `authType` does not say `{store}`");
    }
    let cluster = path.split('.').nth(1).unwrap_or_default();
    meaning.replace('*', cluster)
}

fn is(name: &str, path: &str) -> bool {
    match name.split_once('*') {
        None => name.eq_ignore_ascii_case(path),
        Some((before, after)) => path
            .strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(after))
            .is_some_and(|cluster| !cluster.is_empty()),
    }
}
