package bodies_test

import (
	"context"
	"errors"
	"testing"

	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/store"
)

// A decision never changes; a later one revokes it from a day on, and from then nothing can rest on it.
func TestPR_1_RevokedDecisionCarriesNothingMore(t *testing.T) {
	each(t, func(t *testing.T, s town) {
		secretary := s.by("anna", "sekreterare", "lilleby-ks")
		old := s.decide("lilleby-ks", "2026-01-20", nil)
		later := s.decide("lilleby-ks", "2026-02-10", nil)
		earlier := s.decide("lilleby-ks", "2026-01-10", nil)
		other := s.decide("lilleby-kf", "2026-02-20", nil)
		from := day("2026-03-05")
		for name, r := range map[string]bodies.Revocation{
			"by itself":         {Decision: old.ID, By: old.ID, From: from},
			"by an earlier one": {Decision: old.ID, By: earlier.ID, From: from},
			"by another body":   {Decision: old.ID, By: other.ID, From: from},
			"by nothing":        {Decision: old.ID, By: store.NewID(), From: from},
			"of nothing":        {Decision: store.NewID(), By: later.ID, From: from},
			"before it was":     {Decision: old.ID, By: later.ID, From: day("2026-02-09")},
			"no day":            {Decision: old.ID, By: later.ID},
		} {
			if err := s.Revoke(t.Context(), secretary, r); wantAs[*bodies.InvalidError](t, err) == nil {
				t.Errorf("%s went through", name)
			}
		}
		wantAs[*bodies.MandateError](t, s.Revoke(t.Context(), s.by("anna", "sekreterare", "lilleby-kf"), bodies.Revocation{Decision: old.ID, By: later.ID, From: from}))
		if err := s.Revoke(t.Context(), secretary, bodies.Revocation{Decision: old.ID, By: later.ID, From: from}); err != nil {
			t.Fatal(err)
		}
		if err := s.Revoke(t.Context(), secretary, bodies.Revocation{Decision: old.ID, By: later.ID, From: from}); !errors.Is(err, store.ErrConflict) {
			t.Errorf("revoked twice: %v", err)
		}
		act := bodies.Act{Member: "lilleby", Action: "system.class_changed", Decision: old.ID, On: day("2026-03-04")}
		if err := s.Reserved(t.Context(), act); err != nil {
			t.Errorf("the day before: %v", err)
		}
		act.On = from
		if e := wantAs[*bodies.ReservedError](t, s.Reserved(t.Context(), act)); e.Reason != bodies.DecisionRevoked || e.Sentence != "S4-KS-3" {
			t.Errorf("%+v", e)
		}
		_, err := s.Appoint(t.Context(), bodies.By{}, bodies.Mandate{Person: s.person("bo"), Role: "handlaggare", Place: bodies.Place{Unit: "gata"}, From: from, Decision: old.ID})
		wantAs[*bodies.InvalidError](t, err)
		list, err := s.Decisions(t.Context(), bodies.DecisionQuestion{Body: "lilleby-ks", From: day("2026-01-15"), To: day("2026-02-28"), Limit: 2})
		if err != nil || len(list) != 2 || list[0].ID != later.ID || list[1].ID != old.ID || list[1].Revoked != from || !list[0].Revoked.IsZero() {
			t.Errorf("%+v %v", list, err)
		}
		list, err = s.Decisions(t.Context(), bodies.DecisionQuestion{AfterDay: old.On, AfterID: old.ID})
		if err != nil || len(list) != 1 || list[0].ID != earlier.ID {
			t.Errorf("the page after: %+v %v", list, err)
		}
		if of, err := s.RevocationOf(t.Context(), old.ID); err != nil || of.By != later.ID || of.RegisteredBy != secretary.Person {
			t.Errorf("%+v %v", of, err)
		}
		if gone, err := s.RevokedBy(t.Context(), later.ID); err != nil || len(gone) != 1 || gone[0].ID != old.ID {
			t.Errorf("%+v %v", gone, err)
		}
		for _, change := range []string{`UPDATE decision_revocation SET valid_from = '2030-01-01'`, `DELETE FROM decision_revocation`} {
			if s.db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error { _, err := tx.Exec(ctx, change); return err }) == nil {
				t.Errorf("%s went through", change)
			}
		}
	})
}

// A delegation that is revoked gives nothing from then on.
func TestPR_1_RevokedDelegationDelegatesNoMore(t *testing.T) {
	each(t, func(t *testing.T, s town) {
		delegation := s.decide("lilleby-ks", "2026-01-20", func(d *bodies.Decision) {
			d.Delegates = []bodies.Delegation{{Action: "mandate.appoint.systemagare", Role: "chef", Unit: "teknik", From: day("2026-01-20")}}
		})
		later := s.decide("lilleby-ks", "2026-02-10", nil)
		head := s.by("cia", "chef", "")
		taken := func(on string) (bodies.Decision, error) {
			return s.RegisterDecision(t.Context(), head, bodies.Decision{Body: "lilleby-ks", On: day(on), Text: "Bo är systemägare.", DelegationOf: delegation.ID})
		}
		if _, err := taken("2026-02-20"); err != nil {
			t.Fatal(err)
		}
		if err := s.Revoke(t.Context(), s.by("anna", "sekreterare", "lilleby-ks"), bodies.Revocation{Decision: delegation.ID, By: later.ID, From: day("2026-02-25")}); err != nil {
			t.Fatal(err)
		}
		if _, err := taken("2026-02-24"); err != nil {
			t.Errorf("the day before: %v", err)
		}
		_, err := taken("2026-02-25")
		if e := wantAs[*bodies.MandateError](t, err); e.Delegation != delegation.ID {
			t.Errorf("%+v", e)
		}
	})
}

func TestPR_1_BodyThatDidNotExistDecidesNothing(t *testing.T) {
	each(t, func(t *testing.T, s town) {
		o := organisation()
		for i := range o.Bodies {
			if o.Bodies[i].ID == "lilleby-ks" {
				o.Bodies[i].From, o.Bodies[i].To = day("2026-01-01"), day("2026-02-15")
			}
		}
		if _, err := s.Import(t.Context(), bodies.By{Person: "system"}, o); err != nil {
			t.Fatal(err)
		}
		b, _ := s.Directory().Body("lilleby-ks")
		for on, there := range map[string]bool{"2025-12-31": false, "2026-01-01": true, "2026-02-15": true, "2026-02-16": false} {
			if b.Existed(day(on)) != there {
				t.Errorf("existed on %s: %t", on, !there)
			}
			_, err := s.RegisterDecision(t.Context(), s.by("anna", "sekreterare", "lilleby-ks"), bodies.Decision{Body: "lilleby-ks", On: day(on), Paragraph: "§ 1", Text: "Beslutas."})
			if !there {
				if e := wantAs[*bodies.InvalidError](t, err); e.Field != "body" {
					t.Errorf("%+v", e)
				}
			} else if err != nil {
				t.Errorf("on %s: %v", on, err)
			}
		}
	})
}
