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

// Log writes one line to the gateway's log, marked with the plugin's name: at most 4 KiB a line, and
// 100 lines a second for each plugin. Never log payloads or secrets.
func Log(level Level, message string) { abi.Log(uint32(level), message) }

// Count adds to a counter of the plugin, which PLUGIN INFO shows. A name is 1 to 64 characters of a
// to z, 0 to 9 and _; a plugin has at most 64 names, others are ignored.
func Count(name string, by uint64) { abi.Count(name, by) }
