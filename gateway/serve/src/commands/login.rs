//! Credentials of AUTH and HELLO.

use super::arguments::syntax_error;
use crate::{
    context::Context,
    message::{Credentials, DEFAULT_USER, ErrorCode, Rejection},
    resp::Args,
};

/// Reads the credentials of `AUTH password` or `AUTH user password`.
///
/// # Errors
/// If there are more arguments, or one is not UTF-8.
pub(crate) fn auth_credentials(
    context: &Context,
    args: &Args<'_>,
) -> Result<Credentials, Rejection> {
    match args.len() {
        2 => credentials(context, DEFAULT_USER.as_bytes(), &args[1]),
        3 => credentials(context, &args[1], &args[2]),
        _ => Err(syntax_error()),
    }
}

/// Credentials of a user, from the address of the client.
///
/// # Errors
/// If one is not UTF-8.
pub(crate) fn credentials(
    context: &Context,
    username: &[u8],
    secret: &[u8],
) -> Result<Credentials, Rejection> {
    let text = |bytes: &[u8]| {
        let words = "auth failed: user name and password must be UTF-8";
        String::from_utf8(bytes.to_vec()).map_err(|_| Rejection::new(ErrorCode::WrongPass, words))
    };
    Ok(Credentials {
        username: text(username)?,
        secret: text(secret)?,
        peer: context.client.peer(),
    })
}

/// The user that an AUTH names; `None` if it gives a password only.
pub(crate) fn named_user<'a>(args: &Args<'_>, credentials: &'a Credentials) -> Option<&'a str> {
    (args.len() == 3).then_some(credentials.username.as_str())
}

/// A login where no authenticator is loaded: Redis' answers for its user without a password.
///
/// # Errors
/// For all users but the default one, and for a password without a user.
pub(crate) fn check_without_authenticator(
    context: &Context,
    user: Option<&str>,
) -> Result<(), Rejection> {
    if context.identity.is_none() {
        return Err(Rejection::new(ErrorCode::NoAuth, "no authenticator is loaded"));
    }
    match user {
        Some(DEFAULT_USER) => Ok(()),
        Some(_) => {
            let words = "invalid username-password pair or user is disabled.";
            Err(Rejection::new(ErrorCode::WrongPass, words))
        }
        None => Err(Rejection::err(
            "AUTH <password> called without any password configured for the default user. \
             Are you sure your configuration is correct?",
        )),
    }
}
