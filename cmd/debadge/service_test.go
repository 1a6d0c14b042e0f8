package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// logged collects what a service logs.
type logged struct {
	mu sync.Mutex
	bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Buffer.Write(p)
}

func (l *logged) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.String()
}

// awaits waits until the log has a text.
func (l *logged) awaits(t *testing.T, text string) {
	t.Helper()
	for !strings.Contains(l.text(), text) {
		if t.Context().Err() != nil {
			t.Fatalf("the log has no %s:\n%s", text, l.text())
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// launch runs a service with an environment until the test ends.
func launch(t *testing.T, env []string, args ...string) (address string, log *logged) {
	t.Helper()
	log = &logged{}
	ctx, cancel := context.WithCancel(t.Context())
	p := program{
		clock: time.Now, env: append([]string{"XDG_DATA_HOME=" + t.TempDir()}, env...),
		stdin: strings.NewReader(""), stdout: io.Discard, stderr: log,
	}
	exit := make(chan int, 1)
	go func() { exit <- p.run(ctx, append([]string{"serve", "--addr", "127.0.0.1:0"}, args...)) }()
	t.Cleanup(func() {
		cancel()
		if code := <-exit; code != answered {
			t.Errorf("the service ended with %d: %s", code, log.text())
		}
	})
	for !strings.Contains(log.text(), `"msg":"listening"`) {
		select {
		case code := <-exit:
			exit <- code
			t.Fatalf("the service ended with %d: %s", code, log.text())
		case <-time.After(5 * time.Millisecond):
		}
	}
	for line := range strings.Lines(log.text()) {
		var entry struct{ Msg, URL string }
		if json.Unmarshal([]byte(line), &entry) == nil && entry.Msg == "listening" {
			return entry.URL, log
		}
	}
	t.Fatal(log.text())
	return "", nil
}

// fetch asks a service.
func fetch(t *testing.T, client *http.Client, url, credential string) (int, http.Header, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if credential != "" {
		r.Header.Set("Authorization", "Bearer "+credential)
	}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(body)
}

// TestServeLetsKeysIn makes, uses and revokes keys while the service runs.
func TestServeLetsKeysIn(t *testing.T) {
	folder := t.TempDir()
	db := "sqlite:" + filepath.Join(folder, "claims.db")
	if code, _, wrong := command(t, "import", "bundle", "testdata/case.json", "--store", db); code != answered {
		t.Fatal(wrong)
	}
	address, log := launch(t, nil, "--store", db)
	code, out, wrong := command(t, "key", "create", "--name", "erp", "--role", "reader", "--store", db)
	if code != answered {
		t.Fatal(wrong)
	}
	key := strings.TrimSpace(out)
	waitUntilReady(t, address)
	for _, test := range []struct {
		path, credential string
		status           int
	}{
		{"/v1/lists", "", 401},
		{"/v1/lists", key, 200},
		{"/v1/lists", key[:len(key)-1], 401},
		{"/v1/lists", key + "a", 401},
		{"/v1/lists", strings.ToUpper(key), 401},
		{"/metrics", key, 403},
		{"/livez", "", 200},
		{"/readyz", key[:10], 200},
	} {
		if status, _, body := fetch(t, http.DefaultClient, address+test.path, test.credential); status != test.status {
			t.Errorf("%s: %d %s", test.path, status, body)
		}
	}
	if code, _, wrong := command(t, "key", "revoke", "key-1", "--store", db); code != answered {
		t.Fatal(wrong)
	}
	if status, _, body := fetch(t, http.DefaultClient, address+"/v1/lists", key); status != 401 || !strings.Contains(body, "was revoked") {
		t.Errorf("%d %s", status, body)
	}
	log.awaits(t, `"refused":"the API key was revoked"`)
	if text := log.text(); strings.Contains(text, key[4:20]) || !strings.Contains(text, `"caller":"erp"`) {
		t.Errorf("%s", text)
	}
	if code, _, wrong := command(t, "serve", "--addr", "127.0.0.1:0", "--store", db); code != couldNotAnswer || !strings.Contains(wrong, "has the ledger") {
		t.Errorf("a second service: %d %s", code, wrong)
	}
}

// TestServeTakesTokens asks with tokens of a real issuer.
func TestServeTakesTokens(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	var issuer *httptest.Server
	issuer = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/keys" {
			_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "k"}}})
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"issuer": issuer.URL, "jwks_uri": issuer.URL + "/keys"})
	}))
	t.Cleanup(issuer.Close)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: key, KeyID: "k"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	token := func(roles any, audience string) string {
		payload, err := json.Marshal(map[string]any{
			"iss": issuer.URL, "aud": audience, "sub": "u", "email": "officer@example.com", "exp": time.Now().Add(time.Minute).Unix(),
			"realm_access": map[string]any{"roles": roles},
		})
		if err != nil {
			t.Fatal(err)
		}
		signed, err := signer.Sign(payload)
		if err != nil {
			t.Fatal(err)
		}
		text, err := signed.CompactSerialize()
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	address, log := launch(t, []string{"DEBADGE_OIDC_ISSUER=" + issuer.URL, "DEBADGE_OIDC_ROLE_CLAIM=realm_access.roles"},
		"--demo", "--anonymous", "none", "--oidc-audience", "debadge", "--oidc-name-claim", "email")
	waitUntilReady(t, address)
	for _, test := range []struct {
		path, token string
		status      int
	}{
		{"/v1/lists", token([]string{"offline_access", "officer"}, "debadge"), 200},
		{"/metrics", token([]string{"officer"}, "debadge"), 403},
		{"/metrics", token([]string{"officer", "monitor"}, "debadge"), 200},
		{"/v1/lists", token([]string{"Reader"}, "debadge"), 403},
		{"/v1/lists", token([]string{"officer"}, "other"), 401},
		{"/v1/lists", "", 401},
	} {
		if status, _, body := fetch(t, http.DefaultClient, address+test.path, test.token); status != test.status {
			t.Errorf("%s: %d, not %d: %s", test.path, status, test.status, body)
		}
	}
	time.Sleep(2 * logDelay) // the last lines are those of what was refused
	if text := log.text(); !strings.Contains(text, `"caller":"officer@example.com"`) || strings.Contains(text, "eyJ") {
		t.Errorf("%s", text)
	}
}

