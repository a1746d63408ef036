package jsonbytes

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Text is the text that a JSON value is; false if it is something else. Half a surrogate pair,
// which no text of Go can hold, becomes U+FFFD.
func Text(value []byte) (string, bool) {
	if len(value) < 2 || value[0] != '"' {
		return "", false
	}
	text, _ := unescape(value[1 : len(value)-1])
	return text, true
}

// isText compares what is between quotes with a text.
func isText(quoted []byte, text string) bool {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return string(quoted) == text
	}
	meant, isWhole := unescape(quoted)
	return isWhole && meant == text
}

// unescape is what a legal text between quotes means; false if there is half a surrogate pair in
// it.
func unescape(quoted []byte) (string, bool) {
	text := make([]byte, 0, len(quoted))
	isWhole := true
	for at := 0; at < len(quoted); at++ {
		if quoted[at] != '\\' {
			text = append(text, quoted[at])
			continue
		}
		at++
		if quoted[at] != 'u' {
			text = append(text, short(quoted[at]))
			continue
		}
		char := unit(quoted[at+1:])
		at += 4
		if utf16.IsSurrogate(char) {
			if pair := utf16.DecodeRune(char, escapedUnit(quoted[at+1:])); pair != utf8.RuneError {
				char = pair
				at += 6
			} else {
				char, isWhole = utf8.RuneError, false
			}
		}
		text = utf8.AppendRune(text, char)
	}
	return string(text), isWhole
}

func short(escape byte) byte {
	switch escape {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	default:
		return escape
	}
}

// unit is the number that four hexadecimal digits are.
func unit(digits []byte) rune {
	number, _ := strconv.ParseUint(string(digits[:4]), 16, 16)
	return rune(number)
}

// escapedUnit is the unit of an escape that follows; 0 if none does.
func escapedUnit(quoted []byte) rune {
	if len(quoted) < 6 || quoted[0] != '\\' || quoted[1] != 'u' {
		return 0
	}
	return unit(quoted[2:])
}
