// Package authenticator is the role that says who a client is and what it may do.
package authenticator

import (
	"unsafe"

	"sluicegate/internal/abi"
)

// Credentials are what a client sent. The gateway remembers the decision about a username and
// secret (see Grant.HoldsForSecs), whatever the peer.
type Credentials struct {
	// Username is "default" if the client gave none.
	Username string
	// Secret is a password, or a databus DSN. Compare it in constant time (crypto/subtle) and
	// never log it.
	Secret string
	// Peer is the address of the client: ip:port, or unix.
	Peer string
}

// Grant is what a client may do.
type Grant struct {
	// Principal names the client, for logs and CLIENT LIST.
	Principal string
	// Group is the consumer group that its databus commands use.
	Group string
	// Publish and Consume are patterns of topics; * stands for any characters.
	Publish, Consume []string
	// Admin allows TOPIC, PLUGIN and other commands about the gateway itself.
	Admin bool
	// Cluster is the broker cluster that its traffic goes to; nil is the configured default.
	Cluster *string
	// Binding is the topic of its databus commands, if it speaks that dialect.
	Binding *Binding
	// HoldsForSecs is how long the grant holds, for every client that sends the same username and
	// secret; before it ends the gateway asks again in the background. nil: until the plugin or
	// its settings change. 0: for this connection only, which is for plugins that decide by Peer.
	HoldsForSecs *uint32
}

// Binding is the one topic that SET, HSET and MGET of a client are about.
type Binding struct {
	Topic string
	// Publishes allows SET key value and HSET.
	Publishes bool
	// Consumes allows MGET and SET partition offset.
	Consumes bool
	// Color is of the environment; empty if there is none.
	Color string
	// StartAt is where a new group begins.
	StartAt StartAt
	// BlockMs is the longest wait of an MGET; nil is the configured default.
	BlockMs *uint32
	// Batch is the most messages of an MGET; nil is the configured default.
	Batch *uint32
}

// StartAt is where a group without a committed offset begins to read. The zero value is what the
// gateway is configured to.
type StartAt struct {
	what   uint8
	number uint64
}

// StartAtOldest is the first record that is left.
func StartAtOldest() StartAt { return StartAt{what: 1} }

// StartAtNewest is the end: only what is stored from now on.
func StartAtNewest() StartAt { return StartAt{what: 2} }

// StartAtOffset is this offset, moved into the range that exists.
func StartAtOffset(offset uint64) StartAt { return StartAt{3, offset} }

// StartAtTime is the first record at or after this time, in Unix milliseconds.
func StartAtTime(ms int64) StartAt { return StartAt{4, uint64(ms)} }

// Denial is why there is no grant. It is an error; so is anything else that Authenticate returns,
// which is then taken for Unavailable.
type Denial struct {
	what uint8
	text string
}

// NotMine means that these credentials are not of this plugin's kind; the next authenticator is
// asked. If none is left the client gets -WRONGPASS.
func NotMine() error { return Denial{what: 0} }

// WrongCredentials gives the client -WRONGPASS and the text. Use one text for a wrong user and a
// wrong secret.
func WrongCredentials(text string) error { return Denial{1, text} }

// NoPermission is for right credentials without the right for what they ask: -NOPERM and the text.
func NoPermission(text string) error { return Denial{2, text} }

// Malformed is for credentials that cannot be understood: -ERR and the text.
func Malformed(text string) error { return Denial{3, text} }

// Unavailable means that the store behind the plugin cannot be asked now; the text is for the
// operator.
func Unavailable(text string) error { return Denial{4, text} }

// Error is the text.
func (d Denial) Error() string { return d.text }

// Authenticator decides about one login: a grant, or one of the denials of this package. It may
// take up to the authenticator's own time limit, 2 seconds by default.
type Authenticator func(login Credentials) (Grant, error)

var registered Authenticator

// Register says how to decide. Call it from an init function.
func Register(authenticator Authenticator) { registered = authenticator }

//go:wasmexport sluicegate:plugin/authenticator@0.1.0#authenticate
func authenticate(
	name unsafe.Pointer, nameSize uint32, secret unsafe.Pointer, secretSize uint32,
	peer unsafe.Pointer, peerSize uint32,
) unsafe.Pointer {
	defer abi.End()
	if registered == nil {
		panic("no authenticator is registered: call authenticator.Register from an init function")
	}
	grant, err := registered(Credentials{
		Username: abi.TakeString(name, nameSize),
		Secret:   abi.TakeString(secret, secretSize),
		Peer:     abi.TakeString(peer, peerSize),
	})
	abi.Forget()
	if err != nil {
		return deny(err)
	}
	return allow(&grant)
}
