package meeting_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	ics "github.com/arran4/golang-ical"

	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
	"dygnet/internal/modules/governance/meeting"
)

// sitting is a meeting of the board that has come to its day, with a matter on the agenda.
func sitting(t *testing.T, w *town) (*meeting.Meeting, *meeting.Matter) {
	t.Helper()
	m := must[*meeting.Meeting](t)(w.PlanMeeting(t.Context(), w.as("sekr"), plan("ks")))
	x := prepared(t, w, "olle", "ks")
	ok(t, w.Put(t.Context(), w.as("sekr"), m.ID, x.ID, meeting.ForDecision))
	must[*meeting.Meeting](t)(w.Call(t.Context(), w.as("sekr"), m.ID, 0))
	w.on(day)
	return m, x
}

func TestPR_1_AProtokollBecomesDecisions(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		ctx := t.Context()
		m, x := sitting(t, w)
		done := held(t, w, m.ID, "ordf", "led1", meeting.Approved, "Golvet byts i sommar.")
		if done.State != meeting.Done || done.Protocol == nil || len(done.Protocol.SHA256) != 64 || done.Notice == "" {
			t.Fatalf("done: %+v", done)
		}
		x = must[*meeting.Matter](t)(w.Matter(ctx, x.ID, day))
		d, err := w.org.Decision(ctx, x.Decision)
		if err != nil || d.Body != "ks" || d.Paragraph != "§ 1" || d.On != day || d.Dnr != x.Number || d.ProtocolSHA256 != done.Protocol.SHA256 || d.RegisteredBy != w.ids["sekr"] {
			t.Errorf("registered: %+v, %v", d, err)
		}
		if x.State != meeting.Treated || x.Outcome != meeting.Approved {
			t.Errorf("the matter: %+v", x)
		}
		var state *meeting.StateError
		if _, err := w.Complete(ctx, w.as("sekr"), m.ID, true); !errors.As(err, &state) || state.Why != "done_already" {
			t.Errorf("registered twice: %v", err)
		}
		if list, err := w.org.DecisionsOf(ctx, "ks", 10); err != nil || len(list) != 1 {
			t.Errorf("%d decisions, %v", len(list), err)
		}
		if n, err := w.board.Board(ctx); err != nil || len(n) != 1 || n[0].SHA256 != done.Public.SHA256 {
			t.Errorf("on the board: %v, %v", n, err)
		}
	})
}

func TestAdjustingTwiceIsRefused(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		ctx := t.Context()
		m, _ := sitting(t, w)
		there := []meeting.Present{{Person: w.ids["ordf"], As: meeting.AsMember}, {Person: w.ids["led1"], As: meeting.AsMember}, {Person: w.ids["ers"], As: meeting.AsDeputy, For: w.ids["led2"]}}
		must[*meeting.Meeting](t)(w.Attend(ctx, w.as("sekr"), m.ID, 0, meeting.Attendance{Present: there, Chair: w.ids["ordf"], Secretary: w.ids["sekr"], Adjusters: []string{w.ids["led1"]}}))
		it := must[[]*meeting.Item](t)(w.Items(ctx, m.ID))[0]
		var fields *meeting.FieldError
		if _, err := w.Submit(ctx, w.as("sekr"), m.ID, 0); !errors.As(err, &fields) {
			t.Errorf("handed over without an outcome: %v", err)
		}
		ok(t, w.Write(ctx, w.as("sekr"), it.ID, it.Version, meeting.Words{Outcome: meeting.Approved, Text: "Ja."}))
		must[*meeting.Meeting](t)(w.Submit(ctx, w.as("sekr"), m.ID, 0))
		_, err := w.Adjust(ctx, w.as("led2"), m.ID)
		refused(t, err, "PR-1")
		must[*meeting.Meeting](t)(w.Adjust(ctx, w.as("led1"), m.ID))
		if _, err := w.Adjust(ctx, w.as("led1"), m.ID); !errors.Is(err, meeting.ErrTwice) {
			t.Errorf("adjusted twice: %v", err)
		}
		must[*meeting.Meeting](t)(w.SendBack(ctx, w.as("ordf"), m.ID, "Paragraf ett saknar ett ord."))
		must[*meeting.Meeting](t)(w.Submit(ctx, w.as("sekr"), m.ID, 0))
		must[*meeting.Meeting](t)(w.Adjust(ctx, w.as("led1"), m.ID)) // what was sent back is adjusted anew
		last := must[*meeting.Meeting](t)(w.Adjust(ctx, w.as("ordf"), m.ID))
		if last.State != meeting.Adjusted || last.Protocol == nil {
			t.Errorf("adjusted by all: %+v", last)
		}
		if _, err := w.Adjust(ctx, w.as("ordf"), m.ID); !errors.Is(err, meeting.ErrTwice) {
			t.Errorf("adjusted twice when all have: %v", err)
		}
		if _, err := w.Complete(ctx, w.as("sekr"), m.ID, false); !errors.As(err, &fields) {
			t.Errorf("announced without having been screened: %v", err)
		}
	})
}

