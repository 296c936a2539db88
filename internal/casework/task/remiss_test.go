package task_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/task"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/store"
)

// The remiss says what the opinion is to be about and when it must have come in.
func TestFL_26_ARemissSaysWhatAndWhen(t *testing.T) {
	each(t, nil, func(t *testing.T, w *town) {
		ctx, id := t.Context(), w.claimed(t)
		ask := func(change func(*task.Question)) error {
			q := task.Question{To: task.Whom{Unit: "kansli"}, Words: "Får lampan stå där?", Due: day("2026-03-20")}
			change(&q)
			_, err := w.task.Ask(ctx, w.As("anna"), cases.On{Case: id}, q)
			return err
		}
		refused(t, ask(func(q *task.Question) { q.Words = " " }), cases.ErrEmpty)
		refused(t, ask(func(q *task.Question) { q.Due = day("2026-03-02") }), task.ErrDay)
		refused(t, ask(func(q *task.Question) { q.To = task.Whom{Unit: "finns-inte"} }), task.ErrWhom)
		refused(t, ask(func(q *task.Question) { q.To = task.Whom{} }), task.ErrWhom)
		refused(t, ask(func(q *task.Question) { q.To = task.Whom{Person: w.IDs["inv"]} }), task.ErrWhom)
		refused(t, ask(func(q *task.Question) { q.Documents = []int{9} }), task.ErrFile)
		must(t, ask(func(*task.Question) {}))
	})
}

// A unit that may not read the case sees what was sent, and no more.
func TestPK_TheOneAskedSeesWhatWasSentAndNotTheCase(t *testing.T) {
	each(t, nil, func(t *testing.T, w *town) {
		ctx, id := t.Context(), w.claimed(t)
		sent, kept := w.file(t, id, "får läsas"), w.file(t, id, "får inte läsas")
		if sent == kept {
			t.Fatal("one file")
		}
		r, err := w.task.Ask(ctx, w.As("anna"), cases.On{Case: id}, task.Question{To: task.Whom{Unit: "kansli"}, Words: "Vad tycker ni?", Documents: []int{sent}, Due: day("2026-03-20")})
		must(t, err)
		if r.Link != "" {
			t.Error("a link for somebody inside")
		}
		v, err := w.task.Asked(ctx, w.As("kim"), r.ID)
		must(t, err)
		if v.Number == "" || v.Words != "Vad tycker ni?" || len(v.Files) != 1 || v.Subject != "Lampa: Lampan är släckt" {
			t.Errorf("kim sees %+v", v)
		}
		if _, err := w.View(ctx, w.As("kim"), id); err == nil {
			t.Error("who is asked sees the whole case")
		}
		for _, other := range []string{"bo", "nora", "reg", "adm", "pol"} {
			_, err := w.task.Asked(ctx, w.As(other), r.ID)
			refused(t, err, store.ErrNotFound)
			refused(t, w.task.Answer(ctx, w.As(other), r.ID, task.Opinion{Stance: task.Support}), store.ErrNotFound)
		}
		page, err := w.task.List(ctx, w.As("kim"), task.Opinions, "", 10)
		must(t, err)
		if len(page.Rows) != 1 || page.Rows[0].ID != r.ID {
			t.Errorf("kim's list is %+v", page.Rows)
		}
	})
}

