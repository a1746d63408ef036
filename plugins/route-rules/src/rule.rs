//! One rule.

use serde::Deserialize;
use sluicegate_plugin::Current;

use crate::{
    condition::{Condition, Source, pointer},
    pattern::Pattern,
};

/// A rule as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleFile {
    #[serde(default = "any")]
    topic: String,
    header: Option<String>,
    field: Option<String>,
    matches: Option<String>,
    to: String,
}

fn any() -> String {
    "*".to_owned()
}

/// A rule as it is used.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) topic: Pattern,
    pub(crate) condition: Option<Condition>,
    to: Vec<Piece>,
}

/// A piece of the new topic's name.
#[derive(Debug)]
enum Piece {
    Text(String),
    Topic,
    Value,
    /// Counted from 0.
    Capture(usize),
}

impl Rule {
    pub(crate) fn new(rule: RuleFile) -> Result<Self, String> {
        let source = match (rule.header, rule.field) {
            (Some(header), None) => Some(Source::Header(header)),
            (None, Some(field)) => Some(Source::Field(pointer(&field))),
            (None, None) if rule.matches.is_none() => None,
            _ => return Err("`matches` needs either `header` or `field`".to_owned()),
        };
        let matches = Pattern::new(rule.matches.as_deref().unwrap_or("*"));
        let condition = source.map(|source| Condition { source, matches });
        let topic = Pattern::new(&rule.topic);
        let to = pieces(&rule.to, &topic, condition.is_some())?;
        Ok(Self { topic, condition, to })
    }

    /// The new topic; `None` if the message does not meet the condition.
    pub(crate) fn target(
        &self,
        topic: &str,
        captures: &[&str],
        message: &Current,
    ) -> Option<String> {
        let value = match &self.condition {
            Some(condition) => condition.matched(message)?,
            None => String::new(),
        };
        let text = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Topic => topic.to_owned(),
            Piece::Value => value.clone(),
            Piece::Capture(index) => captures[*index].to_owned(),
        };
        Some(self.to.iter().map(text).collect())
    }
}

/// Reads `{topic}`, `{value}` and `{1}`… in `to`; each must be there when the rule matches.
fn pieces(to: &str, topic: &Pattern, has_value: bool) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut rest = to;
    while let Some((text, behind)) = rest.split_once('{') {
        let (name, behind) = behind.split_once('}').ok_or("`to` has a `{` without `}`")?;
        pieces.push(Piece::Text(text.to_owned()));
        let index = name.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        pieces.push(match (name, index) {
            ("topic", _) => Piece::Topic,
            ("value", _) if has_value => Piece::Value,
            (_, Some(index)) if index < topic.stars() => Piece::Capture(index),
            _ => return Err(format!("`to` asks for `{{{name}}}`, which this rule does not have")),
        });
        rest = behind;
    }
    pieces.push(Piece::Text(rest.to_owned()));
    Ok(pieces)
}
