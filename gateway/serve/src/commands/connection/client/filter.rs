//! Arguments of CLIENT LIST and CLIENT KILL: which clients they select.

use crate::{
    clients::Filter,
    commands::arguments::{integer, rest, syntax_error},
    message::Rejection,
    resp::{Args, is_word},
};

/// What CLIENT KILL asks for.
#[derive(Debug)]
pub(super) struct Kill {
    /// Which clients.
    pub(super) filter: Filter,
    /// Not the one that asks.
    pub(super) skips_me: bool,
    /// `CLIENT KILL ip:port`, which is answered with OK.
    pub(super) is_old: bool,
}

/// Reads `CLIENT LIST [TYPE type] [ID id …]`.
///
/// # Errors
/// If the arguments are not of this form.
pub(super) fn parse_list(args: &Args<'_>) -> Result<Filter, Rejection> {
    match (args.get(2), args.len()) {
        (None, _) => Ok(Filter::default()),
        (Some(word), 4) if is_word(word, "TYPE") => of_type(&args[3], Filter::default()),
        (Some(word), 4..) if is_word(word, "ID") => {
            let id = |bytes: &[u8]| {
                let id = integer(bytes).ok().and_then(|id| u64::try_from(id).ok());
                id.filter(|id| *id > 0).ok_or_else(|| Rejection::err("Invalid client ID"))
            };
            let ids = rest(args, 3).map(id).collect::<Result<_, _>>()?;
            Ok(Filter { ids: Some(ids), ..Filter::default() })
        }
        _ => Err(syntax_error()),
    }
}

/// Reads `CLIENT KILL ip:port` and `CLIENT KILL option value …`.
///
/// # Errors
/// If the arguments are not of this form.
pub(super) fn parse_kill(args: &Args<'_>) -> Result<Kill, Rejection> {
    let mut kill = Kill { filter: Filter::default(), skips_me: true, is_old: false };
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
            b"TYPE" => kill.filter = of_type(value, kill.filter)?,
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

/// Adds one of Redis' types of clients to a filter.
fn of_type(name: &[u8], filter: Filter) -> Result<Filter, Rejection> {
    // The last TYPE of a request counts.
    let filter = Filter { listens: None, is_nobody: false, ..filter };
    match name.to_ascii_lowercase().as_slice() {
        b"normal" => Ok(Filter { listens: Some(false), ..filter }),
        b"pubsub" => Ok(Filter { listens: Some(true), ..filter }),
        // A gateway has neither masters nor replicas.
        b"master" | b"replica" | b"slave" => Ok(Filter { is_nobody: true, ..filter }),
        _ => Err(Rejection::err(format!("Unknown client type '{}'", text(name)))),
    }
}

/// As it may stand in an answer: one line, and not long.
fn text(bytes: &[u8]) -> String {
    const BYTES_MAX: usize = 256;
    String::from_utf8_lossy(&bytes[..bytes.len().min(BYTES_MAX)]).replace(['\r', '\n'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resp::with_args;

    fn kill(words: &str) -> Result<Kill, String> {
        let line = format!("CLIENT KILL {words}");
        with_args(&line, parse_kill).map_err(|error| error.to_string())
    }

    #[test]
    fn a_list_is_of_all_of_a_type_or_of_these() {
        let list = |words: &str| with_args(&format!("CLIENT LIST {words}"), parse_list);
        let all = with_args("CLIENT LIST", parse_list).unwrap();
        assert!(all.ids.is_none() && all.listens.is_none());
        assert_eq!(list("TYPE pubsub").unwrap().listens, Some(true));
        assert_eq!(list("type NORMAL").unwrap().listens, Some(false));
        assert!(list("TYPE replica").unwrap().is_nobody);
        assert_eq!(list("ID 1 3").unwrap().ids, Some(vec![1, 3]));
        for (words, error) in [
            ("TYPE x", "Unknown client type 'x'"),
            ("ID 0", "Invalid client ID"),
            ("ID 1 x", "Invalid client ID"),
            ("ID", "syntax error"),
            ("TYPE", "syntax error"),
            ("TYPE normal x", "syntax error"),
            ("x 1", "syntax error"),
        ] {
            let refusal = list(words).unwrap_err().to_string();
            assert!(refusal.contains(error), "{words}: {refusal}");
        }
    }

    #[test]
    fn the_old_form_of_kill_names_an_address() {
        let old = kill("127.0.0.1:1").unwrap();
        assert!(old.is_old && !old.skips_me);
        assert_eq!(old.filter.address.as_deref(), Some("127.0.0.1:1"));
    }

    #[test]
    fn the_options_of_kill_narrow_it() {
        let new = kill("ID 7 addr a LADDR b USER u TYPE normal MAXAGE 10").unwrap();
        assert!(new.skips_me && !new.is_old);
        let Filter { ids, address, local, user, listens, age_secs, .. } = new.filter;
        assert_eq!((ids, listens, age_secs), (Some(vec![7]), Some(false), Some(10)));
        let texts = [address, local, user].map(Option::unwrap_or_default);
        assert_eq!(texts, ["a", "b", "u"]);
        assert!(!kill("ID 7 SKIPME no").unwrap().skips_me);
        for (words, error) in [
            ("ID 7 ADDR", "syntax error"),
            ("ID 0 ADDR a", "client-id should be greater than 0"),
            ("MAXAGE x ADDR a", "maxage is not an integer or out of range"),
            ("SKIPME maybe ADDR a", "syntax error"),
            ("TYPE x ADDR a", "Unknown client type 'x'"),
        ] {
            let refusal = kill(words).expect_err(words);
            assert!(refusal.contains(error), "{words}: {refusal}");
        }
    }

    #[test]
    fn what_an_answer_repeats_is_one_short_line() {
        assert_eq!(text(b"a\r\nb"), "a  b");
        assert_eq!(text(&[b'x'; 1000]).len(), 256);
    }
}
