package meeting_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	ics "github.com/arran4/golang-ical"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
	"dygnet/internal/modules/governance/meeting"
)

// day is when the tests' meetings are held.
var day = calendar.NewDate(2026, 3, 10)

func plan(body string) meeting.Plan {
	return meeting.Plan{Body: body, Day: day, Time: "08:30", End: "12:00", Place: "Kommunhuset"}
}

func refused(t *testing.T, err error, sentence string) *meeting.RefusedError {
	t.Helper()
	var r *meeting.RefusedError
	if !errors.As(err, &r) || r.Sentence != sentence {
		t.Fatalf("%v, expected a refusal by %s", err, sentence)
	}
	return r
}

// prepared is a matter of somebody, ready for a body.
func prepared(t *testing.T, w *town, who, body string, kinds ...string) *meeting.Matter {
	t.Helper()
	m := must[*meeting.Matter](t)(w.Prepare(t.Context(), w.as(who), meeting.MatterDraft{Body: body, Title: "Nytt golv i hallen", Proposal: "Golvet byts i sommar.", Background: "Det är slitet.", Kinds: kinds}))
	ok(t, w.Ready(t.Context(), w.as(who), m.ID, 0))
	return must[*meeting.Matter](t)(w.Matter(t.Context(), m.ID, calendar.DateOf(w.clock.Now())))
}

func TestS4_AC_8_OnlyTheITManagerOrDeputyCallsTheITGroup(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		m := must[*meeting.Meeting](t)(w.PlanMeeting(t.Context(), w.as("sekr"), plan("itg")))
		for _, key := range []string{"anna", "bo", "sekr", "kc", "ordf", "olle", "rev", "sys"} {
			_, err := w.Call(t.Context(), w.as(key), m.ID, 0)
			if r := refused(t, err, "S4-AC-8"); !strings.Contains(r.Text.In("sv"), "IT-chefen") {
				t.Errorf("%s is refused without words: %v", key, r.Text)
			}
		}
		if len(w.post.letters) > 0 {
			t.Error("those who were refused have called")
		}
		called := must[*meeting.Meeting](t)(w.Call(t.Context(), w.as("it"), m.ID, 0))
		if called.State != meeting.Called || called.CalledBy != w.ids["it"] {
			t.Errorf("called: %+v", called)
		}
		var to []string
		for _, l := range w.post.letters {
			to = append(to, l.To)
			c, err := ics.ParseCalendar(strings.NewReader(l.Calendar))
			if err != nil || len(c.Events()) != 1 || l.Method != meeting.MethodRequest {
				t.Fatalf("invitation: %v\n%s", err, l.Calendar)
			}
		}
		if slices.Sort(to); strings.Join(to, " ") != "anna@prov.example bo@prov.example it@prov.example" {
			t.Errorf("invited: %v", to)
		}
		var state *meeting.StateError
		if _, err := w.Call(t.Context(), w.as("it"), m.ID, 0); !errors.As(err, &state) || state.Why != "called_already" {
			t.Errorf("called twice: %v", err)
		}
		second := must[*meeting.Meeting](t)(w.PlanMeeting(t.Context(), w.as("vice"), plan("itg")))
		must[*meeting.Meeting](t)(w.Call(t.Context(), w.as("vice"), second.ID, 0)) // the deputy
	})
}

func TestS4_IG_4_VacantSeatsAreListedAndOthersMayJoin(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		vacant := func(on calendar.Date) string {
			var out []string
			for _, v := range must[meeting.Membership](t)(w.Membership(t.Context(), w.db, "itg", on)).Vacant {
				out = append(out, v.Key)
			}
			return strings.Join(out, " ")
		}
		if got := vacant(today); got != "informator" {
			t.Errorf("vacant: %q", got)
		}
		for _, x := range w.org.Directory().MandatesOf(w.ids["bo"], today) {
			if x.Role == "ledamot" {
				ok(t, w.org.EndMandate(t.Context(), bodies.By{Person: "system"}, x.ID, today.AddDays(3)))
			}
		}
		if got := vacant(day); got != "social informator" {
			t.Errorf("vacant when bo has left: %q", got)
		}
		m := must[*meeting.Meeting](t)(w.PlanMeeting(t.Context(), w.as("it"), plan("itg")))
		if m = must[*meeting.Meeting](t)(w.Call(t.Context(), w.as("it"), m.ID, 0)); strings.Join(m.Vacant, " ") != "social informator" {
			t.Errorf("the call notes %v as vacant", m.Vacant)
		}
		refused(t, w.Join(t.Context(), w.as("olle"), "itg", "bygg", w.ids["olle"]), "S4-IG-4")
		ok(t, w.Join(t.Context(), w.as("chef"), "itg", "bygg", w.ids["olle"])) // the head of the unit
		if !must[meeting.Membership](t)(w.Membership(t.Context(), w.db, "itg", day)).Has(w.ids["olle"]) {
			t.Error("olle was sent and has no seat")
		}
		if must[meeting.Membership](t)(w.Membership(t.Context(), w.db, "itg", today.AddDays(-1))).Has(w.ids["olle"]) {
			t.Error("olle had a seat the day before")
		}
		var state *meeting.StateError
		if err := w.Join(t.Context(), w.as("sekr"), "ks", "bygg", w.ids["olle"]); !errors.As(err, &state) {
			t.Errorf("a unit joins the executive board: %v", err)
		}
	})
}

