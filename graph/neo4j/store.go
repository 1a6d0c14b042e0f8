package neo4j

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j/config"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j/notifications"

	"debadge/graph"
)

// Config says where a store is and how long it may take.
type Config struct {
	URI            string // bolt://host:port for one server, neo4j://host:port for a cluster
	User, Password string // no user means no authentication
	Database       string // the user's home database if empty
	Clock          func() time.Time

	// Timeout bounds a call that has no deadline of its own, also on the server;
	// 0 is one minute.
	Timeout time.Duration
	// Retry bounds how long a call goes on trying while the server is away; 0 is
	// five seconds.
	Retry time.Duration
	// Lazy lets Open succeed while the server is away. The schema is then applied
	// by the first call that reaches it.
	Lazy bool
}

// How long things take at most, where nobody says otherwise.
const (
	defaultTimeout = time.Minute
	defaultRetry   = 5 * time.Second
	closeTimeout   = 5 * time.Second
	connectTimeout = 5 * time.Second
	livenessCheck  = 30 * time.Second // a connection that was idle for so long is tried before it is used
)

// Store is a store in Neo4j. Several processes may share one database; each of
// them sees what the others committed.
type Store struct {
	config    Config
	driver    neo4j.DriverWithContext
	bookmarks neo4j.BookmarkManager // so that a read sees the writes before it, in a cluster too
	closed    atomic.Bool

	founded  atomic.Bool // the schema is known to be in place
	mu       sync.Mutex  // guards founding
	founding *founding   // in progress, if not nil
}

var _ graph.Store = (*Store)(nil)

// Open returns the store at the address, with its schema in place. If the
// server is away that is KindUnavailable, but for a Lazy configuration.
func Open(ctx context.Context, c Config) (*Store, error) {
	if c.Clock == nil {
		return nil, graph.Errorf(graph.KindInternal, "the store was given no clock")
	}
	c.Timeout, c.Retry = cmp.Or(c.Timeout, defaultTimeout), cmp.Or(c.Retry, defaultRetry)
	auth := neo4j.NoAuth()
	if c.User != "" {
		auth = neo4j.BasicAuth(c.User, c.Password, "")
	}
	driver, err := neo4j.NewDriverWithContext(c.URI, auth, func(d *config.Config) {
		d.TelemetryDisabled = true
		d.MaxTransactionRetryTime = c.Retry
		d.ConnectionAcquisitionTimeout = c.Timeout
		d.ConnectionLivenessCheckTimeout = livenessCheck
		d.SocketConnectTimeout = min(connectTimeout, c.Timeout)
		d.NotificationsMinSeverity = notifications.DisabledLevel
	})
	if err != nil {
		return nil, &graph.Error{
			Kind:    graph.KindInvalid,
			Message: "the store's address is not one of a Neo4j server; write bolt://host:port or neo4j://host:port",
			Cause:   err,
		}
	}
	s := &Store{
		config: c, driver: driver,
		bookmarks: neo4j.NewBookmarkManager(neo4j.BookmarkManagerConfig{}),
	}
	if c.Lazy {
		return s, nil
	}
	if err := s.ready(ctx); err != nil {
		return nil, errors.Join(err, s.close(ctx))
	}
	return s, nil
}

// Status reads the totals that every write keeps, in one round trip.
func (s *Store) Status(ctx context.Context) (graph.StoreStatus, error) {
	var status graph.StoreStatus
	err := s.read(ctx, func(ctx context.Context, tx neo4j.ManagedTransaction) error {
		n, err := newest(ctx, tx)
		if err != nil {
			return err
		}
		status = n.StoreStatus
		return nil
	})
	return status, err
}

// Close ends the connections. Calls that are under way fail.
func (s *Store) Close() error {
	return s.close(context.Background())
}

func (s *Store) close(ctx context.Context) error {
	if s.closed.Swap(true) {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer cancel()
	if err := s.driver.Close(ctx); err != nil {
		return graph.Unavailable("the connections to Neo4j could not be closed", err)
	}
	return nil
}
