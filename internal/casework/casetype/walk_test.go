package casetype

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"dygnet/internal/kernel/calendar"
)

// forms draws definitions with questions of all types whose rules look at the questions before them.
func forms(t *rapid.T) Definition {
	d := sample()
	d.Registry.Subject, d.Assignment, d.Documents = tx("Prov"), nil, nil
	d.ActFor = []ActFor{ForSelf, ForOrganisation}
	d.Form = Form{}
	var before []Question
	maybe := func(source func() string) string {
		if rapid.IntRange(0, 2).Draw(t, "ruled") == 0 {
			return source()
		}
		return ""
	}
	for i := range rapid.IntRange(1, 4).Draw(t, "steps") {
		earlier := slices.Clone(before)
		step := Step{Key: fmt.Sprintf("s%d", i), Title: tx("S"), VisibleIf: maybe(func() string { return condition(t, earlier) })}
		for range rapid.IntRange(1, 4).Draw(t, "questions") {
			q := anyQuestion(t, fmt.Sprintf("q%d", len(before)), before)
			if q.VisibleIf = maybe(func() string { return condition(t, before) }); q.Optional {
				q.RequiredIf = maybe(func() string { return condition(t, before) })
			}
			if q.Type == TypeFile {
				d.Documents = append(d.Documents, DocumentType{Key: q.Key, Title: tx("F"), Direction: "in", Question: q.Key, Nomination: Preserve, Authority: "KS § 1"})
			}
			step.Questions = append(step.Questions, q)
			before = append(before, q)
		}
		d.Form.Steps = append(d.Form.Steps, step)
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "stops") {
		d.Form.Stops = append(d.Form.Stops, Stop{Key: fmt.Sprintf("stop-%d", i), If: condition(t, before), Title: tx("S"), Text: tx("S")})
	}
	return d
}

func anyQuestion(t *rapid.T, key string, before []Question) Question {
	types := QuestionType("").Values()
	q := Question{Key: key, Type: QuestionType(rapid.SampledFrom(types).Draw(t, "type")), Label: tx("Q"), Optional: rapid.Bool().Draw(t, "optional")}
	options := []Option{{Value: "a", Label: tx("A")}, {Value: "b", Label: tx("B")}, {Value: "c", Label: tx("C")}}
	switch q.Type {
	case TypeChoice, TypeMulti:
		q.Options = options
	case TypeTree:
		q.Options = []Option{{Value: "top", Label: tx("T"), Options: options[:2]}, options[2]}
	case TypeNumber:
		q.Validate = Limits{Max: "20", Decimals: rapid.IntRange(0, 2).Draw(t, "decimals")}
	case TypeFile:
		q.Files = &FileLimits{Max: 2, MaxMB: 1, Accept: []string{"image/png"}}
	case TypeRecipient:
		q.Recipients = []RecipientKind{ToMunicipality}
	case TypePerson:
		q.Ask = []PersonPart{AskName, AskNumber, AskAddress, AskEmail}
	case TypeChildren:
		q.Rows = &Rows{Max: 2}
	case TypeTable:
		q.Rows = &Rows{Min: rapid.IntRange(0, 2).Draw(t, "min"), Max: 3, Columns: []Question{{Key: "n", Type: TypeNumber, Label: tx("N")}, {Key: "t", Type: TypeText, Label: tx("T"), Optional: true},
			{Key: "c", Type: TypeComputed, As: AsNumber, Value: "n * 2", Label: tx("C")}}}
	case TypeComputed:
		q.Optional = false
		if q.As = AsNumber; rapid.Bool().Draw(t, "as") {
			q.As, q.Value = AsYesNo, condition(t, before)
		} else {
			q.Value = number(t, before)
		}
	}
	return q
}

