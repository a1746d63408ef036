package redis

import "unsafe"

//go:wasmimport sluicegate:plugin/redis@0.1.0 call
func call(
	connection, command string, arguments unsafe.Pointer, count uint32, result unsafe.Pointer,
)
