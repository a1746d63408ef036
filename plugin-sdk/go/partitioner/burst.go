package partitioner

import (
	"unsafe"

	"sluicegate/internal/abi"
)

var answer abi.Slice

// Topic is the topic of all keys of the burst.
func Topic() string {
	burstTopic(unsafe.Pointer(&answer))
	return answer.TakeString()
}

// Sizes are the bytes of key and value together, one number for each message of the burst.
func Sizes() []uint32 {
	burstSizes(unsafe.Pointer(&answer))
	return abi.Elements[uint32](answer)
}

// PlacedBytes are the bytes of key and value that this gateway process has placed in each partition
// of the topic since it started. The same for all instances.
func PlacedBytes() []uint64 {
	burstPlacedBytes(unsafe.Pointer(&answer))
	return abi.Elements[uint64](answer)
}

// PlacedMessages is how many messages this gateway process has placed in the topic since it started:
// a counter to go round with. The same for all instances.
func PlacedMessages() uint64 { return burstPlacedMessages() }
