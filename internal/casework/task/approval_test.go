package task_test

import (
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/task"
	"dygnet/internal/kernel/access"
)

func TestARoundIsDecidedByAllWhoAreAsked(t *testing.T) {
	each(t, nil, func(t *testing.T, w *town) {
		ctx, id := t.Context(), w.claimed(t)
		propose := func(p task.Proposal) (string, error) {
			if p.Title == "" {
				p.Title = "Förslag"
			}
			return w.task.Propose(ctx, w.As("anna"), cases.On{Case: id}, p)
		}
		bo, chef, hash := w.IDs["bo"], w.IDs["chef"], task.TextHash("text")
		for _, x := range []struct {
			p    task.Proposal
			want error
		}{
			{task.Proposal{Text: "text"}, task.ErrWhom}, {task.Proposal{Text: "text", Asked: []string{w.IDs["anna"]}}, task.ErrOwn},
			{task.Proposal{Text: "text", Asked: []string{bo, bo}}, task.ErrWhom}, {task.Proposal{Text: "text", Asked: []string{w.IDs["kim"]}}, task.ErrReader},
			{task.Proposal{Asked: []string{bo}}, cases.ErrEmpty}, {task.Proposal{Text: "x", Title: " ", Asked: []string{bo}}, cases.ErrEmpty},
			{task.Proposal{Text: "x", Decision: "finns-inte", Asked: []string{bo}}, task.ErrUnknown}, {task.Proposal{Document: 9, Asked: []string{bo}}, task.ErrFile},
		} {
			_, err := propose(x.p)
			refused(t, err, x.want)
		}
		round, err := propose(task.Proposal{Text: "text", Asked: []string{bo, chef}})
		must(t, err)
		vote := func(as string, yes bool, comment string) error {
			return w.task.Vote(ctx, w.As(as), id, round, yes, comment, hash)
		}
		refused(t, vote("anna", true, ""), task.ErrOwn)
		refused(t, vote("reg", true, ""), task.ErrNotAsked)
		refused(t, vote("bo", false, " "), cases.ErrNote)
		refused(t, w.task.Vote(ctx, w.As("bo"), id, round, true, "", task.TextHash("annat")), task.ErrChanged)
		if err := vote("kim", true, ""); !access.IsDenied(err) {
			t.Errorf("who may not read the case votes: %v", err)
		}
		must(t, vote("chef", true, "bra")) // at the same time: in any order
		refused(t, vote("chef", true, ""), task.ErrOver)
		if e := w.last(t, id); e.Kind != task.EventYes || e.Data.From != "2" || e.Data.To != chef {
			t.Errorf("the timeline says %+v", e)
		}
		must(t, vote("bo", true, ""))
		refused(t, vote("bo", true, ""), task.ErrOver)
		x, err := w.task.Round(ctx, id, round)
		must(t, err)
		if x.State != task.Approved || x.Asked[1].LoA != 2 || x.Asked[1].Comment != "bra" || len(x.Waiting()) != 0 {
			t.Errorf("the round is %+v", x)
		}
		if e := w.last(t, id); e.Kind != task.EventApproved {
			t.Errorf("the timeline says %+v", e)
		}
		round, err = propose(task.Proposal{Text: "text", Asked: []string{bo, chef}})
		must(t, err)
		must(t, vote("bo", false, "nej")) // a no ends it
		refused(t, vote("chef", true, ""), task.ErrOver)
		if e := w.last(t, id); e.Kind != task.EventDeclined {
			t.Errorf("the timeline says %+v", e)
		}
	})
}

func TestInTurnEachWaitsForTheOneBefore(t *testing.T) {
	each(t, nil, func(t *testing.T, w *town) {
		ctx, id := t.Context(), w.claimed(t)
		round, err := w.task.Propose(ctx, w.As("anna"), cases.On{Case: id}, task.Proposal{Title: "x", Text: "text", Asked: []string{w.IDs["bo"], w.IDs["chef"]}, InTurn: true})
		must(t, err)
		waits := func(who string) int {
			n, err := w.task.Counts(ctx, w.As(who))
			must(t, err)
			return n[task.Approvals]
		}
		if waits("bo") != 1 || waits("chef") != 0 || len(w.post.sent) != 1 {
			t.Errorf("bo is first: %d %d %v", waits("bo"), waits("chef"), w.post.sent)
		}
		refused(t, w.task.Vote(ctx, w.As("chef"), id, round, true, "", task.TextHash("text")), task.ErrTurn)
		must(t, w.task.Vote(ctx, w.As("bo"), id, round, true, "", task.TextHash("text")))
		if waits("bo") != 0 || waits("chef") != 1 || len(w.post.sent) != 2 || w.post.sent[1].To != "chef@example.se" {
			t.Errorf("then chef: %d %d %v", waits("bo"), waits("chef"), w.post.sent)
		}
		must(t, w.task.Vote(ctx, w.As("chef"), id, round, true, "", task.TextHash("text")))
	})
}

