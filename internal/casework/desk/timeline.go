package desk

import (
	"strconv"
	"strings"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/money"
	"dygnet/internal/kernel/ui"
)

// timeline is what has happened, newest first, whatever the channel (S2-M2-3).
func (v *visit) timeline(view cases.OfficerView, events []cases.Event, title string) ui.Timeline {
	files := map[int][]ui.Link{}
	for _, d := range view.Documents {
		files[d.Event] = append(files[d.Event], v.documentLink(view.Case.ID, d))
	}
	t := ui.Timeline{Title: title}
	for i := len(events) - 1; i >= 0; i-- {
		entry := v.entry(view, events[i])
		entry.Attachments = files[events[i].N]
		t.Entries = append(t.Entries, entry)
	}
	return t
}

// entry is one event in words for officials.
func (v *visit) entry(view cases.OfficerView, e cases.Event) ui.Entry {
	out := ui.Entry{ID: "h" + strconv.Itoa(e.N), When: v.L.DateTime(e.At), Machine: e.At.Format(time.RFC3339), Who: v.actor(view, e), Channel: v.channel(e.Data.Channel),
		Text: e.Body}
	if key := "event." + string(e.Kind); v.L.Has(key) { // another room's
		return v.foreign(out, key, e)
	}
	out.Title = v.T("desk.event." + string(e.Kind))
	switch e.Kind {
	case cases.Submitted, cases.MessageIn:
		out.Direction = ui.Incoming
		out.Text = strings.Join(append(compact([]string{out.Text}), v.signed(e.Data)...), "\n")
	case cases.MessageOut:
		out.Direction = ui.Outgoing
	case cases.Note:
		out.Direction = ui.Internal
	case cases.Claimed:
		if e.Data.From != "" && e.Data.From != e.Data.To {
			out.Title = v.T("desk.event_took_over", "Name", v.Person(e.Data.From))
		}
	case cases.Assigned:
		out.Title = v.T("desk.event_assigned", "Name", v.Person(e.Data.To))
	case cases.MovedTo, cases.Closed, cases.Reopened:
		out.Title += ": " + v.statusTitle(view, e.Data.From) + " → " + v.statusTitle(view, e.Data.To)
	case cases.Decided:
		out.Direction = ui.Outgoing
		v.decided(view, e, &out)
	case cases.Edited:
		if e.Data.From != e.Data.To {
			out.Text = v.T("desk.event_renamed", "From", e.Data.From, "To", e.Data.To)
		}
	case cases.MarkedAs:
		out.Direction = ui.Internal
		out.Title += ": " + v.T("desk.secrecy."+e.Data.To)
		out.Text = strings.TrimSpace(e.Data.Law + "\n" + e.Body)
	case cases.HandedOver:
		out.Direction = ui.Internal
		out.Title += ": " + v.Unit(e.Data.From) + " → " + v.Unit(e.Data.To)
	}
	return out
}

// foreign is an event of another room in the words of that room: Title, and what its data say.
func (v *visit) foreign(out ui.Entry, key string, e cases.Event) ui.Entry {
	day := ""
	if !e.Data.Day.IsZero() {
		day = v.L.Date(e.Data.Day)
	}
	out.Title = v.T(key, "From", e.Data.From, "To", e.Data.To, "Day", day, "Name", v.Person(e.Data.To), "Unit", v.Unit(e.Data.To), "Law", e.Data.Law)
	if e.Internal {
		out.Direction = ui.Internal
	}
	return out
}

func (v *visit) decided(view cases.OfficerView, e cases.Event, out *ui.Entry) {
	for _, d := range view.Decisions {
		if d.ID != e.Data.Decision {
			continue
		}
		if kind := view.Type.Decision(d.Key); kind != nil {
			out.Title += ": " + kind.Title.In(v.Lang())
			out.Text = strings.Join(compact([]string{e.Body, kind.Appeal.Text.In(v.Lang())}), "\n\n")
		}
	}
}

func (v *visit) statusTitle(view cases.OfficerView, key string) string {
	if s := view.Type.Status(key); s != nil {
		return s.Title.In(v.Lang())
	}
	return key
}

// actor names who did it: officials by name, the program as the system, the citizen as the party.
func (v *visit) actor(view cases.OfficerView, e cases.Event) string {
	if e.Actor == journal.System {
		return v.T("desk.log.system")
	}
	if name := v.Person(e.Actor); name != "" {
		return name
	}
	for _, p := range view.Parties {
		if p.Name != "" {
			return p.Name
		}
	}
	return v.T("desk.anonymous")
}

// signed says who signed what was handed in, with how sure the sign-in was, who did not, and what was paid.
func (v *visit) signed(e cases.EventData) []string {
	var out []string
	for _, s := range e.Signatures {
		switch s.State {
		case cases.Signed:
			out = append(out, v.T("desk.event_signed", "Name", s.Name, "Time", v.L.DateTime(s.At), "Level", v.T("identity.level."+s.Level)))
		case cases.Declined:
			out = append(out, v.T("desk.event_declined", "Name", s.Name))
		default:
			out = append(out, v.T("desk.event_unsigned", "Name", s.Name))
		}
	}
	for _, p := range e.Payments {
		out = append(out, v.T("desk.event_paid", "Amount", money.Format(p.Amount, v.Lang()), "Time", v.L.DateTime(p.At), "Ref", p.Provider+" "+p.Ref))
	}
	return out
}
