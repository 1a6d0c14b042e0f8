//go:build !unix

package jobs

import "os"

// lock cannot keep other processes away here: a folder is for one service.
func lock(*os.File) error { return nil }
