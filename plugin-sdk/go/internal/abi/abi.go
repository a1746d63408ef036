// Package abi is the border to the gateway: how bytes cross it, and what a panic becomes. Plugins
// use the packages above it.
//
// The collector of Go never moves anything, so an address stays good for as long as something of Go
// points to it. That is what held is for: what the gateway puts into memory, and results that it has
// yet to read, are reachable from here and nowhere else.
package abi

import (
	"strings"
	"unicode/utf8"
	"unsafe"
)

// Slice is a list or a string where the gateway looks for it: an address and a number of elements.
type Slice struct{ At, Size uint32 }

// Option is an optional list of bytes where the gateway looks for it.
type Option struct {
	Is    bool
	Bytes Slice
}

// held is what the gateway may read or has written in the call that runs, and the results of the
// last one. One instance serves one call at a time, so one list is enough.
var held []unsafe.Pointer

// empty is what lists without elements point to.
var empty uint64

// realloc is where the gateway finds room for what it hands over.
//
//go:wasmexport cabi_realloc
func realloc(old unsafe.Pointer, oldSize, align, size uint32) unsafe.Pointer {
	if size == 0 {
		return unsafe.Pointer(&empty)
	}
	room := allocate(align, size)
	if oldSize > 0 {
		copy(unsafe.Slice((*byte)(room), size), unsafe.Slice((*byte)(old), oldSize))
	}
	held = append(held, room)
	return room
}

func allocate(align, size uint32) unsafe.Pointer {
	if align > 1 {
		return unsafe.Pointer(unsafe.SliceData(make([]uint64, (size+7)/8)))
	}
	return unsafe.Pointer(unsafe.SliceData(make([]byte, size)))
}

// Forget lets go of what the call was given, before its results are put down.
func Forget() {
	clear(held)
	held = held[:0]
}

// Take is what the gateway put there: never nil, and the caller's own from now on.
func Take(at unsafe.Pointer, size uint32) []byte {
	if size == 0 {
		return []byte{}
	}
	return unsafe.Slice((*byte)(at), size)
}

// TakeString is Take for a text.
func TakeString(at unsafe.Pointer, size uint32) string {
	return unsafe.String((*byte)(at), size)
}

// Take is the same for what came as a result. Only good until Forget.
func (s Slice) Take() []byte { return Take(pointer(s.At), s.Size) }

// TakeString is Take for a text.
func (s Slice) TakeString() string { return TakeString(pointer(s.At), s.Size) }

// Take is nil for what is absent.
func (o Option) Take() []byte {
	if !o.Is {
		return nil
	}
	return o.Bytes.Take()
}

// Elements are the records of a list that came as a result.
func Elements[T any](s Slice) []T { return unsafe.Slice((*T)(pointer(s.At)), s.Size) }

// pointer makes one of an address that the gateway gave and held keeps alive. By way of memory,
// for the compiler's checks take any other way for a mistake.
func pointer(at uint32) unsafe.Pointer {
	address := uintptr(at)
	return *(*unsafe.Pointer)(unsafe.Pointer(&address))
}

// List puts a result down. It is kept until the end of the next call.
func List[T any](elements []T) Slice {
	if len(elements) == 0 {
		return Slice{At: address(unsafe.Pointer(&empty))}
	}
	at := unsafe.Pointer(unsafe.SliceData(elements))
	held = append(held, at)
	return Slice{At: address(at), Size: uint32(len(elements))}
}

// String puts a text down. Bytes that are not UTF-8 would be a trap, so they become U+FFFD.
func String(text string) Slice {
	text = ValidText(text)
	return List(unsafe.Slice(unsafe.StringData(text), len(text)))
}

// Optional puts bytes down; nil is absent.
func Optional(bytes []byte) Option {
	if bytes == nil {
		return Option{}
	}
	return Option{Is: true, Bytes: List(bytes)}
}

// ValidText is text with U+FFFD for what is not UTF-8.
func ValidText(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	return strings.ToValidUTF8(text, "\ufffd")
}

func address(at unsafe.Pointer) uint32 { return uint32(uintptr(at)) }
