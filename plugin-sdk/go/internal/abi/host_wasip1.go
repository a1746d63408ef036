package abi

import "unsafe"

//go:wasmimport sluicegate:plugin/log@0.1.0 write
func logWrite(level uint32, message string)

//go:wasmimport wasi_snapshot_preview1 proc_exit
func procExit(code uint32)

//go:wasmimport wasi_snapshot_preview1 line_buffer
func lineBuffer(at unsafe.Pointer)

//go:wasmimport sluicegate:plugin/metrics@0.1.0 count
func metricsCount(name string, by uint64)
