package oapi_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/memberships-go/memberships/bench/internal/corpus"
)

// The generated client is of today's documents, or the comparison is with another.
func TestGenerated(t *testing.T) {
	for _, provider := range corpus.Providers {
		config, err := os.ReadFile(filepath.Join(provider, "cfg.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		elsewhere := filepath.Join(t.TempDir(), "cfg.yaml")
		made := filepath.Join(filepath.Dir(elsewhere), "client.gen.go")
		config = bytes.Replace(config, []byte("client.gen.go"), []byte(made), 1)
		if err := os.WriteFile(elsewhere, config, 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("go", "tool", "oapi-codegen", "-config", elsewhere, "../../../../specs/"+provider+"/openapi.yaml")
		cmd.Dir = provider
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", provider, err, out)
		}
		want, err := os.ReadFile(made)
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(provider, "client.gen.go"))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(want, got) {
			t.Errorf("%s/client.gen.go differs from what is generated: run go generate ./... in bench", provider)
		}
	}
}
