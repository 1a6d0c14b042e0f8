package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"debadge/graph"
)

// question makes the question that the flags ask about a subject.
func (p *program) question(subject string) (graph.Question, error) {
	q := graph.Question{Subject: subject, Lists: p.flags.lists, Paths: p.flags.paths}
	if strings.TrimSpace(subject) == "" {
		return q, usage("the name to ask about is empty")
	}
	if p.flags.paths < 0 || p.flags.paths > maxPaths {
		return q, usage("--paths %d is outside 1 to %d", p.flags.paths, maxPaths)
	}
	var err error
	if q.AsOf, err = p.asOf(); err != nil {
		return q, err
	}
	if q.KnownAt, err = parseMoment(p.flags.knownAt); err != nil {
		return q, err
	}
	q.Policy, err = readPolicy(p.flags.policy)
	return q, err
}

const maxPaths = 100

func (p *program) asOf() (graph.Day, error) {
	if p.flags.asOf == "" {
		return p.today(), nil
	}
	date, err := graph.ParseDate(p.flags.asOf)
	if err != nil {
		return 0, usage("--as-of %q is not a day; write YYYY-MM-DD", p.flags.asOf)
	}
	if !date.IsDay() {
		return 0, usage("--as-of %s is not a day: the answer can differ within it; write a full day such as %s", date, date.Latest())
	}
	return date.Earliest(), nil
}

// parseMoment reads a point in record time; no text is the newest revision.
func parseMoment(text string) (graph.Moment, error) {
	if text == "" {
		return graph.Moment{}, nil
	}
	at, err := graph.ParseMoment(text)
	if err != nil {
		return graph.Moment{}, usage("--known-at %s", err)
	}
	return at, nil
}

func policyNames() []string {
	var names []string
	for _, p := range graph.BuiltInPolicies() {
		names = append(names, p.Name)
	}
	return names
}

// readPolicy returns a policy by the name of a built-in one, or from a file.
func readPolicy(name string) (graph.Policy, error) {
	for _, p := range graph.BuiltInPolicies() {
		if p.Name == name {
			return p, nil
		}
	}
	extension := strings.ToLower(filepath.Ext(name))
	isYAML := extension == ".yaml" || extension == ".yml"
	if !isYAML && extension != ".json" {
		return graph.Policy{}, usage("the policy %q is not known; use %s, or a file that ends in .yaml, .yml or .json",
			name, strings.Join(policyNames(), ", "))
	}
	data, err := os.ReadFile(name) //nolint:gosec // the file that the user names
	if errors.Is(err, fs.ErrNotExist) {
		return graph.Policy{}, usage("there is no policy file %s", name)
	}
	if err != nil {
		return graph.Policy{}, usage("the policy file cannot be read: %w", err)
	}
	policy, err := parsePolicyFile(data, isYAML)
	if err != nil {
		return graph.Policy{}, usageError{inFile(name, err)}
	}
	return policy, nil
}

// inFile names the file in an error about it.
func inFile(name string, err error) error {
	var e *graph.Error
	if !errors.As(err, &e) {
		return err
	}
	named := *e
	named.Message = name + ": " + e.Message
	return &named
}
