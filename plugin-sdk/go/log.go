package sluicegate

import "sluicegate/internal/abi"

// Level says how much a log line matters.
type Level uint32

const (
	// Debug is for the author.
	Debug Level = iota
	// Info is rare: part of the day's story.
	Info
	// Warn means degraded, still working.
	Warn
	// Error means that someone must act.
	Error
)

//go:wasmimport sluicegate:plugin/log@0.1.0 write
func logWrite(level uint32, message string)

// Log writes one line to the gateway's log, marked with the plugin's name: at most 4 KiB a line, and
// 100 lines a second for each plugin. Never log payloads or secrets.
func Log(level Level, message string) { logWrite(uint32(level), abi.ValidText(message)) }

//go:wasmimport sluicegate:plugin/metrics@0.1.0 count
func metricsCount(name string, by uint64)

// Count adds to a counter of the plugin, which PLUGIN INFO shows. A name is 1 to 64 characters of a
// to z, 0 to 9 and _; a plugin has at most 64 names, others are ignored.
func Count(name string, by uint64) { metricsCount(abi.ValidText(name), by) }
