// guard is a filter: it takes only JSON objects, rejects those with a field that must not be sent,
// marks who sent them, and hides a field. All other bytes stay as they are.
package main

import (
	"sluicegate"
	"sluicegate/filter"
	"sluicegate/jsonbytes"
	"sluicegate/message"
)

func init() {
	sluicegate.Register(sluicegate.Plugin{
		Name:      "guard",
		Version:   "0.1.0",
		Summary:   "Hides one field of JSON objects and forbids another.",
		Configure: configure,
	})
	filter.Register(filter.Filter{OnProduce: onProduce})
}

// The gateway calls what init registers; it does not run main.
func main() {}

// Settings: the names of the field to hide and of the one that must not be sent.
var redact, forbid string

func configure(settings sluicegate.Settings) (err error) {
	if redact, err = settings.Text("redact", "card"); err != nil {
		return err
	}
	forbid, err = settings.Text("forbid", "password")
	return err
}

func onProduce(value []byte) filter.Verdict {
	if value == nil { // a tombstone
		return filter.Forward()
	}
	object, err := jsonbytes.Parse(value)
	if err != nil {
		return filter.Reject("not-object", "the value is not a JSON object")
	}
	if object.Has(forbid) {
		return filter.Reject("forbidden-field", "the field `"+forbid+"` must not be sent")
	}
	message.SetHeader("checked-by", []byte(message.Principal()))
	if hidden, found := object.Replace(redact, `"***"`); found {
		return filter.Replace(hidden)
	}
	return filter.Forward()
}
