// Package filter is the role that looks at every message of its topics: it lets it pass, changes,
// drops or rejects it.
//
// The rest of the message, such as its topic and headers, is in the package message.
package filter

import (
	"unsafe"

	"sluicegate"
	"sluicegate/internal/abi"
)

// Filter is what a filter does. A function that is nil forwards everything.
type Filter struct {
	// OnProduce is called for each message that a client publishes, before it is stored. The value
	// is what the client sent, after the filters before this one; nil is a tombstone, which is not
	// the same as empty.
	OnProduce func(value []byte) Verdict
	// OnConsume is called for each record that a client is about to get.
	OnConsume func(value []byte) Verdict
}

// Verdict is what becomes of a message. The zero value forwards it.
type Verdict struct {
	what      uint8
	value     []byte
	rejection sluicegate.Rejection
}

const (
	forward uint8 = iota
	replace
	drop
	reject
)

// Forward lets the message go on, with the changes made through the package message.
func Forward() Verdict { return Verdict{} }

// Replace lets it go on with this value, and the changes made through the package message.
func Replace(value []byte) Verdict { return Verdict{what: replace, value: value} }

// Drop acknowledges it on produce and does not store it; on consume it is not shown. Both are
// counted.
func Drop() Verdict { return Verdict{what: drop} }

// Reject answers the client with an error on produce; on consume the record is not shown. See
// sluicegate.Rejection for the limits of both texts.
func Reject(code, message string) Verdict {
	return Verdict{what: reject, rejection: sluicegate.Rejection{Code: code, Message: message}}
}

var registered Filter

// Register says what the filter does. Call it from an init function.
func Register(filter Filter) { registered = filter }

// result is a Verdict where the gateway looks for it: a value lies in the first slice.
var result struct {
	what   uint8
	slices [2]abi.Slice
}

//go:wasmexport sluicegate:plugin/filter@0.1.0#on-produce
func onProduce(is uint32, at unsafe.Pointer, size uint32) unsafe.Pointer {
	defer abi.End()
	return judge(registered.OnProduce, is, at, size)
}

//go:wasmexport sluicegate:plugin/filter@0.1.0#on-consume
func onConsume(is uint32, at unsafe.Pointer, size uint32) unsafe.Pointer {
	defer abi.End()
	return judge(registered.OnConsume, is, at, size)
}

func judge(by func([]byte) Verdict, is uint32, at unsafe.Pointer, size uint32) unsafe.Pointer {
	var value []byte
	if is != 0 {
		value = abi.Take(at, size)
	}
	var verdict Verdict
	if by != nil {
		verdict = by(value)
	}
	abi.Forget()
	result.what = verdict.what
	switch verdict.what {
	case replace:
		result.slices[0] = abi.List(verdict.value)
	case reject:
		result.slices[0] = abi.String(verdict.rejection.Code)
		result.slices[1] = abi.String(verdict.rejection.Message)
	}
	return unsafe.Pointer(&result)
}
