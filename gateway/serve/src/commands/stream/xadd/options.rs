//! The arguments of XADD.

use bytes::{Bytes, BytesMut};
use sha2::{Digest as _, Sha256};

use super::super::trim_options::TrimOptions;
use crate::{
    commands::{
        arguments::{rest, syntax_error},
        rejections::wrong_arity,
    },
    context::Trim,
    entry::{EntryId, StreamSettings},
    message::{MESSAGE_ID_BYTES_MAX, MessageId, Record, Rejection},
    resp::{Args, is_word},
};

/// The arguments of an XADD, without its key.
#[derive(Clone, Debug)]
pub(super) struct Add {
    /// `NOMKSTREAM`: the topic is not made if it is missing.
    pub(super) only_existing: bool,
    /// `IDMP` and `IDMPAUTO`: stored once, however often it is sent.
    pub(super) identity: Option<MessageId>,
    /// The offset that an explicit id stands for.
    pub(super) expected_offset: Option<u64>,
    /// What to delete when it is stored.
    pub(super) trim: Option<Trim>,
    /// The entry as a record without a time.
    pub(super) record: Record,
}

impl Add {
    /// Reads all but the key of `XADD key [NOMKSTREAM] [KEEPREF] [IDMP producer id | IDMPAUTO producer]
    /// [MAXLEN|MINID [=|~] n [LIMIT c]] *|id field value …`. Source for the identity: Redis 8.6.
    ///
    /// # Errors
    /// Redis' words; and what a log cannot do with the reason.
    pub(super) fn parse(
        args: &Args<'_>,
        settings: &StreamSettings,
        arena: &mut BytesMut,
    ) -> Result<Self, Rejection> {
        let mut at = 2;
        let mut only_existing = false;
        let mut named: Option<IdentityOption<'_>> = None;
        let mut options = TrimOptions::default();
        while at < args.len() && &args[at] != b"*" {
            if is_word(&args[at], "NOMKSTREAM") {
                only_existing = true;
                at += 1;
            } else if let Some(next) = options.take(args, at)? {
                at = next;
            } else if let Some((names, next)) = named_at(args, at)? {
                if named.replace(names).is_some() {
                    return Err(syntax_error());
                }
                at = next;
            } else {
                break;
            }
        }
        let Some(fields) = args.len().checked_sub(at + 1) else { return Err(wrong_arity("xadd")) };
        let expected_offset = if &args[at] == b"*" { None } else { Some(expected(&args[at])?) };
        let trim = options.finish()?;
        if fields == 0 || fields % 2 != 0 {
            return Err(wrong_arity("xadd"));
        }
        let identity = match named {
            None => None,
            Some(_) if expected_offset.is_some() => {
                return Err(Rejection::err(
                    "IDMP and IDMPAUTO go with ids of the server's choice: write *",
                ));
            }
            Some(named) => Some(identity(named, rest(args, at + 1))?),
        };
        let record = settings.record(arena, fields, rest(args, at + 1))?;
        Ok(Self { only_existing, identity, expected_offset, trim, record })
    }
}

/// The offset that an id of the client's choice stands for: `n-0`, `n-*` or `n`.
fn expected(id: &[u8]) -> Result<u64, Rejection> {
    let place = id.strip_suffix(b"-*").filter(|digits| !digits.contains(&b'-'));
    let parsed = EntryId::parse(place.unwrap_or(id), 0);
    let EntryId { place: number, partition } =
        parsed.map_err(|error| Rejection::err(error.to_string()))?;
    if number == 0 && partition == 0 && place.is_none() {
        return Err(Rejection::err("The ID specified in XADD must be greater than 0-0"));
    }
    if partition != 0 {
        let words = format!(
            "{number}-{partition} cannot be chosen: in an id <offset + 1>-<partition> of a topic \
             with one partition the second number is 0"
        );
        return Err(Rejection::err(words));
    }
    number.checked_sub(1).ok_or_else(|| Rejection::err(ID_TOO_SMALL))
}

/// Redis' answer to an id that is not behind the last one.
const ID_TOO_SMALL: &str =
    "The ID specified in XADD is equal or smaller than the target stream top item";

/// The option `IDMP producer id` or `IDMPAUTO producer`.
#[derive(Clone, Copy, Debug)]
struct IdentityOption<'a> {
    producer: &'a [u8],
    /// The message's id, if the producer gave one.
    id: Option<&'a [u8]>,
}

/// Does an XADD give the message's identity? Then it is published alone.
pub(super) fn has_identity(args: &Args<'_>) -> bool {
    let options = rest(args, 2).take_while(|word| *word != b"*");
    // The longest list of options has nine words.
    options.take(9).any(|word| is_word(word, "IDMP") || is_word(word, "IDMPAUTO"))
}

