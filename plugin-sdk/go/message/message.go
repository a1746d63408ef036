// Package message is about the message in hand: what a filter, router or transcoder may ask for, and
// what a filter may change.
//
// Only valid during a call of those roles; at any other time the call ends there, with words. Changes
// made before a drop, a rejection or a panic are forgotten. A transcoder and a router may only read.
package message

import (
	"unsafe"

	"sluicegate/internal/abi"
)

// Header is one header. Names may repeat. A nil Value is absent, which is not the same as empty.
type Header struct {
	Name  string
	Value []byte
}

// The gateway puts its answers here.
var (
	list   abi.Slice
	option abi.Option
)

// Topic is on produce where the message will go so far, on consume where it lies.
func Topic() string {
	currentTopic(unsafe.Pointer(&list))
	return list.TakeString()
}

// Key is the key; nil if there is none.
func Key() []byte {
	currentKey(unsafe.Pointer(&option))
	return option.Take()
}

// Value is the value as it is now; nil is a tombstone.
func Value() []byte {
	currentValue(unsafe.Pointer(&option))
	return option.Take()
}

// HeaderValue is the value of the first header with this name; nil if there is no such header, or
// its value is absent.
func HeaderValue(name string) []byte {
	currentHeader(abi.ValidText(name), unsafe.Pointer(&option))
	return option.Take()
}

// Headers are all headers in order. Those whose names are not UTF-8 are not shown.
func Headers() []Header {
	type shape struct {
		name  abi.Slice
		value abi.Option
	}
	currentHeaders(unsafe.Pointer(&list))
	headers := make([]Header, 0, list.Size)
	for _, found := range abi.Elements[shape](list) {
		headers = append(headers, Header{found.name.TakeString(), found.value.Take()})
	}
	return headers
}

// TimestampMs is in Unix milliseconds: on consume the record's, on produce the time at which the
// gateway read the message.
func TimestampMs() int64 { return currentTimestampMs() }

// Principal is who publishes or consumes.
func Principal() string {
	currentPrincipal(unsafe.Pointer(&list))
	return list.TakeString()
}

// SetHeader sets the first header of this name and removes others of it; it appends one if there is
// none. A nil value is absent.
func SetHeader(name string, value []byte) {
	is, at, size := flat(value)
	currentSetHeader(abi.ValidText(name), is, at, size)
}

// RemoveHeader removes every header of this name.
func RemoveHeader(name string) { currentRemoveHeader(abi.ValidText(name)) }

// SetKey sets the key, which decides the partition; on consume it changes what the client sees. nil
// takes the key away.
func SetKey(key []byte) { currentSetKey(flat(key)) }

func flat(bytes []byte) (is uint32, at unsafe.Pointer, size uint32) {
	if bytes == nil {
		return 0, nil, 0
	}
	return 1, unsafe.Pointer(unsafe.SliceData(bytes)), uint32(len(bytes))
}
