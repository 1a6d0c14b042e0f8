package bench_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"debadge/graph"
)

// postgres is a PostgreSQL that has the claims in one table, made for nothing but
// these questions: a row for each way in which a claim can be walked.
type postgres struct{ conn *pgx.Conn }

const postgresSchema = `
CREATE TABLE hop (near int, far int, spent int, status smallint, first_day int, end_day int);
CREATE TABLE listing (company int, status smallint, first_day int, end_day int);
CREATE TABLE product (entity int)`

const postgresIndexes = `
CREATE INDEX ON hop (near);
CREATE INDEX ON hop (far);
CREATE INDEX ON listing (company);
CREATE UNIQUE INDEX ON product (entity);
ANALYZE`

const upstreamInPostgres = `
WITH RECURSIVE up (entity, spent, hops) AS (
  SELECT $1::int, 0, 0
  UNION
  SELECT h.far, up.spent + h.spent, up.hops + 1 FROM up JOIN hop h ON h.near = up.entity
  WHERE h.status <= 3 AND h.first_day <= $2 AND $2 < h.end_day AND up.hops < 16 AND up.spent + h.spent <= 1
)
SELECT EXISTS (SELECT 1 FROM up JOIN listing l ON l.company = up.entity
  WHERE l.status <= 3 AND l.first_day <= $2 AND $2 < l.end_day)`

// downstreamInPostgres leaves the hops out, as the query in SQLite does.
const downstreamInPostgres = `
WITH RECURSIVE down (entity, spent) AS (
  SELECT $1::int, 0
  UNION
  SELECT h.near, down.spent + h.spent FROM down JOIN hop h ON h.far = down.entity
  WHERE h.status <= 3 AND h.first_day <= $2 AND $2 < h.end_day AND down.spent + h.spent <= 1
)
SELECT count(DISTINCT entity) FROM down JOIN product USING (entity)`

// postgres starts the server once, with a database of its own, and fills it.
func (w *world) postgres() *postgres {
	t := w.whole
	t.Helper()
	if w.inPostgres != nil {
		return w.inPostgres
	}
	p := &postgres{conn: startPostgres(t)}
	if _, err := p.conn.Exec(t.Context(), postgresSchema); err != nil {
		t.Fatal(err)
	}
	var hops, listings, products [][]any
	for i := range w.plain.claims {
		switch c := &w.plain.claims[i]; {
		case c.gone || c.relation == graph.PartyTo:
		case c.relation == graph.ListedOn:
			listings = append(listings, []any{c.from, int16(c.status), int32(c.first), int32(c.end)})
		default:
			row := []any{c.to, c.from, price(c, oneOwner), int16(c.status), int32(c.first), int32(c.end)}
			hops = append(hops, row)
			if symmetric(c.relation) {
				row = slices.Clone(row)
				row[0], row[1] = c.from, c.to
				hops = append(hops, row)
			}
		}
	}
	for _, n := range w.product {
		products = append(products, []any{n})
	}
	for _, table := range []struct {
		name    string
		columns []string
		rows    [][]any
	}{
		{"hop", []string{"near", "far", "spent", "status", "first_day", "end_day"}, hops},
		{"listing", []string{"company", "status", "first_day", "end_day"}, listings},
		{"product", []string{"entity"}, products},
	} {
		if _, err := p.conn.CopyFrom(t.Context(), pgx.Identifier{table.name}, table.columns, pgx.CopyFromRows(table.rows)); err != nil {
			t.Fatalf("%s: %v", table.name, err)
		}
	}
	if _, err := p.conn.Exec(t.Context(), postgresIndexes); err != nil {
		t.Fatal(err)
	}
	w.inPostgres = p
	return p
}

// tracerInPostgres is one recursive query; the driver prepares it when it is first
// asked.
func (w *world) tracerInPostgres(t *testing.T, subjects []int32, n amount) tracer {
	t.Helper()
	p := w.postgres()
	return tracer{name: "PostgreSQL: one recursive query", most: n.slow.each, asks: byOneOwner, listed: func(i int) (found bool, err error) {
		err = p.conn.QueryRow(t.Context(), upstreamInPostgres, subjects[i], int32(asOf)).Scan(&found)
		return found, err
	}}
}

// startPostgres runs PostgreSQL 15 on a socket in a folder of its own until the test
// ends. It refuses to run as root, so root runs it as another user.
func startPostgres(t *testing.T) *pgx.Conn {
	t.Helper()
	folder, err := os.MkdirTemp("", "debadge-postgres") //nolint:usetesting // that of the test is not another user's to enter
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	as := unprivileged(t, folder)
	run := func(name string, args ...string) *exec.Cmd {
		cmd := exec.Command(inPostgres(name), args...)
		cmd.Dir, cmd.SysProcAttr = folder, &syscall.SysProcAttr{Credential: as}
		return cmd
	}
	data := filepath.Join(folder, "data")
	if out, err := run("initdb", "-D", data, "-U", "bench", "-A", "trust", "-E", "UTF8", "--no-sync").CombinedOutput(); err != nil {
		t.Fatalf("initdb of PostgreSQL 15 (on Debian or Ubuntu: apt-get install postgresql-15): %v\n%s", err, out)
	}
	server := run("postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "shared_buffers=1GB", "-c", "work_mem=256MB",
		"-c", "effective_cache_size=4GB", "-c", "jit=off", "-c", "fsync=off", "-c", "max_wal_size=4GB")
	log, err := os.Create(filepath.Join(folder, "log"))
	if err != nil {
		t.Fatal(err)
	}
	server.Stdout, server.Stderr = log, log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Signal(syscall.SIGINT) // does not wait for connections
		_ = server.Wait()
		_ = log.Close()
	})
	return connected(t, "host="+folder+" user=bench database=postgres", log.Name())
}

// connected waits for the server to take connections.
func connected(t *testing.T, where, log string) *pgx.Conn {
	t.Helper()
	var last error
	for range 300 {
		conn, err := pgx.Connect(t.Context(), where)
		if err == nil {
			t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
			return conn
		}
		last = err
		time.Sleep(100 * time.Millisecond)
	}
	said, err := os.ReadFile(log)
	t.Fatalf("PostgreSQL: %v\n%s", errors.Join(last, err), said)
	return nil
}

// inPostgres is where a program of PostgreSQL 15 is.
func inPostgres(name string) string {
	if path := filepath.Join("/usr/lib/postgresql/15/bin", name); exists(path) {
		return path
	}
	return name
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// unprivileged is whom root runs PostgreSQL as, in a folder that is theirs; nil, who
// runs the test.
func unprivileged(t *testing.T, folder string) *syscall.Credential {
	t.Helper()
	if os.Getuid() != 0 {
		return nil
	}
	other, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	uid, err := strconv.ParseUint(other.Uid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	gid, err := strconv.ParseUint(other.Gid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(folder, int(uid), int(gid)); err != nil {
		t.Fatal(err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}
