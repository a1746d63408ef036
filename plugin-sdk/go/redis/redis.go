// Package redis sends commands to Redis servers that the plugin's TOML file grants under
// [redis.NAME].
//
// The gateway owns the connections. Only valid while an authenticator decides; at any other time the
// call ends there, with words. A project that imports this package needs the line
//
//	import sluicegate:plugin/redis@0.1.0;
//
// in wit/world.wit, and its plugin is refused where it is granted no [redis.NAME].
package redis

import (
	"unsafe"

	"sluicegate/internal/abi"
	"sluicegate/internal/store"
)

// Error is why there is no reply.
type Error = store.Error

// Whose fault it is; see Error.Kind.
const (
	// Denied: the connection, the command or a key is not granted. The command was not sent.
	Denied = store.Denied
	// Refused: the server answered with an error, or with a reply that has no form here.
	Refused = store.Refused
	// Unavailable: no connection, or no answer in time. The command may have been carried out.
	Unavailable = store.Unavailable
)

// Reply is one value, or several. A value is nil, an int64 or a []byte.
type Reply struct {
	// IsMany is true for an array, a set or a map, which comes as its keys and values in turn.
	IsMany bool
	// Values has one element unless IsMany.
	Values []any
}

// Where the gateway puts the answer: a reply or an error behind the first 8 bytes, and a value or a
// list behind the next.
var answer struct {
	isError bool
	_       [7]byte
	what    uint8
	_       [7]byte
	single  store.Shape
}

// Call sends one command, for example HMGET, and waits for its reply, at most for the connection's
// timeout_ms and the time that the login has left. The error is an Error.
func Call(connection, command string, arguments ...string) (Reply, error) {
	slices := make([]abi.Slice, 0, len(arguments))
	for _, argument := range arguments {
		slices = append(slices, abi.List(unsafe.Slice(unsafe.StringData(argument), len(argument))))
	}
	call(abi.ValidText(connection), abi.ValidText(command),
		unsafe.Pointer(unsafe.SliceData(slices)), uint32(len(slices)), unsafe.Pointer(&answer))
	if answer.isError {
		return Reply{}, (*store.ErrorShape)(unsafe.Pointer(&answer.what)).Take()
	}
	if answer.what == 0 {
		return Reply{Values: []any{answer.single.Take()}}, nil
	}
	list := *(*abi.Slice)(unsafe.Pointer(&answer.single))
	return Reply{IsMany: true, Values: store.TakeAll(abi.Elements[store.Shape](list))}, nil
}
