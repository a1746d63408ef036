//! Sorted sets.

use super::{
    held::{Held, Keyspace},
    reply::{CommandReply, bytes, integer, many, number, one, within, wrong_number, wrong_type},
};
use crate::plugin::reach::{error::ReachError, exchange::Cell};

/// Scores outside these are written with an exponent.
const PLAIN: std::ops::Range<f64> = 1e-6..1e21;

type Ranked<'a> = Vec<&'a (Vec<u8>, f64)>;

/// The answer to a command about a sorted set, in its usual forms.
pub(super) fn answer(keys: &Keyspace, name: &str, arguments: &[&[u8]]) -> Option<CommandReply> {
    const NAMES: [&str; 6] = ["ZSCORE", "ZMSCORE", "ZRANK", "ZRANGE", "ZRANGEBYSCORE", "ZCARD"];
    if !NAMES.contains(&name) {
        return None;
    }
    let [key, asked @ ..] = arguments else { return Some(wrong_number()) };
    let ranked = ranked(keys, key);
    let score = |ranked: &Ranked<'_>, member: &[u8]| {
        let found = ranked.iter().find(|(known, _)| known == member);
        found.map_or(Cell::Nil, |(_, score)| Cell::text(written(*score)))
    };
    Some(match (name, asked) {
        ("ZCARD", []) => ranked.and_then(|ranked| integer(ranked.len())),
        ("ZSCORE", [member]) => ranked.and_then(|ranked| one(score(&ranked, member))),
        ("ZMSCORE", [_, ..]) => {
            ranked.and_then(|ranked| many(asked.iter().map(|member| score(&ranked, member))))
        }
        ("ZRANK", [member]) => {
            ranked.and_then(|ranked| match ranked.iter().position(|(known, _)| known == member) {
                Some(rank) => integer(rank),
                None => one(Cell::Nil),
            })
        }
        ("ZRANGE", [from, to, options @ ..]) => {
            let with_scores = with_scores(options)?;
            number(from).and_then(|from| {
                let to = number(to)?;
                let ranked = ranked?;
                shown(&ranked[within(from, to, ranked.len())], with_scores)
            })
        }
        ("ZRANGEBYSCORE", [from, to, options @ ..]) => {
            let with_scores = with_scores(options)?;
            bound(from).and_then(|(least, is_open)| {
                let (most, ends_open) = bound(to)?;
                let mut ranked = ranked?;
                ranked.retain(|(_, score)| {
                    (*score > least || !is_open && *score >= least)
                        && (*score < most || !ends_open && *score <= most)
                });
                shown(&ranked, with_scores)
            })
        }
        // Options that are not played.
        ("ZRANK", [_, _]) => return None,
        _ => wrong_number(),
    })
}

/// Members in the order of their scores, then of their bytes.
fn ranked<'a>(keys: &'a Keyspace, key: &[u8]) -> Result<Ranked<'a>, ReachError> {
    let mut ranked: Ranked<'a> = match keys.0.get(key) {
        None => Vec::new(),
        Some(Held::SortedSet(members)) => members.iter().collect(),
        Some(_) => return Err(wrong_type()),
    };
    ranked.sort_by(|(a, low), (b, high)| low.total_cmp(high).then_with(|| a.cmp(b)));
    Ok(ranked)
}

/// `None` for options that are not played.
fn with_scores(options: &[&[u8]]) -> Option<bool> {
    match options {
        [] => Some(false),
        [option] if option.eq_ignore_ascii_case(b"WITHSCORES") => Some(true),
        _ => None,
    }
}

/// A limit of scores, and whether it is itself left out.
fn bound(text: &[u8]) -> Result<(f64, bool), ReachError> {
    let (text, is_open) = match text.strip_prefix(b"(") {
        Some(text) => (text, true),
        None => (text, false),
    };
    let parsed = str::from_utf8(text).ok().and_then(|text| text.parse::<f64>().ok());
    let score = parsed.filter(|score| !score.is_nan());
    let score = score.ok_or_else(|| ReachError::Refused("ERR min or max is not a float".into()))?;
    Ok((score, is_open))
}

fn shown(ranked: &[&(Vec<u8>, f64)], with_scores: bool) -> CommandReply {
    many(ranked.iter().flat_map(|(member, score)| {
        let score = with_scores.then(|| Cell::text(written(*score)));
        std::iter::once(bytes(member)).chain(score)
    }))
}

/// A score as Redis writes it since version 7.2: with as few digits as tell it apart.
fn written(score: f64) -> String {
    if score == 0.0 || score.is_infinite() || PLAIN.contains(&score.abs()) {
        return score.to_string();
    }
    let text = format!("{score:e}");
    if score.abs() < 1.0 { text } else { text.replace('e', "e+") }
}
