//! Parameters and columns: the contract's values and the driver's.

use mysql_async::{Column, Row, Value, consts::ColumnType};

use crate::plugin::bindings::sluicegate::plugin::sql::Value as Item;

/// Numbers outside these are written with an exponent.
const PLAIN: std::ops::Range<f64> = 1e-5..1e15;

pub(super) fn parameter(item: Item) -> Value {
    match item {
        Item::Null => Value::NULL,
        Item::Integer(number) => Value::Int(number),
        Item::Bytes(bytes) => Value::Bytes(bytes),
    }
}

pub(super) fn row(row: Row) -> Vec<Item> {
    let columns = row.columns();
    let values = row.unwrap_raw().into_iter().map(|value| value.unwrap_or(Value::NULL));
    values.zip(columns.iter()).map(|(value, of)| column(value, of)).collect()
}

fn column(value: Value, column: &Column) -> Item {
    let text = match value {
        Value::NULL => return Item::Null,
        Value::Int(number) => return Item::Integer(number),
        Value::UInt(number) => match i64::try_from(number) {
            Ok(number) => return Item::Integer(number),
            Err(_) => number.to_string(),
        },
        Value::Bytes(bytes) => return Item::Bytes(bytes),
        Value::Float(number) if is_plain(number.into()) => number.to_string(),
        Value::Float(number) => format!("{number:e}"),
        Value::Double(number) if is_plain(number) => number.to_string(),
        Value::Double(number) => format!("{number:e}"),
        Value::Date(year, month, day, ..)
            if column.column_type() == ColumnType::MYSQL_TYPE_DATE =>
        {
            format!("{year:04}-{month:02}-{day:02}")
        }
        Value::Date(year, month, day, hours, minutes, seconds, micros) => {
            let rest = fraction(micros, column.decimals());
            format!("{year:04}-{month:02}-{day:02} {hours:02}:{minutes:02}:{seconds:02}{rest}")
        }
        Value::Time(is_negative, days, hours, minutes, seconds, micros) => {
            let sign = if is_negative { "-" } else { "" };
            let hours = u64::from(days) * 24 + u64::from(hours);
            let rest = fraction(micros, column.decimals());
            format!("{sign}{hours:02}:{minutes:02}:{seconds:02}{rest}")
        }
    };
    Item::Bytes(text.into_bytes())
}

fn is_plain(number: f64) -> bool {
    number == 0.0 || PLAIN.contains(&number.abs())
}

/// Microseconds with as many digits as the column has.
fn fraction(micros: u32, digits: u8) -> String {
    match usize::from(digits) {
        0 => String::new(),
        digits => format!(".{}", &format!("{micros:06}")[..digits.min(6)]),
    }
}

/// Bytes on their way to the guest; the fixed part of a value counts too.
pub(super) fn size(item: &Item) -> usize {
    let held = match item {
        Item::Bytes(bytes) => bytes.len(),
        Item::Null | Item::Integer(_) => 0,
    };
    held + size_of::<u64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: Value, kind: ColumnType, decimals: u8) -> String {
        match column(value, &Column::new(kind).with_decimals(decimals)) {
            Item::Bytes(bytes) => String::from_utf8(bytes).unwrap(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn values_come_as_the_database_writes_them() {
        use ColumnType::{
            MYSQL_TYPE_DATE, MYSQL_TYPE_DATETIME, MYSQL_TYPE_DOUBLE, MYSQL_TYPE_LONGLONG,
            MYSQL_TYPE_TIME,
        };
        let noon = Value::Date(2026, 1, 2, 12, 0, 5, 1500);
        for (value, kind, decimals, form) in [
            (Value::UInt(u64::MAX), MYSQL_TYPE_LONGLONG, 0, "18446744073709551615"),
            (Value::UInt(7), MYSQL_TYPE_LONGLONG, 0, "Value::Integer(7)"),
            (Value::Double(1.5), MYSQL_TYPE_DOUBLE, 31, "1.5"),
            (Value::Double(1e300), MYSQL_TYPE_DOUBLE, 31, "1e300"),
            (noon.clone(), MYSQL_TYPE_DATE, 0, "2026-01-02"),
            (noon.clone(), MYSQL_TYPE_DATETIME, 0, "2026-01-02 12:00:05"),
            (noon, MYSQL_TYPE_DATETIME, 3, "2026-01-02 12:00:05.001"),
            (Value::Time(true, 1, 2, 3, 4, 0), MYSQL_TYPE_TIME, 0, "-26:03:04"),
        ] {
            assert_eq!(shown(value, kind, decimals), form);
        }
    }
}
