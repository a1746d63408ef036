//! Redis' patterns: `*`, `?`, `[a-z]`, `[^a]` and `\` before any of them. Source: `util.c`, stringmatchlen.

/// True if all of `text` fits the pattern, letters as they are. At worst quadratic in the lengths.
pub fn fits_glob(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut seen) = (0, 0);
    // Where to try again: behind the last star, with one more byte under it.
    let mut star: Option<(usize, usize)> = None;
    while seen < text.len() {
        if pattern.get(at) == Some(&b'*') {
            star = Some((at + 1, seen));
            at += 1;
            continue;
        }
        if let Some(next) = one(pattern, at, text[seen]) {
            at = next;
            seen += 1;
            continue;
        }
        let Some((behind, from)) = star else { return false };
        star = Some((behind, from + 1));
        (at, seen) = (behind, from + 1);
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

/// Where the pattern goes on if its element at `at` fits `byte`.
fn one(pattern: &[u8], at: usize, byte: u8) -> Option<usize> {
    match *pattern.get(at)? {
        b'?' => Some(at + 1),
        b'[' => class(pattern, at + 1, byte),
        b'\\' if at + 1 < pattern.len() => (pattern[at + 1] == byte).then_some(at + 2),
        exact => (exact == byte).then_some(at + 1),
    }
}

/// A class that is not closed ends with the pattern, as in Redis.
fn class(pattern: &[u8], mut at: usize, byte: u8) -> Option<usize> {
    let is_inverted = pattern.get(at) == Some(&b'^');
    at += usize::from(is_inverted);
    let mut fits = false;
    loop {
        match pattern.get(at..)? {
            [] => break,
            [b']', ..] => {
                at += 1;
                break;
            }
            [b'\\', exact, ..] => {
                fits |= *exact == byte;
                at += 2;
            }
            [from, b'-', to, ..] => {
                fits |= (*from.min(to)..=*from.max(to)).contains(&byte);
                at += 3;
            }
            [exact, ..] => {
                fits |= *exact == byte;
                at += 1;
            }
        }
    }
    (fits != is_inverted).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_fits_as_in_redis() {
        for (pattern, text, fits) in [
            ("*", "", true),
            ("*", "orders", true),
            ("", "", true),
            ("", "a", false),
            ("h?llo", "hello", true),
            ("h?llo", "hllo", false),
            ("h[ae]llo", "hallo", true),
            ("h[^e]llo", "hello", false),
            ("h[a-c]llo", "hbllo", true),
            ("h[c-a]llo", "hbllo", true),
            ("h\\*llo", "h*llo", true),
            ("h\\*llo", "hello", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("[a", "a", true),
            ("a\\", "a\\", true),
        ] {
            assert_eq!(fits_glob(pattern.as_bytes(), text.as_bytes()), fits, "{pattern} on {text}");
        }
    }

    #[test]
    fn many_stars_take_no_exponential_time() {
        let pattern = "a*".repeat(50) + "b";
        assert!(!fits_glob(pattern.as_bytes(), "a".repeat(20_000).as_bytes()));
    }
}
