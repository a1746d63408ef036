//! Scenes: what the gateway promises, one file a promise, through the running program.

mod tidy; //         how the code reads
mod tour; //         the README's five minutes
mod connection; //   what clients send before their first command
mod clients; //      the real ones
mod malformed; //    bytes that are no command
mod streams; //      a topic as a Redis stream
mod order; //        many partitions, one cursor
mod groups; //       consumer groups of streams
mod redis_answers; // Redis' own answers beside ours
mod tools; //        redis-cli's modes, and what GUIs ask
mod readers; //      ten thousand of them
mod trim; //         a topic made shorter, described and deleted
mod layouts; //      how entries lie in records
mod idempotence; //  a message that is sent twice
mod pubsub; //       a topic as a channel
mod transactions; // commands that are answered together
mod connected; //    who is connected
mod monitor; //      what all of them say
mod record; //       a session as a conversation
mod databus; //      the databus dialect
mod http; //         the databus dialect over HTTP
mod old_config; //   the configuration of the original
mod moving; //       the README's way from databus to here
mod partitioners; // which key goes where
mod plugins; //      the shipped plugins
mod bad_plugins; //  plugins that break in every way
mod authoring; //    plugins as their authors make them
mod testing; //      conversations and their snapshots
mod scenarios; //    pipelines that are tested as users test theirs
mod reload; //       new plugins under traffic
mod durability; //   what is acknowledged stays
mod damage; //       logs that were cut or spoilt
mod drain; //        an orderly end
mod limits; //       what a client may take
mod check; //        configuration, before it runs
mod explain; //    what commands would do
mod login; //        who may come in, from real stores
mod kafka; //        what is only true of Kafka
