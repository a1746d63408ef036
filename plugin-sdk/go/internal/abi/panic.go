package abi

import (
	"runtime"
	"strconv"
	"strings"
	"unsafe"
)

const levelError = 3

// lines is where print and the runtime's own last words are put together to lines: they are written
// word by word, and each write by itself would be a line of the log.
var lines [2 * 4096]byte

func init() { lineBuffer(unsafe.Pointer(&lines)) }

// End is deferred in every function that the gateway calls. A panic becomes one line of the log, and
// the end of this instance.
func End() {
	if reason := recover(); reason != nil {
		Log(levelError, "panic: "+text(reason)+place())
		procExit(2)
	}
}

func text(reason any) string {
	switch reason := reason.(type) {
	case error:
		return reason.Error()
	case interface{ String() string }:
		return reason.String()
	case string:
		return reason
	case int:
		return strconv.Itoa(reason)
	default:
		return "a value that is neither an error nor a text"
	}
}

// place is where the panic began: the innermost function that is not Go's runtime.
func place() string {
	var callers [64]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(0, callers[:])])
	for began := false; ; {
		frame, more := frames.Next()
		inRuntime := strings.HasPrefix(frame.Function, "runtime.")
		if began && !inRuntime && frame.Function != "" {
			return " (" + frame.File + ":" + strconv.Itoa(frame.Line) + ", in " + frame.Function + ")"
		}
		began = began || frame.Function == "runtime.gopanic"
		if !more {
			return ""
		}
	}
}
