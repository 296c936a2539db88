package retention_test

import (
	"context"
	"errors"
	"os"
	"testing"

	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

type ctx = context.Context

func is(err, target error) bool { return errors.Is(err, target) }

func storeSQLite(t *testing.T) *store.DB { t.Helper(); return storetest.SQLite(t, rooms()...) }

func appendText(file, text string) error {
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}
