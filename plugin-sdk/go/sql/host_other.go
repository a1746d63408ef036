//go:build !wasip1

package sql

import "unsafe"

// Elsewhere than in the gateway, in tests and for editors, there is no store.

func run(connection, name string, values unsafe.Pointer, count uint32, result unsafe.Pointer) {
	panic("sql: only in the gateway")
}

func query(connection, text string, values unsafe.Pointer, count uint32, result unsafe.Pointer) {
	panic("sql: only in the gateway")
}
