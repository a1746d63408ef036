// Package router is the role that chooses the topic a message is stored in.
package router

import (
	"unsafe"

	"sluicegate"
	"sluicegate/internal/abi"
)

// Scope says for how long an answer holds.
type Scope uint8

const (
	// ForMessage holds for this message; the next one is asked about again.
	ForMessage Scope = iota
	// ForTopic holds for every message to this topic while this version of the plugin with these
	// settings is in force: the gateway remembers the answer.
	ForTopic
)

// Destination is where a message goes.
type Destination struct {
	// Topic is created if it does not exist and the gateway may create topics; otherwise the
	// message is refused.
	Topic string
	// Scope says how often to ask.
	Scope Scope
}

// Router chooses for the topic that the client named; the same topic leaves the message where it
// is. An error rejects the message: see sluicegate.Reject. The rest of the message is in the
// package message.
type Router func(topic string) (Destination, error)

var registered Router

// Register says how to choose. Call it from an init function.
func Register(router Router) { registered = router }

var result struct {
	isError bool
	name    abi.Slice
	rest    abi.Slice
}

//go:wasmexport sluicegate:plugin/router@0.1.0#route
func route(at unsafe.Pointer, size uint32) unsafe.Pointer {
	defer abi.End()
	if registered == nil {
		panic("no router is registered: call router.Register from an init function")
	}
	destination, err := registered(abi.TakeString(at, size))
	abi.Forget()
	result.isError = err != nil
	if err != nil {
		rejection := sluicegate.RejectionOf(err)
		result.name = abi.String(rejection.Code)
		result.rest = abi.String(rejection.Message)
	} else {
		result.name = abi.String(destination.Topic)
		// The scope is a byte where a rejection has its message.
		result.rest = abi.Slice{At: uint32(destination.Scope)}
	}
	return unsafe.Pointer(&result)
}
