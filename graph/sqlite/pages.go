package sqlite

import (
	"encoding/binary"
	"hash/crc32"
	"sync"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"

	"debadge/graph"
)

// SQLite has no checksums of its own: a byte that a disk changed is read as an
// answer, or hides a claim from an index. It leaves room for them, though: a
// number of bytes at the end of each page that are whoever's who reads and writes
// the file. So the file methods of the system are used through two that differ
// (as SQLite's own "checksum VFS shim" does, https://sqlite.org/cksumvfs.html):
// what is written to the file is sealed, page by page, and what is read is
// compared with its seal.
//
// The write-ahead log is left alone: SQLite has checksums over its frames, and
// compares them when it recovers the log of a writer that was killed.

const (
	vfsName  = "debadge"
	pageSize = 4096
	sealSize = 8 // the number of the page, so that it is none but itself, and the checksum
	headSize = 100
)

// castagnoli finds every change of up to 32 bits in a row, and is what processors compute by themselves.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sealPage writes the seal into a page.
func sealPage(page []byte, number uint32) {
	binary.BigEndian.PutUint32(page[pageSize-8:], number)
	binary.BigEndian.PutUint32(page[pageSize-4:], crc32.Checksum(page[:pageSize-4], castagnoli))
}

// isSealed reports whether a page is what was written under its number.
func isSealed(page []byte, number uint32) bool {
	return binary.BigEndian.Uint32(page[pageSize-8:]) == number &&
		binary.BigEndian.Uint32(page[pageSize-4:]) == crc32.Checksum(page[:pageSize-4], castagnoli)
}

// The types of the methods that differ, as SQLite calls them.
type (
	openMethod  = func(tls *libc.TLS, vfs, name, file uintptr, flags int32, outFlags uintptr) int32
	readMethod  = func(tls *libc.TLS, file, buffer uintptr, amount int32, offset int64) int32
	writeMethod = readMethod
)

// methods are what SQLite calls of a file: those of the system, with some replaced.
type methods struct {
	lib.Tsqlite3_io_methods

	system uintptr // the methods that were replaced
}

// sealing is the file system under the name of vfsName.
var sealing struct {
	register sync.Once
	err      error
	system   uintptr // the VFS of the system

	mu      sync.Mutex
	methods map[uintptr]uintptr // by those of the system: the ones of a file with sealed pages
}

// at is what an address of SQLite's memory points to: memory that Go knows
// nothing of, so that it neither moves nor frees it.
func at[T any](address uintptr) *T {
	return *(**T)(unsafe.Pointer(&address)) //nolint:gosec // see above
}

// method is a function by the address that SQLite keeps of it.
func method[F any](address uintptr) F {
	return *(*F)(unsafe.Pointer(&struct{ uintptr }{address})) //nolint:gosec // the address was made by addressOf, here or in SQLite
}

// addressOf is the reverse of method. It must be a function of a package, which
// is there for as long as the program is.
func addressOf[F any](function F) uintptr {
	return *(*uintptr)(unsafe.Pointer(&function)) //nolint:gosec // see above
}

// seal makes the file system known to SQLite.
func seal() error {
	sealing.register.Do(func() {
		tls := libc.NewTLS() // stays, as what is made with it does
		failed := graph.Errorf(graph.KindInternal, "the methods of SQLite's files cannot be replaced")
		if sealing.system = lib.Xsqlite3_vfs_find(tls, 0); sealing.system == 0 {
			sealing.err = failed
			return
		}
		name, err := libc.CString(vfsName)
		own := libc.Xmalloc(tls, libc.Tsize_t(unsafe.Sizeof(lib.Tsqlite3_vfs{})))
		if err != nil || own == 0 {
			sealing.err = failed
			return
		}
		vfs := at[lib.Tsqlite3_vfs](own)
		*vfs = *at[lib.Tsqlite3_vfs](sealing.system)
		vfs.FpNext, vfs.FzName, vfs.FxOpen = 0, name, addressOf[openMethod](openSealed)
		sealing.methods = map[uintptr]uintptr{}
		if code := lib.Xsqlite3_vfs_register(tls, own, 0); code != lib.SQLITE_OK {
			sealing.err = failed
		}
	})
	return sealing.err
}

