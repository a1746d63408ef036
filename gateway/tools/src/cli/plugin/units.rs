//! Sizes and times for people to read.

pub(super) use sluicegate::trace::{time, time_of_nanoseconds};

const KIB: f64 = 1024.0;

/// `312 B`, `14.1 KiB`, `64.0 MiB`.
#[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
pub(super) fn size(bytes: usize) -> String {
    let bytes = bytes as f64;
    if bytes < KIB {
        format!("{bytes} B")
    } else if bytes < KIB * KIB {
        format!("{:.1} KiB", bytes / KIB)
    } else {
        format!("{:.1} MiB", bytes / KIB / KIB)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_three_digits_and_a_unit() {
        assert_eq!(
            [0, 1023, 14_438, 67_108_864].map(size),
            ["0 B", "1023 B", "14.1 KiB", "64.0 MiB"]
        );
    }
}
