// Package sluicegate is for plugins of the Sluicegate message gateway.
//
// A plugin registers functions while it is initialised, and has no work in main:
//
//	func init() {
//		sluicegate.Register(sluicegate.Plugin{Name: "shout", Version: "1.0.0", Summary: "Loud."})
//		filter.Register(filter.Filter{OnProduce: onProduce})
//	}
//
//	func main() {}
//
// Each role has a package: filter, router, partitioner, transcoder, authenticator. The gateway sees
// the roles whose packages are imported, so import only those that are registered.
//
// The gateway makes several instances of a plugin and may drop one at any time; each serves one
// call at a time. Package variables are for caches only. There are no files, no network and no
// clock: time.Now is always the same, and time.Sleep ends the call. A panic fails the one message
// in hand; its text and place go to the gateway's log. Goroutines run only while a call does.
package sluicegate

import (
	"unsafe"

	"sluicegate/internal/abi"
)

// Plugin says who a plugin is, and takes its settings.
type Plugin struct {
	// Name is made of a to z, 0 to 9 and -. It is for lists and logs; the file's name is what the
	// gateway's settings refer to.
	Name string
	// Version is the plugin's own, for example 1.4.0.
	Version string
	// Summary says what it does, in one sentence.
	Summary string
	// Configure takes the [settings] of the plugin's TOML file. It is called once for each
	// instance, before any role. An error refuses the plugin, in its words, and the version before
	// stays in force. It may be nil.
	Configure func(settings Settings) error
}

var registered *Plugin

// Register says who the plugin is. Call it once, from an init function; it panics the second time.
func Register(plugin Plugin) {
	if registered != nil {
		panic("sluicegate.Register was called twice")
	}
	registered = &plugin
}

func plugin() *Plugin {
	if registered == nil {
		panic("no plugin is registered: call sluicegate.Register from an init function")
	}
	return registered
}

var description struct{ name, version, summary abi.Slice }

//go:wasmexport sluicegate:plugin/lifecycle@0.1.0#describe
func describe() unsafe.Pointer {
	defer abi.End()
	plugin := plugin()
	abi.Forget()
	description.name = abi.String(plugin.Name)
	description.version = abi.String(plugin.Version)
	description.summary = abi.String(plugin.Summary)
	return unsafe.Pointer(&description)
}

var configured struct {
	isError bool
	text    abi.Slice
}

//go:wasmexport sluicegate:plugin/lifecycle@0.1.0#configure
func configure(at unsafe.Pointer, size uint32) unsafe.Pointer {
	defer abi.End()
	err := settle(abi.Take(at, size))
	abi.Forget()
	configured.isError = err != nil
	if err != nil {
		configured.text = abi.String(err.Error())
	}
	return unsafe.Pointer(&configured)
}

func settle(text []byte) error {
	settings, err := parseSettings(text)
	if configure := plugin().Configure; err == nil && configure != nil {
		err = configure(settings)
	}
	return err
}