func TestAnInternalAnswerIsAHandlingDrawnUpWithinTheAuthority(t *testing.T) {
	each(t, nil, func(t *testing.T, w *town) {
		ctx, id := t.Context(), w.claimed(t)
		before, err := w.View(ctx, w.As("anna"), id)
		must(t, err)
		r, err := w.task.Ask(ctx, w.As("anna"), cases.On{Case: id}, task.Question{To: task.Whom{Unit: "kansli"}, Words: "Vad tycker ni?", Due: day("2026-03-03")})
		must(t, err)
		sent, err := w.View(ctx, w.As("anna"), id)
		must(t, err)
		if len(sent.Handlings) != len(before.Handlings) {
			t.Error("what stays within the authority is not a handling that goes out")
		}
		refused(t, w.task.Answer(ctx, w.As("kim"), r.ID, task.Opinion{Words: "ja"}), task.ErrStance)
		refused(t, w.task.Answer(ctx, w.As("kim"), r.ID, task.Opinion{Stance: task.Comment}), cases.ErrEmpty)
		w.Clock.Set(w.Clock.Now().AddDate(0, 0, 3)) // late, and taken all the same
		d, err := w.vault.Put(ctx, strings.NewReader("yttrande"), documents.Meta{Name: "y.txt", Limits: documents.Limits{MaxBytes: 100, Types: []string{documents.Text}}})
		must(t, err)
		must(t, w.task.Answer(ctx, w.As("kim"), r.ID, task.Opinion{Stance: task.Oppose, Words: "Nej tack", Files: []cases.Document{{Document: d.ID, Name: d.Name, Mime: d.MIME, Size: d.Size, SHA256: d.SHA256}}}))
		v, err := w.View(ctx, w.As("anna"), id)
		must(t, err)
		h, e := v.Handlings[len(v.Handlings)-1], v.Events[len(v.Events)-1]
		if h.Direction != cases.Internal || h.Party != "Kansli" || e.Kind != task.EventAnswered || e.Actor != w.IDs["kim"] || e.Mandate == "" || e.Data.To != "oppose" || e.Body != "Nej tack" {
			t.Errorf("the handling is %+v and the event %+v", h, e)
		}
		if f := v.Documents[len(v.Documents)-1]; !f.Internal || f.Event != e.N {
			t.Errorf("the file is %+v", f)
		}
		s, err := w.task.Asked(ctx, w.As("kim"), r.ID)
		must(t, err)
		if !s.Late(day("2026-03-05")) || s.State != task.Answered || s.AnsweredBy != w.IDs["kim"] {
			t.Errorf("the remiss is %+v", s.Remiss)
		}
		refused(t, w.task.Answer(ctx, w.As("kim"), r.ID, task.Opinion{Stance: task.Support}), task.ErrOver)
		refused(t, w.task.Withdraw(ctx, w.As("anna"), id, r.ID, "ångrade oss"), task.ErrOver)
	})
}

// What goes to another authority is a handling that goes out, and the answer one that came in.
func TestAnotherAuthorityIsWrittenTo(t *testing.T) {
	each(t, nil, func(t *testing.T, w *town) {
		ctx, id := t.Context(), w.claimed(t)
		r, err := w.task.Ask(ctx, w.As("anna"), cases.On{Case: id}, task.Question{To: task.Whom{Unit: "granne"}, Words: "Vad tycker ni?", Due: day("2026-03-20")})
		must(t, err)
		must(t, w.task.Answer(ctx, w.As("nora"), r.ID, task.Opinion{Stance: task.NoObjection}))
		v, err := w.View(ctx, w.As("anna"), id)
		must(t, err)
		n := len(v.Handlings)
		if n != 3 || v.Handlings[1].Direction != cases.Out || v.Handlings[2].Direction != cases.In || v.Handlings[2].Party != "Granne" {
			t.Errorf("the diarium says %+v", v.Handlings)
		}
	})
}

