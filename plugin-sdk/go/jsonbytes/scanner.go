package jsonbytes

// scanner walks over JSON by the grammar of RFC 8259. Its functions answer false where the text is
// not what they are for. It does not call itself, so that deep nesting cannot use up the stack.
type scanner struct {
	text []byte
	at   int
}

// object is the whole text: one object and nothing behind it but white space.
func (s *scanner) object() (fields []field, ok bool) {
	s.space()
	if !s.skip('{') {
		return nil, false
	}
	s.space()
	if s.skip('}') {
		return nil, s.isAtEnd()
	}
	for {
		var found field
		if found.nameBegin, found.nameEnd, ok = s.name(); !ok {
			return nil, false
		}
		s.space()
		found.begin = s.at
		if !s.value() {
			return nil, false
		}
		found.end = s.at
		fields = append(fields, found)
		s.space()
		if s.skip('}') {
			return fields, s.isAtEnd()
		}
		if !s.skip(',') {
			return nil, false
		}
	}
}

// value is one value inside the object, with all that is in it.
func (s *scanner) value() bool {
	// What ends each list and object that has begun.
	var ends [MaxDepth - 1]byte
	depth := 0
	for {
		s.space()
		if end := ending(s.peek()); end != 0 {
			if depth == len(ends) {
				return false
			}
			s.at++
			ends[depth] = end
			depth++
			s.space()
			if s.peek() != end {
				if !s.before(end) {
					return false
				}
				continue
			}
		} else if !s.scalar() {
			return false
		}
		// A value has ended, or an empty list or object is about to.
		for depth > 0 {
			s.space()
			if end := ends[depth-1]; !s.skip(end) {
				break
			}
			depth--
		}
		if depth == 0 {
			return true
		}
		if !s.skip(',') || !s.before(ends[depth-1]) {
			return false
		}
	}
}

// ending is what ends the list or object that this byte begins; 0 if it begins none.
func ending(begin byte) byte {
	switch begin {
	case '{':
		return '}'
	case '[':
		return ']'
	default:
		return 0
	}
}

// before is what stands before a value: a name in an object, nothing in a list.
func (s *scanner) before(end byte) bool {
	if end == ']' {
		return true
	}
	_, _, ok := s.name()
	return ok
}

// name is a field's name and the colon behind it.
func (s *scanner) name() (begin, end int, ok bool) {
	s.space()
	begin = s.at + 1
	if !s.string() {
		return 0, 0, false
	}
	end = s.at - 1
	s.space()
	return begin, end, s.skip(':')
}

func (s *scanner) scalar() bool {
	switch s.peek() {
	case '"':
		return s.string()
	case 't':
		return s.word("true")
	case 'f':
		return s.word("false")
	case 'n':
		return s.word("null")
	default:
		return s.number()
	}
}

func (s *scanner) string() bool {
	if !s.skip('"') {
		return false
	}
	for s.at < len(s.text) {
		char := s.text[s.at]
		s.at++
		switch {
		case char == '"':
			return true
		case char < ' ':
			return false
		case char == '\\' && !s.escape():
			return false
		}
	}
	return false
}

// escape is what follows a backslash.
func (s *scanner) escape() bool {
	char := s.peek()
	s.at++
	switch char {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return true
	case 'u':
		for range 4 {
			if !isHex(s.peek()) {
				return false
			}
			s.at++
		}
		return true
	default:
		return false
	}
}

func (s *scanner) number() bool {
	s.skip('-')
	if !s.skip('0') && !s.digits() {
		return false
	}
	if s.skip('.') && !s.digits() {
		return false
	}
	if s.skip('e') || s.skip('E') {
		if !s.skip('+') {
			s.skip('-')
		}
		return s.digits()
	}
	return true
}

// digits are one or more.
func (s *scanner) digits() bool {
	begin := s.at
	for isDigit(s.peek()) {
		s.at++
	}
	return s.at > begin
}

func (s *scanner) word(word string) bool {
	end := s.at + len(word)
	if end > len(s.text) || string(s.text[s.at:end]) != word {
		return false
	}
	s.at = end
	return true
}

func (s *scanner) space() {
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return
		}
	}
}

func (s *scanner) isAtEnd() bool {
	s.space()
	return s.at == len(s.text)
}

// peek is the next byte; 0, which nothing legal begins with, at the end.
func (s *scanner) peek() byte {
	if s.at < len(s.text) {
		return s.text[s.at]
	}
	return 0
}

func (s *scanner) skip(char byte) bool {
	if s.at < len(s.text) && s.text[s.at] == char {
		s.at++
		return true
	}
	return false
}

func isDigit(char byte) bool { return '0' <= char && char <= '9' }

func isHex(char byte) bool {
	return isDigit(char) || 'a' <= char && char <= 'f' || 'A' <= char && char <= 'F'
}
