package neo4jtest

import (
	"fmt"
	"net"
	"os"
	"regexp"
	"sync/atomic"
)

// Ports come from below the range that systems take outgoing ports from. A port of that range
// may be gone when a server comes back to it, and a client that keeps dialing one while the server is
// down will in the end connect to itself.
const (
	firstPort = 20000
	portCount = 12000
)

// portTaken finds, in what a server or the Docker engine says, that somebody was faster.
var portTaken = regexp.MustCompile(`(?i)address already in use|port is already allocated`)

// portsTaken keeps the servers of this process apart.
var portsTaken atomic.Int64

// freePort returns a port of the loopback interface that nothing listens on. Processes begin far enough apart
// that neighbors rarely try the same one.
func freePort() (int, error) {
	var last error
	for range 100 {
		port := firstPort + (os.Getpid()*31+int(portsTaken.Add(1)))%portCount
		var listener net.Listener
		listener, last = net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if last == nil {
			return port, listener.Close()
		}
	}
	return 0, fmt.Errorf("no free port in 100 from %d to %d: %w", firstPort, firstPort+portCount, last)
}
