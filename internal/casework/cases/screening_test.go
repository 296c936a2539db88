package cases_test

import (
	"strings"
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/journal"
)

// public is the register on the web as one text.
func (w *world) public(t *testing.T) string {
	t.Helper()
	rows, err := w.PublicRegister(t.Context(), "", 50)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, r := range rows {
		b.WriteString(r.Number + "|" + r.Party + "|" + r.Subject + "\n")
	}
	return b.String()
}

// showsParties makes the case type one whose register shows who wrote.
func (w *world) showsParties() { w.ct.Registry.Public.HideParty = false }

func TestP_K_AMatterOfSomebodyWithProtectedDataIsSecretFromTheStart(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.showsParties()
		a := w.submit(t, broken(), func(s *cases.Submission) { s.Person = w.ids["skyddad"] })
		c, err := w.Case(t.Context(), a.CaseID)
		if err != nil {
			t.Fatal(err)
		}
		if !c.Protected || c.Secrecy != cases.Secret {
			t.Errorf("protected %v, degree %d", c.Protected, c.Secrecy)
		}
		if err := w.MaySee(t.Context(), w.as("bo"), a.CaseID); err == nil {
			t.Error("every officer of the unit reads it")
		}
		if got := w.public(t); strings.Contains(got, "Ines") || strings.Contains(got, "släckt") {
			t.Errorf("the register on the web shows %s", got)
		}
		open := w.submit(t, broken(), func(s *cases.Submission) { s.Person = w.ids["inv"] })
		if c, err := w.Case(t.Context(), open.CaseID); err != nil || c.Protected || c.Secrecy != cases.Open {
			t.Errorf("another's matter: %+v, %v", c, err)
		}
	})
}

func TestP_K_LiftingAMarkDoesNotPublishSomebodyWithProtectedData(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.showsParties()
		a := w.submit(t, broken(), func(s *cases.Submission) { s.Person = w.ids["skyddad"] })
		if _, err := w.Mark(t.Context(), w.as("reg"), cases.On{Case: a.CaseID}, cases.Open, "", "Prövad på nytt"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Reply(t.Context(), cases.Citizen{Person: w.ids["skyddad"]}, a.CaseID, "Lyser den nu?", nil); err != nil {
			t.Fatal(err)
		}
		if got := w.public(t); strings.Contains(got, "Ines") || strings.Contains(got, "släckt") {
			t.Errorf("the register on the web shows %s", got)
		}
		rows, _, err := w.Register(t.Context(), w.as("reg"), cases.RegisterFilter{Limit: 10})
		if err != nil || len(rows) != 2 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		for _, r := range rows {
			if !r.Hidden || r.Party != "" || r.Subject != "" {
				t.Errorf("the registrar, who may not read the case, sees %+v", r)
			}
		}
	})
}

func TestP_K_IdentityNumbersOfPartiesAreBlottedInTheRegister(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.showsParties()
		answers := broken()
		answers["who.name"] = []string{"Ines 20000101-2384"}
		a := w.submit(t, answers)
		if _, err := w.Reply(t.Context(), cases.Citizen{Opened: []string{a.CaseID}}, a.CaseID, "Hej", nil); err != nil {
			t.Fatal(err)
		}
		rows, _, err := w.Register(t.Context(), w.as("reg"), cases.RegisterFilter{Limit: 10})
		if err != nil || len(rows) != 2 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		for i, r := range rows {
			err := w.Correct(t.Context(), w.as("reg"), r.ID, cases.Correction{Party: "Ines, 20000101-2384", Subject: "Lampa", Reason: "Fel"})
			if err != nil {
				t.Fatal(i, err)
			}
		}
		rows, _, err = w.Register(t.Context(), w.as("reg"), cases.RegisterFilter{Limit: 10})
		if err != nil || len(rows) != 4 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		for _, r := range rows {
			if strings.Contains(r.Party, "2384") || !strings.Contains(r.Party, "Ines") {
				t.Errorf("row %s shows the party %q", r.Number, r.Party)
			}
		}
		if got := w.public(t); strings.Contains(got, "2384") {
			t.Errorf("the register on the web shows %s", got)
		}
	})
}