func TestAttendanceIsWhoHasASeat(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		m, _ := sitting(t, w)
		ids := w.ids
		chair := meeting.Present{Person: ids["ordf"], As: meeting.AsMember}
		for _, x := range []struct {
			name, fault string
			present     []meeting.Present
		}{
			{"an official as a member", "no_seat", []meeting.Present{chair, {Person: ids["olle"], As: meeting.AsMember}}},
			{"a deputy as a member", "no_seat", []meeting.Present{chair, {Person: ids["ers"], As: meeting.AsMember}}},
			{"a deputy for nobody", "deputy_for", []meeting.Present{chair, {Person: ids["ers"], As: meeting.AsDeputy}}},
			{"a deputy for one who is there", "deputy_beside", []meeting.Present{chair, {Person: ids["ers"], As: meeting.AsDeputy, For: ids["ordf"]}}},
			{"the same twice", "twice", []meeting.Present{chair, chair}},
			{"no chair", "chair", []meeting.Present{{Person: ids["led1"], As: meeting.AsMember}}},
		} {
			_, err := w.Attend(t.Context(), w.as("sekr"), m.ID, 0, meeting.Attendance{Present: x.present, Chair: ids["ordf"], Secretary: ids["sekr"], Adjusters: []string{ids["ordf"]}})
			var fields *meeting.FieldError
			if !errors.As(err, &fields) || !strings.Contains(err.Error(), x.fault) {
				t.Errorf("%s: %v, expected %s", x.name, err, x.fault)
			}
		}
	})
}

func TestThePublicProtokollIsScreened(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		ctx := t.Context()
		m, _ := sitting(t, w)
		ok(t, w.AddPoint(ctx, w.as("sekr"), m.ID, "Information om en elev"))
		must[*meeting.Meeting](t)(w.Attend(ctx, w.as("sekr"), m.ID, 0, meeting.Attendance{Present: []meeting.Present{{Person: w.ids["ordf"], As: meeting.AsMember}, {Person: w.ids["led1"], As: meeting.AsMember}, {Person: w.ids["olle"], As: meeting.Beside}},
			Chair: w.ids["ordf"], Secretary: w.ids["sekr"], Adjusters: []string{w.ids["led1"]}}))
		list := must[[]*meeting.Item](t)(w.Items(ctx, m.ID))
		ok(t, w.Write(ctx, w.as("sekr"), list[0].ID, list[0].Version, meeting.Words{Outcome: meeting.Approved, Text: "Sven Svensson, 20000101-2384, får ersättning.", Public: "En sökande får ersättning."}))
		ok(t, w.Write(ctx, w.as("sekr"), list[1].ID, list[1].Version, meeting.Words{Outcome: meeting.Noted, Text: "Eleven mår bra.", Secret: true}))
		var fields *meeting.FieldError
		if err := w.Write(ctx, w.as("sekr"), list[0].ID, list[0].Version+1, meeting.Words{Outcome: meeting.Approved, Text: "x", Public: "20000101-2384"}); !errors.As(err, &fields) {
			t.Errorf("a personnummer in the words for the public: %v", err)
		}
		must[*meeting.Meeting](t)(w.Submit(ctx, w.as("sekr"), m.ID, 0))
		must[*meeting.Meeting](t)(w.Adjust(ctx, w.as("ordf"), m.ID))
		must[*meeting.Meeting](t)(w.Adjust(ctx, w.as("led1"), m.ID))
		public := must[[]byte](t)(w.Screened(ctx, m.ID))
		done := must[*meeting.Meeting](t)(w.Complete(ctx, w.as("sekr"), m.ID, true))
		whole := contents(t, w, done.ProtocolHTML.ID)
		for _, secret := range []string{"Sven", "2384", "Eleven", "elev", "Person olle"} {
			if bytes.Contains(public, []byte(secret)) {
				t.Errorf("the public reads %q", secret)
			}
			if secret != "elev" && !bytes.Contains(whole, []byte(secret)) {
				t.Errorf("the protokoll lacks %q", secret)
			}
		}
		if !bytes.Contains(public, []byte("En sökande får ersättning.")) || !bytes.Contains(public, []byte("Person ordf")) {
			t.Errorf("the public does not read what it may:\n%s", public)
		}
		d, err := w.org.DecisionsOf(ctx, "ks", 5)
		if err != nil || len(d) != 1 || strings.Contains(d[0].Text, "Sven") {
			t.Errorf("the register of decisions: %+v, %v", d, err)
		}
	})
}

