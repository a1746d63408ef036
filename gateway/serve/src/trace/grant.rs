//! What an authenticator granted, field by field.

use serde_json::{Value, json};

use super::payload::plain;
use crate::message::{Binding, Grant, StartAt, TopicPattern};

/// Every field that is not empty, one a line.
pub(super) fn lines(grant: &Grant) -> Vec<String> {
    let mut lines = Vec::new();
    let mut field = |name: &str, text: &str| {
        if !text.is_empty() {
            lines.push(format!("{name} {}", plain(text)));
        }
    };
    field("principal", &grant.principal);
    field("group", &grant.group);
    field("publish", &patterns(&grant.publish).join(", "));
    field("consume", &patterns(&grant.consume).join(", "));
    field("admin", if grant.admin { "yes" } else { "" });
    field("cluster", grant.cluster.as_deref().unwrap_or_default());
    if let Some(bound) = &grant.binding {
        field("binding", &binding(bound));
    }
    match grant.holds_for {
        None => {}
        Some(time) if time.is_zero() => field("holds", "for this connection only"),
        Some(time) => field("holds", &format!("for {} s", time.as_secs_f64())),
    }
    lines
}

fn binding(binding: &Binding) -> String {
    let may = [(binding.publishes, "publishes"), (binding.consumes, "consumes")];
    let mut words = vec![format!("topic {}", binding.topic)];
    words.extend(may.into_iter().filter(|(may, _)| *may).map(|(_, word)| word.to_owned()));
    words.extend(start(binding.start_at).map(|start| format!("begins {start}")));
    if !binding.color.is_empty() {
        words.push(format!("color {}", binding.color));
    }
    words.extend(binding.block.map(|block| format!("waits {} ms", block.as_millis())));
    words.extend(binding.batch.map(|batch| format!("batches of {batch}")));
    words.join(", ")
}

fn start(start: StartAt) -> Option<String> {
    match start {
        StartAt::Configured => None,
        StartAt::Oldest => Some("at the oldest record".into()),
        StartAt::Newest => Some("at the end".into()),
        StartAt::Offset(offset) => Some(format!("at offset {offset}")),
        StartAt::Timestamp(ms) => Some(format!("at time {ms} ms")),
    }
}

fn patterns(patterns: &[TopicPattern]) -> Vec<&str> {
    patterns.iter().map(TopicPattern::as_str).collect()
}

/// The same for programs; an absent field is `null`.
pub(super) fn value(grant: &Grant) -> Value {
    json!({
        "principal": grant.principal,
        "group": grant.group,
        "publish": patterns(&grant.publish),
        "consume": patterns(&grant.consume),
        "admin": grant.admin,
        "cluster": grant.cluster,
        "binding": grant.binding.as_ref().map(|binding| json!({
            "topic": binding.topic.as_str(),
            "publishes": binding.publishes,
            "consumes": binding.consumes,
            "color": binding.color,
            "start": start(binding.start_at),
            "block_ms": binding.block.map(|block| u64::try_from(block.as_millis()).unwrap_or(u64::MAX)),
            "batch": binding.batch,
        })),
        "holds_secs": grant.holds_for.map(|time| time.as_secs_f64()),
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::message::TopicName;

    fn full() -> Grant {
        Grant {
            principal: "ann".into(),
            group: "g\n".into(),
            publish: vec![TopicPattern::new("a"), TopicPattern::new("b-*")],
            consume: Vec::new(),
            admin: true,
            cluster: Some("eu".into()),
            binding: Some(Binding {
                topic: TopicName::new("orders").unwrap(),
                publishes: true,
                consumes: false,
                color: "red".into(),
                start_at: StartAt::Offset(5),
                block: Some(Duration::from_secs(2)),
                batch: Some(10),
            }),
            holds_for: Some(Duration::from_millis(1500)),
        }
    }

    #[test]
    fn only_what_is_not_empty_is_told() {
        assert_eq!(
            lines(&full()),
            [
                "principal ann",
                "group g\\n",
                "publish a, b-*",
                "admin yes",
                "cluster eu",
                "binding topic orders, publishes, begins at offset 5, color red, waits 2000 ms, \
                 batches of 10",
                "holds for 1.5 s",
            ]
        );
        let mut once = Grant::open();
        once.holds_for = Some(Duration::ZERO);
        let told = lines(&once);
        let wanted = ["principal default", "group default", "publish *", "consume *", "admin yes"];
        assert_eq!(told[..5], wanted);
        assert_eq!(told[5..], ["holds for this connection only"]);
    }

    #[test]
    fn programs_get_every_field() {
        let value = value(&full());
        assert_eq!(value["binding"]["start"], "at offset 5");
        assert_eq!(value["binding"]["block_ms"], 2000);
        assert_eq!((&value["publish"][1], &value["holds_secs"]), (&json!("b-*"), &json!(1.5)));
        assert!(super::value(&Grant::open())["binding"].is_null());
    }
}
