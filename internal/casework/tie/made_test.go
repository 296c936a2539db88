package tie_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/tie"
	"dygnet/internal/kernel/access"
)

// FL 20 and 22 §§: what is split keeps the day on which it came in, what is missing is told, and nothing leaves the case it was in.
func TestFL_22_ASplitCaseCameInWhenTheOtherDidAndLosesNothing(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		ctx, anna := t.Context(), r.As("anna")
		a := r.handIn(t, casestest.Broken(), "inv")
		file := r.attach(t, a.CaseID, "bilagans ord")
		if _, err := r.Note(ctx, anna, cases.On{Case: a.CaseID}, "Det är två saker", nil); err != nil {
			t.Fatal(err)
		}
		r.Clock.Advance(72 * time.Hour)
		before := r.view(t, "anna", a.CaseID)
		cut := tie.Cut{Type: "hal", Questions: []string{"what", "where", "who"}, Events: []int{2, 3}, Documents: []int{1}, Reason: "Två saker", Key: newKey(t)}
		var id string
		for range 2 { // sent twice
			var err error
			if id, err = r.ties.Split(ctx, r.sv, anna, cases.On{Case: a.CaseID}, cut); err != nil {
				t.Fatal(err)
			}
		}
		after, made := r.view(t, "anna", a.CaseID), r.view(t, "kim", id)
		if len(after.Events) != len(before.Events)+1 || len(after.Documents) != 1 || last(after).Kind != tie.SplitOff || !last(after).Internal || after.Case.Status != before.Case.Status {
			t.Fatalf("%v", kinds(after))
		}
		c := made.Case
		if c.TypeID != "hal" || c.Unit != "kansli" || !c.ReceivedAt.Equal(a.At) || c.Status != "inkommen" || c.Answers.Get("what") == "" || c.Answers.Get("who.name") != "Ines" {
			t.Fatalf("%+v", c)
		}
		if len(made.Parties) != 1 || made.Parties[0].Person != r.IDs["inv"] || made.Parties[0].Email != before.Parties[0].Email {
			t.Errorf("%+v", made.Parties)
		}
		if len(made.Documents) != 1 || made.Documents[0].Document == file.Document || r.content(t, made.Documents[0].Document) != "bilagans ord" || r.content(t, file.Document) != "bilagans ord" {
			t.Errorf("%+v", made.Documents)
		}
		if !slices.Equal(kinds(made), []cases.EventKind{cases.Submitted, tie.TakenAlong}) {
			t.Fatalf("%v", kinds(made))
		}
		note := last(made)
		for _, word := range []string{a.Number, "Se bilagan", "Det är två saker", "Djup?", "20 §", "Storgatan 1"} { // the place is a text there
			if !note.Internal || !strings.Contains(note.Body, word) {
				t.Errorf("the note does not say %q: %s", word, note.Body)
			}
		}
		for _, e := range r.citizen(t, id).Events {
			if e.Kind == tie.TakenAlong {
				t.Error("the party reads what was taken along")
			}
		}
		if list, err := r.ties.Of(ctx, r.DB, id); err != nil || len(list) != 1 || list[0].Kind != tie.SplitFrom || list[0].To != a.CaseID {
			t.Errorf("%+v %v", list, err)
		}
		cut.Questions, cut.Events, cut.Documents, cut.Key = nil, nil, nil, newKey(t)
		if _, err := r.ties.Split(ctx, r.sv, anna, cases.On{Case: a.CaseID}, cut); !slices.Equal(refused(err), []tie.Reason{tie.NothingTaken}) {
			t.Errorf("nothing: %v", err)
		}
		if _, err := r.ties.Split(ctx, r.sv, r.As("kim"), cases.On{Case: a.CaseID}, cut); !access.IsDenied(err) {
			t.Errorf("by somebody of another unit: %v", err)
		}
		cut.Key, cut.Documents = newKey(t), []int{1}
		other := r.handIn(t, casestest.Broken(), "", func(s *cases.Submission) { s.Key = cut.Key })
		if _, err := r.ties.Split(ctx, r.sv, anna, cases.On{Case: a.CaseID}, cut); !errors.Is(err, cases.ErrKey) || other.CaseID == "" {
			t.Errorf("the key of another submission: %v", err)
		}
	})
}

