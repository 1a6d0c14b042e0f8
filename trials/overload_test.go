package trials

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"debadge/extent"
	"debadge/graph"
	"debadge/graph/synth"
)

// order is a request of a trial of load, made anew each time.
type order struct {
	name         string
	method, path string
	body         []byte
}

// orders makes requests that are worth being turned away: answers that take
// milliseconds, not those that are kept.
type orders struct {
	products []graph.ID
	random   *rand.Rand
}

func (o *orders) next() order {
	subject := func() string { return string(o.products[o.random.IntN(len(o.products))]) }
	day := fmt.Sprintf("2026-%02d-%02d", 1+o.random.IntN(12), 1+o.random.IntN(28))
	switch n := o.random.IntN(10); {
	case n < 5:
		lines := make([]map[string]string, 500)
		for i := range lines {
			lines[i] = map[string]string{"id": subject()}
		}
		body, err := json.Marshal(lines)
		if err != nil {
			panic(err) // strings are always written
		}
		return order{"screen", http.MethodPost, "/v1/screen?as_of=" + day, body}
	case n < 7:
		return order{"dossier", http.MethodGet, "/v1/dossier?as_of=" + day + "&subject=" + subject(), nil}
	case n < 9:
		return order{"trace", http.MethodGet, "/v1/trace?paths=5&as_of=" + day + "&subject=" + subject(), nil}
	default:
		return order{"reach", http.MethodGet, "/v1/reach?limit=1000&as_of=" + day + "&origin=" + string(synth.Hub), nil}
	}
}

// outcome is what came of a request.
type outcome struct {
	name   string
	status int
	took   time.Duration
	wrong  error
}

