//! SCAN.

use super::keys::send_names;
use crate::{
    commands::{
        arguments::{integer, syntax_error},
        keyspace::visible_topics,
        spec::{
            BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
            Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
            WhileSubscribed,
        },
    },
    context::{Context, Next},
    message::{Rejection, fits_glob},
    resp::{Args, is_word},
};

mod page; // the topics of one reply, and the cursor after them

/// Topics that one reply looks at where the client does not say how many.
const COUNT: usize = 10;

pub(super) static SPEC: Spec = Spec {
    name: "SCAN",
    arity: -2,
    family: Family::Generic,
    summary: "Lists the topics.",
    flags: "readonly",
    categories: "keyspace read slow",
    keys: Keys::None,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Touched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Visible,
    secrets: Secrets::None,
    bound: Bound::Topics,
    monitored: Monitored::Shown,
    explain: Explain::Answer,
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

/// Sends the topics in the order of their hashes: topics that come and go do not move the others.
async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    let scan = Scan::parse(&request.args)?;
    let topics = visible_topics(context).await?;
    let (mut page, next) = page::page(topics, scan.cursor, scan.count);
    let fits = |name: &[u8]| scan.pattern.is_none_or(|pattern| fits_glob(pattern, name));
    page.retain(|name| scan.asks_for_streams && fits(name.as_str().as_bytes()));
    context.replies.array(2);
    context.replies.bulk(itoa::Buffer::new().format(next).as_bytes());
    send_names(&mut context.replies, &page);
    Ok(Next::Go)
}

/// The arguments of a SCAN.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Scan<'a> {
    /// The cursor of the reply before; 0 begins.
    cursor: u64,
    /// Only names that match.
    pattern: Option<&'a [u8]>,
    /// Topics to look at.
    count: usize,
    /// False if another type is asked for: then nothing matches.
    asks_for_streams: bool,
}

impl<'a> Scan<'a> {
    /// Reads `SCAN cursor [MATCH pattern] [COUNT count] [TYPE type]`.
    ///
    /// # Errors
    /// Redis' words for a bad cursor, number or option.
    fn parse(args: &Args<'a>) -> Result<Self, Rejection> {
        let cursor = std::str::from_utf8(&args[1]).ok().and_then(|text| text.parse().ok());
        let cursor = cursor.ok_or_else(|| Rejection::err("invalid cursor"))?;
        let mut scan = Self { cursor, pattern: None, count: COUNT, asks_for_streams: true };
        let mut at = 2;
        while let Some(option) = args.get(at) {
            let value = args.get(at + 1).ok_or_else(syntax_error)?;
            if is_word(option, "MATCH") {
                scan.pattern = Some(value);
            } else if is_word(option, "COUNT") {
                let count = usize::try_from(integer(value)?).ok();
                scan.count = count.filter(|count| *count > 0).ok_or_else(syntax_error)?;
            } else if is_word(option, "TYPE") {
                scan.asks_for_streams = is_word(value, "stream");
            } else {
                return Err(syntax_error());
            }
            at += 2;
        }
        Ok(scan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resp::with_args;

    #[test]
    fn options_come_in_any_order_and_the_last_one_counts() {
        with_args("SCAN 0", |args| {
            let scan = Scan { cursor: 0, pattern: None, count: COUNT, asks_for_streams: true };
            assert_eq!(Scan::parse(args).unwrap(), scan);
        });
        with_args("SCAN 17 count 5 TYPE string MATCH a* COUNT 7 type STREAM", |args| {
            let pattern = Some(&b"a*"[..]);
            let scan = Scan { cursor: 17, pattern, count: 7, asks_for_streams: true };
            assert_eq!(Scan::parse(args).unwrap(), scan);
        });
        with_args("SCAN 0 TYPE hash", |args| assert!(!Scan::parse(args).unwrap().asks_for_streams));
    }

    #[test]
    fn mistakes_are_refused_in_the_words_of_redis() {
        for (line, error) in [
            ("SCAN x", "invalid cursor"),
            ("SCAN -1", "invalid cursor"),
            ("SCAN 0 COUNT", "syntax error"),
            ("SCAN 0 COUNT 0", "syntax error"),
            ("SCAN 0 COUNT x", "not an integer"),
            ("SCAN 0 x y", "syntax error"),
        ] {
            let refusal = with_args(line, |args| Scan::parse(args).unwrap_err().to_string());
            assert!(refusal.contains(error), "{line}: {refusal}");
        }
    }
}
