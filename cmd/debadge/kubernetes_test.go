package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"slices"
	"testing"

	"gopkg.in/yaml.v3"
)

// manifest is every field that examples/kubernetes.yaml may use, as the API of
// Kubernetes names it (https://kubernetes.io/docs/reference/kubernetes-api/); a
// misspelled one fails, as it does with kubectl --validate=strict.
type manifest struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string
	Metadata   metadata
	Spec       struct {
		AccessModes []string `yaml:"accessModes"`
		Resources   resources
		Ports       []struct {
			Name       string
			Port       int
			TargetPort string `yaml:"targetPort"`
		}
		Replicas int
		Strategy struct{ Type string }
		Selector yaml.Node // of a service it is the labels themselves
		Template struct {
			Metadata metadata
			Spec     pod
		}
	}
}

type metadata struct {
	Name   string
	Labels map[string]string
}

type resources struct{ Requests, Limits map[string]string }

type pod struct {
	AutomountServiceAccountToken  *bool `yaml:"automountServiceAccountToken"`
	TerminationGracePeriodSeconds int   `yaml:"terminationGracePeriodSeconds"`
	SecurityContext               struct {
		RunAsNonRoot   bool                  `yaml:"runAsNonRoot"`
		RunAsUser      int                   `yaml:"runAsUser"`
		RunAsGroup     int                   `yaml:"runAsGroup"`
		FSGroup        int                   `yaml:"fsGroup"`
		SeccompProfile struct{ Type string } `yaml:"seccompProfile"`
	} `yaml:"securityContext"`
	Containers []container
	Volumes    []struct {
		Name                  string
		PersistentVolumeClaim struct {
			ClaimName string `yaml:"claimName"`
		} `yaml:"persistentVolumeClaim"`
		EmptyDir struct {
			SizeLimit string `yaml:"sizeLimit"`
		} `yaml:"emptyDir"`
	}
}

type container struct {
	Name, Image string
	Args        []string
	Env         []struct {
		Name, Value string
		ValueFrom   struct {
			SecretKeyRef struct {
				Name, Key string
				Optional  bool
			} `yaml:"secretKeyRef"`
		} `yaml:"valueFrom"`
	}
	Ports []struct {
		Name          string
		ContainerPort int `yaml:"containerPort"`
	}
	StartupProbe    probe `yaml:"startupProbe"`
	LivenessProbe   probe `yaml:"livenessProbe"`
	ReadinessProbe  probe `yaml:"readinessProbe"`
	Resources       resources
	SecurityContext struct {
		AllowPrivilegeEscalation *bool                   `yaml:"allowPrivilegeEscalation"`
		ReadOnlyRootFilesystem   bool                    `yaml:"readOnlyRootFilesystem"`
		Capabilities             struct{ Drop []string } `yaml:"capabilities"`
	} `yaml:"securityContext"`
	VolumeMounts []struct {
		Name      string
		MountPath string `yaml:"mountPath"`
	} `yaml:"volumeMounts"`
}

type probe struct {
	HTTPGet          struct{ Path, Port string } `yaml:"httpGet"`
	PeriodSeconds    int                         `yaml:"periodSeconds"`
	TimeoutSeconds   int                         `yaml:"timeoutSeconds"`
	FailureThreshold int                         `yaml:"failureThreshold"`
}

func readManifests(t *testing.T) map[string]manifest {
	t.Helper()
	text, err := os.ReadFile("../../examples/kubernetes.yaml")
	if err != nil {
		t.Fatal(err)
	}
	strict := yaml.NewDecoder(bytes.NewReader(text))
	strict.KnownFields(true)
	all := map[string]manifest{}
	for {
		var m manifest
		err := strict.Decode(&m)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all[m.APIVersion+" "+m.Kind] = m
	}
}

func TestKubernetesExampleIsConfined(t *testing.T) {
	all := readManifests(t)
	if len(all) != 3 {
		t.Fatalf("the example has %d manifests", len(all))
	}
	spec := all["apps/v1 Deployment"].Spec
	p := spec.Template.Spec
	if p.AutomountServiceAccountToken == nil || *p.AutomountServiceAccountToken {
		t.Error("the pod gets a token of the cluster")
	}
	if s := p.SecurityContext; !s.RunAsNonRoot || s.RunAsUser != 65532 || s.RunAsGroup != 65532 || s.FSGroup != 65532 || s.SeccompProfile.Type != "RuntimeDefault" {
		t.Errorf("the pod runs as %+v", s)
	}
	if len(p.Containers) != 1 {
		t.Fatalf("%d containers", len(p.Containers))
	}
	c := p.Containers[0]
	if s := c.SecurityContext; !s.ReadOnlyRootFilesystem || s.AllowPrivilegeEscalation == nil || *s.AllowPrivilegeEscalation || !slices.Equal(s.Capabilities.Drop, []string{"ALL"}) {
		t.Errorf("the container runs as %+v", s)
	}
	for _, e := range c.Env {
		if secret := slices.ContainsFunc(settings(), func(s setting) bool { return s.env == e.Name && s.flag == "" && e.Name != "DEBADGE_NEO4J_USER" }); secret && e.Value != "" {
			t.Errorf("%s is written down", e.Name)
		}
		if !slices.ContainsFunc(settings(), func(s setting) bool { return s.env == e.Name }) {
			t.Errorf("%s is no setting", e.Name)
		}
	}
	// The ledger has one holder: a second pod would be refused.
	if spec.Replicas != 1 || spec.Strategy.Type != "Recreate" {
		t.Errorf("%d replicas, strategy %s", spec.Replicas, spec.Strategy.Type)
	}
}

func TestKubernetesExampleFitsTogether(t *testing.T) {
	all := readManifests(t)
	p := all["apps/v1 Deployment"].Spec.Template
	c := p.Spec.Containers[0]
	for name, path := range map[*probe]string{&c.StartupProbe: "/livez", &c.LivenessProbe: "/livez", &c.ReadinessProbe: "/readyz"} {
		if name.HTTPGet.Path != path || name.HTTPGet.Port != c.Ports[0].Name || name.PeriodSeconds == 0 {
			t.Errorf("a probe of %s is %+v", path, name)
		}
	}
	if port := all["v1 Service"].Spec.Ports[0]; port.TargetPort != c.Ports[0].Name {
		t.Errorf("the service sends to %s", port.TargetPort)
	}
	var selector map[string]string
	node := all["v1 Service"].Spec.Selector
	if err := node.Decode(&selector); err != nil || len(selector) == 0 {
		t.Fatalf("%v %v", selector, err)
	}
	for label, value := range selector {
		if p.Metadata.Labels[label] != value {
			t.Errorf("the service looks for %s=%s", label, value)
		}
	}
	for i, mount := range c.VolumeMounts {
		if p.Spec.Volumes[i].Name != mount.Name {
			t.Errorf("%s is mounted, and %s is there", mount.Name, p.Spec.Volumes[i].Name)
		}
	}
	if claim := p.Spec.Volumes[0].PersistentVolumeClaim.ClaimName; claim != all["v1 PersistentVolumeClaim"].Metadata.Name {
		t.Errorf("the volume is %q", claim)
	}
	if p.Spec.TerminationGracePeriodSeconds <= int(patience.Seconds()) {
		t.Errorf("the pod is killed after %d s, the service drains for %s", p.Spec.TerminationGracePeriodSeconds, patience)
	}
}
