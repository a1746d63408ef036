// Package transcoder is the role that translates payloads between what clients see and what is
// stored. Tombstones are not shown to it.
package transcoder

import (
	"unsafe"

	"sluicegate"
	"sluicegate/internal/abi"
)

// Transcoder is what a transcoder does. An error rejects the message: see sluicegate.Reject. A
// function that is nil leaves the payload as it is. The topic and the rest of the message are in
// the package message.
type Transcoder struct {
	// Encode is called on produce, last of all: the client's value in, the stored value out.
	Encode func(value []byte) ([]byte, error)
	// Decode is called on consume, first of all: the stored value in, the client's value out. A
	// rejected record is delivered as it is stored, marked with the header
	// sluicegate-decode-error.
	Decode func(value []byte) ([]byte, error)
}

var registered Transcoder

// Register says what the transcoder does. Call it from an init function.
func Register(transcoder Transcoder) { registered = transcoder }

var result struct {
	isError bool
	slices  [2]abi.Slice
}

//go:wasmexport sluicegate:plugin/transcoder@0.1.0#encode
func encode(at unsafe.Pointer, size uint32) unsafe.Pointer {
	defer abi.End()
	return translate(registered.Encode, at, size)
}

//go:wasmexport sluicegate:plugin/transcoder@0.1.0#decode
func decode(at unsafe.Pointer, size uint32) unsafe.Pointer {
	defer abi.End()
	return translate(registered.Decode, at, size)
}

func translate(by func([]byte) ([]byte, error), at unsafe.Pointer, size uint32) unsafe.Pointer {
	value := abi.Take(at, size)
	var err error
	if by != nil {
		value, err = by(value)
	}
	abi.Forget()
	result.isError = err != nil
	if err != nil {
		rejection := sluicegate.RejectionOf(err)
		result.slices[0] = abi.String(rejection.Code)
		result.slices[1] = abi.String(rejection.Message)
	} else {
		result.slices[0] = abi.List(value)
	}
	return unsafe.Pointer(&result)
}
