package ledger

import (
	"context"
	"crypto/subtle"
	"database/sql"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"debadge/graph"
)

// Role is what a key may be used for; the service says what each role may do.
type Role string

// The roles.
const (
	Reader   Role = "reader"   // asks
	Screener Role = "screener" // asks and screens
	Analyst  Role = "analyst"  // and writes claims
	Officer  Role = "officer"  // asks, screens and decides
	Monitor  Role = "monitor"  // looks at the metrics of the service, and at nothing else
	Admin    Role = "admin"    // may do everything
)

// Roles returns all roles.
func Roles() []Role { return []Role{Reader, Screener, Analyst, Officer, Monitor, Admin} }

// ParseRole reads a role by its name.
func ParseRole(text string) (Role, error) {
	if slices.Contains(Roles(), Role(text)) {
		return Role(text), nil
	}
	return "", graph.Errorf(graph.KindInvalid, "%.60q is not a role; use reader, screener, analyst, officer, monitor or admin", text)
}

// Key is an API key without its secret.
type Key struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Role      Role      `json:"role"`
	CreatedAt time.Time `json:"created_at"`
	CreatedBy string    `json:"created_by"`
	ExpiresAt time.Time `json:"expires_at,omitzero"` // from then on it is no longer accepted
	RevokedAt time.Time `json:"revoked_at,omitzero"`
	LastUsed  time.Time `json:"last_used,omitzero"` // to the minute

	hash KeyHash
}

// KeyState is whether a key is accepted.
type KeyState string

// The states of a key.
const (
	KeyActive  KeyState = "active"
	KeyExpired KeyState = "expired"
	KeyRevoked KeyState = "revoked"
)

// State says whether the key is accepted at a time.
func (k Key) State(now time.Time) KeyState {
	switch {
	case !k.RevokedAt.IsZero():
		return KeyRevoked
	case !k.ExpiresAt.IsZero() && !now.Before(k.ExpiresAt):
		return KeyExpired
	}
	return KeyActive
}

// Actor is how the log names who used the key.
func (k Key) Actor() string { return "key:" + k.Name }

// digest identifies what was decided when the key was made.
func (k Key) digest() (string, error) {
	return DigestOf(map[string]any{
		"id": k.ID, "name": k.Name, "role": k.Role, "created_at": k.CreatedAt, "created_by": k.CreatedBy, "expires_at": k.ExpiresAt,
		"hash": hex.EncodeToString(k.hash[:]),
	})
}

const keyID = "key-"

func parseKeyID(id string) (int64, error) { return parseNumbered(keyID, id, "key") }

// NewKey says which key to make.
type NewKey struct {
	Name      string
	Role      Role
	ExpiresAt time.Time // zero: never
}

const maxName = 100

// checkName refuses a name that a reader of the log could mistake.
func checkName(name string) error {
	switch {
	case name == "" || name != strings.TrimSpace(name):
		return graph.Errorf(graph.KindInvalid, "the name is empty, or begins or ends with a space")
	case len(name) > maxName:
		return graph.Errorf(graph.KindInvalid, "the name is longer than %d bytes", maxName)
	case strings.ContainsFunc(name, func(r rune) bool { return r == unicode.ReplacementChar || !unicode.IsPrint(r) }):
		return graph.Errorf(graph.KindInvalid, "the name has characters that cannot be seen")
	}
	return nil
}

// CreateKey makes a key and returns its text, which is kept nowhere. A name that
// a key ever had is KindConflict.
func (l *Ledger) CreateKey(ctx context.Context, actor string, n NewKey) (text string, key Key, err error) {
	if err := checkName(n.Name); err != nil {
		return "", Key{}, err
	}
	if _, err := ParseRole(string(n.Role)); err != nil {
		return "", Key{}, err
	}
	now := l.now()
	if !n.ExpiresAt.IsZero() && !n.ExpiresAt.After(now) {
		return "", Key{}, graph.Errorf(graph.KindInvalid, "the key would expire at %s, which is past", n.ExpiresAt.UTC().Format(time.RFC3339))
	}
	text, hash := newSecret()
	key = Key{
		Name: n.Name, Role: n.Role, CreatedAt: now, CreatedBy: actor,
		ExpiresAt: n.ExpiresAt.UTC().Truncate(time.Microsecond), hash: hash,
	}
	err = l.write(ctx, func(ctx context.Context, tx *sql.Tx) error { return l.insertKey(ctx, tx, &key) })
	if err != nil {
		return "", Key{}, err
	}
	return text, key, nil
}