func TestALinkIsAnsweredOnceUntilItsLastDay(t *testing.T) {
	each(t, nil, func(t *testing.T, w *town) {
		ctx, id := t.Context(), w.claimed(t)
		file := w.file(t, id, "ritning")
		r, err := w.task.Ask(ctx, w.As("anna"), cases.On{Case: id}, task.Question{Name: "Grannen AB", Email: "granne@example.se", Words: "Ni får yttra er.", Documents: []int{file}, Due: day("2026-03-04")})
		must(t, err)
		if len(r.Link) != 43 || len(w.post.sent) != 1 || w.post.sent[0].Path != "/remiss/"+r.Link || w.post.sent[0].To != "granne@example.se" {
			t.Fatalf("the link %q went out as %+v", r.Link, w.post.sent)
		}
		var hashes int
		must(t, w.DB.QueryRow(ctx, `SELECT count(*) FROM remiss_link WHERE hash = $1`, r.Link).Scan(&hashes))
		if hashes != 0 {
			t.Error("the link itself is kept")
		}
		v, err := w.View(ctx, w.As("anna"), id)
		must(t, err)
		if p := v.Parties[len(v.Parties)-1]; p.Role != cases.Consulted || p.Name != "Grannen AB" {
			t.Errorf("the party is %+v", p)
		}
		if h := v.Handlings[len(v.Handlings)-1]; h.Direction != cases.Out || h.Party != "Grannen AB" {
			t.Errorf("the handling is %+v", h)
		}
		for range 3 { // scanners of letters look at it
			s, err := w.task.ByLink(ctx, r.Link)
			must(t, err)
			if len(s.Files) != 1 || s.Words != "Ni får yttra er." || s.State != task.Sent {
				t.Errorf("the page shows %+v", s.Remiss)
			}
		}
		_, err = w.task.ByLink(ctx, r.Link+"x")
		refused(t, err, store.ErrNotFound)
		refused(t, w.task.AnswerByLink(ctx, "", task.Opinion{Stance: task.Support}), store.ErrNotFound)

		w.Clock.Set(w.Clock.Now().AddDate(0, 0, 3)) // 5 March
		_, err = w.task.ByLink(ctx, r.Link)
		refused(t, err, task.ErrLate)
		refused(t, w.task.AnswerByLink(ctx, r.Link, task.Opinion{Stance: task.Support}), task.ErrLate)
		_, err = w.task.Extend(ctx, w.As("anna"), id, r.ID, day("2026-03-05"), "")
		refused(t, err, task.ErrDay)
		fresh, err := w.task.Extend(ctx, w.As("anna"), id, r.ID, day("2026-03-20"), "ni bad om det")
		must(t, err)
		if fresh == "" || fresh == r.Link || w.post.sent[1].Kind != task.RemissExtended {
			t.Errorf("extending gives %q and %+v", fresh, w.post.sent)
		}
		must(t, w.task.AnswerByLink(ctx, r.Link, task.Opinion{Stance: task.Oppose, Words: "För mörkt"})) // the first link still leads there
		refused(t, w.task.AnswerByLink(ctx, fresh, task.Opinion{Stance: task.Support}), task.ErrOver)
		refused(t, w.task.AnswerByLink(ctx, r.Link, task.Opinion{Stance: task.Support}), task.ErrOver)
		v, err = w.View(ctx, w.As("anna"), id)
		must(t, err)
		if h := v.Handlings[len(v.Handlings)-1]; h.Direction != cases.In || h.Party != "Grannen AB" {
			t.Errorf("the answer is %+v", h)
		}
	})
}

func TestAWithdrawnRemissIsNotAnswered(t *testing.T) {
	each(t, nil, func(t *testing.T, w *town) {
		ctx, id := t.Context(), w.claimed(t)
		other := w.claimed(t)
		out, err := w.task.Ask(ctx, w.As("anna"), cases.On{Case: id}, task.Question{Name: "Granne", Words: "x", Due: day("2026-03-20")})
		must(t, err)
		in, err := w.task.Ask(ctx, w.As("anna"), cases.On{Case: id}, task.Question{To: task.Whom{Person: w.IDs["kim"]}, Words: "x", Due: day("2026-03-20")})
		must(t, err)
		refused(t, w.task.Withdraw(ctx, w.As("anna"), other, out.ID, "fel ärende"), store.ErrNotFound)
		refused(t, w.task.Register(ctx, w.As("anna"), other, out.ID, task.Opinion{Stance: task.Support, Channel: task.ByLetter, Came: day("2026-03-02")}), store.ErrNotFound)
		refused(t, w.task.Withdraw(ctx, w.As("anna"), id, out.ID, ""), cases.ErrNote)
		for _, r := range []string{out.ID, in.ID} {
			must(t, w.task.Withdraw(ctx, w.As("anna"), id, r, "sökanden tog tillbaka"))
			refused(t, w.task.Withdraw(ctx, w.As("anna"), id, r, "igen"), task.ErrWithdrawn)
			refused(t, w.task.Register(ctx, w.As("anna"), id, r, task.Opinion{Stance: task.Support, Channel: task.ByLetter, Came: day("2026-03-02")}), task.ErrWithdrawn)
		}
		refused(t, w.task.AnswerByLink(ctx, out.Link, task.Opinion{Stance: task.Support}), store.ErrNotFound)
		refused(t, w.task.Answer(ctx, w.As("kim"), in.ID, task.Opinion{Stance: task.Support}), task.ErrWithdrawn)
		_, err = w.task.Asked(ctx, w.As("kim"), in.ID)
		refused(t, err, task.ErrWithdrawn)
	})
}

