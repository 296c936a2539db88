package roster_test

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/roster"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
)

func TestWhoMayRegisterAnAbsenceAndWhoMayStepIn(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		today := calendar.DateOf(r.Clock.Now())
		for _, c := range []struct {
			who, person, deputy string
			from, to            int
			err                 error
		}{
			{"anna", "anna", "kim", 0, 2, roster.ErrDeputy}, {"anna", "anna", "anna", 0, 2, roster.ErrDeputy}, {"anna", "anna", "bo", 2, 1, roster.ErrDays}, {"anna", "anna", "bo", -5, -1, roster.ErrDays},
			{"anna", "anna", "bo", 0, 700, roster.ErrDays}, {"anna", "anna", "bo", 0, 2, nil}, {"anna", "anna", "bo", 2, 4, roster.ErrOverlap}, {"bo", "bo", "anna", 0, 1, roster.ErrDeputy},
			{"bo", "bo", "anna", 1, 4, nil}, {"chef", "anna", "chef", 5, 6, nil}, {"anna", "chef", "bo", 8, 9, &access.Denied{}}, {"kim", "anna", "bo", 8, 9, &access.Denied{}}, {"chef", "kim", "", 8, 9, &access.Denied{}},
		} {
			_, err := r.roster.Register(t.Context(), r.As(c.who), roster.Absence{Person: r.IDs[c.person], Deputy: r.IDs[c.deputy], First: today.AddDays(c.from), Last: today.AddDays(c.to)})
			var denied *access.Denied
			if wantDenied := errors.As(c.err, &denied); wantDenied != access.IsDenied(err) || !wantDenied && !errors.Is(err, c.err) {
				t.Errorf("%+v: %v", c, err)
			}
		}
		if got, err := r.roster.Deputies(t.Context(), r.IDs["anna"], today); err != nil || !slices.Equal(got, []string{r.IDs["bo"]}) {
			t.Errorf("%v %v", got, err)
		}
		if got, _ := r.roster.Deputies(t.Context(), r.IDs["kim"], today); got != nil {
			t.Errorf("kim is at work, but %v", got)
		}
	})
}

// JO 2002/03 s. 497: what comes in while somebody is away must be read. The deputy sees it, and gets no right that they did not have.
func TestJO_2002_03_497_WhatComesInWhileSomebodyIsAwayIsRead(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		follows := func(in *cases.Submission) { in.Person = r.IDs["inv"] }
		plain, secret := r.lamp(t, follows), r.lamp(t, follows)
		for _, c := range []*cases.Case{plain, secret} {
			if _, err := r.Claim(t.Context(), r.As("anna"), cases.On{Case: c.ID}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := r.Mark(t.Context(), r.As("chef"), cases.On{Case: secret.ID}, cases.Secret, "OSL 21 kap. 1 §", "hälsa"); err != nil {
			t.Fatal(err)
		}
		a := r.away(t, "anna", "anna", "bo", 3)
		for _, c := range []*cases.Case{plain, secret} {
			if _, err := r.Reply(t.Context(), cases.Citizen{Person: r.IDs["inv"]}, c.ID, "Hur går det?", nil); err != nil {
				t.Fatal(err)
			}
		}
		r.follow(t)
		r.follow(t) // at least once is not twice
		bo := r.want(t, "bo", "/arbete/inkorg", nil, 200, "För Person anna")
		if !strings.Contains(bo, "handlaggare="+r.IDs["anna"]) {
			t.Error("no tab of the cases of the one who is away")
		}
		list := r.want(t, "bo", "/arbete/inkorg?ko=oppna&handlaggare="+r.IDs["anna"], nil, 200, plain.Number)
		if strings.Contains(list, secret.Number) {
			t.Error("the deputy sees a secret case")
		}
		r.want(t, "bo", "/arbete/arenden/"+plain.ID, nil, 200, "Person anna är borta till och med", "Person bo är ersättare", "1 nytt meddelande", "Meddelandet gick till Person bo")
		r.want(t, "bo", "/arbete/arenden/"+secret.ID, nil, 404)
		r.want(t, "bo", "/arbete/franvaro/"+secret.ID+"/last", url.Values{}, 404)
		r.want(t, "chef", "/arbete/inkorg", nil, 200, "För Person anna")
		r.want(t, "chef", "/arbete/arenden/"+secret.ID, nil, 200, "1 nytt meddelande", "Meddelandet gick till Person chef")
		r.want(t, "bo", "/arbete/franvaro/"+plain.ID+"/last", url.Values{}, 303)
		if page := r.want(t, "bo", "/arbete/arenden/"+plain.ID, nil, 200, "Person bo läste meddelandet"); strings.Contains(page, "nytt meddelande") {
			t.Error("it is read and still waits")
		}
		events := r.now(t, plain.ID).Events
		r.want(t, "bo", "/arbete/franvaro/"+plain.ID+"/last", url.Values{}, 303)
		if r.now(t, plain.ID).Events != events {
			t.Error("read twice")
		}
		r.want(t, "anna", "/arbete/franvaro", nil, 200, "Är tillbaka")
		r.want(t, "bo", "/arbete/franvaro/"+a.ID+"/slut", url.Values{}, 403)
		r.want(t, "anna", "/arbete/franvaro/"+a.ID+"/slut", url.Values{}, 303)
		if got, _ := r.roster.Deputies(t.Context(), r.IDs["anna"], calendar.DateOf(r.Clock.Now())); got != nil {
			t.Errorf("back, but %v", got)
		}
	})
}

func TestTheFormOfAnAbsenceLosesNothingTyped(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		form := url.Values{"vem": {r.IDs["anna"]}, "fran": {"2026-03-03"}, "tom": {"i morgon"}, "ersattare": {r.IDs["bo"]}}
		r.want(t, "anna", "/arbete/franvaro", form, 422, "2026-03-03", "i morgon", "Skriv datumet så här", `value="`+r.IDs["bo"]+`" selected`)
		form.Set("tom", "2026-03-05")
		r.want(t, "anna", "/arbete/franvaro", form, 303)
		r.want(t, "anna", "/arbete/franvaro", form, 422, "Det finns redan en frånvaro")
		r.want(t, "chef", "/en/arbete/franvaro", nil, 200, "Person anna", "2026-03-05", "Is back")
		if page := r.want(t, "kim", "/arbete/franvaro", nil, 200); strings.Contains(page, "Person anna") {
			t.Error("another unit is told who is away")
		}
		r.want(t, "rev", "/arbete/franvaro", nil, 403)
	})
}
