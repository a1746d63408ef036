package sluicegate

// Rejection refuses one message: the client gets "-REJECTED <plugin> <code>: <message>", and
// nothing is stored.
type Rejection struct {
	// Code is a short word that programs may match on, for example not-json: 1 to 64 characters of
	// a to z, 0 to 9 and -. Anything else becomes "rejected".
	Code string
	// Message is a sentence for the person who reads the client's log; the gateway cuts it after
	// 512 bytes. It must not hold secrets.
	Message string
}

// Reject makes a Rejection to be returned as an error.
func Reject(code, message string) error { return Rejection{code, message} }

// Error is the code and the message.
func (r Rejection) Error() string { return r.Code + ": " + r.Message }

// RejectionOf gives the Rejection that err is, or one with the code "rejected" and err's words.
func RejectionOf(err error) Rejection {
	if rejection, ok := err.(Rejection); ok {
		return rejection
	}
	return Rejection{"rejected", err.Error()}
}
