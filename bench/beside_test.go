package bench_test

import (
	"bufio"
	"context"
	"encoding/gob"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	neo4jdriver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"debadge/graph/neo4j/neo4jtest"
	"debadge/queries"
)

// besideEnv makes the test binary one of the services that debadge is compared with.
const besideEnv = "DEBADGE_BENCH_BESIDE"

// TestMain runs the tests, or is the service beside debadge in a benchmark.
func TestMain(m *testing.M) {
	what := os.Getenv(besideEnv)
	if what == "" {
		os.Exit(neo4jtest.Main(m))
	}
	if err := serveBeside(what); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// beside starts such a service as a process of its own, and returns where it is.
func beside(t *testing.T, what string, env ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), append(env, besideEnv+"="+what)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return "http://" + strings.TrimSpace(address)
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

// readyMade answers each question with bytes that debadge wrote before.
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
		body, ok := answers["/v1/trace?"+c.Request.URL.RawQuery]
		if !ok {
			c.Status(http.StatusNotFound)
			return
		}
		c.Data(http.StatusOK, "application/json", body)
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
	text := queries.Must("upstream_trace").Text
	engine.GET("/v1/trace", func(c *gin.Context) {
		ctx := c.Request.Context()
		session := driver.NewSession(ctx, neo4jdriver.SessionConfig{AccessMode: neo4jdriver.AccessModeRead})
		defer session.Close(ctx)
		rows, err := session.ExecuteRead(ctx, func(tx neo4jdriver.ManagedTransaction) (any, error) {
			result, err := tx.Run(ctx, text, cypherParameters(c.Query("subject")))
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

// cypherParameters ask the query for what a rule about one owner finds.
func cypherParameters(subject string) map[string]any {
	return map[string]any{
		"subject": subject, "as_of": neo4jdriver.DateOf(asOf.Time()), "revision": int64(1) << 32, "lists": []any{},
		"statuses": []any{"confirmed", "reported", "alleged"}, "min_confidence": 0, "share_min": half, "affiliations": 1,
	}
}