func TestAChangedTextVoidsWhatWasSaid(t *testing.T) {
	each(t, nil, func(t *testing.T, w *town) {
		ctx, id := t.Context(), w.claimed(t)
		round, err := w.task.Propose(ctx, w.As("anna"), cases.On{Case: id}, task.Proposal{Title: "x", Text: "ett", Asked: []string{w.IDs["bo"], w.IDs["chef"]}})
		must(t, err)
		must(t, w.task.Vote(ctx, w.As("bo"), id, round, true, "", task.TextHash("ett")))
		must(t, w.task.Reword(ctx, w.As("anna"), id, round, "ett ", task.TextHash("ett"))) // the same words
		refused(t, w.task.Reword(ctx, w.As("anna"), id, round, "två", task.TextHash("noll")), cases.ErrStale)
		refused(t, w.task.Reword(ctx, w.As("bo"), id, round, "två", task.TextHash("ett")), task.ErrOwn)
		must(t, w.task.Reword(ctx, w.As("anna"), id, round, "två", task.TextHash("ett")))
		must(t, w.task.Vote(ctx, w.As("chef"), id, round, true, "", task.TextHash("två")))
		x, err := w.task.Round(ctx, id, round)
		must(t, err)
		if x.State != task.Deciding || x.Valid(x.Asked[0]) || len(x.Waiting()) != 1 {
			t.Errorf("the yes to the earlier text counts: %+v", x)
		}
		must(t, w.task.Vote(ctx, w.As("bo"), id, round, true, "", task.TextHash("två")))
		refused(t, w.task.Reword(ctx, w.As("anna"), id, round, "tre", task.TextHash("två")), task.ErrOver)
	})
}

func TestADeputyCountsOnceAndNeverForTheirOwnProposal(t *testing.T) {
	each(t, nil, func(t *testing.T, w *town) {
		ctx, id := t.Context(), w.claimed(t)
		round, err := w.task.Propose(ctx, w.As("anna"), cases.On{Case: id}, task.Proposal{Title: "x", Text: "text", Asked: []string{w.IDs["chef"], w.IDs["bo"]}})
		must(t, err)
		w.stands[w.IDs["chef"]] = w.IDs["anna"]
		refused(t, w.task.Vote(ctx, w.As("anna"), id, round, true, "", task.TextHash("text")), task.ErrOwn)
		w.stands[w.IDs["chef"]] = w.IDs["bo"]
		must(t, w.task.Vote(ctx, w.As("bo"), id, round, true, "", task.TextHash("text")))
		refused(t, w.task.Vote(ctx, w.As("bo"), id, round, true, "", task.TextHash("text")), task.ErrOver) // four eyes are of two people
		x, err := w.task.Round(ctx, id, round)
		must(t, err)
		if x.Asked[0].By != w.IDs["bo"] || x.State != task.Deciding {
			t.Errorf("the round is %+v", x)
		}
	})
}

func TestADocumentIsApprovedAsItIs(t *testing.T) {
	each(t, nil, func(t *testing.T, w *town) {
		ctx, id := t.Context(), w.claimed(t)
		n := w.file(t, id, "beslutsunderlag")
		round, err := w.task.Propose(ctx, w.As("anna"), cases.On{Case: id}, task.Proposal{Title: "x", Document: n, Asked: []string{w.IDs["chef"]}})
		must(t, err)
		x, err := w.task.Round(ctx, id, round)
		must(t, err)
		d, err := w.vault.Get(ctx, w.DB, x.Document)
		must(t, err)
		if x.Hash != d.SHA256 || x.Number != n {
			t.Errorf("the round is about %+v", x)
		}
		refused(t, w.task.Reword(ctx, w.As("anna"), id, round, "text", x.Hash), task.ErrUnknown)
		must(t, w.task.Vote(ctx, w.As("chef"), id, round, true, "", x.Hash))
	})
}

func TestARoundIsRemindedOfOnBusinessDays(t *testing.T) {
	each(t, nil, func(t *testing.T, w *town) {
		ctx, id := t.Context(), w.claimed(t)
		_, err := w.task.Propose(ctx, w.As("anna"), cases.On{Case: id}, task.Proposal{Title: "x", Text: "y", Asked: []string{w.IDs["chef"]}})
		must(t, err)
		var got []int
		for i := range 10 { // from Monday 2 March
			n, err := w.task.Remind(ctx)
			must(t, err)
			if n > 0 {
				got = append(got, i)
			}
			w.Clock.Set(w.Clock.Now().AddDate(0, 0, 1))
		}
		if len(got) != 2 || got[0] != 3 || got[1] != 8 { // Thursday, and Tuesday after the weekend
			t.Errorf("reminded after %v days", got)
		}
	})
}
