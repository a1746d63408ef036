//! Which method answers which command.

use crate::{
    clients::Interrupt,
    command::{Command, Spec},
    context::{CommandError, Context, Disconnect, Next},
    message::Rejection,
    resp::Args,
};

impl Context {
    /// Answers a command, and lets those who watch see it: before it is done, but EXEC behind the
    /// commands that it runs, and a watcher's own behind their answers.
    pub(crate) async fn answer_shown(
        &mut self,
        spec: &Spec,
        args: &Args<'_>,
    ) -> Result<Next, Disconnect> {
        if spec.command == Command::Exec || self.monitor.is_some() {
            let next = self.answer(spec, args).await;
            self.show(spec, args);
            return next;
        }
        self.show(spec, args);
        self.tell_watchers();
        self.answer(spec, args).await
    }

    /// Answers a command that was admitted and does not publish.
    #[expect(
        clippy::cognitive_complexity,
        clippy::too_many_lines,
        reason = "one line a command: a list is read more easily whole"
    )]
    pub(crate) async fn answer(
        &mut self,
        spec: &Spec,
        args: &Args<'_>,
    ) -> Result<Next, Disconnect> {
        let done = match spec.command {
            Command::Ping => self.ping(args),
            Command::Quit => {
                self.replies.ok();
                return Ok(Next::Close);
            }
            Command::Reset => self.reset(),
            Command::Echo => self.echo(args),
            Command::Select => self.select(args),
            Command::Auth => self.auth(args).await,
            Command::Hello => self.hello(args).await,
            Command::Client => self.client(args),
            Command::Command => self.command(spec, args),
            Command::Info => self.info(args).await,
            Command::Config => self.config(spec, args),
            Command::Cluster | Command::ReadOnly | Command::ReadWrite => {
                Err(Rejection::err("This instance has cluster support disabled"))
            }
            Command::Latency => self.latency(spec, args),
            Command::Module => self.module(spec, args),
            Command::Script => self.script(spec, args),
            Command::DbSize => self.db_size().await,
            Command::Acl => self.acl(spec, args),
            Command::Memory => self.memory(spec, args).await,
            Command::Slowlog => self.slowlog(spec, args),
            Command::Time => self.time(),
            Command::Del | Command::Unlink => self.delete(args).await,
            Command::Keys => self.keys(args).await,
            Command::Object => self.object(spec, args).await,
            Command::Ttl | Command::Pttl => self.time_to_live(args).await,
            Command::Exists => self.exists(args).await,
            Command::Type => self.key_type(args).await,
            Command::Scan => self.scan(args).await,
            Command::Wait => self.wait(args),
            Command::XLen => self.xlen(args).await,
            Command::XRange => self.xrange(args).await,
            Command::XRead => refused(self.xread(args).await)?,
            Command::XRevRange => self.xrevrange(args).await,
            Command::XInfo => self.xinfo(args).await,
            Command::XTrim => self.xtrim(args).await,
            Command::XCfgSet => self.xcfgset(args),
            Command::XDel | Command::XDelEx | Command::XAckDel | Command::XSetId => {
                self.not_in_a_log(spec, args)
            }
            Command::XGroup => self.xgroup(args).await,
            Command::XReadGroup => refused(self.xreadgroup(args).await)?,
            Command::XAck => self.xack(args).await,
            Command::XPending => self.xpending(args).await,
            Command::XClaim => self.xclaim(args).await,
            Command::XAutoClaim => self.xautoclaim(args).await,
            Command::Subscribe
            | Command::SSubscribe
            | Command::PSubscribe
            | Command::Unsubscribe
            | Command::SUnsubscribe
            | Command::PUnsubscribe => refused(self.subscribe(spec, args).await)?,
            Command::PubSub => self.pubsub(args),
            Command::Multi => self.multi(),
            Command::Exec => refused(self.exec().await)?,
            Command::Discard => self.discard(),
            Command::Watch => self.watch(),
            Command::Unwatch => self.unwatch(),
            Command::MGet => refused(self.mget(args).await)?,
            Command::Set => self.commit(args).await,
            Command::Topic => self.topic(args).await,
            Command::Plugin => self.plugin(spec, args).await,
            Command::Explain => self.explain(args).await,
            Command::Monitor => self.monitor(),
            Command::XAdd => self.xadd_once(args).await,
            Command::HSet | Command::Publish | Command::SPublish => {
                self.nothing_bound(spec.command)
            }
        };
        if let Err(rejection) = done {
            self.refuse(rejection);
        }
        self.client.unblock();
        // A login may end while its client waits for messages, and CLIENT KILL may mean the sender.
        let is_killed = self.client.entry().interrupt() == Some(Interrupt::Kill);
        Ok(if self.is_revoked || is_killed { Next::Close } else { Next::Go })
    }
}

/// Only what the client is told is an answer; the rest ends the session.
fn refused(done: Result<(), CommandError>) -> Result<Result<(), Rejection>, Disconnect> {
    match done {
        Ok(()) => Ok(Ok(())),
        Err(CommandError::Rejected(rejection)) => Ok(Err(rejection)),
        Err(CommandError::Disconnect(ended)) => Err(ended),
    }
}