// condition draws a condition on the questions.
func condition(t *rapid.T, on []Question) string {
	one := func() string {
		if len(on) == 0 {
			return rapid.SampledFrom([]string{"signed_in", `acting == "self"`, `today > "2026-06-01"`}).Draw(t, "variable")
		}
		q := rapid.SampledFrom(on).Draw(t, "on")
		n := rapid.IntRange(0, 21).Draw(t, "n")
		op := rapid.SampledFrom([]string{"<", "<=", "==", "!=", ">", ">="}).Draw(t, "op")
		value := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "value")
		switch q.Type {
		case TypeYesNo, TypeConsent, TypePlace, TypeAddress:
			return q.Key
		case TypeNumber, TypeMoney:
			return fmt.Sprintf("%s %s %d.5", q.Key, op, n)
		case TypeChoice, TypeTree:
			return rapid.SampledFrom([]string{fmt.Sprintf("%s == %q", q.Key, value), fmt.Sprintf(`%s in ["a", %q]`, q.Key, value), q.Key + ` != ""`}).Draw(t, "choice")
		case TypeMulti:
			return fmt.Sprintf("%q in %s", value, q.Key)
		case TypeFile, TypePerson, TypeOrganisation, TypeChildren:
			return fmt.Sprintf("len(%s) > %d", q.Key, n%2)
		case TypeTable:
			return fmt.Sprintf(`total(%s, "c") %s %d`, q.Key, op, n)
		case TypeDate, TypeDateTime:
			return fmt.Sprintf(`%s %s "2026-%02d-01"`, q.Key, op, n%12+1)
		case TypeInfo:
			return "signed_in"
		case TypeComputed:
			if q.As == AsYesNo {
				return q.Key
			}
			return fmt.Sprintf("%s %s %d", q.Key, op, n)
		}
		return rapid.SampledFrom([]string{q.Key + ` == "x"`, q.Key + ` != ""`}).Draw(t, "text")
	}
	switch rapid.IntRange(0, 4).Draw(t, "shape") {
	case 0:
		return "not (" + one() + ")"
	case 1:
		return one() + " and " + one()
	case 2:
		return one() + " or not (" + one() + ")"
	}
	return one()
}

// number draws a sum over the questions.
func number(t *rapid.T, on []Question) string {
	out := "1.25"
	for _, q := range on {
		switch q.Type {
		case TypeNumber, TypeMoney:
			out += " + 2 * " + q.Key
		case TypeTable:
			out += " - total(" + q.Key + `, "n") / 3`
		}
	}
	return out[:min(len(out), strings.LastIndex(out[:min(len(out), 300)]+" ", " "))]
}

// typed draws an answer to a question as someone types it, nothing if it need not be answered.
func typed(t *rapid.T, ct *CaseType, q *Question, draft Answers) Answers {
	if !ct.Needed(q, draft) && rapid.Bool().Draw(t, "skip") {
		return nil
	}
	pick := func(values ...string) string { return rapid.SampledFrom(values).Draw(t, q.Key) }
	number := func() string { return strconv.Itoa(rapid.IntRange(0, 20).Draw(t, q.Key)) }
	person := func(key string) Answers {
		return Answers{key + PartName: {"Åsa"}, key + PartNumber: {pick("900101-0017", "20150101-9820")}, key + PartStreet: {"S"}, key + PartCode: {"12345"}, key + PartTown: {"T"}, key + PartEmail: {"a@b.se"}}
	}
	switch q.Type {
	case TypeInfo, TypeComputed:
		return nil
	case TypeEmail:
		return Answers{q.Key: {"å@b.se"}}
	case TypePhone:
		return Answers{q.Key: {"070-123 45 67"}}
	case TypeNumber, TypeMoney:
		return Answers{q.Key: {number()}}
	case TypeDate:
		return Answers{q.Key: {pick("2026-01-01", "20260601", "2026-12-31")}}
	case TypeDateTime:
		return Answers{q.Key: {"2026-06-01"}, q.Key + PartTime: {"9.30"}}
	case TypeYesNo:
		return Answers{q.Key: {pick(yes, no)}}
	case TypeConsent:
		return Answers{q.Key: {yes}}
	case TypeChoice, TypeTree:
		return Answers{q.Key: {pick("a", "b", "c")}}
	case TypeMulti:
		return Answers{q.Key: {pick("a", "b"), pick("b", "c")}}
	case TypeFile:
		return Answers{q.Key: {"f1"}}
	case TypePlace:
		return Answers{q.Key + PartText: {"vid bron"}}
	case TypeAddress:
		return Answers{q.Key + PartStreet: {"S"}, q.Key + PartCode: {"123 45"}, q.Key + PartTown: {"T"}}
	case TypeProperty:
		return Answers{q.Key: {"ek 1:2"}}
	case TypeRecipient:
		return Answers{q.Key: {"municipality"}}
	case TypePerson:
		return person(q.Key)
	case TypeOrganisation:
		return Answers{q.Key + PartName: {"Firman"}, q.Key + PartPhone: {"0223-12345"}}
	case TypeChildren:
		return Answers{cell(q.Key, 2, "name"): {"Kim"}, cell(q.Key, 2, "number"): {"150101-9820"}}
	case TypeTable:
		out := Answers{}
		for n := range rapid.IntRange(max(q.Rows.Min, 1), 3).Draw(t, "rows") {
			out[cell(q.Key, 2*n+1, "n")] = []string{number()}
		}
		return out
	}
	return Answers{q.Key: {pick("x", "y å")}}
}