func TestS4_AC_5_ITMattersReachTheBoardOnlyWithLetterAndConsultation(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		m := must[*meeting.Meeting](t)(w.PlanMeeting(t.Context(), w.as("sekr"), plan("ks")))
		ctx := t.Context()
		lacking := func(x *meeting.Matter, letter string, consult int) {
			t.Helper()
			var need *meeting.NeedError
			err := w.Put(ctx, w.as("sekr"), m.ID, x.ID, meeting.ForDecision)
			if !errors.As(err, &need) || need.Sentence != "S4-AC-5" || need.Letter != letter || len(need.Consult) != consult {
				t.Fatalf("%v, expected S4-AC-5 for letter %q and %d bodies", err, letter, consult)
			}
		}
		x := prepared(t, w, "olle", "ks", "it") // said to be of IT
		lacking(x, access.ITManager, 1)
		lacking(prepared(t, w, "it", "ks"), access.ITManager, 1) // proposed by somebody of the IT department
		rests := must[*meeting.Matter](t)(w.Prepare(ctx, w.as("kc"), meeting.MatterDraft{Body: "ks", Title: "Ny klass", Proposal: "Systemet blir gemensamt.", Rests: meeting.Rests{Action: "system.reclassify"}}))
		ok(t, w.Ready(ctx, w.as("kc"), rests.ID, 0))
		lacking(rests, access.ITManager, 1) // an action of IT
		refused(t, w.WriteLetter(ctx, w.as("olle"), x.ID, 0, "Jag tycker ja."), "S4-AC-5")
		refused(t, w.WriteLetter(ctx, w.as("vice"), x.ID, 0, "Jag tycker ja."), "S4-AC-5")
		ok(t, w.WriteLetter(ctx, w.as("it"), x.ID, 0, "IT-chefen föreslår bifall."))
		lacking(x, "", 1)
		var fields *meeting.FieldError
		if err := w.Consult(ctx, w.as("it"), x.ID, 0, "lg", today.AddDays(1), "Ja."); !errors.As(err, &fields) {
			t.Errorf("consulted in the future: %v", err)
		}
		if err := w.Consult(ctx, w.as("it"), x.ID, 0, "lg", today, " "); !errors.As(err, &fields) {
			t.Errorf("consulted without a view: %v", err)
		}
		ok(t, w.Consult(ctx, w.as("it"), x.ID, 0, "itg", today, "IT-gruppen tycker ja.")) // another body than the one asked for
		lacking(x, "", 1)

		// The management group gives its view at a meeting of its own.
		lg := must[*meeting.Meeting](t)(w.PlanMeeting(ctx, w.as("sekr"), plan("lg")))
		ok(t, w.Put(ctx, w.as("sekr"), lg.ID, x.ID, meeting.ForConsultation))
		must[*meeting.Meeting](t)(w.Call(ctx, w.as("sekr"), lg.ID, 0))
		w.on(day)
		held(t, w, lg.ID, "kc", "chef", meeting.Consulted, "Ledningsgruppen ställer sig bakom förslaget.")
		x = must[*meeting.Matter](t)(w.Matter(ctx, x.ID, day))
		if c := x.Latest("lg"); c == nil || c.On != day || c.Meeting != lg.ID || c.View == "" {
			t.Fatalf("the consultation of the protokoll: %+v", c)
		}
		ok(t, w.Put(ctx, w.as("sekr"), m.ID, x.ID, meeting.ForDecision))
		ok(t, w.Put(ctx, w.as("sekr"), m.ID, prepared(t, w, "olle", "ks").ID, meeting.ForDecision)) // no matter of IT
	})
}

