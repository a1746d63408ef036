package sql

import "unsafe"

//go:wasmimport sluicegate:plugin/sql@0.1.0 run
func run(connection, name string, values unsafe.Pointer, count uint32, result unsafe.Pointer)

//go:wasmimport sluicegate:plugin/sql@0.1.0 query
func query(connection, text string, values unsafe.Pointer, count uint32, result unsafe.Pointer)