// reads counts the traces of somebody who has read a case.
func (w *world) reads(t *testing.T, id string) int { return w.entries(t, id, cases.ActionRead) }

// entries counts the journal's entries of an action about a case.
func (w *world) entries(t *testing.T, id, action string) int {
	t.Helper()
	if err := w.log.Sequence(t.Context()); err != nil {
		t.Fatal(err)
	}
	entries, err := w.log.About(t.Context(), journal.Ref{Kind: "case", ID: id})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range entries {
		if e.Action == action {
			n++
		}
	}
	return n
}

// What is marked is not told where nobody asked for it: a list or a search shows that it is there, and reading it leaves its trace.
func TestP_S_WhatIsMarkedShowsItselfOnlyWhereReadingLeavesATrace(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.submit(t, broken())
		if _, err := w.Mark(t.Context(), w.as("reg"), cases.On{Case: a.CaseID}, cases.Marked, "OSL 26:1", "Uppgift om hälsa"); err != nil {
			t.Fatal(err)
		}
		w.Find(t)
		if !access.Check(w.as("anna"), access.CaseRead, (&cases.Case{Member: "k", Body: "ks", Unit: "gata", Secrecy: cases.Marked}).Object()).Allowed {
			t.Fatal("an officer of the unit may not read what is marked: this test says nothing")
		}
		page, err := w.List(t.Context(), w.as("anna"), cases.Filter{Queue: cases.QueueOpen, Limit: 10})
		if err != nil || len(page.Cases) != 1 {
			t.Fatalf("%d cases, %v", len(page.Cases), err)
		}
		if c := page.Cases[0]; c.Subject != "" || c.Place.Address != "" || c.Place.HasPoint || c.Number != a.Number {
			t.Errorf("the inbox shows %q at %+v of %s", c.Subject, c.Place, c.Number)
		}
		found, _, err := w.Search(t.Context(), w.index, w.as("anna"), "släckt", "", 10)
		if err != nil || len(found) != 1 {
			t.Fatalf("%d found, %v", len(found), err)
		}
		if n := w.reads(t, a.CaseID); n != 1 {
			t.Errorf("finding it by its words left %d traces", n)
		}
		rows, _, err := w.Register(t.Context(), w.as("reg"), cases.RegisterFilter{Limit: 10})
		if err != nil || len(rows) != 1 || !rows[0].Hidden || rows[0].Subject != "" || rows[0].Party != "" {
			t.Fatalf("the diarium shows %+v, %v", rows, err)
		}
		row, err := w.RegisterRow(t.Context(), w.as("reg"), rows[0].ID)
		if err != nil || row.Hidden || row.Subject == "" {
			t.Errorf("the registrar, who may read the case, opens %+v, %v", row, err)
		}
		if n := w.reads(t, a.CaseID); n != 2 {
			t.Errorf("opening its row left %d traces", n-1)
		}
	})
}

