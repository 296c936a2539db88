package app

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// kept are the columns in which what is secret may stand, each read only through a room that asks who reads: the case itself, what the rooms
// keep of it, the payloads of the journal, which gallring removes, the index, which is filtered by permission, and to whom letters go.
// Everywhere else nothing of it may be: in no job, figure, session, batch, notice or leaf of the journal.
func kept() []string {
	return strings.Fields(`approval.text approval.title approval_asked.comment case_clock.course case_decision.text case_document.name case_event.body case_event.data
		case_party.email case_party.name case_party.phone case_property.value cases.address cases.answers cases.subject demo_mail.to_address disclosure_item.note document.name
		draft.answers email_outbox.to_address journal_payload.body register_entry.party register_entry.subject remiss.answer remiss.email remiss.name remiss.words remiss_file.name
		retention_hold.words roster_list.name roster_list.query ruling.data search_index_data.block search_lexeme.word search_text.body search_text.title search_text.words
		secrecy_mark.reason task.note task.what tie_relation.reason tie_relation.removed_reason`)
}

// held are the columns of the database in which marked words stand, with one of the fields.
func (h *hunt) held(t *testing.T) map[string]string {
	t.Helper()
	tables := `SELECT name FROM sqlite_schema WHERE type = 'table'`
	if h.db.Engine() == store.Postgres {
		tables = `SELECT tablename FROM pg_tables WHERE schemaname = current_schema()`
	}
	out := map[string]string{}
	for _, table := range h.column(t, tables) {
		rows, err := h.db.Query(t.Context(), `SELECT * FROM `+table)
		if err != nil {
			continue // an index of words cannot be read as rows
		}
		columns, err := rows.Columns()
		h.must(t, table, err)
		for rows.Next() {
			values, dest := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				dest[i] = &values[i]
			}
			h.must(t, table, rows.Scan(dest...))
			for i, v := range values {
				if raw, ok := v.([]byte); ok {
					v = string(raw)
				}
				for _, w := range h.wordsIn(fmt.Sprint(v)) {
					if known := h.words[w]; known.field != "" && !strings.Contains(known.field, registerSays) { // the register of residents has that
						out[table+"."+columns[i]] = known.field
					}
				}
			}
		}
		h.must(t, table, rows.Close())
	}
	return out
}

// stored looks where nobody walks: tables, letters, leaves of the journal, metrics and the log.
func (h *hunt) stored(t *testing.T, log *said) {
	t.Helper()
	for column, field := range h.held(t) {
		if !slices.Contains(kept(), column) {
			t.Errorf("%s holds the %s", column, field)
		}
	}
	letters := h.column(t, `SELECT subject || body_text || body_html FROM email_outbox`)
	if len(letters) < 10 {
		t.Errorf("only %d letters were written: this says nothing", len(letters))
	}
	for _, letter := range letters {
		for _, w := range h.wordsIn(letter) {
			t.Errorf("a letter says the %s", h.words[w].field)
		}
	}
	h.addressees(t)
	entries := 0
	for after := journal.Unsequenced; ; {
		list, err := h.journal.Since(t.Context(), after, 1000)
		h.must(t, "journal", err)
		if len(list) == 0 {
			break
		}
		for _, e := range list {
			entries++
			for _, w := range h.wordsIn(strings.Join([]string{e.ID, e.Actor, e.Mandate, e.Decision, e.Action, e.Object.Kind, e.Object.ID}, " ")) {
				t.Errorf("the leaf of %s says the %s", e.Action, h.words[w].field)
			}
		}
		after = list[len(list)-1].Seq
	}
	if entries < 100 {
		t.Errorf("only %d entries in the journal: this says nothing", entries)
	}
	metrics := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil)
	r.Header.Set("Authorization", "Bearer merles")
	h.metrics.Handler("merles").ServeHTTP(metrics, r)
	if metrics.Code != http.StatusOK || metrics.Body.Len() == 0 {
		t.Errorf("metrics answer %d", metrics.Code)
	}
	for name, text := range map[string]string{"the metrics": metrics.Body.String(), "the log": log.String()} {
		if text == "" {
			t.Errorf("%s are empty: this says nothing", name)
		}
		for _, w := range h.wordsIn(text) {
			t.Errorf("%s say the %s", name, h.words[w].field)
		}
	}
}

// addressees are told of a case only if they are of it: its parties, those asked from outside, and the officials of it who are asked.
func (h *hunt) addressees(t *testing.T) {
	t.Helper()
	for _, x := range h.matters {
		for _, id := range x.ids() {
			allowed := append(h.column(t, `SELECT email FROM case_party WHERE case_id = $1`, id), h.column(t, `SELECT email FROM remiss WHERE case_id = $1`, id)...)
			for _, person := range []string{"elin-gard", "david-rask", "mikael-brunn"} {
				p, err := h.bodies.PersonByKey(t.Context(), person)
				h.must(t, person, err)
				allowed = append(allowed, p.Email)
			}
			for _, to := range h.column(t, `SELECT to_address FROM email_outbox WHERE case_id = $1`, id) {
				if !slices.Contains(allowed, to) {
					t.Errorf("a letter about the %s case goes to %s", x.name, to)
				}
			}
		}
	}
}
