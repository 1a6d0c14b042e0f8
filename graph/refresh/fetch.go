package refresh

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"debadge/graph"
	"debadge/graph/file"
)

const (
	// maxDownload bounds what is kept of one answer.
	maxDownload = 8 << 30

	// maxRedirects is how often a publisher may send a request elsewhere.
	maxRedirects = 5
)

// Client returns an HTTP client for refreshes: it follows a few redirects, and
// none from https to http.
func Client() *http.Client {
	return &http.Client{
		CheckRedirect: func(next *http.Request, before []*http.Request) error {
			switch {
			case len(before) > maxRedirects:
				return fmt.Errorf("it redirects more than %d times", maxRedirects)
			case before[len(before)-1].URL.Scheme == "https" && next.URL.Scheme != "https":
				return errors.New("it redirects from https to " + next.URL.Scheme)
			}
			return nil
		},
	}
}

// download is a file of a new edition, not imported yet.
type download struct {
	Fetched
	path     string
	modified graph.Date // as the publisher says; none if it does not
}

// fetch gets a file unless it is the one that is known; then it returns nil.
func (r *Refresher) fetch(ctx context.Context, from string, known *Fetched, to string) (*download, error) {
	if !isAddress(from) {
		return r.local(from, known)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, from, nil)
	if err != nil {
		return nil, graph.Errorf(graph.KindInvalid, "%s is not an address: %s", from, err)
	}
	request.Header.Set("User-Agent", "debadge")
	request.Header.Set("Accept-Encoding", "identity") // so that the length that is stated is that of the file
	if known != nil {
		if known.ETag != "" {
			request.Header.Set("If-None-Match", known.ETag)
		}
		if known.LastModified != "" {
			request.Header.Set("If-Modified-Since", known.LastModified)
		}
	}
	watch := time.AfterFunc(r.stall(), func() { cancel(errStalled) })
	defer watch.Stop()
	response, err := r.HTTP.Do(request)
	if err != nil {
		return nil, unreached(ctx, from, err)
	}
	defer func() { _ = response.Body.Close() }() // it was only read
	switch response.StatusCode {
	case http.StatusOK:
	case http.StatusNotModified:
		if known != nil {
			return nil, nil //nolint:nilnil // nil is the file that is known
		}
		return nil, graph.Unavailable(from+" says that nothing changed, though it was not asked so", nil)
	default:
		return nil, graph.Unavailable(fmt.Sprintf("%s answers with status %s", from, response.Status), nil)
	}
	d := &download{path: to, Fetched: Fetched{
		From: from, ETag: response.Header.Get("ETag"), LastModified: response.Header.Get("Last-Modified"),
	}}
	if t, err := http.ParseTime(d.LastModified); err == nil {
		d.modified = graph.DayOf(t).Date()
	}
	body := alive{response.Body, func() { watch.Reset(r.stall()) }}
	if err := save(to, body, response.ContentLength); err != nil {
		return nil, unreached(ctx, from, err)
	}
	return d, nil
}

var errStalled = errors.New("nothing came for too long")

func (r *Refresher) stall() time.Duration {
	if r.Stall > 0 {
		return r.Stall
	}
	return time.Minute
}

// unreached says why a file could not be had, without its query, in which there
// may be a key.
func unreached(ctx context.Context, from string, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return graph.Unavailable(fmt.Sprintf("%s cannot be fetched: %s", from, err), err)
}

// alive tells of each read that brings something.
type alive struct {
	io.Reader
	beat func()
}

func (a alive) Read(p []byte) (int, error) {
	n, err := a.Reader.Read(p)
	if n > 0 {
		a.beat()
	}
	return n, err
}

// save writes a body to a file and holds it to its stated length.
func save(to string, body io.Reader, stated int64) error {
	f, err := os.Create(to) //nolint:gosec // in the folder that the user chose
	if err != nil {
		return err
	}
	n, err := io.Copy(f, io.LimitReader(body, maxDownload+1))
	err = errors.Join(err, f.Close())
	switch {
	case err != nil:
		return err
	case n > maxDownload:
		return fmt.Errorf("it is longer than %d bytes", int64(maxDownload))
	case stated >= 0 && n != stated:
		return fmt.Errorf("it ends after %d of %d bytes", n, stated)
	}
	return nil
}

// local reads a file on disk, which is imported where it is.
func (r *Refresher) local(path string, known *Fetched) (*download, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, graph.Unavailable(path+" cannot be read", err)
	}
	f, err := file.Open(path, file.Options{})
	if err != nil {
		return nil, err
	}
	digest := f.Digest
	if err := f.Close(); err != nil {
		return nil, graph.Unavailable(path+" cannot be read", err)
	}
	if known != nil && known.Digest == digest {
		return nil, nil //nolint:nilnil // nil is the file that is known
	}
	return &download{path: path, Fetched: Fetched{From: path}, modified: graph.DayOf(info.ModTime()).Date()}, nil
}

// keep moves the files of a good edition to where the last good one is kept.
func (r *Refresher) keep(folder string, files []*download) error {
	for i, d := range files {
		if !isAddress(d.From) {
			continue
		}
		if err := os.Rename(d.path, filepath.Join(folder, fmt.Sprintf("good-%d", i))); err != nil {
			return graph.Unavailable("the files of an edition cannot be kept", err)
		}
	}
	return nil
}
