//! The subcommands, with Redis' own words for HELP where they are Redis'.

use crate::commands::Subcommand;

const fn line(name: &'static str, arity: i32, help: &'static [&'static str]) -> Subcommand {
    Subcommand { name, arity, help }
}

/// Those without help are refused to everyone: users are the authenticators' matter.
pub(crate) static ACL: &[Subcommand] = &[
    line(
        "CAT",
        -2,
        &[
            "CAT [<category>]",
            "    List all commands that belong to <category>, or all command categories",
            "    when no category is specified.",
        ],
    ),
    line("WHOAMI", 2, &["WHOAMI", "    Return the current connection username."]),
    line("DELUSER", -3, &[]),
    line("DRYRUN", -4, &[]),
    line("GENPASS", -2, &[]),
    line("GETUSER", 3, &[]),
    line("LIST", 2, &[]),
    line("LOAD", 2, &[]),
    line("LOG", -2, &[]),
    line("SAVE", 2, &[]),
    line("SETUSER", -3, &[]),
    line("USERS", 2, &[]),
];

pub(crate) static COMMAND: &[Subcommand] = &[
    line("COUNT", 2, &["COUNT", "    Return the total number of commands in this Redis server."]),
    line("LIST", -2, &["LIST", "    Return a list of all commands in this Redis server."]),
    line(
        "INFO",
        -2,
        &[
            "INFO [<command-name> ...]",
            "    Return details about multiple Redis commands.",
            "    If no command names are given, documentation details for all",
            "    commands are returned.",
        ],
    ),
    line(
        "DOCS",
        -2,
        &[
            "DOCS [<command-name> ...]",
            "    Return documentation details about multiple Redis commands.",
            "    If no command names are given, documentation details for all",
            "    commands are returned.",
        ],
    ),
    line(
        "GETKEYS",
        -3,
        &["GETKEYS <full-command>", "    Return the keys from a full Redis command."],
    ),
];

pub(crate) static CONFIG: &[Subcommand] = &[
    line(
        "GET",
        -3,
        &[
            "GET <pattern>",
            "    Return parameters matching the glob-like <pattern> and their values.",
        ],
    ),
    line("RESETSTAT", 2, &["RESETSTAT", "    Accepted: statistics are never reset."]),
    line("REWRITE", 2, &[]),
    line("SET", -4, &[]),
];

pub(crate) static LATENCY: &[Subcommand] = &[
    line("DOCTOR", 2, &["DOCTOR", "    Return a human readable latency analysis report."]),
    line(
        "GRAPH",
        3,
        &["GRAPH <event>", "    Return an ASCII latency graph for the <event> class."],
    ),
    line(
        "HISTORY",
        3,
        &["HISTORY <event>", "    Return time-latency samples for the <event> class."],
    ),
    line("LATEST", 2, &["LATEST", "    Return the latest latency samples for all events."]),
    line(
        "RESET",
        -2,
        &[
            "RESET [<event> ...]",
            "    Reset latency data of one or more <event> classes.",
            "    (default: reset all data for all event classes)",
        ],
    ),
    line(
        "HISTOGRAM",
        -2,
        &[
            "HISTOGRAM [COMMAND ...]",
            "    Return a cumulative distribution of latencies in the format of a histogram for the specified command names.",
            "    If no commands are specified then all histograms are replied.",
        ],
    ),
];

pub(crate) static MEMORY: &[Subcommand] = &[
    line("DOCTOR", 2, &["DOCTOR", "    Return memory problems reports."]),
    line(
        "MALLOC-STATS",
        2,
        &["MALLOC-STATS", "    Return internal statistics report from the memory allocator."],
    ),
    line(
        "PURGE",
        2,
        &["PURGE", "    Attempt to purge dirty pages for reclamation by the allocator."],
    ),
    line("STATS", 2, &["STATS", "    Return information about the memory usage of the server."]),
    line(
        "USAGE",
        -3,
        &[
            "USAGE <key> [SAMPLES <count>]",
            "    Return memory in bytes used by <key> and its value. Nested values are",
            "    sampled up to <count> times (default: 5, 0 means sample all).",
        ],
    ),
];

pub(crate) static MODULE: &[Subcommand] =
    &[line("LIST", 2, &["LIST", "    Return a list of loaded modules."])];

pub(crate) static OBJECT: &[Subcommand] = &[
    line(
        "ENCODING",
        3,
        &[
            "ENCODING <key>",
            "    Return the kind of internal representation used in order to store the value",
            "    associated with a <key>.",
        ],
    ),
    line(
        "FREQ",
        3,
        &[
            "FREQ <key>",
            "    Return the access frequency index of the <key>. The returned integer is",
            "    proportional to the logarithm of the recent access frequency of the key.",
        ],
    ),
    line(
        "IDLETIME",
        3,
        &[
            "IDLETIME <key>",
            "    Return the idle time of the <key>, that is the approximated number of",
            "    seconds elapsed since the last access to the key.",
        ],
    ),
    line(
        "REFCOUNT",
        3,
        &[
            "REFCOUNT <key>",
            "    Return the number of references of the value associated with the specified",
            "    <key>.",
        ],
    ),
];

pub(crate) static PLUGIN: &[Subcommand] = &[
    line(
        "INFO",
        3,
        &["INFO <plugin>", "    Return version, roles, settings and counters of a plugin."],
    ),
    line(
        "LIST",
        2,
        &["LIST", "    Return the plugins in force and those refused, in their order."],
    ),
    line(
        "LOG",
        -3,
        &[
            "LOG <plugin> [<after>]",
            "    Return the last lines about a plugin, or those after the line of this number:",
            "    number, Unix time in milliseconds, level and text, oldest first.",
        ],
    ),
    line(
        "RELOAD",
        2,
        &["RELOAD", "    Look at the plugin folder now, and return the generation in force."],
    ),
];

pub(crate) static SCRIPT: &[Subcommand] = &[
    line(
        "EXISTS",
        -3,
        &[
            "EXISTS <sha1> [<sha1> ...]",
            "    Return information about the existence of the scripts in the script cache.",
        ],
    ),
    line("FLUSH", -2, &["FLUSH [ASYNC|SYNC]", "    Flush the Lua scripts cache."]),
    line("KILL", 2, &["KILL", "    Kill the currently executing Lua script."]),
];

pub(crate) static SLOWLOG: &[Subcommand] = &[
    line(
        "GET",
        -2,
        &[
            "GET [<count>]",
            "    Return top <count> entries from the slowlog (default: 10, -1 mean all).",
            "    Entries are made of:",
            "    id, timestamp, time in microseconds, arguments array, client IP and port,",
            "    client name",
        ],
    ),
    line("LEN", 2, &["LEN", "    Return the length of the slowlog."]),
    line("RESET", 2, &["RESET", "    Reset the slowlog."]),
];
