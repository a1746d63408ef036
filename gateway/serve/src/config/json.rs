//! Values of any shape, for those who have a schema of their own.

use serde_json::Value;
use toml::{Spanned, de::DeValue};

use super::{environment::expand, file::Section};

impl Section<'_, '_> {
    /// Whatever stands under a key, as JSON with `${NAME}` replaced in its strings.
    pub(super) fn json(&mut self, key: &'static str) -> Option<Value> {
        let value = self.take(key)?;
        Some(self.to_json(&self.full(key), &value))
    }

    fn to_json(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Value {
        match value.get_ref() {
            DeValue::String(text) => match expand(text, self.source.lookup) {
                Ok(text) => Value::String(text),
                Err(cause) => {
                    self.source.report(Some(value.span().start), key, &cause, "");
                    Value::Null
                }
            },
            DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix())
                .map_or(Value::Null, Value::from),
            DeValue::Float(float) => float.as_str().parse::<f64>().map_or(Value::Null, Value::from),
            DeValue::Boolean(fact) => Value::Bool(*fact),
            DeValue::Datetime(time) => Value::String(time.to_string()),
            DeValue::Array(items) => items.iter().map(|item| self.to_json(key, item)).collect(),
            DeValue::Table(table) => Value::Object(
                table
                    .iter()
                    .map(|(name, item)| {
                        let name = name.get_ref().to_string();
                        let json = self.to_json(&format!("{key}.{name}"), item);
                        (name, json)
                    })
                    .collect(),
            ),
        }
    }
}
