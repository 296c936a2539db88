package retention

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Ledger is a file with what has been destroyed, one line each, kept outside the database and its backups: an older copy of the database
// that is put back is cleared of it. It holds nothing personal. The empty Ledger keeps nothing.
type Ledger string

// Destroyed is a line of the ledger.
type Destroyed struct {
	Case     string    `json:"case"`
	Number   string    `json:"number"`
	At       time.Time `json:"at"` // UTC
	List     string    `json:"list,omitempty"`
	Decision string    `json:"decision,omitempty"`
}

// Read gives the lines, oldest first. A last line that a crash cut off is left out; any other that cannot be read is an error that names
// it.
func (l Ledger) Read() ([]Destroyed, error) {
	text, err := os.ReadFile(string(l))
	if errors.Is(err, fs.ErrNotExist) || l == "" {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the list of what has been destroyed: %w", err)
	}
	return parseLedger(text, string(l))
}

func parseLedger(text []byte, name string) ([]Destroyed, error) {
	var out []Destroyed
	for n := 1; ; n++ {
		line, rest, whole := bytes.Cut(text, []byte("\n"))
		if !whole {
			return out, nil
		}
		var d Destroyed
		if err := json.Unmarshal(line, &d); err != nil || d.Case == "" || d.At.IsZero() {
			return nil, fmt.Errorf("line %d of %s, the list of what has been destroyed, cannot be read; put back the copy you keep of it", n, name)
		}
		out = append(out, d)
		text = rest
	}
}

// Append adds lines, durably.
func (l Ledger) Append(list ...Destroyed) error {
	if l == "" || len(list) == 0 {
		return nil
	}
	if err := l.append(list); err != nil {
		return fmt.Errorf("writing the list of what has been destroyed: %w", err)
	}
	return nil
}

func (l Ledger) append(list []Destroyed) error {
	f, err := os.OpenFile(string(l), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	end, err := wholeLines(f)
	if err == nil {
		var b bytes.Buffer
		encoder := json.NewEncoder(&b)
		for _, d := range list {
			err = errors.Join(err, encoder.Encode(d))
		}
		_, werr := f.WriteAt(b.Bytes(), end)
		err = errors.Join(err, werr, f.Sync())
	}
	return errors.Join(err, f.Close(), syncDir(filepath.Dir(string(l))))
}

// wholeLines cuts off a last line that a crash left half-written, and gives where the file ends.
func wholeLines(f *os.File) (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	end, last := info.Size(), make([]byte, 1)
	for ; end > 0; end-- {
		if _, err := f.ReadAt(last, end-1); err != nil {
			return 0, err
		}
		if last[0] == '\n' {
			break
		}
	}
	if end == info.Size() {
		return end, nil
	}
	return end, f.Truncate(end)
}

func syncDir(path string) error {
	dir, err := os.Open(path) //nolint:gosec // the operator's folder
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
