//! Requests in the read buffer, one after the other.

use std::time::Duration;

use bytes::BytesMut;
use tokio::time::Instant;

use crate::{
    command::{self, Command, Spec},
    context::{
        Context, Disconnect, Identity, Next, REPLIES_FLUSH_BYTES, ReplyMode, Socket,
        is_about_listening,
    },
    message::{ErrorCode, Rejection},
    resp::{Args, Decoder, Limits, Scan},
};

impl Context {
    /// Handles every complete request in the buffer.
    pub(crate) async fn handle_all(
        &mut self,
        decoder: &mut Decoder,
        buffer: &mut BytesMut,
    ) -> Result<Next, Disconnect> {
        self.read_at = Instant::now();
        self.client.entry().note_seen();
        let (mut at, mut commands) = (0, 0);
        // A client whose login has ended hears so even if it asks for nothing.
        let mut next = self.take_up_news().await;
        while next == Next::Go && at < buffer.len() {
            let limits =
                if self.identity.is_some() { &self.limits } else { &Limits::UNAUTHENTICATED };
            match decoder.scan(&buffer[at..], limits) {
                Ok(Scan::Complete { consumed }) => {
                    let args = decoder.args(&buffer[at..]);
                    if !self.handle_at_once(&args) {
                        if command::may_wait(&args[0]) && at + consumed == buffer.len() {
                            Socket::tighten(buffer);
                        }
                        next = self.handle(decoder.args(&buffer[at..])).await?;
                    }
                    at += consumed;
                    commands += 1;
                }
                Ok(Scan::Empty { consumed }) => at += consumed,
                Ok(Scan::Incomplete { needed }) => {
                    self.socket.expect(needed.saturating_sub(buffer.len() - at));
                    break;
                }
                Err(error) => {
                    self.flush_burst().await;
                    self.services.counters.protocol_errors.add(1);
                    self.replies.error(format_args!("ERR {error}"));
                    next = Next::Close;
                }
            }
            if self.replies.len() > REPLIES_FLUSH_BYTES {
                self.write_replies().await?;
            }
        }
        self.services.counters.commands.add(commands);
        self.services.counters.bytes_received.add(at as u64);
        Socket::consume(buffer, at);
        self.flush_burst().await;
        self.tell_watchers();
        Ok(next)
    }

    /// Answers a request that waits for nothing; false leaves it to [`Context::handle`].
    ///
    /// Most requests of a pipeline are such ones, and going through the futures of the others
    /// costs them 80 ns each.
    fn handle_at_once(&mut self, args: &Args<'_>) -> bool {
        let Ok(spec) = self.admit(args) else { return false };
        if self.identity.as_ref().is_none_or(Identity::has_changed) || !self.is_plain() {
            return false;
        }
        self.client.entry().note_command(spec.command);
        let is_done = match spec.command {
            Command::Ping if self.burst.is_empty() => self.ping(args).is_ok(),
            command if self.publishes(command) => self.add_to_burst(command, args),
            _ => false,
        };
        if is_done {
            self.show(spec, args);
        }
        is_done
    }

    /// True if a command means what it always means: it is not queued, refused or left unanswered.
    fn is_plain(&self) -> bool {
        let hears_only = self.is_listening_only() || self.monitor.is_some();
        !self.transaction.is_open() && self.reply_mode == ReplyMode::On && !hears_only
    }

    /// Answers one request, unless the client wants no answer.
    async fn handle(&mut self, args: Args<'_>) -> Result<Next, Disconnect> {
        let before = self.reply_mode;
        if before == ReplyMode::On {
            return self.handle_aloud(args).await;
        }
        // What was answered before is kept.
        self.write_replies().await?;
        if before == ReplyMode::SkipNext {
            self.reply_mode = ReplyMode::On;
        }
        let next = self.handle_aloud(args).await?;
        self.flush_burst().await;
        let is_message = command::find(&args[0]).is_some_and(|s| is_about_listening(s.command));
        let speaks_again = before == ReplyMode::Off && self.reply_mode == ReplyMode::On;
        if !is_message && !speaks_again {
            self.replies.clear();
        }
        Ok(next)
    }

    async fn handle_aloud(&mut self, args: Args<'_>) -> Result<Next, Disconnect> {
        let spec = match self.admit(&args) {
            Ok(spec) => spec,
            Err(rejection) => {
                if is_http(&args[0]) {
                    return Err(Disconnect::Closed);
                }
                self.flush_burst().await;
                let rejection = self.spoil(&args[0], rejection);
                self.refuse(rejection);
                return Ok(Next::Go);
            }
        };
        self.client.entry().note_command(spec.command);
        if spec.has_subcommands() {
            self.client.entry().note_subcommand(args.get(1).unwrap_or_default());
        }
        if self.take_up_news().await == Next::Close {
            return Ok(Next::Close);
        }
        self.flush_burst().await;
        if let Some(held) = self.hold(spec, &args) {
            if let Err(rejection) = held {
                self.refuse(rejection);
            }
            return Ok(Next::Go);
        }
        if self.publishes(spec.command) && self.add_to_burst(spec.command, &args) {
            self.show(spec, &args);
            return Ok(Next::Go);
        }
        let began = Instant::now();
        self.waited = Duration::ZERO;
        let next = self.answer_shown(spec, &args).await?;
        self.note_if_slow(spec, &args, began);
        Ok(next)
    }

    /// What the client may do may have become something else, or nothing at all.
    async fn take_up_news(&mut self) -> Next {
        if !self.identity.as_ref().is_some_and(Identity::has_changed) {
            return Next::Go;
        }
        self.flush_burst().await;
        match self.renew() {
            Ok(()) => Next::Go,
            Err(rejection) => {
                self.refuse(rejection);
                Next::Close
            }
        }
    }

    /// The command, if there is one, its arguments are as many as it takes, and the client has
    /// logged in where it must.
    fn admit(&self, args: &Args<'_>) -> Result<&'static Spec, Rejection> {
        let found = command::find(&args[0]);
        let known_before_login = found.is_some_and(|spec| spec.before_login);
        if self.identity.is_none() && !known_before_login {
            return Err(Rejection::new(ErrorCode::NoAuth, "Authentication required."));
        }
        let Some(spec) = found else { return Err(command::unknown_command(args)) };
        if spec.takes(args.len()) { Ok(spec) } else { Err(command::wrong_arity(spec.name)) }
    }

    /// Sends an error; what only the operator may read goes to the log.
    pub(crate) fn refuse(&mut self, rejection: Rejection) {
        self.services.counters.commands_refused.add(1);
        self.replies.error(&rejection);
        if let Some(private) = rejection.private {
            tracing::debug!(
                client = self.client.id(),
                error = format!("{private:#}"),
                "request refused"
            );
        }
    }
}

/// A web page that makes a browser send a form here: hang up, as Redis does.
fn is_http(name: &[u8]) -> bool {
    command::is_word(name, "POST") || command::is_word(name, "HOST:")
}