// "Vid Anna Bengtssons hus": nobody has read the sender's own words when the row is shown to everyone.
func TestOSL_5_2_PlaceInTheSendersOwnWordsIsNotInTheDiarium(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ct.Registry.Subject = i18n.Text{i18n.SV: "Lampa: {where}", i18n.EN: "Lamp: {where}"}
		a := w.submit(t, casetype.Answers{"what": {"x"}, "where.text": {"Vid Anna Bengtssons hus"}})
		w.submit(t, casetype.Answers{"what": {"x"}, "where.address": {"Storgatan 1"}})
		if _, err := w.Message(t.Context(), w.as("anna"), cases.On{Case: a.CaseID}, "Hej", nil); err != nil {
			t.Fatal(err)
		}
		if all := w.public(t); strings.Contains(all, "Anna") || !strings.Contains(all, "Storgatan 1") {
			t.Errorf("the register shows %s", all)
		}
		c, err := w.Case(t.Context(), a.CaseID)
		if err != nil || c.Subject != "Lampa: Vid Anna Bengtssons hus" {
			t.Errorf("the officer sees %q, %v", c.Subject, err)
		}
		if _, err := w.Edit(t.Context(), w.as("anna"), cases.On{Case: a.CaseID, Version: c.Version}, cases.Facts{Subject: "Lampa vid torget"}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Message(t.Context(), w.as("anna"), cases.On{Case: a.CaseID}, "Hej igen", nil); err != nil {
			t.Fatal(err)
		}
		if all := w.public(t); !strings.Contains(all, "Lampa vid torget") {
			t.Errorf("what an officer has worded is not shown: %s", all)
		}
	})
}

func TestP_K_EarlierMattersOfSomebodyWhoBecomesProtectedAreSecret(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.showsParties()
		open := w.submit(t, broken(), func(s *cases.Submission) { s.Person = w.ids["inv"] })
		closed := w.submit(t, broken(), func(s *cases.Submission) { s.Person = w.ids["inv"] })
		if _, err := w.Claim(ctx, w.as("anna"), cases.On{Case: closed.CaseID}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Decide(ctx, w.as("anna"), cases.On{Case: closed.CaseID}, cases.Ruling{Key: "lagad", Text: "Lagad", To: "avslutad"}); err != nil {
			t.Fatal(err)
		}
		other := w.submit(t, broken())
		if n, err := w.Protect(ctx, w.ids["inv"]); err != nil || n != 0 {
			t.Fatalf("%d cases of somebody who is not protected, %v", n, err)
		}
		if all := w.public(t); !strings.Contains(all, "Ines") {
			t.Fatal("the register shows no party: this test says nothing")
		}
		p, err := w.Org.Person(ctx, w.ids["inv"])
		if err != nil {
			t.Fatal(err)
		}
		p.Protected = true
		if err := w.Org.UpdatePerson(ctx, bodies.By{Person: w.ids["adm"]}, p); err != nil {
			t.Fatal(err)
		}
		for _, want := range []int{2, 0} { // and done again it does nothing
			if n, err := w.Protect(ctx, w.ids["inv"]); err != nil || n != want {
				t.Fatalf("%d cases, want %d, %v", n, want, err)
			}
		}
		for _, a := range []cases.Accepted{open, closed} {
			c, err := w.Case(ctx, a.CaseID)
			if err != nil || !c.Protected || c.Secrecy != cases.Secret {
				t.Errorf("%s: protected %v, degree %d, %v", a.Number, c.Protected, c.Secrecy, err)
			}
			if err := w.MaySee(ctx, w.as("bo"), a.CaseID); err == nil {
				t.Errorf("%s: every officer of the unit reads it", a.Number)
			}
			if _, err := w.CitizenView(ctx, cases.Citizen{Person: w.ids["inv"]}, a.CaseID); err != nil {
				t.Errorf("%s: its own citizen does not see it: %v", a.Number, err)
			}
			if n := w.entries(t, a.CaseID, cases.ActionProtected); n != 1 {
				t.Errorf("%s: %d entries say so", a.Number, n)
			}
		}
		if err := w.MaySee(ctx, w.as("bo"), other.CaseID); err != nil {
			t.Errorf("somebody else's matter: %v", err)
		}
		all := w.public(t)
		for line := range strings.Lines(all) {
			if strings.Contains(line, "Ines") != strings.HasPrefix(line, other.Number+"-") {
				t.Errorf("the register on the web shows\n%s", all)
			}
		}
		if err := cases.Compare(ctx, w.db, func(d cases.Difference) { t.Error(d) }); err != nil {
			t.Error(err)
		}
	})
}
