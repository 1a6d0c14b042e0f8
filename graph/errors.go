package graph

import (
	"errors"
	"fmt"
	"strings"
)

// ErrorKind says what a caller can do about an [Error].
type ErrorKind uint8

// The kinds of error. An error that is no [*Error] counts as KindInternal.
const (
	KindInternal    ErrorKind = iota // a fault of debadge: report it
	KindInvalid                      // the input is wrong: mend it
	KindNotFound                     // nothing has that id or name
	KindConflict                     // the input contradicts what is stored
	KindAmbiguous                    // several entities match: name one by its id
	KindUnavailable                  // the store is away or too slow: try again
	KindOutdated                     // what the input goes by has changed since: look again
)

// String returns the kind's name as problem documents and logs use it.
func (k ErrorKind) String() string {
	switch k {
	case KindInvalid:
		return "invalid"
	case KindNotFound:
		return "not found"
	case KindConflict:
		return "conflict"
	case KindAmbiguous:
		return "ambiguous"
	case KindUnavailable:
		return "unavailable"
	case KindOutdated:
		return "outdated"
	case KindInternal:
		return "internal"
	}
	return "internal"
}

// FieldError is one thing that is wrong with an input, and where.
type FieldError struct {
	Field   string `json:"field"`   // path in the input, such as claims[3].share_min
	Message string `json:"message"` // what is wrong and what to do
}

// Error is the only error type that carries a meaning across packages. Message
// and Fields are safe to show to the person who asked; Cause is for the log.
type Error struct {
	Kind       ErrorKind
	Message    string
	Fields     []FieldError
	Candidates []EntityRef // the entities that match, for KindAmbiguous
	Cause      error
}

// Error returns the message with every field that is wrong.
func (e *Error) Error() string {
	if len(e.Fields) == 0 {
		return e.Message
	}
	var b strings.Builder
	b.WriteString(e.Message)
	for _, f := range e.Fields {
		fmt.Fprintf(&b, "\n  %s: %s", f.Field, f.Message)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Errorf makes an error of a kind; a %w in the format becomes its cause.
func Errorf(kind ErrorKind, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Kind: kind, Message: err.Error(), Cause: errors.Unwrap(err)}
}

// Unavailable wraps a store's failure; what the user sees is message alone.
func Unavailable(message string, cause error) *Error {
	return &Error{Kind: KindUnavailable, Message: message, Cause: cause}
}

// KindOf returns the kind of the first [*Error] in err's chain.
func KindOf(err error) ErrorKind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return KindInternal
}
