//! Texts of guests, made fit to be shown: bounded and on one line.

/// `text` cut to `bytes_max` bytes on a character boundary, with control characters replaced by
/// spaces: a guest's text must not end a reply or a log line.
pub(super) fn one_line(text: &str, bytes_max: usize) -> String {
    let end = text.floor_char_boundary(bytes_max);
    text[..end].chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// True for 1 to 64 characters of a to z, 0 to 9 and `extra`.
pub(super) fn is_word(text: &str, extra: u8) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == extra;
    (1..=super::limits::WORD_BYTES_MAX).contains(&text.len()) && text.bytes().all(fits)
}

/// True for what may be shown of a word that a guest gave, and for names of sections: 1 to 64
/// letters, digits, `_` and `-`.
pub fn is_name(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    (1..=super::limits::WORD_BYTES_MAX).contains(&text.len()) && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_characters_and_stays_on_its_line() {
        assert_eq!(one_line("a\r\nb", 100), "a  b");
        assert_eq!(one_line("ééé", 3), "é");
        assert_eq!(one_line("ab", 2), "ab");
    }

    #[test]
    fn a_word_has_no_space_no_capital_and_an_end() {
        assert!(is_word("not-json", b'-'));
        assert!(is_word(&"x".repeat(64), b'-'));
        for bad in ["", "Not", "a b", "a_b", &"x".repeat(65)] {
            assert!(!is_word(bad, b'-'), "{bad}");
        }
    }
}