func TestAnAnswerOnPaperIsRegisteredByAnOfficer(t *testing.T) {
	each(t, nil, func(t *testing.T, w *town) {
		ctx, id := t.Context(), w.claimed(t)
		r, err := w.task.Ask(ctx, w.As("anna"), cases.On{Case: id}, task.Question{Name: "Granne", Words: "x", Due: day("2026-03-03")})
		must(t, err)
		if len(w.post.sent) != 0 {
			t.Error("a letter went to nobody")
		}
		w.Clock.Set(w.Clock.Now().AddDate(0, 0, 8))
		reg := func(o task.Opinion) error { return w.task.Register(ctx, w.As("reg"), id, r.ID, o) }
		refused(t, reg(task.Opinion{Stance: task.Support, Channel: task.ByPage, Came: day("2026-03-02")}), task.ErrUnknown)
		refused(t, reg(task.Opinion{Stance: task.Support, Channel: task.ByLetter, Came: day("2026-03-11")}), task.ErrDay)
		must(t, reg(task.Opinion{Stance: task.Support, Channel: task.ByLetter, Came: day("2026-03-03"), Words: "Gärna"}))
		s, err := w.task.ByLink(ctx, r.Link)
		must(t, err)
		if s.Late(day("2026-03-10")) || s.AnsweredOn != day("2026-03-03") || s.Channel != task.ByLetter {
			t.Errorf("the remiss is %+v", s.Remiss)
		}
	})
}

// What is marked leaves those who handle it only on a ground, and each reading is journalled (P-S).
func TestPS_WhatIsMarkedIsSentOnAGroundAndTraced(t *testing.T) {
	each(t, nil, func(t *testing.T, w *town) {
		ctx, id := t.Context(), w.claimed(t)
		_, err := w.Mark(ctx, w.As("anna"), cases.On{Case: id}, cases.Secret, "OSL 21:1", "hälsa")
		must(t, err)
		q := task.Question{To: task.Whom{Unit: "kansli"}, Words: "x", Due: day("2026-03-20")}
		_, err = w.task.Ask(ctx, w.As("anna"), cases.On{Case: id}, q)
		refused(t, err, task.ErrGround)
		q.Law = "OSL 10:2"
		r, err := w.task.Ask(ctx, w.As("anna"), cases.On{Case: id}, q)
		must(t, err)
		weak := w.As("kim")
		weak.LoA = 1
		if _, err := w.task.Asked(ctx, weak, r.ID); !access.IsDenied(err) {
			t.Errorf("a weak sign-in reads what is secret: %v", err)
		}
		s, err := w.task.Asked(ctx, w.As("kim"), r.ID)
		must(t, err)
		if !s.Traced || s.Subject != "" {
			t.Errorf("kim sees %+v", s)
		}
		must(t, w.Log.Sequence(ctx))
		trail, err := w.Log.Since(ctx, -1, 1000)
		must(t, err)
		reads := 0
		for _, e := range trail {
			if e.Action == cases.ActionRead && e.Actor == w.IDs["kim"] && e.Object.ID == id {
				reads++
			}
		}
		if reads != 1 {
			t.Errorf("%d readings are journalled", reads)
		}
		page, err := w.task.List(ctx, w.As("kim"), task.Opinions, "", 10)
		must(t, err)
		if len(page.Rows) != 1 || page.Rows[0].Subject != "" {
			t.Errorf("the list says %+v", page.Rows)
		}
	})
}

// A file may be marked in a case that is open: it is sent on a ground, by and to those who may read it.
func TestPS_AMarkedFileIsSentOnAGround(t *testing.T) {
	each(t, nil, func(t *testing.T, w *town) {
		ctx, id := t.Context(), w.claimed(t)
		n := w.file(t, id, "hemligt")
		_, err := w.MarkDocument(ctx, w.As("anna"), cases.On{Case: id}, n, cases.Secret, "OSL 21:1", "hälsa")
		must(t, err)
		ask := func(as, law string) (string, error) {
			r, err := w.task.Ask(ctx, w.As(as), cases.On{Case: id}, task.Question{To: task.Whom{Unit: "kansli"}, Words: "x", Documents: []int{n}, Due: day("2026-03-20"), Law: law})
			return r.ID, err
		}
		_, err = ask("anna", "")
		refused(t, err, task.ErrGround)
		_, err = ask("bo", "OSL 10:2") // bo may read the case and not the file
		refused(t, err, task.ErrFile)
		_, err = w.task.Propose(ctx, w.As("anna"), cases.On{Case: id}, task.Proposal{Title: "x", Document: n, Asked: []string{w.IDs["bo"]}})
		refused(t, err, task.ErrReader)
		r, err := ask("anna", "OSL 10:2")
		must(t, err)
		s, err := w.task.Asked(ctx, w.As("kim"), r)
		must(t, err)
		if !s.Traced {
			t.Error("reading a marked file leaves no trace")
		}
	})
}