func contents(t *testing.T, w *town, id string) []byte {
	t.Helper()
	_, r, err := w.vault.Open(t.Context(), id)
	ok(t, err)
	defer func() { _ = r.Close() }()
	return must[[]byte](t)(io.ReadAll(r))
}

func TestAgendaAndMatterFollowEachOther(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		ctx := t.Context()
		m := must[*meeting.Meeting](t)(w.PlanMeeting(ctx, w.as("sekr"), plan("ks")))
		x := prepared(t, w, "olle", "ks")
		ok(t, w.Put(ctx, w.as("sekr"), m.ID, x.ID, meeting.ForDecision))
		var state *meeting.StateError
		if err := w.Put(ctx, w.as("sekr"), m.ID, x.ID, meeting.ForDecision); !errors.As(err, &state) || state.Why != "on_agenda_already" {
			t.Errorf("twice on the agenda: %v", err)
		}
		if err := w.Rewrite(ctx, w.as("olle"), x.ID, 0, meeting.MatterDraft{Body: "ks", Title: "Annat", Proposal: "Annat."}); !errors.As(err, &state) {
			t.Errorf("rewritten on the agenda: %v", err)
		}
		must[*meeting.Meeting](t)(w.Call(ctx, w.as("ordf"), m.ID, 0))
		n := len(w.post.letters)
		must[*meeting.Meeting](t)(w.Cancel(ctx, w.as("ordf"), m.ID, 0, "För få ledamöter."))
		if got := must[*meeting.Matter](t)(w.Matter(ctx, x.ID, today)); got.State != meeting.Prepared {
			t.Errorf("when the meeting is called off the matter is %s", got.State)
		}
		last := w.post.letters[len(w.post.letters)-1]
		if len(w.post.letters) == n || last.Method != meeting.MethodCancel || !strings.Contains(last.Calendar, "STATUS:CANCELLED") || !strings.Contains(last.Calendar, "SEQUENCE:1") {
			t.Errorf("the letter of a meeting that was called off:\n%s", last.Calendar)
		}
	})
}

