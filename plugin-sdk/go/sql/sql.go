// Package sql runs statements in SQL databases (MySQL, MariaDB) that the plugin's TOML file grants
// under [sql.NAME].
//
// The gateway owns the connections. Only valid while an authenticator decides; at any other time the
// call ends there, with words. A project that imports this package needs the line
//
//	import sluicegate:plugin/sql@0.1.0;
//
// in wit/world.wit, and its plugin is refused where it is granted no [sql.NAME].
package sql

import (
	"unsafe"

	"sluicegate/internal/abi"
	"sluicegate/internal/store"
)

// Error is why there are no rows.
type Error = store.Error

// Whose fault it is; see Error.Kind.
const (
	// Denied: the connection or the statement is not granted. The statement was not run.
	Denied = store.Denied
	// Refused: the database answered with an error, or there are more rows or bytes than a call
	// may have.
	Refused = store.Refused
	// Unavailable: no connection, or no answer in time. The statement may have been run.
	Unavailable = store.Unavailable
)

// Where the gateway puts the answer: rows or an error behind the first 4 bytes.
var answer struct {
	isError bool
	err     store.ErrorShape
}

// Run runs the statement that the TOML file has under [sql.NAME.statements], with a parameter (nil,
// int, int64, string or []byte; others panic) for each ? in it. Each column of a row is nil, an int64
// or a []byte. A statement that has no result gives no rows. The error is an Error.
func Run(connection, statement string, parameters ...any) ([][]any, error) {
	return rows(run, connection, statement, parameters)
}

// Query is Run for a SELECT of the plugin's own, where the TOML file says queries = "read-only".
func Query(connection, text string, parameters ...any) ([][]any, error) {
	return rows(query, connection, text, parameters)
}

func rows(
	ask func(connection, text string, values unsafe.Pointer, count uint32, result unsafe.Pointer),
	connection, text string, parameters []any,
) ([][]any, error) {
	shapes := make([]store.Shape, 0, len(parameters))
	for _, parameter := range parameters {
		shapes = append(shapes, store.Put(parameter))
	}
	ask(abi.ValidText(connection), abi.ValidText(text),
		unsafe.Pointer(unsafe.SliceData(shapes)), uint32(len(shapes)), unsafe.Pointer(&answer))
	if answer.isError {
		return nil, answer.err.Take()
	}
	found := abi.Elements[abi.Slice](*(*abi.Slice)(unsafe.Pointer(&answer.err)))
	all := make([][]any, 0, len(found))
	for _, row := range found {
		all = append(all, store.TakeAll(abi.Elements[store.Shape](row)))
	}
	return all, nil
}
