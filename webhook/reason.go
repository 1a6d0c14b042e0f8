package webhook

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
)

// reasonOf says in words of our own why there is no answer. What the network
// says could tell what is in it.
func reasonOf(err error) string {
	var (
		name    *net.DNSError
		trouble net.Error
		cert    *tls.CertificateVerificationError
	)
	switch {
	case errors.Is(err, errAddress):
		return errAddress.Error()
	case errors.As(err, &name) && name.IsNotFound:
		return "the endpoint's name leads nowhere"
	case errors.As(err, &name):
		return "the endpoint's name cannot be looked up"
	case errors.As(err, &cert):
		return "the endpoint's certificate is not valid"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &trouble) && trouble.Timeout():
		return "the endpoint did not answer in time"
	}
	return "there is no connection to the endpoint, or it does not answer in HTTP"
}
