package app

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/drafts"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
)

func TestALetterAboutSigningLeavesWithTheChangeAndNamesNoSecretService(t *testing.T) {
	a := newHouse(t, io.Discard).App
	var open, secret *casetype.CaseType
	for _, ct := range a.types.Open(calendar.DateOf(a.clock.Now())) {
		if ct.Secrecy.Default == casetype.Presumed {
			secret = ct
		} else {
			open = ct
		}
	}
	err := a.db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		for _, ct := range []*casetype.CaseType{open, secret} {
			if err := (teller{a}).Tell(ctx, tx, drafts.Telling{Kind: drafts.Invited, To: ct.ID + "@example.se", Lang: i18n.SV, TypeID: ct.ID, Version: ct.Version, Writer: "Ines", Path: "/signera/x", Until: time.Unix(0, 0)}); err != nil {
				return err
			}
		}
		return teller{a}.Tell(ctx, tx, drafts.Telling{Kind: drafts.Invited, To: "not an address", Lang: i18n.SV, TypeID: open.ID, Version: open.Version})
	})
	if err != nil {
		t.Fatal(err)
	}
	letters, err := store.All(t.Context(), a.db, func(r *store.Rows) (string, error) { var s string; return s, r.Scan(&s) }, `SELECT subject || body_text FROM email_outbox ORDER BY id`)
	if err != nil || len(letters) != 2 {
		t.Fatalf("%d letters, %v", len(letters), err)
	}
	if !strings.Contains(letters[0], open.Title.In(i18n.SV)) || !strings.Contains(letters[0], "/signera/x") {
		t.Errorf("the letter says %q", letters[0])
	}
	if strings.Contains(letters[1], secret.Title.In(i18n.SV)) {
		t.Errorf("a secret service is named: %q", letters[1])
	}
}