func (l *Ledger) insertKey(ctx context.Context, tx *sql.Tx, key *Key) error {
	var (
		taken int64
		id    int64
	)
	err := tx.QueryRowContext(ctx, "SELECT id FROM keys WHERE name = ?", key.Name).Scan(&taken)
	if err == nil {
		return graph.Errorf(graph.KindConflict, "%s%d has the name %q already, and names are not used again, so that the log stays clear; choose another one",
			keyID, taken, key.Name)
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) + 1 FROM keys").Scan(&id); err != nil {
		return err
	}
	key.ID = keyID + strconv.FormatInt(id, 10)
	digest, err := key.digest()
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx,
		"INSERT INTO keys (id, name, role, hash, created_at, created_by, expires_at, revoked_at, last_used) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0)",
		id, key.Name, key.Role, key.hash[:], micros(key.CreatedAt), key.CreatedBy, micros(key.ExpiresAt)); err != nil {
		return err
	}
	details := keyDetails{What: keyCreated, Name: key.Name, Role: key.Role, ExpiresAt: key.ExpiresAt}
	_, err = appendEntries(ctx, tx, key.CreatedAt, Event{Actor: key.CreatedBy, Kind: KeyEntry, Subject: key.ID, Digest: digest, Details: details})
	return err
}

// keyDetails are what the log says of a key.
type keyDetails struct {
	What      string    `json:"what"`
	Name      string    `json:"name"`
	Role      Role      `json:"role"`
	ExpiresAt time.Time `json:"expires_at,omitzero"`
}

const (
	keyCreated = "created"
	keyRevoked = "revoked"
)

const keyColumns = "id, name, role, hash, created_at, created_by, expires_at, revoked_at, last_used"

func scanKey(row interface{ Scan(into ...any) error }) (k Key, err error) {
	var (
		id, created, expires, revoked, used int64
		hash                                []byte
	)
	if err := row.Scan(&id, &k.Name, &k.Role, &hash, &created, &k.CreatedBy, &expires, &revoked, &used); err != nil {
		return Key{}, err
	}
	k.ID = keyID + strconv.FormatInt(id, 10)
	k.CreatedAt, k.ExpiresAt, k.RevokedAt, k.LastUsed = fromMicros(created), fromMicros(expires), fromMicros(revoked), fromMicros(used)
	if copy(k.hash[:], hash) != len(k.hash) || len(hash) != len(k.hash) {
		return Key{}, damaged("the hash of %s has %d bytes", k.ID, len(hash))
	}
	return k, nil
}

// Key returns the key with a hash, in whatever state; one that is not known is
// KindNotFound.
func (l *Ledger) Key(ctx context.Context, hash KeyHash) (Key, error) {
	k, err := scanKey(l.reading.QueryRowContext(ctx, "SELECT "+keyColumns+" FROM keys WHERE hash = ?", hash[:]))
	if errors.Is(err, sql.ErrNoRows) || (err == nil && subtle.ConstantTimeCompare(k.hash[:], hash[:]) == 0) {
		return Key{}, graph.Errorf(graph.KindNotFound, "the API key is not known")
	}
	return k, translate(err)
}

// usedEvery is how often the use of a key is written down.
const usedEvery = time.Minute

// Use notes that a key is in use, at most once a minute. A key is as good where
// nothing can be written, so a caller may go on after an error.
func (l *Ledger) Use(ctx context.Context, k Key) error {
	now := l.now()
	id, err := parseKeyID(k.ID)
	if err != nil || now.Sub(k.LastUsed) < usedEvery {
		return err
	}
	return l.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE keys SET last_used = ? WHERE id = ? AND last_used <= ?", micros(now), id, micros(now.Add(-usedEvery)))
		return err
	})
}

// Keys returns all keys, in the order in which they were made.
func (l *Ledger) Keys(ctx context.Context) ([]Key, error) {
	keys := []Key{}
	err := l.read(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, func(rows *sql.Rows) error {
			k, err := scanKey(rows)
			keys = append(keys, k)
			return err
		}, "SELECT "+keyColumns+" FROM keys ORDER BY id")
	})
	return keys, err
}

// RevokeKey ends a key for good. Revoking it again changes nothing.
func (l *Ledger) RevokeKey(ctx context.Context, actor, id string) (k Key, err error) {
	n, err := parseKeyID(id)
	if err != nil {
		return Key{}, err
	}
	now := l.now()
	err = l.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		k, err = scanKey(tx.QueryRowContext(ctx, "SELECT "+keyColumns+" FROM keys WHERE id = ?", n))
		if errors.Is(err, sql.ErrNoRows) {
			return graph.Errorf(graph.KindNotFound, "there is no key %s; debadge key list shows them", id)
		}
		if err != nil || !k.RevokedAt.IsZero() {
			return err
		}
		k.RevokedAt = now
		if _, err := tx.ExecContext(ctx, "UPDATE keys SET revoked_at = ? WHERE id = ?", micros(now), n); err != nil {
			return err
		}
		_, err = appendEntries(ctx, tx, now, Event{
			Actor: actor, Kind: KeyEntry, Subject: k.ID, Details: keyDetails{What: keyRevoked, Name: k.Name, Role: k.Role},
		})
		return err
	})
	return k, err
}