// writeCertificate writes a certificate for 127.0.0.1 and its key.
func writeCertificate(t *testing.T, serial int64, certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	putFile(t, certFile, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	putFile(t, keyFile, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})))
}

func putFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestServeOverTLS exchanges the certificate of a running service.
func TestServeOverTLS(t *testing.T) {
	folder := t.TempDir()
	certFile, keyFile := filepath.Join(folder, "tls.crt"), filepath.Join(folder, "tls.key")
	writeCertificate(t, 1, certFile, keyFile)
	address, log := launch(t, nil, "--demo", "--tls-cert", certFile, "--tls-key", keyFile)
	if !strings.HasPrefix(address, "https://127.0.0.1:") {
		t.Fatal(address)
	}
	serial := func() int64 {
		conn, err := (&tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}}).DialContext(t.Context(), "tcp", strings.TrimPrefix(address, "https://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		secured, ok := conn.(*tls.Conn)
		if !ok {
			t.Fatalf("a %T", conn)
		}
		return secured.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	status, header, _ := fetch(t, &http.Client{Transport: transport}, address+"/livez", "")
	if status != http.StatusOK || header.Get("Strict-Transport-Security") == "" || serial() != 1 {
		t.Errorf("%d %s", status, header)
	}
	if _, err := (&tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}}).
		DialContext(t.Context(), "tcp", strings.TrimPrefix(address, "https://")); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
	if code, _, wrong := command(t, "healthcheck", "--live", "--addr", address); code != answered {
		t.Errorf("%s", wrong)
	}
	putFile(t, certFile, "no certificate")
	log.awaits(t, "the certificate was not exchanged; the old one stays")
	if serial() != 1 {
		t.Error("the old certificate is gone")
	}
	writeCertificate(t, 2, certFile, keyFile)
	log.awaits(t, "the certificate was exchanged")
	for serial() != 2 { // between the two files the pair did not match
		if t.Context().Err() != nil {
			t.Fatal("the certificate was not exchanged")
		}
		time.Sleep(20 * time.Millisecond)
	}
	if strings.Contains(log.text(), "PRIVATE KEY") {
		t.Error("the log has the key")
	}
}

// TestPoliciesAreReadAgain exchanges the policies of a running service.
func TestPoliciesAreReadAgain(t *testing.T) {
	folder := t.TempDir()
	putFile(t, filepath.Join(folder, "ours.yaml"), "name: ours\n")
	putFile(t, filepath.Join(folder, ".hidden.yaml"), "not: a policy\n")
	putFile(t, filepath.Join(folder, "README.md"), "not a policy\n")
	address, log := launch(t, nil, "--demo", "--policies", folder)
	has := func(name string) bool {
		status, _, _ := fetch(t, http.DefaultClient, address+"/v1/policies/"+name, "")
		return status == http.StatusOK
	}
	hangup := func() {
		if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
	}
	if !has("ours") || has("theirs") {
		t.Error("the policies are not those of the folder")
	}
	putFile(t, filepath.Join(folder, "theirs.json"), `{"name": "theirs"}`)
	putFile(t, filepath.Join(folder, "wrong.yaml"), "name: wrong\nmax_hopps: 3\n")
	hangup()
	log.awaits(t, "the policies were not exchanged; the old ones stay")
	if !strings.Contains(log.text(), "wrong.yaml") || !strings.Contains(log.text(), "line 2") || !has("ours") || has("theirs") {
		t.Errorf("%s", log.text())
	}
	putFile(t, filepath.Join(folder, "wrong.yaml"), "name: right\n")
	hangup()
	log.awaits(t, "policies were read")
	if !has("ours") || !has("theirs") || !has("right") {
		t.Error("the new policies are not there")
	}
	_, _, entries := fetch(t, http.DefaultClient, address+"/v1/audit?kind=policy", "")
	if strings.Count(entries, `"subject": "policies"`) != 1 || !strings.Contains(entries, `"actor": "service"`) || !strings.Contains(entries, `"theirs"`) {
		t.Errorf("the audit log does not tell of the exchange alone: %s", entries)
	}
}

