//! Chooses topics by rules: by name, by header or by a JSON field.

mod condition;
mod pattern;
mod rule;

use rule::{Rule, RuleFile};
use serde::Deserialize;
use sluicegate_plugin::{Current, Destination, Plugin, Rejection, Router};

/// What the TOML file says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    #[serde(default)]
    rules: Vec<RuleFile>,
}

/// A router with its rules; the first that matches decides.
#[derive(Debug)]
pub struct RouteRules {
    rules: Vec<Rule>,
}

impl Plugin for RouteRules {
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, String> {
        let numbered = settings.rules.into_iter().zip(1..);
        let rules = numbered.map(|(rule, number)| {
            Rule::new(rule).map_err(|error| format!("rule {number}: {error}"))
        });
        Ok(Self { rules: rules.collect::<Result<_, _>>()? })
    }
}

impl Router for RouteRules {
    /// The answer holds for the topic unless a rule on the way to it looked at the message.
    fn route(&mut self, topic: &str, message: &Current) -> Result<Destination, Rejection> {
        let mut depends_on_message = false;
        let mut chosen = None;
        for rule in &self.rules {
            let Some(captures) = rule.topic.captures(topic) else { continue };
            depends_on_message |= rule.condition.is_some();
            if let Some(target) = rule.target(topic, &captures, message) {
                chosen = Some(target);
                break;
            }
        }
        let target = chosen.unwrap_or_else(|| topic.to_owned());
        if !is_topic(&target) {
            return Err(Rejection::new(
                "bad-topic",
                "the routed topic name is not one Kafka takes",
            ));
        }
        if depends_on_message {
            Ok(Destination::for_message(target))
        } else {
            Ok(Destination::for_topic(target))
        }
    }
}

/// Kafka's rule; a header or field may hold anything.
fn is_topic(name: &str) -> bool {
    let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=249).contains(&name.len()) && name != "." && name != ".." && name.bytes().all(is_legal)
}

sluicegate_plugin::export!(RouteRules: Router);

#[cfg(test)]
mod tests;