// openSealed opens any file, and replaces the methods of one that holds pages.
func openSealed(tls *libc.TLS, _, name, file uintptr, flags int32, outFlags uintptr) int32 {
	system := at[lib.Tsqlite3_vfs](sealing.system)
	code := method[openMethod](system.FxOpen)(tls, sealing.system, name, file, flags, outFlags)
	opened := at[lib.Tsqlite3_file](file)
	if code != lib.SQLITE_OK || flags&lib.SQLITE_OPEN_MAIN_DB == 0 || opened.FpMethods == 0 {
		return code
	}
	sealing.mu.Lock()
	defer sealing.mu.Unlock()
	replaced, ok := sealing.methods[opened.FpMethods]
	if !ok {
		if replaced = libc.Xmalloc(tls, libc.Tsize_t(unsafe.Sizeof(methods{}))); replaced == 0 {
			_ = method[func(*libc.TLS, uintptr) int32](at[lib.Tsqlite3_io_methods](opened.FpMethods).FxClose)(tls, file)
			opened.FpMethods = 0
			return lib.SQLITE_NOMEM
		}
		m := at[methods](replaced)
		m.Tsqlite3_io_methods, m.system = *at[lib.Tsqlite3_io_methods](opened.FpMethods), opened.FpMethods
		m.FxRead, m.FxWrite = addressOf[readMethod](readSealed), addressOf[writeMethod](writeSealed)
		m.FiVersion = min(m.FiVersion, 2) // the third one maps files into memory, past these methods
		sealing.methods[opened.FpMethods] = replaced
	}
	opened.FpMethods = replaced
	return code
}

func systemOf(file uintptr) *lib.Tsqlite3_io_methods {
	return at[lib.Tsqlite3_io_methods](at[methods](at[lib.Tsqlite3_file](file).FpMethods).system)
}

func isPage(amount int32, offset int64) bool { return amount == pageSize && offset%pageSize == 0 }

func numberOf(offset int64) uint32 { return uint32(offset/pageSize) + 1 } //nolint:gosec // SQLite numbers pages so

// readSealed compares a page that was read with its seal. What is read besides is
// of the header: SQLite reads it again with the first page.
func readSealed(tls *libc.TLS, file, buffer uintptr, amount int32, offset int64) int32 {
	code := method[readMethod](systemOf(file).FxRead)(tls, file, buffer, amount, offset)
	switch {
	case code == lib.SQLITE_IOERR_SHORT_READ && offset == 0 && amount == headSize:
		// A file that is empty yet: SQLite makes pages as this header says.
		head := at[[headSize]byte](buffer)
		if *head == ([headSize]byte{}) {
			binary.BigEndian.PutUint16(head[16:], pageSize)
			head[20] = sealSize
		}
	case code != lib.SQLITE_OK:
	case isPage(amount, offset):
		if !isSealed(at[[pageSize]byte](buffer)[:], numberOf(offset)) {
			return lib.SQLITE_CORRUPT
		}
	case amount > headSize: // pages of another size: of a file with a wrong header
		return lib.SQLITE_CORRUPT
	}
	return code
}

// writeSealed seals a page before it is written, where SQLite has it: the bytes
// of the seal are none that it reads.
func writeSealed(tls *libc.TLS, file, buffer uintptr, amount int32, offset int64) int32 {
	if !isPage(amount, offset) {
		return lib.SQLITE_IOERR_WRITE // no store has such pages
	}
	sealPage(at[[pageSize]byte](buffer)[:], numberOf(offset))
	return method[writeMethod](systemOf(file).FxWrite)(tls, file, buffer, amount, offset)
}
