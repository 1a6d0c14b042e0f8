package bench_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"

	"debadge/graph"
)

// networkx is a Python that has the graph of the day in NetworkX. It walks what is
// admissible that day with neither strength nor affiliations, so that it answers an
// easier question.
type networkx struct {
	in   *json.Encoder
	out  *bufio.Reader
	took time.Duration // of the last answer, as the Python measured it
}

// networkx starts it once; it lives as long as the world.
func (w *world) networkx() *networkx {
	t := w.whole
	t.Helper()
	if w.python != nil {
		return w.python
	}
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), python(t), "testdata/networkx_traces.py") // told to end below
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	})
	n := &networkx{in: json.NewEncoder(in), out: bufio.NewReader(out)}
	if err := n.load(w, in); err != nil {
		t.Fatal(err)
	}
	w.python = n
	return n
}

func (w *world) tracerInNetworkX(t *testing.T, subjects []int32, n amount) tracer {
	t.Helper()
	x := w.networkx()
	return tracer{
		name: "NetworkX: ancestors, on the claims of the day", most: n.slow.each, asks: atMost, took: func() time.Duration { return x.took },
		listed: func(i int) (bool, error) {
			found, err := x.ask("trace", subjects[i])
			return found > 0, err
		},
	}
}

func (n *networkx) load(w *world, in io.Writer) error {
	var given struct {
		Edges    [][2]int32 `json:"edges"`
		Listed   []int32    `json:"listed"`
		Products []int32    `json:"products"`
	}
	given.Products = w.product
	at := when{asOf, graph.Alleged}
	for i := range w.plain.claims {
		switch c := &w.plain.claims[i]; {
		case !at.holds(c) || c.relation == graph.PartyTo:
		case c.relation == graph.ListedOn:
			given.Listed = append(given.Listed, c.from)
		default:
			given.Edges = append(given.Edges, [2]int32{c.from, c.to})
			if symmetric(c.relation) {
				given.Edges = append(given.Edges, [2]int32{c.to, c.from})
			}
		}
	}
	buffered := bufio.NewWriter(in)
	if err := json.NewEncoder(buffered).Encode(given); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	_, err := n.out.ReadString('\n')
	return err
}

func (n *networkx) ask(what string, entity int32) (int, error) {
	if err := n.in.Encode(map[string]int32{what: entity}); err != nil {
		return 0, err
	}
	line, err := n.out.ReadBytes('\n')
	if err != nil {
		return 0, fmt.Errorf("NetworkX ended: %w", err)
	}
	var answer [2]int
	if err := json.Unmarshal(line, &answer); err != nil {
		return 0, err
	}
	n.took = time.Duration(answer[1])
	return answer[0], nil
}