func TestWhatIsMadeOfASecretCaseIsAsSecret(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		a := r.handIn(t, casestest.Broken(), "inv")
		if _, err := r.Mark(t.Context(), r.As("chef"), cases.On{Case: a.CaseID}, cases.Secret, "OSL 21:1", "Hälsa"); err != nil {
			t.Fatal(err)
		}
		id, err := r.ties.Split(t.Context(), r.sv, r.As("chef"), cases.On{Case: a.CaseID}, tie.Cut{Type: "hal", Questions: []string{"what"}, Reason: "Två saker", Key: newKey(t)})
		if err != nil {
			t.Fatal(err)
		}
		if c, err := r.Case(t.Context(), id); err != nil || c.Secrecy != cases.Secret {
			t.Errorf("%+v %v", c, err)
		}
		if _, err := r.View(t.Context(), r.As("kim"), id); err == nil {
			t.Error("an official of the unit reads what was made of a secret case")
		}
	})
}

func TestAMatterOfTheWrongTypeGoesOnAsAnother(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		ctx, anna := t.Context(), r.As("anna")
		in := casestest.Broken()
		in["kind"] = []string{"dark"}
		a := r.handIn(t, in, "inv")
		r.attach(t, a.CaseID, "bilagans ord")
		view := r.view(t, "anna", a.CaseID)
		o, err := r.ties.ToType(r.sv, r.Org.Directory(), anna, view, "hal")
		if err != nil {
			t.Fatal(err)
		}
		fates := map[string]tie.Fate{}
		for _, l := range o.Lines {
			fates[l.Question.Key] = l.Fate
		}
		for key, want := range map[string]tie.Fate{"what": tie.Kept, "who": tie.Kept, "where": tie.Retyped, "kind": tie.Refitted, "depth": tie.Wanted} {
			if fates[key] != want {
				t.Errorf("%s: %s, want %s", key, fates[key], want)
			}
		}
		if o.Unit != "kansli" || o.Status.Key != "inkommen" || o.Due != a.Due || !slices.Contains(o.Warned, tie.NotReached) || len(o.Losing) == 0 {
			t.Errorf("%+v", o)
		}
		if _, err := r.ties.ToType(r.sv, r.Org.Directory(), anna, view, "lampa"); !slices.Equal(refused(err), []tie.Reason{tie.SameType}) {
			t.Error(err)
		}
		move := tie.Transfer{Type: "hal", Reason: "Det är ett hål", Key: newKey(t)}
		stale := cases.On{Case: a.CaseID, Version: 1}
		if _, err := r.ties.Transfer(ctx, r.sv, anna, stale, move); !errors.Is(err, cases.ErrStale) {
			t.Fatalf("of a version that somebody has changed: %v", err)
		}
		on := cases.On{Case: a.CaseID, Version: view.Case.Version}
		var id string
		for range 2 { // sent twice
			if id, err = r.ties.Transfer(ctx, r.sv, anna, on, move); err != nil {
				t.Fatal(err)
			}
		}
		old, made := r.view(t, "anna", a.CaseID), r.view(t, "kim", id)
		if old.Case.Open || last(old).Kind != tie.Transferred || len(old.Documents) != 1 || len(old.Events) != len(view.Events)+1 {
			t.Errorf("%v", kinds(old))
		}
		if !made.Case.ReceivedAt.Equal(a.At) || len(made.Documents) != 1 || made.Parties[0].Person != r.IDs["inv"] || made.Case.Due != o.Due {
			t.Errorf("%+v", made.Case)
		}
		if said := r.shown(t, a.CaseID); !strings.Contains(said, made.Case.Number) || strings.Contains(said, "kod") {
			t.Errorf("the party of the old case: %s", said)
		}
		if _, err := r.ties.Transfer(ctx, r.sv, anna, cases.On{Case: a.CaseID}, tie.Transfer{Type: "hal", Reason: "x", Key: newKey(t)}); !errors.Is(err, cases.ErrClosed) {
			t.Errorf("once more: %v", err)
		}
	})
}

