//! `XCLAIM` and `XAUTOCLAIM`.

use super::{GroupName, consumer_name, entry_id, group_name};
use crate::{
    command::{EntryId, integer, is_word, range::bound, syntax_error},
    message::Rejection,
    resp::Args,
};

/// Entries of one XAUTOCLAIM where the client does not say how many. Source: Redis.
const AUTO_COUNT: usize = 100;

/// What an XCLAIM asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupClaim {
    /// Of which group.
    pub name: GroupName,
    /// Who claims.
    pub consumer: Vec<u8>,
    /// Only entries idle for so many milliseconds.
    pub idle_min_ms: i64,
    /// Which entries.
    pub ids: Vec<EntryId>,
    /// `TIME`, or the time now less `IDLE`: when they count as delivered, in Unix milliseconds.
    pub delivered_ms: i64,
    /// `RETRYCOUNT`: how often they count as delivered.
    pub deliveries: Option<u64>,
    /// `FORCE`: also entries that are not pending.
    pub is_forced: bool,
    /// `JUSTID`: ids alone.
    pub ids_only: bool,
}

/// Reads `XCLAIM key group consumer min-idle id … [IDLE ms] [TIME ms] [RETRYCOUNT n] [FORCE]
/// [JUSTID] [LASTID id]`; `now` in Unix milliseconds.
///
/// # Errors
/// Redis' words.
pub fn group_claim(args: &Args<'_>, now: i64) -> Result<GroupClaim, Rejection> {
    let mut claim = GroupClaim {
        name: group_name(&args[1], &args[2])?,
        consumer: consumer_name(&args[3])?,
        idle_min_ms: idle_min(&args[4], "XCLAIM")?,
        ids: Vec::new(),
        delivered_ms: now,
        deliveries: None,
        is_forced: false,
        ids_only: false,
    };
    let mut at = 5;
    while let Some(Ok(id)) = args.get(at).map(entry_id) {
        claim.ids.push(id);
        at += 1;
    }
    while let Some(option) = args.get(at) {
        at += 1;
        if is_word(option, "FORCE") {
            claim.is_forced = true;
            continue;
        } else if is_word(option, "JUSTID") {
            claim.ids_only = true;
            continue;
        }
        let value = args.get(at).ok_or_else(|| unrecognized(option))?;
        at += 1;
        let number = |name: &str| {
            let words = || Rejection::err(format!("Invalid {name} option argument for XCLAIM"));
            integer(value).map_err(|_| words())
        };
        if is_word(option, "IDLE") {
            claim.delivered_ms = now.saturating_sub(number("IDLE")?);
        } else if is_word(option, "TIME") {
            claim.delivered_ms = number("TIME")?;
        } else if is_word(option, "RETRYCOUNT") {
            claim.deliveries = u64::try_from(number("RETRYCOUNT")?).ok();
        } else if is_word(option, "LASTID") {
            // It would only say what was delivered, which the gateway knows.
            entry_id(value)?;
        } else {
            return Err(unrecognized(option));
        }
    }
    if !(0..=now).contains(&claim.delivered_ms) {
        claim.delivered_ms = now;
    }
    Ok(claim)
}

fn unrecognized(option: &[u8]) -> Rejection {
    let option = String::from_utf8_lossy(&option[..option.len().min(128)]).into_owned();
    Rejection::err(format!("Unrecognized XCLAIM option '{option}'"))
}

fn idle_min(bytes: &[u8], command: &str) -> Result<i64, Rejection> {
    let words = || Rejection::err(format!("Invalid min-idle-time argument for {command}"));
    Ok(integer(bytes).map_err(|_| words())?.max(0))
}

/// What an XAUTOCLAIM asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AutoClaim {
    /// Of which group.
    pub name: GroupName,
    /// Who claims.
    pub consumer: Vec<u8>,
    /// Only entries idle for so many milliseconds.
    pub idle_min_ms: i64,
    /// Where to begin, and whether that id is left out.
    pub start: (EntryId, bool),
    /// At most so many.
    pub count: usize,
    /// `JUSTID`: ids alone.
    pub ids_only: bool,
}

/// Reads `XAUTOCLAIM key group consumer min-idle start [COUNT count] [JUSTID]`.
///
/// # Errors
/// Redis' words.
pub fn auto_claim(args: &Args<'_>) -> Result<AutoClaim, Rejection> {
    let name = group_name(&args[1], &args[2])?;
    let consumer = consumer_name(&args[3])?;
    let idle_min_ms = idle_min(&args[4], "XAUTOCLAIM")?;
    let start = bound(&args[5], 0)?;
    let (mut count, mut ids_only, mut at) = (AUTO_COUNT, false, 6);
    while let Some(option) = args.get(at) {
        if is_word(option, "JUSTID") {
            ids_only = true;
            at += 1;
        } else if is_word(option, "COUNT") {
            let number = integer(args.get(at + 1).ok_or_else(syntax_error)?).ok();
            let number = number.and_then(|number| usize::try_from(number).ok());
            let number = number.filter(|number| *number > 0);
            count = number.ok_or_else(|| Rejection::err("COUNT must be > 0"))?;
            at += 2;
        } else {
            return Err(syntax_error());
        }
    }
    Ok(AutoClaim { name, consumer, idle_min_ms, start, count, ids_only })
}
