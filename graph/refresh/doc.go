// Package refresh keeps lists and registers current: a manifest names where each
// one is published, and a refresh asks there whether there is a newer edition,
// checks what comes, and imports it. Readers go on meanwhile. Whatever fails, the
// last good edition stays, and the failure is kept to be told.
//
// It asks with conditional requests (RFC 9110, section 13) and trusts nothing
// that it gets: not the length, not the place it is sent to, not that a file
// that is suddenly much shorter is what it seems.
package refresh
