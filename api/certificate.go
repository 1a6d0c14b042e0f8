package api

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"debadge/graph"
)

// Certificate is what the service shows over TLS. It can be exchanged while
// connections are open: each keeps what it began with.
type Certificate struct {
	certFile, keyFile string
	current           atomic.Pointer[tls.Certificate]

	mu   sync.Mutex
	seen [sha256.Size]byte // of the files that were read last, good or not
}

// OpenCertificate reads a certificate, with those that issued it behind it, and
// its key, both in PEM.
func OpenCertificate(certFile, keyFile string) (*Certificate, error) {
	c := &Certificate{certFile: certFile, keyFile: keyFile}
	_, err := c.Reload()
	return c, err
}

// Reload reads the files again, and reports whether they are other ones. If they
// cannot be used, what was there stays.
func (c *Certificate) Reload() (changed bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	cert, err := os.ReadFile(c.certFile)
	if err != nil {
		return false, graph.Errorf(graph.KindInvalid, "the certificate cannot be read: %w", err)
	}
	key, err := os.ReadFile(c.keyFile)
	if err != nil {
		return false, graph.Errorf(graph.KindInvalid, "the key of the certificate cannot be read: %w", err)
	}
	seen := sha256.Sum256(bytes.Join([][]byte{cert, key}, []byte{0}))
	if seen == c.seen {
		return false, nil
	}
	c.seen = seen
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return true, graph.Errorf(graph.KindInvalid, "%s and %s are not a certificate and its key: %w", c.certFile, c.keyFile, err)
	}
	c.current.Store(&pair)
	return true, nil
}

// Ends returns until when the certificate is valid.
func (c *Certificate) Ends() time.Time { return c.current.Load().Leaf.NotAfter }

// TLS returns how to listen with the certificate that is the newest whenever a
// connection begins.
func (c *Certificate) TLS() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.current.Load(), nil },
	}
}