func TestRemindersGoOutOnceBeforeAndOnceAfterTheLastDay(t *testing.T) {
	each(t, nil, func(t *testing.T, w *town) {
		ctx, id := t.Context(), w.claimed(t)
		_, err := w.task.Ask(ctx, w.As("anna"), cases.On{Case: id}, task.Question{Name: "Granne", Email: "g@example.se", Words: "x", Due: day("2026-03-20")})
		must(t, err)
		_, err = w.task.Ask(ctx, w.As("anna"), cases.On{Case: id}, task.Question{To: task.Whom{Person: w.IDs["kim"]}, Words: "x", Due: day("2026-03-20")})
		must(t, err)
		var days []string
		for range 30 { // from Monday 2 March
			n, err := w.task.Remind(ctx)
			must(t, err)
			again, err := w.task.Remind(ctx)
			must(t, err)
			if again != 0 {
				t.Errorf("reminded again the same day: %d", again)
			}
			if n > 0 {
				days = append(days, day("2026-03-02").AddDays(int(w.Clock.Now().Sub(day("2026-03-02").Start()).Hours()/24)).String())
			}
			w.Clock.Set(w.Clock.Now().AddDate(0, 0, 1))
		}
		if !slices.Equal(days, []string{"2026-03-17", "2026-03-21"}) {
			t.Errorf("reminded on %v", days)
		}
		var kinds []string
		for _, l := range w.post.sent {
			kinds = append(kinds, string(l.Kind)+" "+l.To)
		}
		want := []string{"remiss_asked g@example.se", "remiss_asked kim", "remiss_reminded g@example.se", "remiss_reminded kim", "remiss_reminded kim"}
		for i := range want {
			want[i] = strings.Replace(want[i], " kim", " kim@example.se", 1)
		}
		slices.Sort(kinds)
		slices.Sort(want)
		if !slices.Equal(kinds, want) {
			t.Errorf("the letters are %v", kinds)
		}
	})
}

func TestWhatIsErasedLeavesNothing(t *testing.T) {
	each(t, asking, func(t *testing.T, w *town) {
		ctx, id := t.Context(), w.claimed(t)
		n := w.file(t, id, "x")
		_, err := w.task.Add(ctx, w.As("anna"), cases.On{Case: id}, task.Asked{What: "marktord", To: task.Whom{Person: w.IDs["bo"]}, Due: day("2026-03-10")})
		must(t, err)
		_, err = w.task.Ask(ctx, w.As("anna"), cases.On{Case: id}, task.Question{Name: "marktord", Words: "marktord", Documents: []int{n}, Due: day("2026-03-20")})
		must(t, err)
		_, err = w.task.Propose(ctx, w.As("anna"), cases.On{Case: id}, task.Proposal{Title: "marktord", Text: "marktord", Asked: []string{w.IDs["chef"]}})
		must(t, err)
		must(t, w.task.Tick(ctx, w.As("anna"), id, "pagar", "besokt", true))
		must(t, w.task.SetProperty(ctx, w.As("anna"), id, "hojd", "3"))
		must(t, w.task.SetKind(ctx, w.As("anna"), id, n, "utlatande"))
		must(t, w.DB.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return w.task.Erase(ctx, tx, id) }))
		for _, table := range []string{"task", "remiss", "remiss_file", "remiss_link", "approval", "approval_asked", "case_tick", "case_property", "case_document_kind"} {
			var left int
			must(t, w.DB.QueryRow(ctx, `SELECT count(*) FROM `+table).Scan(&left))
			if left != 0 {
				t.Errorf("%s holds %d rows", table, left)
			}
		}
	})
}
