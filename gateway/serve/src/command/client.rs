//! Which clients CLIENT LIST and CLIENT KILL mean.

use super::{integer, is_word, rest, syntax_error};
use crate::{message::Rejection, resp::Args};

/// Which clients are meant; what is `None` says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientFilter {
    /// These.
    pub ids: Option<Vec<u64>>,
    /// From this address.
    pub address: Option<String>,
    /// To this address of the gateway.
    pub local: Option<String>,
    /// Logged in as this user.
    pub user: Option<String>,
    /// Of this type.
    pub kind: Option<ClientKind>,
    /// Connected for so many seconds, or longer.
    pub age_secs: Option<u64>,
}

/// Redis' types of clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientKind {
    /// Neither of the others.
    Normal,
    /// It listens to a channel.
    PubSub,
    /// Masters and replicas: a gateway has none.
    Replication,
}

/// What CLIENT KILL asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kill {
    /// Which clients.
    pub filter: ClientFilter,
    /// Not the one that asks.
    pub skips_me: bool,
    /// `CLIENT KILL ip:port`, which is answered with OK.
    pub is_old: bool,
}

/// Reads `CLIENT LIST [TYPE type] [ID id …]`.
///
/// # Errors
/// Redis' words.
pub fn client_list(args: &Args<'_>) -> Result<ClientFilter, Rejection> {
    match (args.get(2), args.len()) {
        (None, _) => Ok(ClientFilter::default()),
        (Some(word), 4) if is_word(word, "TYPE") => {
            Ok(ClientFilter { kind: Some(kind(&args[3])?), ..ClientFilter::default() })
        }
        (Some(word), 4..) if is_word(word, "ID") => {
            let id = |bytes: &[u8]| {
                let id = integer(bytes).ok().and_then(|id| u64::try_from(id).ok());
                id.filter(|id| *id > 0).ok_or_else(|| Rejection::err("Invalid client ID"))
            };
            let ids = rest(args, 3).map(id).collect::<Result<_, _>>()?;
            Ok(ClientFilter { ids: Some(ids), ..ClientFilter::default() })
        }
        _ => Err(syntax_error()),
    }
}

/// Reads `CLIENT KILL ip:port` and `CLIENT KILL option value …`.
///
/// # Errors
/// Redis' words.
pub fn client_kill(args: &Args<'_>) -> Result<Kill, Rejection> {
    let mut kill = Kill { filter: ClientFilter::default(), skips_me: true, is_old: false };
    if args.len() == 3 {
        kill.filter.address = Some(text(&args[2]));
        return Ok(Kill { skips_me: false, is_old: true, ..kill });
    }
    if !args.len().is_multiple_of(2) {
        return Err(syntax_error());
    }
    for at in (2..args.len()).step_by(2) {
        let (option, value) = (args[at].to_ascii_uppercase(), &args[at + 1]);
        match option.as_slice() {
            b"ID" => {
                let id = integer(value).ok().and_then(|id| u64::try_from(id).ok());
                let id = id.filter(|id| *id > 0);
                let words = "client-id should be greater than 0";
                kill.filter.ids = Some(vec![id.ok_or_else(|| Rejection::err(words))?]);
            }
            b"ADDR" => kill.filter.address = Some(text(value)),
            b"LADDR" => kill.filter.local = Some(text(value)),
            b"USER" => kill.filter.user = Some(text(value)),
            b"TYPE" => kill.filter.kind = Some(kind(value)?),
            b"MAXAGE" => {
                let age = integer(value).ok().and_then(|age| u64::try_from(age).ok());
                let words = "maxage is not an integer or out of range";
                kill.filter.age_secs = Some(age.ok_or_else(|| Rejection::err(words))?);
            }
            b"SKIPME" if is_word(value, "YES") => kill.skips_me = true,
            b"SKIPME" if is_word(value, "NO") => kill.skips_me = false,
            _ => return Err(syntax_error()),
        }
    }
    Ok(kill)
}

fn kind(name: &[u8]) -> Result<ClientKind, Rejection> {
    match name.to_ascii_lowercase().as_slice() {
        b"normal" => Ok(ClientKind::Normal),
        b"pubsub" => Ok(ClientKind::PubSub),
        b"master" | b"replica" | b"slave" => Ok(ClientKind::Replication),
        _ => Err(Rejection::err(format!("Unknown client type '{}'", text(name)))),
    }
}

/// As it may stand in an answer: one line, and not long.
fn text(bytes: &[u8]) -> String {
    const BYTES_MAX: usize = 256;
    String::from_utf8_lossy(&bytes[..bytes.len().min(BYTES_MAX)]).replace(['\r', '\n'], " ")
}
