//! `TOPIC CREATE`.

use super::{integer, is_word, syntax_error};
use crate::{
    message::{Rejection, TopicName},
    resp::Args,
};

/// Most partitions of one topic made through the gateway: each costs files and memory.
const PARTITIONS_MAX: i64 = 10_000;

/// `TOPIC CREATE name [PARTITIONS n] [CONFIG setting value]…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicCreate {
    /// Its name.
    pub name: TopicName,
    /// How many partitions, if the client said so.
    pub partitions: Option<u32>,
    /// Settings in the broker's own words.
    pub configs: Vec<(String, String)>,
}

/// Reads `TOPIC CREATE`.
///
/// # Errors
/// A bad name, number or option.
pub fn topic_create(args: &Args<'_>) -> Result<TopicCreate, Rejection> {
    if args.len() < 3 {
        return Err(super::wrong_arity("topic|create"));
    }
    let name = TopicName::new(&args[2]).map_err(|error| Rejection::err(error.to_string()))?;
    let mut create = TopicCreate { name, partitions: None, configs: Vec::new() };
    let mut at = 3;
    while let Some(option) = args.get(at) {
        if is_word(option, "PARTITIONS") {
            create.partitions = Some(partitions(args.get(at + 1).ok_or_else(syntax_error)?)?);
            at += 2;
        } else if is_word(option, "CONFIG") {
            let text = |at: usize| {
                let bytes = args.get(at).ok_or_else(syntax_error)?;
                let text = std::str::from_utf8(bytes).map(str::to_owned);
                text.map_err(|_| Rejection::err("CONFIG takes UTF-8 text"))
            };
            create.configs.push((text(at + 1)?, text(at + 2)?));
            at += 3;
        } else {
            return Err(syntax_error());
        }
    }
    Ok(create)
}

fn partitions(argument: &[u8]) -> Result<u32, Rejection> {
    let number = integer(argument)?;
    let partitions = u32::try_from(number).ok().filter(|_| (1..=PARTITIONS_MAX).contains(&number));
    partitions
        .ok_or_else(|| Rejection::err(format!("PARTITIONS must be between 1 and {PARTITIONS_MAX}")))
}
