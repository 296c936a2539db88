package cases_test

import (
	"context"
	"strings"
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/store"
)

// Somebody with a prompt on the database changes what a case says and leaves the journal alone.
func TestPR_CasesChangedByHandDoNotAgreeWithTheJournal(t *testing.T) {
	for _, c := range []struct{ name, tamper, want string }{
		{"nothing", `SELECT 1`, ""},
		{"what was handed in", `UPDATE cases SET answers = replace(answers, 'släckt', 'tänd')`, "cases KS 2026/00001: changed: it is not what was handed in"},
		{"the status", `UPDATE cases SET status = 'pagar'`, "cases KS 2026/00001: changed: its status is not the one that was journalled"},
		{"the case", `UPDATE cases SET id = 'other'`, "cases KS 2026/00001: removed"},
		{"what an officer wrote", `UPDATE case_event SET body = 'något annat' WHERE n = 3`, "case_event KS 2026/00001 row 3: changed"},
		{"who wrote it", `UPDATE case_event SET actor = 'nobody' WHERE n = 3`, "case_event KS 2026/00001 row 3: changed"},
		{"a row of the timeline", `DELETE FROM case_event WHERE n = 3`, "case_event KS 2026/00001 row 3: removed"},
		{"a row that never happened", `INSERT INTO case_event SELECT case_id, 9, at, kind, internal, actor, mandate, body, data FROM case_event WHERE n = 3`,
			"case_event KS 2026/00001: 5 rows are in the timeline, 4 were journalled"},
		{"the decision", `UPDATE case_decision SET text = 'Avslag'`, "case_decision KS 2026/00001 row 4: changed"},
		{"who decided", `UPDATE case_decision SET decided_by = 'nobody'`, "case_decision KS 2026/00001 row 4: removed, or given to somebody else"},
		{"who signed", `UPDATE case_event SET data = replace(data, 'Maja', 'Mira') WHERE n = 1`, "case_event KS 2026/00001 row 1: changed"},
		{"what was paid", `UPDATE case_event SET data = replace(data, '50000', '5000') WHERE n = 1`, "case_event KS 2026/00001 row 1: changed"},
		{"the paper copy", `UPDATE case_document SET document = 'd9' WHERE n = 2`, "case_document KS 2026/00001 row 1: changed or removed"},
		{"in whose name", `UPDATE case_event SET data = replace(data, 'Annas AB', 'Bos AB') WHERE n = 1`, "case_event KS 2026/00001 row 1: changed"},
		{"a file", `UPDATE case_document SET document = 'd9' WHERE n = 1`, "case_document KS 2026/00001 row 1: changed or removed"},
		{"a file that never came", `INSERT INTO case_document SELECT case_id, 3, 'd9', name, mime, size, direction, internal, event, secrecy FROM case_document WHERE n = 1`,
			"case_document KS 2026/00001 row 1: inserted"},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				ctx, anna := t.Context(), w.as("anna")
				a := w.submit(t, broken(), func(s *cases.Submission) {
					s.Files = []cases.Document{{Document: "d1", Name: "foto.jpg", Mime: "image/jpeg", Size: 1, SHA256: "s1"}}
					s.Signatures = []cases.Signature{{Party: "med", Name: "Maja", State: cases.Signed, Person: "p", At: w.clock.Now().UTC(), Hash: "h"}, {Party: "till", Name: "Olle", State: cases.Unsigned}}
					s.Acting = cases.Acting{Kind: casetype.ForOrganisation, Key: "165560160680", Name: "Annas AB", Agent: "Anna"}
					s.Payments = []cases.Payment{{ID: "b", Provider: "bank", Ref: "r", Amount: 50_000, At: w.clock.Now().UTC()}}
				})
				on := cases.On{Case: a.CaseID}
				if _, err := w.Claim(ctx, anna, on); err != nil {
					t.Fatal(err)
				}
				if _, err := w.Message(ctx, anna, on, "Vi tittar", nil); err != nil {
					t.Fatal(err)
				}
				if _, err := w.Decide(ctx, anna, on, cases.Ruling{Key: "lagad", Text: "Lagad"}); err != nil {
					t.Fatal(err)
				}
				paper := cases.Document{Document: "d2", Name: "anmalan.pdf", Mime: "application/pdf", Size: 1, SHA256: "s2"}
				if err := w.Print(ctx, a.CaseID, paper, func(context.Context, *store.Tx) error { return nil }); err != nil {
					t.Fatal(err)
				}
				if err := w.log.Sequence(ctx); err != nil {
					t.Fatal(err)
				}
				w.submit(t, broken()) // on PostgreSQL its entry is still in the inbox
				err := w.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
					if w.db.Engine() == store.SQLite {
						if _, err := tx.Exec(ctx, `PRAGMA defer_foreign_keys = 1`); err != nil {
							return err
						}
					}
					for _, statement := range unbound(w.db.Engine(), c.tamper, a.CaseID) {
						if _, err := tx.Exec(ctx, statement); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				if err := cases.Compare(ctx, w.db, func(d cases.Difference) { got = append(got, d.String()) }); err != nil {
					t.Fatal(err)
				}
				if all := strings.Join(got, "\n"); c.want == "" && all != "" || !strings.Contains(all, c.want) {
					t.Errorf("found %q, want %q", all, c.want)
				}
			})
		})
	}
}

// unbound is the tampering with the one case, with what holds it to others let go.
func unbound(engine store.Engine, statement, id string) []string {
	switch {
	case strings.HasPrefix(statement, "SELECT"):
		return nil
	case strings.Contains(statement, "SET id"):
		var out []string
		for _, table := range []string{"case_party", "case_event", "case_document", "case_decision", "register_entry"} {
			if engine == store.Postgres {
				out = append(out, `ALTER TABLE `+table+` DROP CONSTRAINT `+table+`_case_id_fkey`)
			} else {
				out = append(out, `UPDATE `+table+` SET case_id = 'other' WHERE case_id = '`+id+`'`)
			}
		}
		return append(out, statement+` WHERE id = '`+id+`'`)
	case strings.HasPrefix(statement, "UPDATE cases"):
		return []string{statement + ` WHERE id = '` + id + `'`}
	}
	return []string{statement}
}
