package partitioner

import "unsafe"

//go:wasmimport sluicegate:plugin/burst@0.1.0 topic
func burstTopic(result unsafe.Pointer)

//go:wasmimport sluicegate:plugin/burst@0.1.0 sizes
func burstSizes(result unsafe.Pointer)

//go:wasmimport sluicegate:plugin/burst@0.1.0 placed-bytes
func burstPlacedBytes(result unsafe.Pointer)

//go:wasmimport sluicegate:plugin/burst@0.1.0 placed-messages
func burstPlacedMessages() uint64