// TestProfilerStandsAlone checks that the profiler is on its own port, and on no other.
func TestProfilerStandsAlone(t *testing.T) {
	address, log := launch(t, nil, "--demo", "--pprof", "127.0.0.1:0")
	var at string
	for line := range strings.Lines(log.text()) {
		var entry struct{ Msg, URL string }
		if json.Unmarshal([]byte(line), &entry) == nil && entry.Msg == "profiler" {
			at = entry.URL
		}
	}
	if status, _, body := fetch(t, http.DefaultClient, at, ""); status != http.StatusOK || !strings.Contains(body, "goroutine") {
		t.Errorf("%s: %d", at, status)
	}
	if status, _, _ := fetch(t, http.DefaultClient, address+"/debug/pprof/", ""); status != http.StatusNotFound {
		t.Errorf("on the port of the service: %d", status)
	}
}

// TestTracesAreSent receives what a service sends to a collector.
func TestTracesAreSent(t *testing.T) {
	var mu sync.Mutex
	var sent bytes.Buffer
	var authorization, path string
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		authorization, path = r.Header.Get("Authorization"), r.URL.Path
		_, _ = sent.ReadFrom(r.Body)
	}))
	t.Cleanup(collector.Close)
	t.Run("service", func(t *testing.T) {
		secret := filepath.Join(t.TempDir(), "headers")
		putFile(t, secret, "authorization=Bearer collector-secret\n")
		address, _ := launch(t, []string{"DEBADGE_OTLP_HEADERS_FILE=" + secret}, "--demo", "--otlp-endpoint", collector.URL)
		waitUntilReady(t, address)
		if status, _, body := fetch(t, http.DefaultClient, address+"/v1/trace?subject=KR2280-X2", ""); status != http.StatusOK {
			t.Errorf("%d %s", status, body)
		}
	}) // which sends the last spans as it ends
	mu.Lock()
	defer mu.Unlock()
	for _, name := range []string{"GET /v1/trace", "store view", "service.version"} {
		if !bytes.Contains(sent.Bytes(), []byte(name)) {
			t.Errorf("no %q was sent", name)
		}
	}
	if authorization != "Bearer collector-secret" || path != "/v1/traces" || bytes.Contains(sent.Bytes(), []byte("KR2280")) {
		t.Errorf("%q %q", authorization, path)
	}
}

// TestMetricsTellTheIndex checks that the lag of a followed store is told.
func TestMetricsTellTheIndex(t *testing.T) {
	db := "sqlite:" + filepath.Join(t.TempDir(), "claims.db")
	if code, _, wrong := command(t, "import", "bundle", "testdata/case.json", "--store", db); code != answered {
		t.Fatal(wrong)
	}
	address, _ := launch(t, nil, "--store", db, "--anonymous", "admin")
	waitUntilReady(t, address)
	_, _, body := fetch(t, http.DefaultClient, address+"/metrics", "")
	for _, line := range []string{"debadge_index_revision 1\n", "debadge_index_revisions_behind 0\n", "debadge_index_lag_seconds ", "debadge_store_revision 1\n"} {
		if !strings.Contains(body, line) {
			t.Errorf("no %s", line)
		}
	}
	if _, _, body := fetch(t, http.DefaultClient, address+"/readyz", ""); !strings.Contains(body, `"index": {`) {
		t.Errorf("%s", body)
	}
}

// FuzzConfig checks that a file of settings is read or refused, with the line.
func FuzzConfig(f *testing.F) {
	for _, seed := range []string{"", "addr: x", "addr: [a]", "addr: 1\naddr: 2", "x", "- a", "trusted-proxy: [a, b]", "neo4j-password: x", "a: &a\n  b: *a", "\x00"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		values, err := parseConfig(data)
		if err != nil && !strings.Contains(err.Error(), "line ") && !strings.Contains(err.Error(), "YAML") {
			t.Errorf("%q: %v", data, err)
		}
		for name := range values {
			if !strings.HasPrefix(name, "DEBADGE_") {
				t.Errorf("%q: %s", data, name)
			}
		}
	})
}
