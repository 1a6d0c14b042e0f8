package neo4j

import (
	"context"
	"errors"
	"strings"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"debadge/graph"
)

func errClosed() error { return graph.Unavailable("the store is closed", nil) }

// translate turns an error of the driver into one of the domain. One of the
// domain's stays as it is.
func (s *Store) translate(err error) error {
	var known *graph.Error
	var server *neo4j.Neo4jError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return err
	case s.closed.Load():
		return errClosed()
	case errors.Is(err, context.Canceled):
		return graph.Unavailable("the call was given up before Neo4j answered", err)
	case errors.Is(err, context.DeadlineExceeded):
		return graph.Unavailable("Neo4j did not answer in time; try again", err)
	case errors.As(err, &server):
		return translateServer(server)
	}
	return graph.Unavailable("Neo4j cannot be reached; try again", err)
}

// translateServer tells what a person can do about an answer of the server.
func translateServer(err *neo4j.Neo4jError) error {
	switch {
	case err.HasSecurityCode():
		return graph.Unavailable("Neo4j refuses the user or the password of the store", err)
	case strings.HasPrefix(err.Code, "Neo.ClientError.Transaction."):
		return graph.Unavailable("Neo4j ended the transaction, which may have taken too long; try again", err)
	case strings.HasPrefix(err.Code, "Neo.ClientError.Statement."), strings.HasPrefix(err.Code, "Neo.ClientError.Schema."):
		return &graph.Error{
			Kind:    graph.KindInternal,
			Message: "Neo4j refuses a statement of debadge; its version may not be one that debadge supports (5.26)",
			Cause:   err,
		}
	}
	return graph.Unavailable("Neo4j could not do it now; try again", err)
}

// damaged is the error for what the store cannot have written.
func damaged(what string) error {
	return graph.Errorf(graph.KindInternal, "the data in Neo4j was changed by something else than debadge: %s", what)
}
