package trials

import (
	"bufio"
	"cmp"
	"context"
	"encoding/gob"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	neo4jdriver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"debadge/extent"
	"debadge/graph"
	"debadge/graph/export"
	"debadge/graph/neo4j"
	"debadge/graph/neo4j/neo4jtest"
	"debadge/graph/sqlite"
	"debadge/queries"
)

// BenchmarkServe compares debadge serve, as it is built, with what a service could
// be at best and what one without an index would be: a gin handler that writes
// the same bytes ready-made, and one that asks Neo4j once for each request.
// Every service is a process of its own, the client is this one, and all share
// the machine; they are asked in turns, so what counts are the ratios. "hot" are
// subjects out of a hundred, "any" are met for the first time or nearly so.
// DEBADGE_BENCH_PRODUCTS is the size of the graph, 10,000 if not set.
func BenchmarkServe(b *testing.B) {
	path, products := synthetic(b, extent.Size(b, extent.Products, 10_000))
	server := imported(b, path)
	password := []string{"DEBADGE_NEO4J_USER=" + server.User, "DEBADGE_NEO4J_PASSWORD=" + server.Password}
	onSQLite := startLogged(b, newLogFile(b), "sqlite:"+path, nil, "--rate-limit", "0")
	onSQLite.rest()
	onNeo4j := startLogged(b, newLogFile(b), server.URI, password, "--rate-limit", "0")
	onNeo4j.rest()
	for _, test := range []struct {
		name     string
		subjects int
	}{{"hot", 100}, {"any", 20_000}} {
		random := rand.New(rand.NewPCG(5, 6))
		questions := make([]string, test.subjects)
		for i := range questions {
			questions[i] = "/v1/trace?subject=" + url.QueryEscape(string(products[random.IntN(len(products))]))
		}
		b.Run(test.name, func(b *testing.B) {
			ready := beside(b, "ready", writeAnswers(b, onSQLite, questions))
			cypher := beside(b, "cypher", "", append(password, "DEBADGE_NEO4J_URI="+server.URI)...)
			sides := []side{{"sqlite", onSQLite.url}, {"neo4j", onNeo4j.url}, {"ready-made", ready}, {"cypher", cypher}}
			compare(b, sides, questions)
		})
	}
}

// imported is a Neo4j that holds what a SQLite store does, ready to be asked.
func imported(b *testing.B, path string) *neo4jtest.Server {
	b.Helper()
	s, err := sqlite.Open(b.Context(), path, clock)
	if err != nil {
		b.Fatal(err)
	}
	made, err := export.Neo4jCSV(b.Context(), s, filepath.Join(b.TempDir(), "csv"), export.Options{})
	if err == nil {
		err = s.Close()
	}
	if err != nil {
		b.Fatal(err)
	}
	server, _ := neo4jtest.StartImported(b, made.Arguments(made.Dir, "neo4j")...)
	store, err := neo4j.Open(b.Context(), neo4j.Config{ // makes the constraints and indexes
		URI: server.URI, User: server.User, Password: server.Password, Clock: clock, Timeout: 10 * time.Minute,
	})
	if err == nil {
		err = store.Close()
	}
	if err != nil {
		b.Fatal(err)
	}
	return server
}

// writeAnswers asks each question and writes the answers into a file.
func writeAnswers(b *testing.B, p *process, questions []string) string {
	b.Helper()
	answers := make(map[string][]byte, len(questions))
	for _, q := range questions {
		answers[q] = p.body(p.url + q)
	}
	path := filepath.Join(b.TempDir(), "answers")
	file, err := os.Create(path)
	if err == nil {
		err = gob.NewEncoder(file).Encode(answers)
	}
	if err == nil {
		err = file.Close()
	}
	if err != nil {
		b.Fatal(err)
	}
	return path
}

// logFile is a log that costs the process that reads it nothing, as one does that
// an operating system keeps.
type logFile struct{ *os.File }

func newLogFile(b *testing.B) logFile {
	b.Helper()
	f, err := os.Create(filepath.Join(b.TempDir(), "log"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = f.Close() })
	return logFile{f}
}

func (f logFile) stderr() io.Writer { return f.File }

func (f logFile) said(message string) string {
	l := lastLines{seen: map[string]string{}}
	_, _ = l.Write([]byte(f.text()))
	return l.said(message)
}

func (f logFile) text() string {
	data, _ := os.ReadFile(f.Name())
	return string(data)
}

// rest waits until the process has nothing to do: a new one reads names and
// writes its log of what the store holds while it answers already.
func (p *process) rest() {
	p.t.Helper()
	used := func() float64 { return p.metrics()["process_cpu_seconds_total"] }
	for before := used(); ; {
		time.Sleep(2 * time.Second)
		now := used()
		if now-before < 0.2 {
			return
		}
		before = now
	}
}

// side is one of the services that are compared.
type side struct{ name, url string }

// turn is how long each is asked before the next one is.
const turn = 2 * time.Second

func compare(b *testing.B, sides []side, questions []string) {
	b.Helper()
	took := make([][]time.Duration, len(sides))
	rounds := 0
	for b.Loop() {
		for i, s := range sides {
			took[i] = append(took[i], load(b, s.url, questions)...)
		}
		rounds++
	}
	rate := func(i int) float64 { return float64(len(took[i])) / (turn.Seconds() * float64(rounds)) }
	for i, s := range sides {
		slices.SortFunc(took[i], cmp.Compare)
		b.ReportMetric(rate(i), s.name+"/s")
		b.ReportMetric(float64(took[i][len(took[i])*99/100].Microseconds()), s.name+"-p99-us")
	}
	b.ReportMetric(rate(0)/rate(2), "of-ready-made")
	b.ReportMetric(rate(0)/rate(3), "times-cypher")
	b.ReportMetric(rate(1)/rate(0), "neo4j-of-sqlite")
}

