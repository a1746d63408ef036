// my-plugin is a plugin of the Sluicegate message gateway.
package main

import (
	// @role authenticator
	"crypto/subtle"
	// @role transcoder
	"encoding/hex"
	// @role partitioner
	"hash/fnv"
	// @role router
	"strings"
	// @role authenticator transcoder partitioner router

	// @end
	"sluicegate"
	// @role authenticator
	"sluicegate/authenticator"
	// @role filter
	"sluicegate/filter"
	// @role partitioner
	"sluicegate/partitioner"
	// @role router
	"sluicegate/router"
	// @role transcoder
	"sluicegate/transcoder"
	// @end
)

func init() {
	sluicegate.Register(sluicegate.Plugin{
		Name:      "my-plugin",
		Version:   "0.1.0",
		Summary:   "An example that is yours to change.",
		Configure: configure,
	})
	// @role authenticator
	authenticator.Register(authenticate)
	// @role filter
	filter.Register(filter.Filter{OnProduce: onProduce, OnConsume: onConsume})
	// @role router
	router.Register(route)
	// @role partitioner
	partitioner.Register(place)
	// @role transcoder
	transcoder.Register(transcoder.Transcoder{Encode: encode, Decode: decode})
	// @end
}

// @role authenticator
// secret is the secret of the user demo, a setting.
var secret string

// @role filter
// reply is what ping becomes, a setting.
var reply string

// @end
// configure takes the settings of my-plugin.toml, once for each instance.
func configure(settings sluicegate.Settings) (err error) {
	// @role authenticator
	if secret, err = settings.Text("secret", "let me in"); err != nil {
		return err
	}
	// @role filter
	if reply, err = settings.Text("reply", "pong"); err != nil {
		return err
	}
	// @end
	return nil
}

// @role authenticator
// authenticate lets the user demo in, to topics whose names begin with demo.
func authenticate(login authenticator.Credentials) (authenticator.Grant, error) {
	if login.Username != "demo" {
		return authenticator.Grant{}, authenticator.NotMine()
	}
	if subtle.ConstantTimeCompare([]byte(login.Secret), []byte(secret)) == 0 {
		return authenticator.Grant{}, authenticator.WrongCredentials("wrong user or secret")
	}
	return authenticator.Grant{
		Principal: "demo",
		Group:     "demo",
		Publish:   []string{"demo*"},
		Consume:   []string{"demo*"},
	}, nil
}

// @role filter
// onProduce answers ping, and lets no empty value in.
func onProduce(value []byte) filter.Verdict {
	switch {
	case value == nil: // a tombstone
		return filter.Forward()
	case len(value) == 0:
		return filter.Reject("empty-value", "the value is empty")
	case string(value) == "ping":
		return filter.Replace([]byte(reply))
	default:
		return filter.Forward()
	}
}

// onConsume shows everything as it is.
func onConsume(value []byte) filter.Verdict {
	return filter.Forward()
}

// @role router
// route sends what is for NAME-old to NAME-new.
func route(topic string) (router.Destination, error) {
	if name, isOld := strings.CutSuffix(topic, "-old"); isOld {
		topic = name + "-new"
	}
	return router.Destination{Topic: topic, Scope: router.ForTopic}, nil
}

// @role partitioner
// place puts messages with one key into one partition.
func place(key []byte, partitions uint32) uint32 {
	if key == nil {
		return partitioner.Anywhere
	}
	hash := fnv.New32a()
	hash.Write(key)
	return hash.Sum32() % partitions
}

// @role transcoder
// encode makes what is stored: hexadecimal digits.
func encode(value []byte) ([]byte, error) {
	return hex.AppendEncode(nil, value), nil
}

// decode makes what clients see of what is stored.
func decode(value []byte) ([]byte, error) {
	decoded, err := hex.AppendDecode(nil, value)
	if err != nil {
		return nil, sluicegate.Reject("not-hex", "the stored value is not hexadecimal")
	}
	return decoded, nil
}

// @end
// The gateway calls what init registers; it does not run main.
func main() {}
