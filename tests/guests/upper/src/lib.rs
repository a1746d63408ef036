//! Turns the ASCII letters of values into upper case on produce.

use sluicegate_plugin::{Filter, Message, NoSettings, Plugin, Verdict};

/// Has nothing to remember.
#[derive(Debug)]
pub struct Upper;

impl Plugin for Upper {
    type Settings = NoSettings;

    fn configure(_: NoSettings) -> Result<Self, String> {
        Ok(Self)
    }
}

impl Filter for Upper {
    fn on_produce(&mut self, message: &mut Message) -> Verdict {
        let Some(mut value) = message.take_value() else { return Verdict::Forward };
        value.make_ascii_uppercase();
        Verdict::Replace(value)
    }
}

sluicegate_plugin::export!(Upper: Filter);

#[cfg(test)]
mod tests {
    use sluicegate_plugin::testing::Call;

    use super::Upper;

    #[test]
    fn letters_are_raised_and_tombstones_pass() {
        let raised = Call::new("t").value("aé1").produce(&mut Upper);
        assert_eq!(raised.value.as_deref(), Some("Aé1".as_bytes()));
        assert_eq!(Call::new("t").produce(&mut Upper).value, None);
    }
}