// held holds a meeting of those who are there: writes, hands over, adjusts and completes.
func held(t *testing.T, w *town, id, chair, adjuster string, outcome meeting.Outcome, words string) *meeting.Meeting {
	t.Helper()
	ctx, sekr := t.Context(), w.as("sekr")
	must[*meeting.Meeting](t)(w.Attend(ctx, sekr, id, 0, meeting.Attendance{Present: []meeting.Present{{Person: w.ids[chair], As: meeting.AsMember}, {Person: w.ids[adjuster], As: meeting.AsMember}},
		Chair: w.ids[chair], Secretary: w.ids["sekr"], Adjusters: []string{w.ids[adjuster]}}))
	for _, it := range must[[]*meeting.Item](t)(w.Items(ctx, id)) {
		ok(t, w.Write(ctx, sekr, it.ID, it.Version, meeting.Words{Outcome: outcome, Text: words}))
	}
	must[*meeting.Meeting](t)(w.Submit(ctx, sekr, id, 0))
	must[*meeting.Meeting](t)(w.Adjust(ctx, w.as(chair), id))
	must[*meeting.Meeting](t)(w.Adjust(ctx, w.as(adjuster), id))
	return must[*meeting.Meeting](t)(w.Complete(ctx, sekr, id, true))
}

func TestS4_IG_1_AMatterTellsThatTheITGroupHasTreatedIt(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		x := prepared(t, w, "olle", "ks", "it")
		m := must[*meeting.Meeting](t)(w.PlanMeeting(t.Context(), w.as("it"), plan("itg")))
		ok(t, w.Put(t.Context(), w.as("it"), m.ID, x.ID, meeting.ForConsultation))
		must[*meeting.Meeting](t)(w.Call(t.Context(), w.as("it"), m.ID, 0))
		if x.Latest("itg") != nil {
			t.Error("consulted before the meeting")
		}
		w.on(day)
		held(t, w, m.ID, "it", "anna", meeting.Consulted, "IT-gruppen har samma syn.")
		x = must[*meeting.Matter](t)(w.Matter(t.Context(), x.ID, day))
		if c := x.Latest("itg"); c == nil || c.On != day || c.View != "IT-gruppen har samma syn." || c.Meeting != m.ID {
			t.Errorf("förankrad i IT-gruppen: %+v", c)
		}
		if trail := must[[]*meeting.Item](t)(w.Trail(t.Context(), x.ID)); len(trail) != 1 || trail[0].Meeting != m.ID {
			t.Errorf("trail: %v", trail)
		}
		before := must[*meeting.Matter](t)(w.Matter(t.Context(), x.ID, today))
		if before.Latest("itg") != nil {
			t.Error("the day before it was consulted already")
		}
	})
}

func TestS4_AN_4_AnybodyWhoWorksHereSuggestsAndSeesTheAnswer(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		ctx := t.Context()
		for _, key := range []string{"rev", "sys"} {
			_, err := w.Suggest(ctx, w.as(key), meeting.IdeaDraft{Route: "it", Title: "Skärmar", Text: "Köp."})
			refused(t, err, "S4-AN-4")
		}
		var fields *meeting.FieldError
		if _, err := w.Suggest(ctx, w.as("olle"), meeting.IdeaDraft{Route: "nej"}); !errors.As(err, &fields) || len(fields.Fields) != 3 {
			t.Errorf("an empty suggestion: %v", err)
		}
		i := must[*meeting.Idea](t)(w.Suggest(ctx, w.as("olle"), meeting.IdeaDraft{Route: "it", Title: "Större skärmar", Text: "Så ser man hela ritningen."}))
		if i.Due != calendar.NewDate(2026, 6, 2) || i.Initiative {
			t.Errorf("to be answered %s, initiative %v", i.Due, i.Initiative)
		}
		if i.Late(i.Due) || !i.Late(i.Due.AddDays(1)) {
			t.Error("late is the day after the last")
		}
		refused(t, w.Reply(ctx, w.as("olle"), i.ID, 0, true, "Ja."), "S4-IG-3") // not by oneself
		ok(t, w.Reply(ctx, w.as("it"), i.ID, i.Version, true, "De kommer i höst."))
		if got := must[*meeting.Idea](t)(w.Idea(ctx, i.ID, today)); got.State != meeting.Accepted || got.Answer != "De kommer i höst." || got.AnsweredBy != "itg" {
			t.Errorf("answered: %+v", got)
		}
		if l := w.post.letters; len(l) != 1 || l[0].To != "olle@prov.example" || l[0].Kind != "idea_answered" {
			t.Errorf("told: %+v", l)
		}
		if mine, _, err := w.Ideas(ctx, "", w.ids["olle"], ""); err != nil || len(mine) != 1 {
			t.Errorf("olle's: %v, %v", mine, err)
		}
	})
}