// load asks a service from several connections for a turn, and returns how long
// each answer took. It writes requests and reads answers with little of its own,
// since it shares the machine with the service.
func load(b *testing.B, base string, questions []string) []time.Duration {
	b.Helper()
	const connections = 8
	address := strings.TrimPrefix(base, "http://")
	end := time.Now().Add(turn)
	each := make([][]time.Duration, connections)
	var under sync.WaitGroup
	for c := range connections {
		under.Go(func() {
			conn, err := (&net.Dialer{}).DialContext(b.Context(), "tcp", address)
			if err != nil {
				b.Error(err)
				return
			}
			defer conn.Close()
			from := bufio.NewReaderSize(conn, 1<<16)
			for i := rand.IntN(len(questions)); time.Now().Before(end); i++ {
				began := time.Now()
				if err := askOver(conn, from, address, questions[i%len(questions)]); err != nil {
					b.Error(err)
					return
				}
				each[c] = append(each[c], time.Since(began))
			}
		})
	}
	under.Wait()
	return slices.Concat(each...)
}

func askOver(conn net.Conn, from *bufio.Reader, address, question string) error {
	if _, err := io.WriteString(conn, "GET "+question+" HTTP/1.1\r\nHost: "+address+"\r\n\r\n"); err != nil {
		return err
	}
	r, err := http.ReadResponse(from, nil)
	if err != nil {
		return err
	}
	defer r.Body.Close()
	if _, err := io.Copy(io.Discard, r.Body); err != nil || r.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s: %w", question, r.Status, err)
	}
	return nil
}

// besideEnv makes the test binary one of the services that debadge is compared with.
const besideEnv = "DEBADGE_BENCH_BESIDE"

// beside starts such a service as a process of its own, and returns where it is.
func beside(b *testing.B, what, answers string, env ...string) string {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), append(env, besideEnv+"="+what, "DEBADGE_BENCH_ANSWERS="+answers)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return "http://" + strings.TrimSpace(address)
}

// TestMain runs the tests, or is the service beside debadge in a benchmark.
func TestMain(m *testing.M) {
	what := os.Getenv(besideEnv)
	if what == "" {
		code := neo4jtest.Main(m)
		if madeOnce.Load() {
			if path, err := build(); err == nil {
				_ = os.RemoveAll(filepath.Dir(path))
			}
		}
		os.Exit(code)
	}
	if err := serveBeside(what); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serveBeside(what string) error {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	var err error
	if what == "ready" {
		err = readyMade(engine)
	} else {
		err = askingNeo4j(engine)
	}
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	return (&http.Server{Handler: engine, ReadHeaderTimeout: time.Minute}).Serve(listener)
}

func readyMade(engine *gin.Engine) error {
	file, err := os.Open(os.Getenv("DEBADGE_BENCH_ANSWERS"))
	if err != nil {
		return err
	}
	defer file.Close()
	var answers map[string][]byte
	if err := gob.NewDecoder(file).Decode(&answers); err != nil {
		return err
	}
	engine.GET("/v1/trace", func(c *gin.Context) {
		c.Data(http.StatusOK, "application/json", answers["/v1/trace?"+c.Request.URL.RawQuery])
	})
	return nil
}

// askingNeo4j answers with the rows of the one query that asks for a trace.
func askingNeo4j(engine *gin.Engine) error {
	driver, err := neo4jdriver.NewDriverWithContext(os.Getenv("DEBADGE_NEO4J_URI"),
		neo4jdriver.BasicAuth(os.Getenv("DEBADGE_NEO4J_USER"), os.Getenv("DEBADGE_NEO4J_PASSWORD"), ""))
	if err != nil {
		return err
	}
	text, today := queries.Must("upstream_trace").Text, neo4jdriver.DateOf(graph.DayOf(clock()).Time())
	engine.GET("/v1/trace", func(c *gin.Context) {
		ctx := c.Request.Context()
		session := driver.NewSession(ctx, neo4jdriver.SessionConfig{AccessMode: neo4jdriver.AccessModeRead})
		defer session.Close(ctx)
		rows, err := session.ExecuteRead(ctx, func(tx neo4jdriver.ManagedTransaction) (any, error) {
			result, err := tx.Run(ctx, text, map[string]any{
				"subject": c.Query("subject"), "as_of": today, "revision": int64(1) << 32, "lists": []any{},
				"statuses": []any{"confirmed", "reported", "alleged"}, "min_confidence": 0, "share_min": 50_000_000, "affiliations": 1,
			})
			if err != nil {
				return nil, err
			}
			records, err := result.Collect(ctx)
			found := make([]map[string]any, len(records))
			for i, r := range records {
				found[i] = map[string]any{"columns": len(r.Keys), "row": fmt.Sprint(r.Values...)}
			}
			return found, err
		})
		if err != nil {
			c.String(http.StatusInternalServerError, "%v", err)
			return
		}
		c.JSON(http.StatusOK, rows)
	})
	return nil
}
