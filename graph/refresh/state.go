package refresh

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/google/renameio/v2"

	"debadge/graph"
)

// State is what is known of a register from the refreshes before: enough to ask
// for a newer edition only, and to tell how the last one went.
type State struct {
	Name       string     `json:"name"`
	Files      []Fetched  `json:"files,omitempty"` // of the last good edition
	Edition    graph.Date `json:"edition"`
	Lists      []graph.ID `json:"lists,omitempty"`
	CheckedAt  *time.Time `json:"checked_at,omitempty"`  // when the last good edition was last known to be the newest
	ImportedAt *time.Time `json:"imported_at,omitempty"` // when it was imported
	TriedAt    *time.Time `json:"tried_at,omitempty"`
	Error      string     `json:"error,omitempty"` // of the last try
}

// Fetched is a file of an edition as it was published.
type Fetched struct {
	From         string `json:"from"`
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
	Digest       string `json:"digest"`
}

const stateFile = "state.json"

// folder is where a register's state and last good files are kept.
func (r *Refresher) folder(name string) string { return filepath.Join(r.Folder, name) }

// States returns what is known of every register that was ever refreshed here,
// in the order of names. A folder that is not there is none.
func States(folder string) ([]State, error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, graph.Unavailable("the folder of refreshes "+folder+" cannot be read", err)
	}
	var states []State
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		state, err := readState(filepath.Join(folder, entry.Name()))
		if err != nil {
			return nil, err
		}
		if state.Name != "" {
			states = append(states, state)
		}
	}
	return states, nil
}

func readState(folder string) (State, error) {
	var s State
	data, err := os.ReadFile(filepath.Join(folder, stateFile)) //nolint:gosec // a name in the folder that the user chose
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s, nil
	case err != nil:
		return s, graph.Unavailable("the state of a refresh cannot be read", err)
	}
	if err := json.Unmarshal(data, &s); err != nil {
		return s, graph.Unavailable(filepath.Join(folder, stateFile)+" is damaged; remove it, and the next refresh asks for everything anew", err)
	}
	return s, nil
}

func (s State) write(folder string) error {
	data, err := json.MarshalIndent(s, "", "  ")
	if err == nil {
		err = renameio.WriteFile(filepath.Join(folder, stateFile), append(data, '\n'), 0o600)
	}
	if err != nil {
		return graph.Unavailable("the state of a refresh cannot be written", err)
	}
	return nil
}