func (p *process) send(c *http.Client, o order) outcome {
	r, err := http.NewRequest(o.method, p.url+o.path, bytes.NewReader(o.body))
	if err != nil {
		return outcome{name: o.name, wrong: err}
	}
	if o.body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	begin := clock()
	resp, err := c.Do(r)
	if err != nil {
		return outcome{name: o.name, wrong: err}
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	out := outcome{o.name, resp.StatusCode, clock().Sub(begin), err}
	turnedAway := out.status == http.StatusTooManyRequests || out.status == http.StatusServiceUnavailable
	seconds, bad := strconv.Atoi(resp.Header.Get("Retry-After"))
	if turnedAway && (bad != nil || seconds < 1) {
		out.wrong = fmt.Errorf("%s is %d with Retry-After %q", o.path, out.status, resp.Header.Get("Retry-After"))
	} else if !turnedAway && out.status != http.StatusOK {
		out.wrong = fmt.Errorf("%s is %d", o.path, out.status)
	}
	return out
}

func percentile(took []time.Duration, of int) time.Duration {
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	return took[min(len(took)-1, len(took)*of/100)]
}

// callers are clients on addresses of their own, as many callers are.
func callers(n int) []*http.Client {
	all := make([]*http.Client, n)
	for i := range all {
		all[i] = newClient(fmt.Sprintf("127.0.%d.%d", 1+i/250, 1+i%250))
	}
	return all
}

// capacity asks as fast as answers come, and returns how many a second did.
func (p *process) capacity(from []*http.Client, length time.Duration, next func() order) float64 {
	var answered atomic.Int64
	var under sync.WaitGroup
	begin := clock()
	for i := range 3 {
		under.Go(func() {
			for clock().Sub(begin) < length {
				if p.send(from[i], next()).status == http.StatusOK {
					answered.Add(1)
				}
			}
		})
	}
	under.Wait()
	return float64(answered.Load()) / clock().Sub(begin).Seconds()
}

// mostUnanswered is how many requests the trial has under way at most: as many as
// the service takes in flight, and some more.
const mostUnanswered = 1200

// flood sends so many requests a second, whether or not they are answered.
func (p *process) flood(from []*http.Client, perSecond float64, length time.Duration, next func() order, each func(outcome)) (sent, heldBack int) {
	var under sync.WaitGroup
	slots := make(chan struct{}, mostUnanswered)
	begin := clock()
	for at := begin; at.Sub(begin) < length; at = clock() {
		due := int(at.Sub(begin).Seconds() * perSecond)
		for ; sent+heldBack < due; sent++ {
			select {
			case slots <- struct{}{}:
			default:
				heldBack++
				sent--
				continue
			}
			o, c := next(), from[sent%len(from)]
			under.Go(func() {
				each(p.send(c, o))
				<-slots
			})
		}
		time.Sleep(time.Millisecond)
	}
	under.Wait()
	return sent, heldBack
}

// TestTrialL5 asks ten times as much as a service can answer that has 512 MiB:
// it lives, turns away the surplus in time, and answers the others nearly as
// fast as if there were none.
func TestTrialL5(t *testing.T) {
	size, idleRequests, length := 5_000, 300, 10*time.Second
	if extent.Full() {
		size, idleRequests, length = 100_000, 2_000, 30*time.Minute
	}
	path, products := synthetic(t, size)
	p := start(t, "sqlite:"+path, []string{"GOMEMLIMIT=512MiB"})
	var mu sync.Mutex
	made := orders{products, rand.New(rand.NewPCG(5, 5))}
	ready := make([]order, 20_000) // so that the trial itself takes little of the processors
	for i := range ready {
		ready[i] = made.next()
	}
	var sent atomic.Int64
	next := func() order { return ready[int(sent.Add(1))%len(ready)] }
	from := callers(500)
	p.send(from[0], order{"screen", http.MethodPost, "/v1/screen", []byte(`[{"product": "x"}]`)}) // names are read
	idle, admitted := latencies{}, latencies{}
	quiet := func() {
		for range idleRequests / 2 {
			out := p.send(from[0], next())
			if out.wrong != nil || out.status != http.StatusOK {
				t.Fatalf("idle: %+v", out)
			}
			idle.note(out)
		}
	}
	quiet()
	can := p.capacity(from, min(length, 30*time.Second)/2, next)
	turnedAway := map[int]int{}
	p.flood(from, 10*can, time.Second, next, func(outcome) {}) // a burst, so far
	asked, heldBack := p.flood(from, 10*can, length, next, func(out outcome) {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case out.wrong != nil:
			t.Error(out.wrong)
		case out.status == http.StatusOK:
			admitted.note(out)
		default:
			turnedAway[out.status]++
		}
	})
	quiet() // half of it afterwards: the machine may have other work at one time than at another
	t.Logf("it can answer %.0f a second; of %d sent in %s (%d more could not be sent) %d were answered, turned away %v; resident %s at most",
		can, asked, length, heldBack, len(admitted[""]), turnedAway, p.mostResident())
	for name := range idle {
		t.Logf("%-8s p50 %s idle, %s admitted; p99 %s idle, %s admitted", cmp.Or(name, "all"),
			percentile(idle[name], 50), percentile(admitted[name], 50), percentile(idle[name], 99), percentile(admitted[name], 99))
	}
	idle99, admitted99 := percentile(idle[""], 99), percentile(admitted[""], 99)
	times, most := admitted99.Seconds()/idle99.Seconds(), 10.0 // where the machine has other work, as it has where tests run
	t.Logf("p99 %s idle, %s admitted: %.2f times", idle99, admitted99, times)
	if extent.Full() {
		most = 2
	}
	if times > most {
		t.Errorf("the p99 of those admitted is %s, more than %.0f times %s", admitted99, most, idle99)
	}
	if len(turnedAway) == 0 || float64(len(admitted[""])) < can*length.Seconds()/4 {
		t.Error("too few were turned away, or answered")
	}
}

// latencies are how long answers took, by the name of the order and, under "", of all.
type latencies map[string][]time.Duration

func (l latencies) note(o outcome) {
	for _, name := range []string{"", o.name} {
		l[name] = append(l[name], o.took)
	}
}

// mostResident is the most memory that the process had.
func (p *process) mostResident() string {
	status, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(p.cmd.Process.Pid), "status"))
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(status)) {
		if most, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			return strings.TrimSpace(most)
		}
	}
	return "unknown"
}