func TestRFC_5545_AnInvitationIsAValidCalendar(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		p := plan("ks")
		p.Place, p.Day = "Kommunhuset; stora salen, "+strings.Repeat("våning två ", 12), calendar.NewDate(2026, 3, 31) // summer time has begun
		m := must[*meeting.Meeting](t)(w.PlanMeeting(t.Context(), w.as("sekr"), p))
		raw := w.Invitation(m, meeting.MethodRequest, "ordf@prov.example")
		for line := range strings.SplitSeq(strings.TrimSuffix(raw, "\r\n"), "\r\n") {
			if len(line) > 75 || strings.Contains(line, "\n") { // RFC 5545, 3.1
				t.Errorf("a line of %d octets: %q", len(line), line)
			}
		}
		c, err := ics.ParseCalendar(strings.NewReader(raw))
		if err != nil || len(c.Events()) != 1 {
			t.Fatalf("%v\n%s", err, raw)
		}
		e := c.Events()[0]
		start, err := e.GetStartAt()
		if err != nil || start.UTC().Format("15:04") != "06:30" {
			t.Errorf("begins %s, %v", start, err)
		}
		unfolded := strings.ReplaceAll(raw, "\r\n ", "")
		for _, want := range []string{"VERSION:2.0", "PRODID:", "METHOD:REQUEST", "UID:" + m.ID + "@prov.example", "DTSTAMP:", "DTEND:20260331T100000Z", "ORGANIZER", "ATTENDEE", "mailto:ordf@prov.example", `Kommunhuset\; stora salen\, `} {
			if !strings.Contains(unfolded, want) {
				t.Errorf("no %s in\n%s", want, unfolded)
			}
		}
		feed := must[string](t)(w.FeedFor(t.Context(), w.texts.For(i18n.EN), w.ids["led1"]))
		if c, err := ics.ParseCalendar(strings.NewReader(feed)); err != nil || len(c.Events()) != 1 || strings.Contains(feed, "ATTENDEE") {
			t.Errorf("a member's feed: %v\n%s", err, feed)
		}
		if feed := must[string](t)(w.FeedFor(t.Context(), w.texts.For(i18n.EN), w.ids["olle"])); strings.Contains(feed, "VEVENT") {
			t.Errorf("olle has no seat:\n%s", feed)
		}
		if _, err := w.Meeting(t.Context(), m.ID, today.AddDays(-1)); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the meeting was there the day before it was planned: %v", err)
		}
	})
}

func TestSomebodyWhoWasToAdjustHasLeft(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		ctx := t.Context()
		m, _ := sitting(t, w)
		attendance := meeting.Attendance{Present: []meeting.Present{{Person: w.ids["ordf"], As: meeting.AsMember}, {Person: w.ids["led1"], As: meeting.AsMember}, {Person: w.ids["led2"], As: meeting.AsMember}},
			Chair: w.ids["ordf"], Secretary: w.ids["sekr"], Adjusters: []string{w.ids["led1"]}}
		must[*meeting.Meeting](t)(w.Attend(ctx, w.as("sekr"), m.ID, 0, attendance))
		it := must[[]*meeting.Item](t)(w.Items(ctx, m.ID))[0]
		ok(t, w.Write(ctx, w.as("sekr"), it.ID, it.Version, meeting.Words{Outcome: meeting.Approved, Text: "Ja."}))
		must[*meeting.Meeting](t)(w.Submit(ctx, w.as("sekr"), m.ID, 0))
		for _, x := range w.org.Directory().MandatesOf(w.ids["led1"], day) {
			ok(t, w.org.EndMandate(ctx, bodies.By{Person: "system"}, x.ID, day))
		}
		w.on(day.AddDays(1))
		_, err := w.SendBack(ctx, w.as("olle"), m.ID, "Nej.")
		refused(t, err, "PR-1")
		must[*meeting.Meeting](t)(w.SendBack(ctx, w.as("sekr"), m.ID, "Ledamoten har lämnat sitt uppdrag."))
		attendance.Adjusters = []string{w.ids["led2"]} // led1 was there as a member all the same
		must[*meeting.Meeting](t)(w.Attend(ctx, w.as("sekr"), m.ID, 0, attendance))
		must[*meeting.Meeting](t)(w.Submit(ctx, w.as("sekr"), m.ID, 0))
		must[*meeting.Meeting](t)(w.Adjust(ctx, w.as("led2"), m.ID))
		must[*meeting.Meeting](t)(w.Adjust(ctx, w.as("ordf"), m.ID))
		if done := must[*meeting.Meeting](t)(w.Complete(ctx, w.as("sekr"), m.ID, true)); done.State != meeting.Done {
			t.Errorf("the meeting is %s", done.State)
		}
		if got := must[[]*meeting.Item](t)(w.Items(ctx, m.ID))[0]; got.No != 1 {
			t.Errorf("handed over twice the paragraph is %d", got.No)
		}
	})
}
