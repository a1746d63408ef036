//go:build !wasip1

package redis

import "unsafe"

// Elsewhere than in the gateway, in tests and for editors, there is no store.

func call(
	connection, command string, arguments unsafe.Pointer, count uint32, result unsafe.Pointer,
) {
	panic("redis: only in the gateway")
}
