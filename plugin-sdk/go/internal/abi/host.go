package abi

// Log writes one line to the gateway's log.
func Log(level uint32, line string) { logWrite(level, ValidText(line)) }

// Count adds to a counter of the plugin.
func Count(name string, by uint64) { metricsCount(ValidText(name), by) }