/// The option at `at`, and where the next argument is.
fn named_at<'a>(
    args: &Args<'a>,
    at: usize,
) -> Result<Option<(IdentityOption<'a>, usize)>, Rejection> {
    let word = |at: usize| args.get(at).ok_or_else(syntax_error);
    if is_word(word(at)?, "IDMP") {
        let option = IdentityOption { producer: word(at + 1)?, id: Some(word(at + 2)?) };
        return Ok(Some((option, at + 3)));
    }
    if is_word(word(at)?, "IDMPAUTO") {
        let option = IdentityOption { producer: word(at + 1)?, id: None };
        return Ok(Some((option, at + 2)));
    }
    Ok(None)
}

/// The message's identity; one whose producer gives no id gets a hash of its fields.
fn identity<'a>(
    IdentityOption { producer, id }: IdentityOption<'_>,
    fields: impl Iterator<Item = &'a [u8]>,
) -> Result<MessageId, Rejection> {
    let id = if let Some(id) = id {
        Bytes::copy_from_slice(id)
    } else {
        let mut hash = Sha256::new();
        for part in fields {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        Bytes::copy_from_slice(&hash.finalize())
    };
    let identity = MessageId { producer: Bytes::copy_from_slice(producer), id };
    if identity.fits() {
        return Ok(identity);
    }
    Err(Rejection::err(format!(
        "the names after IDMP and IDMPAUTO have 1 to {MESSAGE_ID_BYTES_MAX} bytes"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{context::Keep, resp::with_args};

    fn add(words: &str) -> Result<Add, String> {
        let parse =
            |args: &Args<'_>| Add::parse(args, &StreamSettings::default(), &mut BytesMut::new());
        with_args(&format!("XADD orders {words}"), parse).map_err(|error| error.to_string())
    }

    #[test]
    fn options_come_before_the_id_in_any_order() {
        let plain = add("* f v").unwrap();
        assert_eq!((plain.only_existing, plain.identity, plain.trim), (false, None, None));
        assert_eq!(plain.expected_offset, None);
        let all = add("MAXLEN ~ 10 LIMIT 5 KEEPREF nomkstream IDMP p 1 * f v").unwrap();
        assert!(all.only_existing);
        assert_eq!(all.trim.map(|trim| trim.keep), Some(Keep::Newest(10)));
        let identity = all.identity.expect("it has one");
        assert_eq!((&identity.producer[..], &identity.id[..]), (&b"p"[..], &b"1"[..]));
    }

    #[test]
    fn an_option_behind_the_id_is_a_field() {
        let entry = add("* NOMKSTREAM 1").unwrap();
        assert!(!entry.only_existing);
    }

    #[test]
    fn an_id_of_the_clients_choice_is_the_offset_before_it() {
        for (id, offset) in [("7", 6), ("7-0", 6), ("7-*", 6), ("1", 0)] {
            assert_eq!(add(&format!("{id} f v")).unwrap().expected_offset, Some(offset), "{id}");
        }
    }

    #[test]
    fn the_hash_of_the_fields_is_the_identity_where_the_producer_gives_none() {
        let id = |words: &str| add(words).unwrap().identity.expect("it has one").id;
        let first = id("IDMPAUTO p * f v");
        assert_eq!(first.len(), 32);
        assert_eq!(first, id("IDMPAUTO other * f v"), "the fields alone are hashed");
        assert_ne!(first, id("IDMPAUTO p * fv \"\""), "where a field ends counts");
    }

    #[test]
    fn mistakes_are_refused_in_the_words_of_redis() {
        for (words, error) in [
            ("*", "wrong number of arguments for 'xadd' command"),
            ("* f", "wrong number of arguments for 'xadd' command"),
            ("* f v f", "wrong number of arguments for 'xadd' command"),
            ("NOMKSTREAM", "wrong number of arguments for 'xadd' command"),
            ("x f v", "Invalid stream ID"),
            ("0-0 f v", "must be greater than 0-0"),
            ("0-* f v", "equal or smaller than the target stream top item"),
            ("7-1 f v", "7-1 cannot be chosen"),
            ("IDMP p 1 IDMP p 2 * f v", "syntax error"),
            ("IDMP p 1 7-0 f v", "go with ids of the server's choice"),
            ("IDMP \"\" 1 * f v", "the names after IDMP and IDMPAUTO have 1 to"),
            ("LIMIT 5 * f v", "LIMIT cannot be used without"),
        ] {
            let refusal = add(words).expect_err(words);
            assert!(refusal.contains(error), "{words}: {refusal}");
        }
    }

    #[test]
    fn a_message_with_its_identity_is_told_from_a_field_of_that_name() {
        for (line, has) in [
            ("XADD orders IDMP p 1 * f v", true),
            ("XADD orders MAXLEN ~ 10 LIMIT 5 KEEPREF NOMKSTREAM idmpauto p * f v", true),
            ("XADD orders * IDMP v", false),
            ("XADD orders * f v", false),
        ] {
            assert_eq!(with_args(line, has_identity), has, "{line}");
        }
    }
}
