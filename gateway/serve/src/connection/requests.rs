//! Requests in the read buffer, one after the other.

use std::time::Duration;

use bytes::BytesMut;
use tokio::time::Instant;

use super::{
    Connection,
    admission::{admit, hold, is_plain, spoil},
};
use crate::{
    commands::{self, Blocking, Handler, Request, WhileSubscribed},
    context::{
        Disconnect, Identity, Next, REPLIES_FLUSH_BYTES, ReplyMode, Socket, flush_burst,
        renew_login, send_monitor_lines,
    },
    resp::{Args, Decoder, Limits, Scan, is_word},
};

impl Connection {
    /// Handles every complete request in the buffer.
    pub(super) async fn handle_all(
        &mut self,
        decoder: &mut Decoder,
        buffer: &mut BytesMut,
    ) -> Result<Next, Disconnect> {
        self.context.read_at = Instant::now();
        self.context.client.entry().note_seen();
        let (mut at, mut commands) = (0, 0);
        // A client whose login has ended hears so even if it asks for nothing.
        let mut next = self.take_up_news().await;
        while next == Next::Go && at < buffer.len() {
            let is_known = self.context.identity.is_some();
            let limits = if is_known { &self.context.limits } else { &Limits::UNAUTHENTICATED };
            match decoder.scan(&buffer[at..], limits) {
                Ok(Scan::Complete { consumed }) => {
                    let args = decoder.args(&buffer[at..]);
                    if !self.handle_at_once(&args) {
                        if self.may_wait(&args) && at + consumed == buffer.len() {
                            Socket::tighten(buffer);
                        }
                        next = self.handle(decoder.args(&buffer[at..])).await?;
                    }
                    at += consumed;
                    commands += 1;
                }
                Ok(Scan::Empty { consumed }) => at += consumed,
                Ok(Scan::Incomplete { needed }) => {
                    self.context.socket.expect(needed.saturating_sub(buffer.len() - at));
                    break;
                }
                Err(error) => {
                    flush_burst(&mut self.context).await;
                    self.context.services.counters.protocol_errors.add(1);
                    self.context.replies.error(format_args!("ERR {error}"));
                    next = Next::Close;
                }
            }
            if self.context.replies.len() > REPLIES_FLUSH_BYTES {
                self.context.write_replies().await?;
            }
        }
        self.context.services.counters.commands.add(commands);
        self.context.services.counters.bytes_received.add(at as u64);
        Socket::consume(buffer, at);
        flush_burst(&mut self.context).await;
        send_monitor_lines(&mut self.context);
        Ok(next)
    }

    fn may_wait(&self, args: &Args<'_>) -> bool {
        let found = self.registry.find(&args[0]);
        found.is_some_and(|command| !matches!(command.spec.blocking, Blocking::Never))
    }

    /// Answers a request that waits for nothing; false leaves it to [`Connection::handle`].
    ///
    /// Most requests of a pipeline are such ones, and going through the futures of the others
    /// costs them 80 ns each.
    fn handle_at_once(&mut self, args: &Args<'_>) -> bool {
        let Ok(request) = admit(&self.context, self.registry, args) else { return false };
        let context = &mut self.context;
        if context.identity.as_ref().is_none_or(Identity::has_changed) || !is_plain(context) {
            return false;
        }
        context.client.entry().note_command(request.command.number);
        let is_done = match request.spec().run {
            Handler::AtOnce(run) => context.burst.is_empty() && run(context, &request).is_ok(),
            Handler::Sync(_) | Handler::Async(_) => commands::add_to_burst(context, &request),
        };
        if is_done {
            commands::monitored::note(context, &request);
        }
        is_done
    }

    /// Answers one request, unless the client wants no answer.
    async fn handle(&mut self, args: Args<'_>) -> Result<Next, Disconnect> {
        let before = self.context.reply_mode;
        if before == ReplyMode::On {
            return self.handle_aloud(args).await;
        }
        // What was answered before is kept.
        self.context.write_replies().await?;
        if before == ReplyMode::SkipNext {
            self.context.reply_mode = ReplyMode::On;
        }
        let next = self.handle_aloud(args).await?;
        flush_burst(&mut self.context).await;
        let found = self.registry.find(&args[0]);
        let is_message = found
            .is_some_and(|command| command.spec.while_subscribed == WhileSubscribed::Subscribes);
        let speaks_again = before == ReplyMode::Off && self.context.reply_mode == ReplyMode::On;
        if !is_message && !speaks_again {
            self.context.replies.clear();
        }
        Ok(next)
    }

    async fn handle_aloud(&mut self, args: Args<'_>) -> Result<Next, Disconnect> {
        let request = match admit(&self.context, self.registry, &args) {
            Ok(request) => request,
            Err(rejection) => {
                if is_http(&args[0]) {
                    return Err(Disconnect::Closed);
                }
                flush_burst(&mut self.context).await;
                let rejection = spoil(&mut self.context, &args[0], rejection);
                self.context.refuse(rejection);
                return Ok(Next::Go);
            }
        };
        self.context.client.entry().note_command(request.command.number);
        if request.spec().has_subcommands() {
            let subcommand = args.get(1).unwrap_or_default();
            self.context.client.entry().note_subcommand(subcommand);
        }
        if self.take_up_news().await == Next::Close {
            return Ok(Next::Close);
        }
        flush_burst(&mut self.context).await;
        if let Some(held) = hold(&mut self.context, &request) {
            if let Err(rejection) = held {
                self.context.refuse(rejection);
            }
            return Ok(Next::Go);
        }
        if commands::add_to_burst(&mut self.context, &request) {
            commands::monitored::note(&mut self.context, &request);
            return Ok(Next::Go);
        }
        let began = Instant::now();
        self.context.waited = Duration::ZERO;
        let next = self.answer_shown(&request).await?;
        commands::note_if_slow(&self.context, &request, began);
        Ok(next)
    }

    /// Answers a command, and lets the clients that run MONITOR see it: before it is done, but
    /// EXEC behind the commands that it runs, and a monitoring client's own behind their answers.
    async fn answer_shown(&mut self, request: &Request<'_>) -> Result<Next, Disconnect> {
        let is_shown_behind = request.spec().monitored.is_behind();
        if is_shown_behind || self.context.monitor.is_some() {
            let next = commands::answer(&mut self.context, request).await;
            commands::monitored::note(&mut self.context, request);
            return next;
        }
        commands::monitored::note(&mut self.context, request);
        send_monitor_lines(&mut self.context);
        commands::answer(&mut self.context, request).await
    }

    /// What the client may do may have become something else, or nothing at all.
    async fn take_up_news(&mut self) -> Next {
        if !self.context.identity.as_ref().is_some_and(Identity::has_changed) {
            return Next::Go;
        }
        flush_burst(&mut self.context).await;
        match renew_login(&mut self.context) {
            Ok(()) => Next::Go,
            Err(rejection) => {
                self.context.refuse(rejection);
                Next::Close
            }
        }
    }
}

/// A web page that makes a browser send a form here: hang up, as Redis does.
fn is_http(name: &[u8]) -> bool {
    is_word(name, "POST") || is_word(name, "HOST:")
}
