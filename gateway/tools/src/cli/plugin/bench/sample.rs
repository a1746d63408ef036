//! What the measured calls are about.

use bytes::Bytes;
use sluicegate::plugin::CallContext;

use crate::cli::plugin::input::{BurstKeys, Input};

/// Messages of one burst.
pub(super) const BURST: u32 = 64;

/// 12 bytes of key, 200 of value, 3 headers; the login that the templates' authenticators take.
const STANDARD: &str = r#"{
    "topic": "demo",
    "key": "customer-042",
    "value": {"id":42,"customer":"customer-042","items":[{"sku":"a-1001","count":2,"price":"19.90"},{"sku":"b-2002","count":1,"price":"5.00"}],"total":"44.80","currency":"EUR","note":"at the backdoor","open":true},
    "headers": {"content-type": "application/json", "source": "bench", "trace-id": "4bf92f3577b34da6"},
    "username": "demo",
    "secret": "let me in"
}"#;

/// A message, a burst of such, a login.
#[derive(Debug)]
pub(super) struct Sample {
    pub(super) input: Input,
    pub(super) context: CallContext,
    /// One key.
    pub(super) one: BurstKeys,
    /// [`BURST`] keys.
    pub(super) many: BurstKeys,
}

impl Sample {
    /// The standard one, or what `json` says.
    ///
    /// # Errors
    /// As [`Input::parse`].
    pub(super) fn new(json: Option<&str>) -> anyhow::Result<Self> {
        let mut input = Input::parse(json.unwrap_or(STANDARD))?;
        input.keys = vec![input.message.record.key.clone()];
        let mut many = input.clone();
        many.keys = (0..BURST).map(|n| Some(Bytes::from(format!("customer-{n:03}")))).collect();
        let principal = input.principal.as_str().into();
        let context = CallContext { principal, timestamp_ms: input.message.record.timestamp_ms };
        Ok(Self { one: BurstKeys::of(&input), many: BurstKeys::of(&many), context, input })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_message_is_of_the_sizes_that_are_told() {
        let sample = Sample::new(None).unwrap();
        let record = &sample.input.message.record;
        assert_eq!(record.key.as_ref().map(Bytes::len), Some(12));
        assert_eq!(record.value.as_ref().map(Bytes::len), Some(200));
        assert_eq!(record.headers.len(), 3);
        assert_eq!(sample.many.burst(&sample.input).keys.len(), 12 * BURST as usize);
    }
}
