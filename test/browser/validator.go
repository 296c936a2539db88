package browser

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// validator is one process of scripts/htmlvalidate.mjs that answers for many pages.
type validator struct {
	sync.Mutex
	in  *json.Encoder
	out *bufio.Reader
}

// htmlFault is one finding of html-validate.
type htmlFault struct {
	Rule     string `json:"rule"`
	Message  string `json:"message"`
	Line     int    `json:"line"`
	Selector string `json:"selector"`
}

func startValidator(t testing.TB, top string) *validator {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		unavailable(t, "no Node.js found: html-validate needs it")
	}
	if _, err := os.Stat(filepath.Join(top, "node_modules/html-validate")); err != nil {
		unavailable(t, "html-validate is not installed: run make assets")
	}
	cmd := exec.Command(node, filepath.Join(top, "scripts/htmlvalidate.mjs"))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatalf("starting html-validate: %v", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatalf("starting html-validate: %v", err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting html-validate: %v", err)
	}
	t.Cleanup(func() {
		in.Close() // ends the process
		if err := cmd.Wait(); err != nil {
			t.Errorf("html-validate: %v", err)
		}
	})
	return &validator{in: json.NewEncoder(in), out: bufio.NewReader(out)}
}

// check returns the faults of one page.
func (v *validator) check(name string, html []byte) ([]htmlFault, error) {
	v.Lock()
	defer v.Unlock()
	if err := v.in.Encode(map[string]string{"name": name, "html": string(html)}); err != nil {
		return nil, fmt.Errorf("asking html-validate: %w", err)
	}
	line, err := v.out.ReadBytes('\n')
	if err == io.EOF {
		return nil, fmt.Errorf("html-validate ended; its message is above")
	} else if err != nil {
		return nil, fmt.Errorf("reading html-validate: %w", err)
	}
	var faults []htmlFault
	if err := json.Unmarshal(line, &faults); err != nil {
		return nil, fmt.Errorf("reading html-validate: %w", err)
	}
	return faults, nil
}
