//! The options that trim a stream, for XADD and XTRIM.

use crate::{
    commands::arguments::integer,
    context::{Keep, Trim},
    entry::EntryId,
    message::Rejection,
    resp::{Args, is_word},
};

/// The options that were read so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TrimOptions {
    keep: Option<Keep>,
    approximate: bool,
    limit: Option<i64>,
}

impl TrimOptions {
    /// Reads the option at `at`, and returns where the next one is; `None` if it does not trim.
    pub(super) fn take(&mut self, args: &Args<'_>, at: usize) -> Result<Option<usize>, Rejection> {
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

    /// What they ask for together; `None` without any.
    pub(super) fn finish(self) -> Result<Option<Trim>, Rejection> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resp::with_args;

    /// The options after the key of an XTRIM.
    fn options(words: &str) -> Result<Option<Trim>, String> {
        let all = |args: &Args<'_>| {
            let (mut options, mut at) = (TrimOptions::default(), 2);
            while let Some(next) = options.take(args, at)? {
                at = next;
            }
            assert_eq!(at, args.len(), "{words}: all of it was read");
            options.finish()
        };
        with_args(&format!("XTRIM orders {words}"), all).map_err(|error| error.to_string())
    }

    #[test]
    fn a_threshold_is_exact_unless_it_says_otherwise() {
        let newest = |count, exact, limit| Trim { keep: Keep::Newest(count), exact, limit };
        for (words, trim) in [
            ("MAXLEN 10", newest(10, true, None)),
            ("maxlen = 10", newest(10, true, None)),
            ("MAXLEN ~ 10", newest(10, false, None)),
            ("MAXLEN ~ 10 LIMIT 5", newest(10, false, Some(5))),
            ("LIMIT 5 MAXLEN ~ 10 KEEPREF", newest(10, false, Some(5))),
            ("MAXLEN ~ 0 LIMIT 0", newest(0, false, None)),
        ] {
            assert_eq!(options(words), Ok(Some(trim)), "{words}");
        }
        let id = EntryId::parse(b"7-3", 0).unwrap();
        let from = Trim { keep: Keep::From(id), exact: false, limit: None };
        assert_eq!(options("MINID ~ 7-3"), Ok(Some(from)));
        assert_eq!(options("KEEPREF"), Ok(None));
    }

    #[test]
    fn mistakes_are_refused_in_the_words_of_redis() {
        for (words, error) in [
            ("MAXLEN x", "not an integer"),
            ("MAXLEN -1", "The MAXLEN argument must be >= 0."),
            ("MINID x", "Invalid stream ID"),
            ("MAXLEN 1 MINID 1", "MAXLEN and MINID options at the same time are not compatible"),
            ("LIMIT 5", "LIMIT cannot be used without specifying a trimming strategy"),
            ("MAXLEN 10 LIMIT 5", "LIMIT cannot be used without the special ~ option"),
            ("MAXLEN ~ 10 LIMIT -1", "The LIMIT argument must be >= 0."),
            ("MAXLEN 10 DELREF", "DELREF and ACKED are not possible on a log"),
            ("MAXLEN 10 ACKED", "DELREF and ACKED are not possible on a log"),
        ] {
            let refusal = options(words).expect_err(words);
            assert!(refusal.contains(error), "{words}: {refusal}");
        }
    }
}
