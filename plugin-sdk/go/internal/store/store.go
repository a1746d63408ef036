// Package store is what the packages redis and sql have in common: values, and why there are none.
package store

import (
	"unsafe"

	"sluicegate/internal/abi"
)

// Shape is a value where the gateway looks for it. Bytes lie in number as their address and, 32 bits
// higher, their size.
type Shape struct {
	what   uint8
	number uint64
}

const (
	null uint8 = iota
	integer
	bytes
)

// Put puts a value down; it panics if it is none of nil, int, int64, string and []byte.
func Put(value any) Shape {
	switch value := value.(type) {
	case nil:
		return Shape{what: null}
	case int:
		return Shape{integer, uint64(value)}
	case int64:
		return Shape{integer, uint64(value)}
	case string:
		return putBytes(unsafe.Slice(unsafe.StringData(value), len(value)))
	case []byte:
		return putBytes(value)
	default:
		panic("a parameter is none of nil, int, int64, string and []byte")
	}
}

func putBytes(value []byte) Shape {
	slice := abi.List(value)
	return Shape{bytes, uint64(slice.Size)<<32 | uint64(slice.At)}
}

// Take is nil, an int64 or a []byte.
func (s Shape) Take() any {
	switch s.what {
	case integer:
		return int64(s.number)
	case bytes:
		return abi.Slice{At: uint32(s.number), Size: uint32(s.number >> 32)}.Take()
	default:
		return nil
	}
}

// TakeAll is Take for each.
func TakeAll(shapes []Shape) []any {
	values := make([]any, 0, len(shapes))
	for _, shape := range shapes {
		values = append(values, shape.Take())
	}
	return values
}

// Kind says whose fault it is that there is no answer.
type Kind uint8

const (
	// Denied means that the plugin's TOML file does not grant it; the text says what to grant.
	// Nothing was sent.
	Denied Kind = iota
	// Refused means that the store answered with an error, or with what has no form here.
	Refused
	// Unavailable means that there is no connection, or no answer in time. What changes something
	// may have been carried out.
	Unavailable
)

// Error is why there is no answer.
type Error struct {
	Kind Kind
	Text string
}

// Error is the text.
func (e Error) Error() string { return e.Text }

// ErrorShape is an Error where the gateway puts it.
type ErrorShape struct {
	what uint8
	text abi.Slice
}

// Take makes a copy.
func (e ErrorShape) Take() error { return Error{Kind(e.what), e.text.TakeString()} }
