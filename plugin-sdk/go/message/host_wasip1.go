package message

import "unsafe"

//go:wasmimport sluicegate:plugin/current@0.1.0 topic
func currentTopic(result unsafe.Pointer)

//go:wasmimport sluicegate:plugin/current@0.1.0 key
func currentKey(result unsafe.Pointer)

//go:wasmimport sluicegate:plugin/current@0.1.0 value
func currentValue(result unsafe.Pointer)

//go:wasmimport sluicegate:plugin/current@0.1.0 header
func currentHeader(name string, result unsafe.Pointer)

//go:wasmimport sluicegate:plugin/current@0.1.0 headers
func currentHeaders(result unsafe.Pointer)

//go:wasmimport sluicegate:plugin/current@0.1.0 timestamp-ms
func currentTimestampMs() int64

//go:wasmimport sluicegate:plugin/current@0.1.0 principal
func currentPrincipal(result unsafe.Pointer)

//go:wasmimport sluicegate:plugin/current@0.1.0 set-header
func currentSetHeader(name string, is uint32, at unsafe.Pointer, size uint32)

//go:wasmimport sluicegate:plugin/current@0.1.0 remove-header
func currentRemoveHeader(name string)

//go:wasmimport sluicegate:plugin/current@0.1.0 set-key
func currentSetKey(is uint32, at unsafe.Pointer, size uint32)
