package ledger

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"

	"debadge/graph"
)

// Backup writes the ledger as it is at one moment to a file, also while another
// process writes to it, and verifies that copy. The file is there whole or not
// at all, and replaces what was there. The signing key is not in it.
func (l *Ledger) Backup(ctx context.Context, path string) (v Verified, err error) {
	if l.path == "" {
		return v, graph.Errorf(graph.KindInvalid, "a ledger in memory cannot be backed up; it is gone with its process")
	}
	// Beside its target, so that it can be renamed; SQLite leaves files of its own beside a database.
	dir, err := os.MkdirTemp(filepath.Dir(path), ".ledger-backup-*")
	if err != nil {
		return v, graph.Unavailable("the backup cannot be written: "+err.Error(), err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // nothing of use is left in it
	made := filepath.Join(dir, "ledger.db")
	if err := l.copyTo(ctx, made); err != nil {
		return v, err
	}
	if v, err = verifyFile(ctx, made, l.options); err != nil {
		return v, err
	}
	if err := settle(made, path); err != nil {
		return v, graph.Unavailable("the backup cannot be written: "+err.Error(), err)
	}
	return v, nil
}

// copyTo has SQLite write what one transaction sees into another file.
func (l *Ledger) copyTo(ctx context.Context, path string) (err error) {
	name, err := dataSource(l.path)
	if err != nil {
		return err
	}
	// The connections that read may write nothing at all, not even elsewhere.
	db, err := sql.Open("sqlite", name+commonOptions)
	if err != nil {
		return translate(err)
	}
	defer func() { err = errors.Join(err, translate(db.Close())) }()
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", path)
	return translate(err)
}

func verifyFile(ctx context.Context, path string, options Options) (v Verified, err error) {
	copied, err := Open(ctx, path, Options{Clock: options.Clock, ReadOnly: true})
	if err != nil {
		return v, err
	}
	defer func() { err = errors.Join(err, copied.Close()) }()
	return copied.Verify(ctx)
}

// settle brings a file to the disk, and then into its place: VACUUM INTO does
// not sync what it writes.
func settle(made, path string) error {
	if err := os.Chmod(made, keyFileMode); err != nil { // hashes of keys and names of people are in it
		return err
	}
	file, err := os.OpenFile(made, os.O_RDWR, 0) //nolint:gosec // a file that was just made here
	if err != nil {
		return err
	}
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(made, path)
}
