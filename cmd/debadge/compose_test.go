package main

import (
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"debadge/graph/neo4j/neo4jtest"
)

// compose is what the tests read of docker-compose.yml.
type compose struct {
	Services map[string]service
	Volumes  map[string]any
}

type service struct {
	Image       string
	Command     string
	User        string
	Restart     string
	Environment map[string]string
	Ports       []string
	Volumes     []string
	ReadOnly    bool     `yaml:"read_only"`
	CapDrop     []string `yaml:"cap_drop"`
	SecurityOpt []string `yaml:"security_opt"`
	Healthcheck struct {
		Test              []string
		Interval, Timeout string
		Retries           int
	}
	DependsOn map[string]struct{ Condition string } `yaml:"depends_on"`
}

// readCompose returns both services of docker-compose.yml.
func readCompose(t *testing.T) (file compose, neo4j, debadge service) {
	t.Helper()
	text, err := os.ReadFile("../../docker-compose.yml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Services) != 2 {
		t.Fatalf("the services are not neo4j and debadge alone: %v", file.Services)
	}
	return file, file.Services["neo4j"], file.Services["debadge"]
}

func TestComposeRunsOnTheTestedNeo4j(t *testing.T) {
	_, neo4j, debadge := readCompose(t)
	if neo4j.Image != neo4jtest.Image {
		t.Errorf("it runs on %s, the tests on %s", neo4j.Image, neo4jtest.Image)
	}
	if got := debadge.Environment["DEBADGE_STORE"]; got != "neo4j://neo4j:7687" {
		t.Errorf("DEBADGE_STORE is %q", got)
	}
	if got := debadge.Environment["DEBADGE_NEO4J_USER"]; got != "neo4j" {
		t.Errorf("DEBADGE_NEO4J_USER is %q", got)
	}
	if debadge.Command != "serve --addr 0.0.0.0:8080" {
		t.Errorf("debadge runs %q", debadge.Command)
	}
}

// A password that is written down, or has a default, is one that somebody runs in production.
func TestComposeAsksForThePassword(t *testing.T) {
	_, neo4j, debadge := readCompose(t)
	const required = "${NEO4J_PASSWORD:?set NEO4J_PASSWORD}"
	if got := neo4j.Environment["NEO4J_AUTH"]; got != "neo4j/"+required {
		t.Errorf("NEO4J_AUTH is %q", got)
	}
	if got := debadge.Environment["DEBADGE_NEO4J_PASSWORD"]; got != required {
		t.Errorf("DEBADGE_NEO4J_PASSWORD is %q", got)
	}
}

func TestComposeWaitsUntilHealthy(t *testing.T) {
	file, _, debadge := readCompose(t)
	if got := debadge.DependsOn["neo4j"].Condition; got != "service_healthy" {
		t.Errorf("debadge waits for neo4j until %q", got)
	}
	for name, s := range file.Services {
		check := s.Healthcheck
		if len(check.Test) < 2 || check.Interval == "" || check.Timeout == "" || check.Retries == 0 {
			t.Errorf("the health check of %s is incomplete: %+v", name, check)
		}
		if s.Restart != "unless-stopped" {
			t.Errorf("%s restarts %q", name, s.Restart)
		}
	}
	// CMD-SHELL would need a shell, which the image does not have.
	want := []string{"CMD", "/debadge", "healthcheck", "--addr", "http://127.0.0.1:8080"}
	if !slices.Equal(debadge.Healthcheck.Test, want) {
		t.Errorf("the health check of debadge is %q, not %q", debadge.Healthcheck.Test, want)
	}
}

func TestComposePublishesToThisMachineAlone(t *testing.T) {
	file, _, _ := readCompose(t)
	for name, s := range file.Services {
		if len(s.Ports) == 0 {
			t.Errorf("%s publishes no port", name)
		}
		for _, port := range s.Ports {
			if !strings.HasPrefix(port, "127.0.0.1:") {
				t.Errorf("%s publishes %s to every machine", name, port)
			}
		}
	}
}

func TestComposeKeepsDataInNamedVolumes(t *testing.T) {
	file, neo4j, debadge := readCompose(t)
	var mounted []string
	for _, volume := range neo4j.Volumes {
		name, at, _ := strings.Cut(volume, ":")
		if _, ok := file.Volumes[name]; !ok {
			t.Errorf("%s is no named volume", volume)
		}
		mounted = append(mounted, at)
	}
	if !slices.Contains(mounted, "/data") {
		t.Errorf("the data of neo4j is in no volume: %v", neo4j.Volumes)
	}
	// The root file system is read-only: what the ledger, its key and the jobs are in must be a volume.
	ledger := path.Dir(debadge.Environment["DEBADGE_LEDGER"])
	kept := slices.ContainsFunc(debadge.Volumes, func(volume string) bool {
		name, at, _ := strings.Cut(volume, ":")
		_, named := file.Volumes[name]
		return named && at == ledger
	})
	if !kept || !strings.HasPrefix(debadge.Environment["DEBADGE_JOBS"], ledger+"/") {
		t.Errorf("the ledger %q and the jobs %q are in no volume: %v", debadge.Environment["DEBADGE_LEDGER"], debadge.Environment["DEBADGE_JOBS"], debadge.Volumes)
	}
}

func TestComposeConfinesDebadge(t *testing.T) {
	_, _, debadge := readCompose(t)
	if debadge.User != "65532:65532" {
		t.Errorf("the user is %q", debadge.User)
	}
	if !debadge.ReadOnly {
		t.Error("the file system can be written to")
	}
	if !slices.Equal(debadge.CapDrop, []string{"ALL"}) {
		t.Errorf("the dropped capabilities are %v", debadge.CapDrop)
	}
	if !slices.Contains(debadge.SecurityOpt, "no-new-privileges:true") {
		t.Errorf("the security options are %v", debadge.SecurityOpt)
	}
}

func TestDockerfileEndsInABareImage(t *testing.T) {
	text, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	_, final, found := strings.Cut(string(text), "\nFROM scratch\n")
	if !found {
		t.Fatal("the last stage is not FROM scratch")
	}
	for _, line := range []string{
		`^USER 65532:65532$`,
		`^ENTRYPOINT \["/debadge"\]$`,
		`^CMD \["serve", "--addr", "0\.0\.0\.0:8080"\]$`,
		`^COPY --from=build /etc/ssl/certs/ca-certificates\.crt `,
	} {
		if !regexp.MustCompile("(?m)" + line).MatchString(final) {
			t.Errorf("the last stage has no line %s", line)
		}
	}
}