// walkThrough answers the form step by step, what is shown as answer says, and once may go back to change a step. seen are the questions
// that were shown on a page that was accepted and did not stop.
func walkThrough(t *rapid.T, ct *CaseType, answer func(q *Question, draft Answers) Answers, back bool) (draft Answers, seen map[string]bool) {
	draft, seen = Answers{}, map[string]bool{}
	done := map[string]bool{}
	for {
		steps := ct.VisibleSteps(draft)
		i := slices.IndexFunc(steps, func(s *Step) bool { return !done[s.Key] })
		if i < 0 || ct.StopFor(draft) != nil {
			return draft, seen
		}
		if back && i > 0 && rapid.IntRange(0, 5).Draw(t, "back") == 0 {
			i = rapid.IntRange(0, i-1).Draw(t, "to")
			for _, s := range steps[i+1:] {
				delete(done, s.Key)
			}
			back = false
		}
		step := steps[i].Key
		posted := Answers{}
		for again := 0; ; again++ { // what is shown on a page depends on answers on it: it is sent until nothing more is asked for
			before := len(posted)
			for _, q := range ct.VisibleQuestions(step, draft) {
				if given := ct.Inputs(q, draft); !slices.ContainsFunc(given, func(name string) bool { return !blank(posted[name]) }) {
					maps.Copy(posted, answer(q, draft))
				}
				draft = ct.WithStep(draft, step, posted)
			}
			if _, faults := ct.ValidateStep(step, draft); len(faults) == 0 && len(posted) == before {
				break
			} else if again > 20 {
				t.Fatalf("step %s cannot be answered: %v\n%v", step, faults, draft)
			}
		}
		done[step] = true
		if ct.StopFor(draft) != nil { // perhaps one of an earlier page, on questions that were left without an answer
			return draft, seen
		}
		for _, q := range ct.VisibleQuestions(step, draft) {
			seen[q.Key] = true
		}
	}
}

// assembled draws a definition and compiles it, without the search for what cannot be reached.
func assembled(t *rapid.T) *checker {
	c := assemble(forms(t))
	c.publishing()
	if len(c.issues) > 0 {
		t.Fatal(c.issues)
	}
	c.ct = c.ct.At(Moment{Today: calendar.NewDate(2026, 7, 1), Acting: rapid.SampledFrom([]ActFor{ForSelf, ForOrganisation}).Draw(t, "acting"), SignedIn: rapid.Bool().Draw(t, "signed in")})
	return c
}

func TestWhatACitizenCanAnswerIsWhatIsAccepted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ct := assembled(t).ct
		draft, _ := walkThrough(t, ct, func(q *Question, draft Answers) Answers { return typed(t, ct, q, draft) }, true)
		if ct.StopFor(draft) != nil {
			return
		}
		clean, faults := ct.Validate(draft)
		if len(faults) > 0 {
			t.Fatalf("what was answered step by step is refused as a whole: %v\n%v", faults, draft)
		}
		// And what is accepted can be answered step by step.
		again, _ := walkThrough(t, ct, func(q *Question, _ Answers) Answers {
			out := Answers{}
			for _, name := range ct.Inputs(q, Answers(clean)) {
				if v, ok := clean[name]; ok {
					out[name] = v
				}
			}
			return out
		}, false)
		reached, faults := ct.Validate(again)
		if d := cmp.Diff(clean, reached); d != "" || len(faults) > 0 {
			t.Fatal("accepted answers cannot be reached step by step:", faults, d)
		}
	})
}

