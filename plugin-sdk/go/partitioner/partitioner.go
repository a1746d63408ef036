// Package partitioner is the role that chooses the partition of each message.
package partitioner

import (
	"unsafe"

	"sluicegate/internal/abi"
)

// Anywhere lets the gateway spread the message.
const Anywhere uint32 = 0xffffffff

// Partitioner chooses a partition below partitions, which is at least 1, or Anywhere; another
// number fails the burst. A nil key is none, which is not the same as an empty one. The key is only
// good during the call.
type Partitioner func(key []byte, partitions uint32) uint32

// Burst chooses for all messages of a burst at once: it sets places[i] for keys[i]. What it does
// not set is spread by the gateway. Keys and places are only good during the call.
type Burst func(keys [][]byte, partitions uint32, places []uint32)

var registered Burst

// Register says how to choose, one key at a time. Call it from an init function.
func Register(partitioner Partitioner) {
	registered = func(keys [][]byte, partitions uint32, places []uint32) {
		for i, key := range keys {
			places[i] = partitioner(key, partitions)
		}
	}
}

// RegisterBurst says how to choose for a whole burst, instead of Register: what Sizes and the other
// functions here say is asked for once.
func RegisterBurst(burst Burst) { registered = burst }

// noKey is the end of a message that has none.
const noKey uint32 = 0xffffffff

var (
	result abi.Slice
	// keys and places are used again for each burst.
	keys   [][]byte
	places []uint32
)

//go:wasmexport sluicegate:plugin/partitioner@0.1.0#partition-many
func partitionMany(
	at unsafe.Pointer, size uint32, ends unsafe.Pointer, count uint32, partitions uint32,
) unsafe.Pointer {
	defer abi.End()
	if registered == nil {
		panic("no partitioner is registered: call partitioner.Register from an init function")
	}
	keys, places = keys[:0], places[:0]
	flat, begin := abi.Take(at, size), uint32(0)
	for _, end := range unsafe.Slice((*uint32)(ends), count) {
		places = append(places, Anywhere)
		if end == noKey {
			keys = append(keys, nil)
			continue
		}
		keys = append(keys, flat[begin:end:end])
		begin = end
	}
	registered(keys, partitions, places)
	abi.Forget()
	clear(keys)
	result = abi.List(places)
	return unsafe.Pointer(&result)
}