// The one whom a case concerns opens it again within the days of its type; after that it is a new case that continues the old one.
func TestWhatIsNotPutRightIsOpenedAgainOrHandedInAnew(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		a := r.handIn(t, casestest.Broken(), "")
		r.attach(t, a.CaseID, "bilagans ord")
		who := cases.Citizen{Opened: []string{a.CaseID}}
		act := tie.Counter{Service: r.ties}.Acts()[0]
		offered := func() bool {
			t.Helper()
			text, err := act.Offer(ctx, r.sv, r.citizen(t, a.CaseID))
			if err != nil {
				t.Fatal(err)
			}
			return text != ""
		}
		if offered() {
			t.Error("an open case is offered to be opened")
		}
		r.decide(t, a.CaseID, "Lagad")
		closed, err := r.Case(ctx, a.CaseID)
		if err != nil {
			t.Fatal(err)
		}
		r.Clock.Advance(14 * 24 * time.Hour)
		if !offered() {
			t.Fatal("not offered on the last day")
		}
		form := map[string][]string{"vad": {" "}}
		if faults, err := act.Do(ctx, r.sv, who, r.citizen(t, a.CaseID), form); err != nil || len(faults) != 1 {
			t.Fatalf("without words: %v %v", faults, err)
		}
		form["vad"] = []string{"Den lyser inte"}
		for range 2 { // sent twice
			if faults, err := act.Do(ctx, r.sv, who, r.citizen(t, a.CaseID), form); err != nil || len(faults) > 0 {
				t.Fatal(faults, err)
			}
		}
		v := r.view(t, "anna", a.CaseID)
		if e := last(v); !v.Case.Open || v.Case.Status != "pagar" || e.Kind != cases.Reopened || e.Body != "Den lyser inte" || e.Internal || v.Case.Due.Before(closed.Due.AddDays(14)) {
			t.Fatalf("%+v %+v", v.Case, e)
		}
		if h := v.Handlings[len(v.Handlings)-1]; h.Direction != cases.In {
			t.Errorf("%+v", h)
		}
		if _, err := r.Move(ctx, r.As("anna"), cases.On{Case: a.CaseID}, "avslutad", ""); err != nil {
			t.Fatal(err)
		}
		r.Clock.Advance(15 * 24 * time.Hour)
		if err := r.ties.Reopen(ctx, who, a.CaseID, "För sent"); !errors.Is(err, cases.ErrMove) {
			t.Fatalf("on the fifteenth day: %v", err)
		}
		form["nyckel"], form["vad"] = []string{newKey(t)}, []string{"Mörkt igen"}
		for range 2 { // sent twice
			if faults, err := act.Do(ctx, r.sv, who, r.citizen(t, a.CaseID), form); err != nil || len(faults) > 0 {
				t.Fatal(faults, err)
			}
		}
		if offered() {
			t.Error("offered again")
		}
		list, err := r.ties.Of(ctx, r.DB, a.CaseID)
		if err != nil || len(list) != 1 || list[0].Kind != tie.Continues {
			t.Fatalf("%+v %v", list, err)
		}
		made := r.view(t, "anna", list[0].From)
		if made.Case.TypeID != "lampa" || made.Case.ReceivedAt.Equal(a.At) || len(made.Documents) != 1 || made.Parties[0].Email != "ines@example.se" {
			t.Errorf("%+v", made.Case)
		}
		if !slices.Equal(kinds(made), []cases.EventKind{cases.Submitted, tie.TakenAlong, cases.MessageIn}) || last(made).Body != "Mörkt igen" {
			t.Errorf("%v", kinds(made))
		}
		if said := r.shown(t, a.CaseID); !strings.Contains(said, made.Case.Number) || !strings.Contains(said, "kod") {
			t.Errorf("nobody signed in, and the code of the new case is not told: %s", said)
		}
		if _, err := r.CitizenView(ctx, cases.Citizen{Person: r.IDs["inv"]}, made.Case.ID); err == nil {
			t.Error("somebody else sees it")
		}
	})
}

func TestAReopeningTakesACaseTypeThatAllowsIt(t *testing.T) {
	one(t, func(t *testing.T, r *room) {
		clean, faults := r.hole.Validate(casetype.Answers{"what": {"hål"}, "depth": {"3"}})
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		a, err := r.Submit(t.Context(), cases.Submission{Key: newKey(t), Type: r.hole, Answers: clean, Channel: "web", Lang: "sv"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Claim(t.Context(), r.As("kim"), cases.On{Case: a.CaseID}); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Decide(t.Context(), r.As("kim"), cases.On{Case: a.CaseID}, cases.Ruling{Key: "lagad", Text: "x", To: "avslutad"}); err != nil {
			t.Fatal(err)
		}
		who := cases.Citizen{Opened: []string{a.CaseID}}
		if err := r.ties.Reopen(t.Context(), who, a.CaseID, "Nej"); !errors.Is(err, cases.ErrMove) {
			t.Error(err)
		}
		if _, err := r.ties.Anew(t.Context(), r.sv, who, a.CaseID, newKey(t), "Nej"); !errors.Is(err, cases.ErrMove) {
			t.Error(err)
		}
	})
}
