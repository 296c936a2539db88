package clock

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

// many fills the table with cases of 20 units, one in four with a statutory day and one in a hundred told to a head.
func many(t testing.TB, db *store.DB, n int) {
	t.Helper()
	err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		for from := 0; from < n; from += 500 {
			var rows []string
			for i := from; i < min(from+500, n); i++ {
				law, head := "", 0
				if i%50 == 0 {
					head = 1
				}
				if i%4 == 0 {
					law = fmt.Sprintf("2026-%02d-%02d", 1+i%12, 1+i%28)
				}
				rows = append(rows, fmt.Sprintf("('%s', 'unit%d', %d, '{}', '2026-%02d-%02d', '%s', %d, '2027-01-%02d')", store.NewID(), i%20, 1-i%10/9, 1+i%12, 1+i%28, law, head, 1+i%28))
			}
			if _, err := tx.Exec(ctx, `INSERT INTO case_clock (case_id, unit, open, course, due, statutory, head, wake) VALUES `+strings.Join(rows, ", ")); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The lists and the round read through their indexes: the plan names them and scans nothing.
func TestTheListsAndTheRoundAreReadThroughTheirIndexes(t *testing.T) {
	db := storetest.SQLite(t, Migrations)
	many(t, db, 5000)
	units := []string{"unit1", "unit2", "unit3"}
	law, lawArgs := rowsQuery(ByLaw, units, place{}, 51)
	head, headArgs := rowsQuery(ToHead, units, place{}, 51)
	for index, q := range map[string]struct {
		text string
		args []any
	}{"case_clock_law": {law, lawArgs}, "case_clock_head": {head, headArgs}, "case_clock_wake": {tickQuery, []any{"2026-03-02", "", "", batch}}} {
		plan, err := store.All(t.Context(), db, func(r *store.Rows) (string, error) {
			var id, parent, unused int
			var detail string
			return detail, r.Scan(&id, &parent, &unused, &detail)
		}, `EXPLAIN QUERY PLAN `+q.text, q.args...)
		if err != nil {
			t.Fatal(err)
		}
		all := strings.Join(plan, "\n")
		if !strings.Contains(all, "SEARCH case_clock USING") || !strings.Contains(all, index) || strings.Contains(all, "SCAN case_clock") {
			t.Errorf("%s is not used:\n%s", index, all)
		}
	}
}

// BenchmarkRows reads a page of the law's days of 20 units, of 200 000 rows.
func BenchmarkRows(b *testing.B) {
	db := storetest.SQLite(b, Migrations)
	many(b, db, 200_000)
	s := &Service{Config{DB: db}}
	units := make([]string, 20)
	for i := range units {
		units[i] = fmt.Sprintf("unit%d", i)
	}
	for b.Loop() {
		if rows, err := s.rows(b.Context(), ByLaw, units, place{}, 51); err != nil || len(rows) != 51 {
			b.Fatal(len(rows), err)
		}
	}
}

func TestAMarkerOfAPageIsReadBackOrRefused(t *testing.T) {
	p := place{"2026-03-02", store.NewID()}
	if got, err := parsePlace(p.String()); err != nil || got != p {
		t.Errorf("%v %v", got, err)
	}
}

func FuzzParsePlace(f *testing.F) {
	f.Add(place{"2026-03-02", "0197f0a0-0000-7000-8000-000000000000"}.String())
	f.Add("")
	f.Add("x")
	f.Fuzz(func(t *testing.T, s string) {
		p, err := parsePlace(s)
		if err != nil && p != (place{}) || err == nil && s != "" && !store.ValidID(p.id) {
			t.Errorf("%q gave %v and %v", s, p, err)
		}
	})
}
