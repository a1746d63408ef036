//! Commands about the connection: AUTH, HELLO, PING, CLIENT and the like.

use super::{Context, ReplyMode, Transaction};
use crate::{
    command::{self, is_word},
    context::Identity,
    message::{Credentials, DEFAULT_USER, ErrorCode, Rejection},
    resp::{Args, Protocol},
};

/// The Redis version whose behaviour clients may count on.
pub(crate) const REDIS_VERSION: &str = "7.4.0";

impl Context {
    pub(crate) fn ping(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        match args.len() {
            1 | 2 if self.is_listening_only() => {
                self.replies.array(2);
                self.replies.bulk(b"pong");
                self.replies.bulk(args.get(1).unwrap_or_default());
            }
            1 => self.replies.pong(),
            2 => self.replies.bulk(&args[1]),
            _ => return Err(command::wrong_arity("ping")),
        }
        Ok(())
    }

    #[expect(clippy::unnecessary_wraps, reason = "all answers have one shape")]
    pub(crate) fn echo(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        self.replies.bulk(&args[1]);
        Ok(())
    }

    pub(crate) fn select(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        match command::integer(&args[1])? {
            0 => self.replies.ok(),
            _ => return Err(Rejection::err("DB index is out of range")),
        }
        Ok(())
    }

    /// RESET: RESP2, no name, no subscriptions, no transaction, and the login that every new connection has.
    #[expect(clippy::unnecessary_wraps, reason = "all answers have one shape")]
    pub(crate) fn reset(&mut self) -> Result<(), Rejection> {
        self.subscriptions.leave_all();
        self.note_subscriptions();
        self.stop_watching();
        self.transaction = Transaction::default();
        self.client.entry().note_queued(None);
        self.reply_mode = ReplyMode::On;
        self.speak(Protocol::Resp2);
        self.identity = Identity::open(&self.services);
        self.burst.forget_key();
        self.leave_group();
        self.client.set_name("");
        self.client.set_user(DEFAULT_USER);
        self.replies.simple("RESET");
        Ok(())
    }

    /// AUTH password, or AUTH user password; a databus DSN is a password.
    pub(crate) async fn auth(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let credentials = self.auth_credentials(args)?;
        if self.services.pipeline.chain().authenticates() {
            self.log_in(credentials).await?;
        } else {
            self.auth_in_the_open(args.len() == 3, &credentials)?;
        }
        self.replies.ok();
        Ok(())
    }

    /// The credentials of an AUTH.
    pub(crate) fn auth_credentials(&self, args: &Args<'_>) -> Result<Credentials, Rejection> {
        match args.len() {
            2 => self.credentials(DEFAULT_USER.as_bytes(), &args[1]),
            3 => self.credentials(&args[1], &args[2]),
            _ => Err(command::syntax_error()),
        }
    }

    /// AUTH where there is no authenticator: Redis' answers for its user without a password.
    pub(crate) fn auth_in_the_open(
        &self,
        named: bool,
        credentials: &Credentials,
    ) -> Result<(), Rejection> {
        if self.identity.is_none() {
            return Err(Rejection::new(ErrorCode::NoAuth, "no authenticator is loaded"));
        }
        if named && credentials.username == DEFAULT_USER {
            return Ok(());
        }
        if named {
            let words = "invalid username-password pair or user is disabled.";
            return Err(Rejection::new(ErrorCode::WrongPass, words));
        }
        Err(Rejection::err(
            "AUTH <password> called without any password configured for the default user. \
             Are you sure your configuration is correct?",
        ))
    }

    fn credentials(&self, username: &[u8], secret: &[u8]) -> Result<Credentials, Rejection> {
        let text = |bytes: &[u8]| {
            let words = "auth failed: user name and password must be UTF-8";
            String::from_utf8(bytes.to_vec())
                .map_err(|_| Rejection::new(ErrorCode::WrongPass, words))
        };
        Ok(Credentials {
            username: text(username)?,
            secret: text(secret)?,
            peer: self.client.peer(),
        })
    }

    /// HELLO [version [AUTH user password] [SETNAME name]]: nothing changes unless all of it can.
    pub(crate) async fn hello(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let protocol = match args.get(1).map(command::integer) {
            None => self.replies.protocol(),
            Some(Ok(2)) => Protocol::Resp2,
            Some(Ok(3)) => Protocol::Resp3,
            Some(Ok(_)) => {
                return Err(Rejection::new(ErrorCode::NoProto, "unsupported protocol version"));
            }
            Some(Err(_)) => {
                let words = "Protocol version is not an integer or out of range";
                return Err(Rejection::err(words));
            }
        };
        let (login, name) = self.hello_options(args)?;
        match login {
            Some(credentials) if self.services.pipeline.chain().authenticates() => {
                self.log_in(credentials).await?;
            }
            Some(credentials) => self.auth_in_the_open(true, &credentials)?,
            None if self.identity.is_none() => {
                let words = "HELLO must be called with the client already authenticated, otherwise the \
                    HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client \
                    and select the RESP protocol version at the same time";
                return Err(Rejection::new(ErrorCode::NoAuth, words));
            }
            None => {}
        }
        if let Some(name) = name {
            self.client.set_name(&name);
        }
        self.speak(protocol);
        self.greet();
        Ok(())
    }

    fn hello_options(
        &self,
        args: &Args<'_>,
    ) -> Result<(Option<Credentials>, Option<String>), Rejection> {
        let (mut login, mut name) = (None, None);
        let mut at = 2;
        while let Some(option) = args.get(at) {
            match (args.get(at + 1), args.get(at + 2)) {
                (Some(user), Some(secret)) if is_word(option, "AUTH") => {
                    login = Some(self.credentials(user, secret)?);
                    at += 3;
                }
                (Some(word), _) if is_word(option, "SETNAME") => {
                    name = Some(client_name(word)?);
                    at += 2;
                }
                _ => {
                    let option = String::from_utf8_lossy(option).replace(['\r', '\n'], " ");
                    return Err(Rejection::err(format!("Syntax error in HELLO option '{option}'")));
                }
            }
        }
        Ok((login, name))
    }

    fn greet(&mut self) {
        let proto = match self.replies.protocol() {
            Protocol::Resp2 => 2,
            Protocol::Resp3 => 3,
        };
        let id = i64::try_from(self.client.id()).unwrap_or(i64::MAX);
        let replies = &mut self.replies;
        replies.map(7);
        for (name, value) in [("server", "sluicegate"), ("version", REDIS_VERSION)] {
            replies.bulk(name.as_bytes());
            replies.bulk(value.as_bytes());
        }
        for (name, value) in [("proto", proto), ("id", id)] {
            replies.bulk(name.as_bytes());
            replies.integer(value);
        }
        for (name, value) in [("mode", "standalone"), ("role", "master")] {
            replies.bulk(name.as_bytes());
            replies.bulk(value.as_bytes());
        }
        replies.bulk(b"modules");
        replies.array(0);
    }
}

/// Longest client name, in bytes: it stands in lists and logs.
const CLIENT_NAME_BYTES_MAX: usize = 256;

pub(crate) fn client_name(bytes: &[u8]) -> Result<String, Rejection> {
    let printable = bytes.iter().all(|byte| (b'!'..=b'~').contains(byte));
    if printable && bytes.len() <= CLIENT_NAME_BYTES_MAX {
        return Ok(String::from_utf8_lossy(bytes).into_owned());
    }
    Err(Rejection::err("Client names cannot contain spaces, newlines or special characters."))
}
