// Package file opens files as people have them: plain, .gz or .zip, in UTF-8
// with or without a mark, UTF-16 or a declared Latin-1; and reads tables from
// them row by row. What is broken is told with its line; memory stays bounded
// whatever a file holds.
package file

import "io"

// File is an opened file. Text is its content in UTF-8 without a mark.
type File struct {
	Name   string // as messages call it; of a member of an archive: archive.zip/member.csv
	Digest string // sha256:… of the file as it is on disk
	Size   int64  // on disk, in bytes
	Text   io.Reader
}
