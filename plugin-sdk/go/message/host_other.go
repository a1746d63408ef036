//go:build !wasip1

package message

import "unsafe"

// Elsewhere than in the gateway, in tests and for editors, there is no message in hand.

func currentTopic(result unsafe.Pointer) { panic("message: only in the gateway") }

func currentKey(result unsafe.Pointer) { panic("message: only in the gateway") }

func currentValue(result unsafe.Pointer) { panic("message: only in the gateway") }

func currentHeader(name string, result unsafe.Pointer) { panic("message: only in the gateway") }

func currentHeaders(result unsafe.Pointer) { panic("message: only in the gateway") }

func currentTimestampMs() int64 { panic("message: only in the gateway") }

func currentPrincipal(result unsafe.Pointer) { panic("message: only in the gateway") }

func currentSetHeader(name string, is uint32, at unsafe.Pointer, size uint32) {
	panic("message: only in the gateway")
}

func currentRemoveHeader(name string) { panic("message: only in the gateway") }

func currentSetKey(is uint32, at unsafe.Pointer, size uint32) { panic("message: only in the gateway") }
