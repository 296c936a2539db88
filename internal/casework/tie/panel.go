package tie

import (
	"fmt"
	"math"
	"strconv"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/desk"
	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// panelNear is how many cases near by the case's page shows; the page of its own has more.
const panelNear = 3

// tied is what the panel shows of another case: a relation to it, or that it is near.
type tied struct {
	Relation
	c           cases.Case
	may         bool // the official may read it
	north, east float64
}

// hinted marks a row that is no relation but a case near by.
const hinted Kind = "near"

// tied reads the relations of a case that stand, and what is near it while it is open, in one question to the database.
func (s *Service) tied(v *office.Visit, c *cases.Case) ([]tied, error) {
	args := []any{c.ID}
	may, more := cases.Visible(v.Who, access.CaseRead, len(args)+1)
	args = append(args, more...)
	const facts = `c.id, c.number, c.subject, c.type_id, c.type_version, c.status, c.open, c.secrecy, c.protected, c.assignee, coalesce(c.north, 0), coalesce(c.east, 0)`
	text := `SELECT ` + relationColumns + `, ` + facts + `, CASE WHEN ` + may + ` THEN 1 ELSE 0 END AS may
		FROM tie_relation r JOIN cases c ON c.id = CASE WHEN r.from_case = $1 THEN r.to_case ELSE r.from_case END
		WHERE r.removed_at = 0 AND (r.from_case = $1 OR r.to_case = $1)`
	if c.Open && c.Place.HasPoint {
		arg := func(v any) string { args = append(args, v); return fmt.Sprintf("$%d", len(args)) }
		n, e := arg(c.Place.North), arg(c.Place.East)
		text += ` UNION ALL SELECT * FROM (SELECT '', '` + string(hinted) + `', '', c.id, c.id, '', '', c.received_at, 0, '', '', ` + facts + `, 1 FROM cases c
			WHERE ` + s.box(arg, c.Member, c.TypeID, c.Place.North, c.Place.East) + ` AND c.id <> $1 AND ` + may +
			` AND NOT EXISTS (SELECT 1 FROM tie_relation x WHERE x.removed_at = 0 AND (x.from_case = $1 AND x.to_case = c.id OR x.to_case = $1 AND x.from_case = c.id))
			ORDER BY (c.north - ` + n + `) * (c.north - ` + n + `) + (c.east - ` + e + `) * (c.east - ` + e + `) LIMIT ` + strconv.Itoa(panelNear) + `) near`
	}
	list, err := store.All(v.Ctx(), s.DB, func(r *store.Rows) (tied, error) {
		var t tied
		var err error
		t.Relation, err = scanRelation(r, &t.c.ID, &t.c.Number, &t.c.Subject, &t.c.TypeID, &t.c.TypeVersion, &t.c.Status, &t.c.Open, &t.c.Secrecy, &t.c.Protected, &t.c.Assignee, &t.north, &t.east, &t.may)
		return t, err
	}, text, args...)
	if err != nil {
		return nil, fmt.Errorf("reading what a case has to do with others: %w", err)
	}
	return list, nil
}

// Panel shows what a case has to do with others, and what can be done about it.
func (m *Module) Panel(v *office.Visit, view cases.OfficerView) (desk.Part, error) {
	list, err := m.tied(v, view.Case)
	if err != nil {
		return desk.Part{}, err
	}
	var part desk.Part
	here := casePath(view.Case.ID)
	ties := ui.Summary{Title: v.T("tie.panel.title")}
	near := ui.Summary{Title: v.T("tie.panel.near")}
	merged := false
	may := func(a access.Action) bool { return view.Right(v.Who, a).Allowed }
	for _, t := range list {
		if t.Kind == hinted {
			metres := math.Hypot(t.north-view.Case.Place.North, t.east-view.Case.Place.East)
			if metres > nearMetres {
				continue
			}
			var acts []templ.Component
			if may(access.CaseNote) {
				acts = append(acts, duplicateButton(v, view.Case.ID, t.c.ID, t.c.Number))
			}
			near.Facts = append(near.Facts, ui.Fact{Name: v.T("tie.near.metres", "Metres", int(math.Round(metres))), Body: linked(m.named(v, t), casePath(t.c.ID), m.standing(v.L, t), acts)})
			continue
		}
		fact := ui.Fact{Name: v.T("tie.kind." + t.Kind.side(t.From == view.Case.ID)), Value: v.T("tie.panel.hidden")}
		if t.may {
			fact.Body, fact.Value = linked(m.named(v, t), casePath(t.c.ID), m.standing(v.L, t), nil), ""
			if t.how == byHand && may(access.CaseNote) {
				fact.Links = []ui.Link{{Text: v.T("tie.panel.remove"), Href: here + "/koppling/" + t.ID}}
			}
		}
		ties.Facts = append(ties.Facts, fact)
		if t.Kind == MergedInto && t.From == view.Case.ID {
			merged = true
			part.Top = append(part.Top, ui.Alert{Tone: ui.Warning, Title: v.T("tie.panel.merged"), Text: v.T("tie.panel.merged_text") + " " + v.T("tie.panel.merged_why", "Reason", t.Reason)})
		}
	}
	if len(ties.Facts) > 0 {
		part.Main = append(part.Main, ties)
	}
	if len(near.Facts) > 0 {
		part.Main = append(part.Main, near)
	}
	part.Fold = v.T("tie.fold")
	m.acts(v, view, merged, &part)
	return part, nil
}

// acts are the pages of the room: for those who may, and for the others why not.
func (m *Module) acts(v *office.Visit, view cases.OfficerView, merged bool, part *desk.Part) {
	here := casePath(view.Case.ID)
	for _, act := range []struct {
		path  string
		right access.Action
		show  bool
	}{
		{"koppla", access.CaseNote, true},
		{"liknande", access.CaseRead, true},
		{"sla-ihop", access.CaseClose, !merged},
		{"skilj", access.CaseReopen, merged},
		{"dela", access.CaseStatus, true},
		{pathMove, access.CaseAssign, view.Case.Open},
	} {
		if !act.show {
			continue
		}
		name := v.T("tie.act." + act.path)
		link := ui.Link{Text: name, Href: here + "/" + act.path}
		switch d := view.Right(v.Who, act.right); {
		case !d.Allowed:
			part.Refused = append(part.Refused, ui.Fact{Name: name, Value: v.Why(d)})
		case act.path == pathMove: // done every day, as assigning is
			part.Plain = append(part.Plain, link)
		default:
			part.Acts = append(part.Acts, link)
		}
	}
}

// side is the end of the key of the words for a kind, seen from the case it leads from or to.
func (k Kind) side(from bool) string {
	if from || k.round() {
		return string(k)
	}
	return string(k) + ".back"
}

// named is a case in words: number and subject, without the subject of what is marked and somebody else's.
func (m *Module) named(v *office.Visit, t tied) string {
	if access.RequiresTrace(t.c.Object()) && t.c.Assignee != v.Who.Person {
		return t.c.Number
	}
	return t.c.Number + " " + t.c.Subject
}

// standing is the status of a case in words.
func (m *Module) standing(l *i18n.Localizer, t tied) string {
	if ct, ok := m.Types.Version(t.c.TypeID, t.c.TypeVersion); ok {
		if st := ct.Status(t.c.Status); st != nil {
			return st.Title.In(l.Lang())
		}
	}
	return ""
}

// duplicateButton says with one press that two cases are the same matter.
func duplicateButton(v *office.Visit, here, other, number string) templ.Component {
	return ui.Post{To: casePath(here) + "/liknande", Values: []ui.Hidden{{Name: "arende", Value: other}},
		Button: ui.Button{Text: v.T("tie.near.same"), Hidden: number, Variant: ui.Secondary, Small: true}}
}
