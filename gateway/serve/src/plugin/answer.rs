//! A guest's answers, checked and turned into the gateway's own words.

use bytes::Bytes;

use super::{
    bindings::{
        exports::sluicegate::plugin::{filter, router},
        sluicegate::plugin::types,
    },
    limits::{GUEST_TEXT_BYTES_MAX, REJECTION_BYTES_MAX},
    text::{is_word, one_line},
};
use crate::message::{Destination, ErrorCode, Rejection, RouteScope, TopicName, Verdict};

/// Stands for a code that is not one.
const CODE_FALLBACK: &str = "rejected";

pub(super) fn verdict(plugin: &str, verdict: filter::Verdict) -> Verdict {
    match verdict {
        filter::Verdict::Forward => Verdict::Forward,
        filter::Verdict::Replace(value) => Verdict::Replace(Bytes::from(value)),
        filter::Verdict::Drop => Verdict::Drop,
        filter::Verdict::Reject(why) => Verdict::Reject(rejection(plugin, &why)),
    }
}

/// `REJECTED <plugin> <code>: <message>`.
pub(super) fn rejection(plugin: &str, guest: &types::Rejection) -> Rejection {
    let code = if is_word(&guest.code, b'-') { &guest.code } else { CODE_FALLBACK };
    let message = one_line(&guest.message, REJECTION_BYTES_MAX);
    Rejection::new(ErrorCode::Rejected { plugin: plugin.into() }, format!("{code}: {message}"))
}

/// Where a router sends a message, or what is wrong with that.
pub(super) fn destination(guest: &router::Destination) -> Result<Destination, String> {
    let topic = TopicName::new(&guest.topic).map_err(|error| {
        format!("topic `{}`: {error}", one_line(&guest.topic, GUEST_TEXT_BYTES_MAX))
    })?;
    let scope = match guest.scope {
        router::Scope::Message => RouteScope::Message,
        router::Scope::Topic => RouteScope::Topic,
    };
    Ok(Destination { topic, scope })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(code: &str, message: &str) -> String {
        let guest = types::Rejection { code: code.into(), message: message.into() };
        rejection("p", &guest).to_string()
    }

    #[test]
    fn a_rejection_keeps_to_the_limits_of_the_contract() {
        assert_eq!(words("not-json", "no"), "REJECTED p not-json: no");
        assert_eq!(words("NO GOOD", "a\r\nb"), "REJECTED p rejected: a  b");
        assert_eq!(words("x", &"é".repeat(300)), format!("REJECTED p x: {}", "é".repeat(256)));
    }
}
