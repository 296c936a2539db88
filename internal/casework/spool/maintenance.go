package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// switchName is the file in the data folder that puts the site under maintenance while it is there.
const switchName = "maintenance"

// Maintenance is whether the operator has the site under maintenance: nothing is read or changed then that can wait, and what is handed in
// is kept in the spool. The zero value never is.
type Maintenance struct{ file string }

// MaintenanceOf is the switch of a data folder.
func MaintenanceOf(data string) Maintenance { return Maintenance{filepath.Join(data, switchName)} }

// On tells whether it is switched on. It asks the file each time, so that a hand can do it too.
func (m Maintenance) On() bool {
	if m.file == "" {
		return false
	}
	_, err := os.Stat(m.file)
	return err == nil
}

// Set switches it on or off; again is no error.
func (m Maintenance) Set(on bool) error {
	var err error
	if on {
		err = os.WriteFile(m.file, []byte("The site is under maintenance while this file is here.\n"), 0o600)
	} else if err = os.Remove(m.file); errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err != nil {
		return fmt.Errorf("switching maintenance: %w", err)
	}
	return nil
}
