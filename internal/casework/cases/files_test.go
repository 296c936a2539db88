package cases_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/journal"
)

// Photos from a telephone are often called the same.
func TestP_S_TheJournalKnowsEveryFileOfACaseByItsContent(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		file := func(n string) cases.Document {
			return cases.Document{Document: "d" + n, Name: "image.jpg", Mime: "image/jpeg", Size: 1, SHA256: "sum" + n}
		}
		a := w.submit(t, broken(), func(s *cases.Submission) { s.Files = []cases.Document{file("1"), file("2")} })
		on := cases.On{Case: a.CaseID}
		if _, err := w.Reply(t.Context(), cases.Citizen{Opened: []string{a.CaseID}}, a.CaseID, "En till", []cases.Document{file("3")}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Note(t.Context(), w.as("anna"), on, "Ritning", []cases.Document{file("4")}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Message(t.Context(), w.as("anna"), on, "Svar", []cases.Document{file("5")}); err != nil {
			t.Fatal(err)
		}
		if err := w.log.Sequence(t.Context()); err != nil {
			t.Fatal(err)
		}
		entries, err := w.log.About(t.Context(), journal.Ref{Kind: "case", ID: a.CaseID})
		if err != nil {
			t.Fatal(err)
		}
		var got []cases.FileNote
		for _, e := range entries {
			var said struct{ Files []cases.FileNote }
			if err := json.Unmarshal(e.Payload, &said); err != nil {
				t.Fatal(err)
			}
			got = append(got, said.Files...)
		}
		for i := range 5 {
			want := cases.FileNote{Document: fmt.Sprint("d", i+1), Name: "image.jpg", SHA256: fmt.Sprint("sum", i+1)}
			if len(got) != 5 || got[i] != want {
				t.Fatalf("the journal knows %+v", got)
			}
		}
	})
}
