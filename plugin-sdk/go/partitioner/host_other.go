//go:build !wasip1

package partitioner

import "unsafe"

// Elsewhere than in the gateway, in tests and for editors, there is no burst in hand.

func burstTopic(result unsafe.Pointer) { panic("partitioner: only in the gateway") }

func burstSizes(result unsafe.Pointer) { panic("partitioner: only in the gateway") }

func burstPlacedBytes(result unsafe.Pointer) { panic("partitioner: only in the gateway") }

func burstPlacedMessages() uint64 { panic("partitioner: only in the gateway") }
