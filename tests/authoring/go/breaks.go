// breaks is a filter that fails in the way that a message names.
package main

import (
	"sluicegate"
	"sluicegate/filter"
)

func init() {
	sluicegate.Register(sluicegate.Plugin{
		Name:    "breaks",
		Version: "0.1.0",
		Summary: "Fails in the way that a message names.",
	})
	filter.Register(filter.Filter{OnProduce: onProduce})
}

func main() {}

func onProduce(value []byte) filter.Verdict {
	switch string(value) {
	case "panic":
		explode()
	case "index":
		println(element(value, len(value)))
	case "loop":
		for {
		}
	case "memory":
		keep()
	}
	return filter.Forward()
}

func explode() { panic("boom") }

func element(list []byte, index int) byte { return list[index] }

// kept cannot be collected.
var kept [][]byte

func keep() {
	for {
		kept = append(kept, make([]byte, 1<<20))
	}
}
