//! An authenticator's decision, checked and turned into the gateway's own words.

use std::time::Duration;

use super::{
    bindings::exports::sluicegate::plugin::authenticator as guest,
    limits::{GRANT_PATTERNS_MAX, GRANT_WORD_BYTES_MAX, GUEST_TEXT_BYTES_MAX, REJECTION_BYTES_MAX},
    text::one_line,
};
use crate::message::{
    Binding, Denial, ErrorCode, Grant, Rejection, StartAt, TopicName, TopicPattern,
};

/// The grant, or what is wrong with it.
pub(super) fn grant(granted: guest::Grant) -> Result<Grant, String> {
    Ok(Grant {
        principal: word("principal", granted.principal)?,
        group: word("group", granted.group)?,
        publish: patterns("publish", granted.publish)?,
        consume: patterns("consume", granted.consume)?,
        admin: granted.admin,
        cluster: granted.cluster.map(|cluster| word("cluster", cluster)).transpose()?,
        binding: granted.binding.map(binding).transpose()?,
        holds_for: granted.holds_for_secs.map(|secs| Duration::from_secs(secs.into())),
    })
}

pub(super) fn denial(denied: guest::Denial) -> Denial {
    let refused = |code, text: &str| {
        Denial::Refused(Rejection::new(code, one_line(text, REJECTION_BYTES_MAX)))
    };
    match denied {
        guest::Denial::NotMine => Denial::NotMine,
        guest::Denial::WrongCredentials(text) => refused(ErrorCode::WrongPass, &text),
        guest::Denial::NoPermission(text) => refused(ErrorCode::NoPerm, &text),
        guest::Denial::Malformed(text) => refused(ErrorCode::Err, &text),
        guest::Denial::Unavailable(text) => {
            Denial::Unavailable(one_line(&text, GUEST_TEXT_BYTES_MAX))
        }
    }
}

fn binding(bound: guest::Binding) -> Result<Binding, String> {
    Ok(Binding {
        topic: TopicName::new(&bound.topic).map_err(|error| format!("binding: {error}"))?,
        publishes: bound.publishes,
        consumes: bound.consumes,
        color: text("color", bound.color)?,
        start_at: match bound.start_at {
            guest::StartAt::Configured => StartAt::Configured,
            guest::StartAt::Oldest => StartAt::Oldest,
            guest::StartAt::Newest => StartAt::Newest,
            guest::StartAt::Offset(offset) => StartAt::Offset(offset),
            guest::StartAt::TimestampMs(time) => StartAt::Timestamp(time),
        },
        block: bound.block_ms.map(|ms| Duration::from_millis(ms.into())),
        batch: bound.batch,
    })
}

/// Text that logs and keys can hold: short, on one line.
fn text(what: &str, text: String) -> Result<String, String> {
    if text.len() > GRANT_WORD_BYTES_MAX || text.contains(char::is_control) {
        return Err(format!(
            "{what}: more than {GRANT_WORD_BYTES_MAX} bytes, or control characters"
        ));
    }
    Ok(text)
}

fn word(what: &str, word: String) -> Result<String, String> {
    if word.is_empty() {
        return Err(format!("{what} is empty"));
    }
    text(what, word)
}

fn patterns(what: &str, patterns: Vec<String>) -> Result<Vec<TopicPattern>, String> {
    if patterns.len() > GRANT_PATTERNS_MAX {
        return Err(format!("{what} has more than {GRANT_PATTERNS_MAX} patterns"));
    }
    patterns.into_iter().map(|pattern| word(what, pattern).map(TopicPattern::new)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn granted() -> guest::Grant {
        guest::Grant {
            principal: "ann".into(),
            group: "g".into(),
            publish: vec!["a*".into()],
            consume: Vec::new(),
            admin: false,
            cluster: None,
            binding: None,
            holds_for_secs: Some(60),
        }
    }

    #[test]
    fn a_grant_of_legal_words_is_taken() {
        let grant = grant(granted()).unwrap();
        assert!(grant.may_publish("abc") && !grant.may_consume("abc"));
        assert_eq!(grant.holds_for, Some(Duration::from_mins(1)));
    }

    #[test]
    fn a_grant_that_could_break_a_line_or_a_limit_is_not() {
        for (principal, publish) in [
            (String::new(), "a".into()),
            ("a\r\nb".into(), "a".into()),
            ("x".repeat(250), "a".into()),
            ("ann".into(), String::new()),
            ("ann".into(), "a\nb".into()),
        ] {
            let bad = guest::Grant { principal, publish: vec![publish], ..granted() };
            assert!(grant(bad).is_err());
        }
        let many = guest::Grant { consume: vec!["a".into(); 1001], ..granted() };
        assert_eq!(grant(many).unwrap_err(), "consume has more than 1000 patterns");
    }

    #[test]
    fn a_denial_keeps_its_kind_and_stays_on_one_line() {
        let wrong = denial(guest::Denial::WrongCredentials("no\r\n+OK".into()));
        let Denial::Refused(rejection) = wrong else { panic!("{wrong:?}") };
        assert_eq!(rejection.to_string(), "WRONGPASS no  +OK");
        assert!(matches!(denial(guest::Denial::NotMine), Denial::NotMine));
    }
}