func TestS4_IG_3_AnInitiativeGoesThroughTheITGroupToTheManagementGroup(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		ctx := t.Context()
		i := must[*meeting.Idea](t)(w.Suggest(ctx, w.as("anna"), meeting.IdeaDraft{Route: "it", Title: "Gemensam kalender", Text: "Alla bokar i samma."}))
		if !i.Initiative {
			t.Error("anna sits in the IT group: it is an initiative")
		}
		_, err := w.Forward(ctx, w.as("olle"), i.ID, 0, "Ja.")
		refused(t, err, "S4-IG-3")
		var fields *meeting.FieldError
		if err := w.Reply(ctx, w.as("bo"), i.ID, 0, false, ""); !errors.As(err, &fields) { // a no without a reason
			t.Errorf("declined without a reason: %v", err)
		}
		x := must[*meeting.Matter](t)(w.Forward(ctx, w.as("bo"), i.ID, i.Version, "IT-gruppen vill ha en gemensam kalender."))
		if x.Body != "lg" || x.State != meeting.Prepared || x.Latest("itg") == nil {
			t.Errorf("prepared: %+v", x)
		}
		var state *meeting.StateError
		if _, err := w.Forward(ctx, w.as("bo"), i.ID, 0, "En gång till."); !errors.As(err, &state) || state.Why != "idea_treated" {
			t.Errorf("put forward twice: %v", err)
		}
		m := must[*meeting.Meeting](t)(w.PlanMeeting(ctx, w.as("sekr"), plan("lg")))
		ok(t, w.Put(ctx, w.as("sekr"), m.ID, x.ID, meeting.ForDecision))
		must[*meeting.Meeting](t)(w.Call(ctx, w.as("sekr"), m.ID, 0))
		w.on(day)
		held(t, w, m.ID, "kc", "chef", meeting.Rejected, "Det finns inte pengar i år.")
		i = must[*meeting.Idea](t)(w.Idea(ctx, i.ID, day))
		if i.State != meeting.Declined || i.Answer != "Det finns inte pengar i år." || i.AnsweredBy != "lg" || i.AnsweredOn != day {
			t.Errorf("what anna sees: %+v", i)
		}
		if then := must[*meeting.Idea](t)(w.Idea(ctx, i.ID, today)); then.State != meeting.Forwarded {
			t.Errorf("on the day it was put forward: %s", then.State)
		}
	})
}

func TestTakePlanOnce(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		if n := must[int](t)(w.TakePlan(t.Context())); n != 1 { // the other day has passed
			t.Errorf("%d meetings planned", n)
		}
		if n := must[int](t)(w.TakePlan(t.Context())); n != 0 {
			t.Errorf("%d meetings planned again", n)
		}
	})
}

func TestTwoSecretariesAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		ctx := t.Context()
		m := must[*meeting.Meeting](t)(w.PlanMeeting(ctx, w.as("sekr"), plan("ks")))
		later := plan("ks")
		later.Time = "09:00"
		must[*meeting.Meeting](t)(w.Move(ctx, w.as("sekr"), m.ID, m.Version, later))
		if _, err := w.Move(ctx, w.as("sek2"), m.ID, m.Version, plan("ks")); !errors.Is(err, store.ErrConflict) {
			t.Errorf("moved what another has moved: %v", err)
		}
		ok(t, w.Put(ctx, w.as("sek2"), m.ID, prepared(t, w, "olle", "ks").ID, meeting.ForDecision))
		must[*meeting.Meeting](t)(w.Call(ctx, w.as("sekr"), m.ID, 0))
		w.on(day)
		it := must[[]*meeting.Item](t)(w.Items(ctx, m.ID))[0]
		ok(t, w.Write(ctx, w.as("sekr"), it.ID, it.Version, meeting.Words{Outcome: meeting.Approved, Text: "Den förstas."}))
		var changed *meeting.ChangedError
		err := w.Write(ctx, w.as("sek2"), it.ID, it.Version, meeting.Words{Outcome: meeting.Rejected, Text: "Den andras."})
		if !errors.As(err, &changed) || !errors.Is(err, store.ErrConflict) || changed.Theirs.Text != "Den förstas." {
			t.Fatalf("the later of two: %v", err)
		}
		if now := must[[]*meeting.Item](t)(w.Items(ctx, m.ID))[0]; now.Text != "Den förstas." {
			t.Errorf("what stands is %q", now.Text)
		}
		ok(t, w.Write(ctx, w.as("sek2"), it.ID, changed.Theirs.Version, meeting.Words{Outcome: meeting.Approved, Text: "Bådas."}))
	})
}
