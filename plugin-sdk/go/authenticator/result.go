package authenticator

import (
	"unsafe"

	"sluicegate/internal/abi"
)

// Where the gateway looks for an answer. Go and the contract place fields by the same rules: each
// at the next multiple of its own size, so these structs say what is where.

type granted struct {
	isError bool
	// At a multiple of 8, for there is a number of 64 bits in it.
	grant grantShape
}

type grantShape struct {
	principal    abi.Slice
	group        abi.Slice
	publish      abi.Slice
	consume      abi.Slice
	admin        bool
	cluster      abi.Option
	hasBinding   bool
	binding      bound
	holdsForSecs optionU32
}

type bound struct {
	topic     abi.Slice
	publishes bool
	consumes  bool
	color     abi.Slice
	startAt   StartAt
	blockMs   optionU32
	batch     optionU32
}

type optionU32 struct {
	is    bool
	value uint32
}

type denied struct {
	isError bool
	// A denial begins where a grant would.
	_    [7]byte
	what uint8
	text abi.Slice
}

var (
	allowed granted
	refused denied
)

func allow(grant *Grant) unsafe.Pointer {
	shape := grantShape{
		principal:    abi.String(grant.Principal),
		group:        abi.String(grant.Group),
		publish:      texts(grant.Publish),
		consume:      texts(grant.Consume),
		admin:        grant.Admin,
		holdsForSecs: number(grant.HoldsForSecs),
	}
	if grant.Cluster != nil {
		shape.cluster = abi.Option{Is: true, Bytes: abi.String(*grant.Cluster)}
	}
	if grant.Binding != nil {
		shape.hasBinding = true
		shape.binding = bind(grant.Binding)
	}
	allowed = granted{grant: shape}
	return unsafe.Pointer(&allowed)
}

func bind(binding *Binding) bound {
	return bound{
		topic:     abi.String(binding.Topic),
		publishes: binding.Publishes,
		consumes:  binding.Consumes,
		color:     abi.String(binding.Color),
		startAt:   binding.StartAt,
		blockMs:   number(binding.BlockMs),
		batch:     number(binding.Batch),
	}
}

func deny(err error) unsafe.Pointer {
	denial, ok := err.(Denial)
	if !ok {
		denial = Denial{4, err.Error()}
	}
	refused = denied{isError: true, what: denial.what, text: abi.String(denial.text)}
	return unsafe.Pointer(&refused)
}

func texts(all []string) abi.Slice {
	slices := make([]abi.Slice, 0, len(all))
	for _, text := range all {
		slices = append(slices, abi.String(text))
	}
	return abi.List(slices)
}

func number(value *uint32) optionU32 {
	if value == nil {
		return optionU32{}
	}
	return optionU32{is: true, value: *value}
}
