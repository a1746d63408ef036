//! Texts in a given width.

use console::measure_text_width;

/// The text in pieces of at most `width` columns; one piece at least.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut columns = 0;
    for letter in text.chars() {
        let own = columns_of(letter);
        if columns + own > width.max(1) && columns > 0 {
            pieces.push(String::new());
            columns = 0;
        }
        pieces.last_mut().expect("there is one from the start").push(letter);
        columns += own;
    }
    pieces
}

/// The end of a text that is too long, after `…`: a path's end says more than its start.
pub(super) fn end_of(text: &str, width: usize) -> String {
    if measure_text_width(text) <= width {
        return text.to_owned();
    }
    let mut columns = 1; // of the dots
    let kept = text.char_indices().rev().take_while(|(_, letter)| {
        columns += columns_of(*letter);
        columns <= width
    });
    let start = kept.last().map_or(text.len(), |(start, _)| start);
    format!("…{}", &text[start..])
}

/// Control characters as they are written in Rust, so that no file steers the terminal.
pub(super) fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_control() {
            printable.extend(letter.escape_default());
        } else {
            printable.push(letter);
        }
    }
    printable
}

fn columns_of(letter: char) -> usize {
    measure_text_width(letter.encode_utf8(&mut [0; 4]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_into_pieces() {
        assert_eq!(wrapped("", 4), [""]);
        assert_eq!(wrapped("abcd", 4), ["abcd"]);
        assert_eq!(wrapped("abcdefghi", 4), ["abcd", "efgh", "i"]);
        assert_eq!(wrapped("abc", 0), ["a", "b", "c"]);
    }

    #[test]
    fn of_a_long_path_the_end_is_kept() {
        assert_eq!(end_of("orders.snap", 11), "orders.snap");
        assert_eq!(end_of("a/b/orders.snap", 8), "…rs.snap");
        assert_eq!(end_of("orders", 1), "…");
    }

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(printable("a\u{1b}[2Jb\tü"), "a\\u{1b}[2Jb\\tü");
    }
}
