//! How a stream is made shorter: the options of `XADD`, and `XTRIM`.

use super::{EntryId, StreamKey, integer, is_word, stream_key, syntax_error};
use crate::{message::Rejection, resp::Args};

/// What is to be deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trim {
    /// What stays.
    pub keep: Keep,
    /// `=`, or neither: to the entry. `~`: only what costs little.
    pub exact: bool,
    /// With `~`, delete at most so many entries.
    pub limit: Option<u64>,
}

/// What stays of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// `MAXLEN`: so many entries.
    Newest(u64),
    /// `MINID`: entries from this id on.
    From(EntryId),
}

/// Reads `XTRIM key MAXLEN|MINID [=|~] threshold [LIMIT count] [KEEPREF|DELREF|ACKED]`.
///
/// # Errors
/// Redis' words; `DELREF` and `ACKED` with the reason.
pub fn trim(args: &Args<'_>) -> Result<(StreamKey, Trim), Rejection> {
    let mut options = TrimOptions::default();
    let mut at = 2;
    while at < args.len() {
        at = options.take(args, at)?.ok_or_else(syntax_error)?;
    }
    let trim = options.finish()?.ok_or_else(syntax_error)?;
    Ok((stream_key(&args[1])?, trim))
}

/// The options about trimming that were read so far.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TrimOptions {
    keep: Option<Keep>,
    approximate: bool,
    limit: Option<i64>,
}

impl TrimOptions {
    /// Reads the option at `at` and answers where the next one is; `None` if it is not about
    /// trimming.
    pub(crate) fn take(&mut self, args: &Args<'_>, at: usize) -> Result<Option<usize>, Rejection> {
        let Some(word) = args.get(at) else { return Ok(None) };
        let has_more = at + 1 < args.len();
        if has_more && (is_word(word, "MAXLEN") || is_word(word, "MINID")) {
            return self.keep(args, at).map(Some);
        }
        if has_more && is_word(word, "LIMIT") {
            let limit = integer(&args[at + 1])?;
            if limit < 0 {
                return Err(Rejection::err("The LIMIT argument must be >= 0."));
            }
            self.limit = Some(limit);
            return Ok(Some(at + 2));
        }
        if is_word(word, "KEEPREF") {
            return Ok(Some(at + 1));
        }
        if is_word(word, "DELREF") || is_word(word, "ACKED") {
            return Err(Rejection::err(
                "DELREF and ACKED are not possible on a log: groups hold places, not entries",
            ));
        }
        Ok(None)
    }

    fn keep(&mut self, args: &Args<'_>, at: usize) -> Result<usize, Rejection> {
        if self.keep.is_some() {
            let words =
                "syntax error, MAXLEN and MINID options at the same time are not compatible";
            return Err(Rejection::err(words));
        }
        let is_operator = at + 2 < args.len() && matches!(&args[at + 1], b"~" | b"=");
        self.approximate = is_operator && &args[at + 1] == b"~";
        let threshold = at + 1 + usize::from(is_operator);
        self.keep = Some(if is_word(&args[at], "MAXLEN") {
            let most = u64::try_from(integer(&args[threshold])?);
            Keep::Newest(most.map_err(|_| Rejection::err("The MAXLEN argument must be >= 0."))?)
        } else {
            let id = EntryId::parse(&args[threshold], 0);
            Keep::From(id.map_err(|error| Rejection::err(error.to_string()))?)
        });
        Ok(threshold + 1)
    }

    /// What they say together; `None` for nothing.
    pub(crate) fn finish(self) -> Result<Option<Trim>, Rejection> {
        let Some(keep) = self.keep else {
            return match self.limit {
                None => Ok(None),
                Some(_) => Err(Rejection::err(
                    "syntax error, LIMIT cannot be used without specifying a trimming strategy",
                )),
            };
        };
        if self.limit.is_some() && !self.approximate {
            return Err(Rejection::err(
                "syntax error, LIMIT cannot be used without the special ~ option",
            ));
        }
        // 0 is Redis' word for no limit.
        let limit = self.limit.and_then(|limit| u64::try_from(limit).ok()).filter(|n| *n > 0);
        Ok(Some(Trim { keep, exact: !self.approximate, limit }))
    }
}

impl Keep {
    /// Offset below which `partition`, whose next offset is `end`, has nothing that stays.
    ///
    /// Of several partitions each keeps as many entries as the whole topic should, since none
    /// knows what the others hold; and an id is a place in its own partition only.
    pub fn first_kept(self, partition: u32, end: u64, is_alone: bool) -> u64 {
        match self {
            Self::Newest(most) => end.saturating_sub(most),
            Self::From(id) if is_alone => id.first_offset(partition).min(end),
            Self::From(id) if id.partition == u64::from(partition) => {
                id.place.saturating_sub(1).min(end)
            }
            Self::From(_) => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_begins_at_an_offset() {
        let id = |place, partition| Keep::From(EntryId { place, partition });
        for (keep, partition, is_alone, first) in [
            (Keep::Newest(3), 0, true, 7),
            (Keep::Newest(30), 0, true, 0),
            (Keep::Newest(0), 2, false, 10),
            (id(5, 0), 0, true, 4),
            (id(5, 7), 0, true, 5),
            (id(0, 0), 0, true, 0),
            (id(500, 0), 0, true, 10),
            (id(5, 1), 1, false, 4),
            (id(5, 1), 0, false, 0),
        ] {
            assert_eq!(keep.first_kept(partition, 10, is_alone), first, "{keep:?} {partition}");
        }
    }
}
