// Package jsonbytes finds and replaces fields of a JSON object and leaves every other byte as it is:
// spaces, the order, fields that are there twice, and numbers that no type of Go holds.
package jsonbytes

import (
	"errors"
	"unicode/utf8"
)

// MaxDepth is how many objects and lists may be inside each other; the outermost object is the
// first.
const MaxDepth = 128

// ErrNotObject says that a text is not one JSON object by RFC 8259, is not UTF-8, or is nested
// deeper than MaxDepth.
var ErrNotObject = errors.New("not a JSON object")

// Object is a JSON object in the bytes that it came in. The zero value has no fields.
type Object struct {
	text   []byte
	fields []field
}

// field is where a field's name lies, without its quotes, and where its value does.
type field struct{ nameBegin, nameEnd, begin, end int }

// Parse reads an object. It keeps text, which must not be changed while the object is used.
func Parse(text []byte) (Object, error) {
	scan := scanner{text: text}
	fields, ok := scan.object()
	if !ok || !utf8.Valid(text) {
		return Object{}, ErrNotObject
	}
	return Object{text, fields}, nil
}

// Has is true if the object itself has a field of this name. Names are compared as the texts that
// they mean: "c\u0061rd" is card.
func (o Object) Has(name string) bool {
	_, ok := o.Value(name)
	return ok
}

// Value is the JSON of a field's value, the last one if there are several.
func (o Object) Value(name string) (value []byte, ok bool) {
	for _, field := range o.fields {
		if o.isNamed(field, name) {
			value, ok = o.text[field.begin:field.end:field.end], true
		}
	}
	return value, ok
}

// Replace is the object's text with this JSON as the value of each field of this name. Without one
// it is false, and the text as it was.
func (o Object) Replace(name, value string) ([]byte, bool) {
	var replaced []byte
	done := 0
	for _, field := range o.fields {
		if o.isNamed(field, name) {
			if replaced == nil {
				replaced = make([]byte, 0, len(o.text)+len(value))
			}
			replaced = append(replaced, o.text[done:field.begin]...)
			replaced = append(replaced, value...)
			done = field.end
		}
	}
	if done == 0 {
		return o.text, false
	}
	return append(replaced, o.text[done:]...), true
}

func (o Object) isNamed(field field, name string) bool {
	return isText(o.text[field.nameBegin:field.nameEnd], name)
}