func TestAnyFormDropsHiddenAnswersAndKeepsCleanOnes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ct := assembled(t).ct
		in := Answers{}
		for _, q := range ct.questions { // hidden ones too, and some of them wrong
			if maps.Copy(in, typed(t, ct, q.Question, in)); rapid.IntRange(0, 9).Draw(t, "break") == 0 {
				for _, name := range ct.Inputs(q.Question, in) {
					in[name] = []string{"\x00"}
				}
			}
		}
		clean, faults := ct.Validate(in)
		shown := map[string]bool{}
		for _, s := range ct.Form.Steps {
			for _, q := range ct.VisibleQuestions(s.Key, in) {
				if shown[q.Key] {
					t.Fatalf("%s is shown twice", q.Key)
				}
				shown[q.Key] = true
			}
		}
		for name := range clean {
			if q := ct.owner(name); q == nil || !shown[q.Key] {
				t.Fatalf("%s has a value but is hidden", name)
			}
		}
		again, refused := ct.Validate(Answers(clean))
		if d := cmp.Diff(clean, again); d != "" || len(faults) == 0 && len(refused) > 0 {
			t.Fatal("clean answers changed:", refused, d)
		}
	})
}

func TestWhatIsCalledUnreachableIsNeverReached(t *testing.T) {
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		c := assembled(t)
		moment := c.ct.moment
		c.reachable()
		if len(c.issues) == 0 {
			return
		}
		found++
		unreachable := map[string]bool{}
		for _, issue := range c.issues {
			var i, j int
			if n, _ := fmt.Sscanf(issue.Path, "form.steps[%d].questions[%d]", &i, &j); n == 2 {
				unreachable[c.ct.Form.Steps[i].Questions[j].Key] = true
			} else if n == 1 {
				for _, q := range c.ct.Form.Steps[i].Questions {
					unreachable[q.Key] = true
				}
			}
		}
		ct := c.ct.At(moment)
		draft, seen := walkThrough(t, ct, func(q *Question, draft Answers) Answers { return typed(t, ct, q, draft) }, true)
		for key := range seen {
			if unreachable[key] {
				t.Fatalf("%s was reached: %v\n%v", key, c.issues, draft)
			}
		}
		if s := ct.StopFor(draft); s != nil && slices.ContainsFunc(c.issues, func(i Issue) bool { return strings.Contains(i.Message, "stop "+strconv.Quote(s.Key)+" can never") }) {
			t.Fatalf("%s was reached", s.Key)
		}
	})
	if found == 0 {
		t.Error("no form with something that cannot be reached was drawn")
	}
}

func TestRulesNeverLoop(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "n")
		d := sample()
		d.Registry.Subject, d.Assignment, d.Documents, d.Form = tx("Prov"), nil, nil, Form{}
		asks := map[int][]int{}
		forward := false
		for i := range n {
			q := Question{Key: fmt.Sprintf("q%d", i), Type: TypeYesNo, Label: tx("Q")}
			var names []string
			for _, j := range rapid.SliceOfNDistinct(rapid.IntRange(0, n-1), 0, 2, rapid.ID).Draw(t, "asks") {
				asks[i] = append(asks[i], j)
				names = append(names, fmt.Sprintf("q%d", j))
				forward = forward || j >= i
			}
			q.VisibleIf = strings.Join(names, " or ")
			d.Form.Steps = append(d.Form.Steps, Step{Key: fmt.Sprintf("s%d", i), Title: tx("S"), Questions: []Question{q}})
		}
		c := assemble(d)
		if forward != (len(c.issues) > 0) {
			t.Fatalf("forward look or circle: %v, but %v", forward, c.issues)
		}
		circle := func(i int) bool { // from i by what it asks for back to i
			seen := map[int]bool{}
			for queue := asks[i]; len(queue) > 0; queue = queue[1:] {
				if queue[0] == i {
					return true
				}
				if !seen[queue[0]] {
					seen[queue[0]] = true
					queue = append(slices.Clone(queue), asks[queue[0]]...)
				}
			}
			return false
		}
		for _, issue := range c.issues {
			var i int
			fmt.Sscanf(issue.Path, "form.steps[%d]", &i)
			if named := strings.Contains(issue.Message, "circle: q"); named && !circle(i) {
				t.Fatalf("a circle that is none: %v of %v", issue, asks)
			}
		}
	})
}
