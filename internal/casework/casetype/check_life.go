package casetype

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"dygnet/internal/kernel/i18n"
)

func (c *checker) subject() {
	if c.ct.Registry.Named != "" && c.ct.Registry.ByBody {
		c.fail("registry.namedSeries", "a series of one body cannot be used for every body that handles the matter; take away seriesOfHandler or namedSeries")
	}
	for _, l := range slices.Sorted(maps.Keys(c.ct.Registry.Subject)) {
		at := "registry.subject." + string(l)
		for _, m := range placeholder.FindAllStringSubmatch(c.ct.Registry.Subject[l], -1) {
			q := c.ct.byKey[m[1]]
			switch {
			case q == nil:
				c.unknown(at, "question", m[1], slices.Sorted(maps.Keys(c.ct.byKey)))
			case slices.Contains([]QuestionType{TypePerson, TypeChildren, TypeAddress, TypeEmail, TypePhone}, q.Type) || q.Sensitive:
				c.fail(at, "the subject may not hold %q, which says who someone is or is sensitive", q.Key)
			case slices.Contains([]QuestionType{TypeFile, TypeInfo, TypeConsent, TypeYesNo, TypeTable}, q.Type) || q.As == AsYesNo:
				c.fail(at, "the subject cannot hold %q, a %s question", q.Key, q.Type)
			}
		}
	}
}

func (c *checker) lifecycle() {
	ct := c.ct
	if len(ct.Statuses) == 0 {
		c.fail("statuses", "the case type has no statuses")
		return
	}
	seen := map[string]bool{}
	final := false
	var keys []string
	for i, s := range ct.Statuses {
		at := fmt.Sprintf("statuses[%d]", i)
		c.key(at+".key", s.Key, slugKey, seen, "status")
		keys = append(keys, s.Key)
		final = final || s.Final
		if s.Final != (s.Content == Closed) {
			c.fail(at+".final", "status %q: what is final has content closed, and what is closed is final", s.Key)
		}
	}
	if ct.Statuses[0].Content != Received {
		c.fail("statuses[0].content", "the first status is where a new case stands; its content must be received")
	}
	if !final {
		c.fail("statuses", "no status is final, so no case could ever be closed")
	}
	c.moves(seen, keys)
	c.reach(final)
}

// moves checks that each transition leads from somewhere to somewhere, once.
func (c *checker) moves(statuses map[string]bool, keys []string) {
	pairs := map[[2]string]bool{}
	for i, m := range c.ct.Transitions {
		at := fmt.Sprintf("transitions[%d]", i)
		if !statuses[m.To] {
			c.unknown(at+".to", "status", m.To, keys)
		}
		for j, from := range m.From {
			if !statuses[from] {
				c.unknown(fmt.Sprintf("%s.from[%d]", at, j), "status", from, keys)
			}
			if pairs[[2]string{from, m.To}] || from == m.To {
				c.fail(fmt.Sprintf("%s.from[%d]", at, j), "the change from %q to %q is given twice or leads nowhere", from, m.To)
			}
			pairs[[2]string{from, m.To}] = true
		}
		if m.Needs(NeedDecision) && len(c.ct.Decisions) == 0 {
			c.fail(at+".requires", "a decision is required but the case type has no decisions")
		}
	}
}

// reach checks that every status can be reached from the first, and a final one from every status.
func (c *checker) reach(final bool) {
	ct := c.ct
	forward, back := map[string][]string{}, map[string][]string{}
	for _, m := range ct.Transitions {
		for _, from := range m.From {
			forward[from] = append(forward[from], m.To)
			back[m.To] = append(back[m.To], from)
		}
	}
	reached := closure(forward, ct.Statuses[0].Key)
	var ends []string
	for _, s := range ct.Statuses {
		if s.Final {
			ends = append(ends, s.Key)
		}
	}
	closes := closure(back, ends...)
	for i, s := range ct.Statuses {
		at := fmt.Sprintf("statuses[%d]", i)
		if !reached[s.Key] {
			c.fail(at, "status %q can never be reached from %q", s.Key, ct.Statuses[0].Key)
		}
		if final && !closes[s.Key] {
			c.fail(at, "from status %q no final status can be reached", s.Key)
		}
	}
}

// closure is what can be reached from the starts, themselves among it.
func closure(edges map[string][]string, starts ...string) map[string]bool {
	reached := map[string]bool{}
	for queue := starts; len(queue) > 0; {
		at := queue[0]
		queue = queue[1:]
		if !reached[at] {
			reached[at] = true
			queue = append(slices.Clone(queue), edges[at]...)
		}
	}
	return reached
}

func (c *checker) outcomes() {
	ct := c.ct
	results, decisions := map[string]bool{}, map[string]bool{}
	if len(ct.Results) == 0 {
		c.fail("results", "at least one result with its retention is needed")
	}
	for i, r := range ct.Results {
		at := fmt.Sprintf("results[%d]", i)
		c.key(at+".key", r.Key, slugKey, results, "result")
		c.retention(at, "result "+r.Key, r.Time())
	}
	for i, d := range ct.Decisions {
		at := fmt.Sprintf("decisions[%d]", i)
		c.key(at+".key", d.Key, slugKey, decisions, "decision")
		if !results[d.Result] {
			c.unknown(at+".result", "result", d.Result, slices.Sorted(maps.Keys(results)))
		}
		for _, l := range i18n.Languages() {
			if text := strings.TrimSpace(d.Appeal.Text[l]); d.Appeal.Type != NoAppeal && utf8.RuneCountInString(text) < minAppeal {
				c.fail(at+".appeal.text", "the text on how to appeal is too short in %q: say to whom, within what time and how (FL 33 §)", l)
			}
		}
		if d.Appeal.Type == NoAppeal && !d.Appeal.Within.IsZero() {
			c.fail(at+".appeal.within", "what cannot be appealed has no time for it")
		}
		if d.Appeal.Type != NoAppeal && d.Appeal.Within.IsZero() {
			c.fail(at+".appeal", "an appeal needs the time for it; add within: P3W")
		}
		if d.Appeal.Type == NoAppeal && len(d.Appeal.To) > 0 {
			c.fail(at+".appeal.to", "what cannot be appealed is examined by nobody")
		}
		c.wording(at+".wording", d.Wording)
	}
	if ct.Deadlines.Acknowledge.IsZero() || ct.Deadlines.Target.IsZero() {
		c.fail("deadlines", "acknowledge and target must be periods such as P1B and P10B")
	}
}

// minAppeal is the shortest text, in characters, that can say how to appeal.
const minAppeal = 30

// theForm is the document type's question for the form itself.
const theForm = "*"

// documents checks the handlingstyper, and that every file that can be attached is of one.
func (c *checker) documents() {
	keys, covered := map[string]bool{}, map[string]bool{}
	directions := []string{"in", "out", "internal"}
	for i, d := range c.ct.Documents {
		at := fmt.Sprintf("documents[%d]", i)
		c.key(at+".key", d.Key, nameKey, keys, "document type")
		c.retention(at, "document type "+d.Key, d.Time(""))
		c.resultTimes(at, d)
		if !slices.Contains(directions, d.Direction) {
			c.unknown(at+".direction", "direction", d.Direction, directions)
		}
		if d.Question == "" {
			continue
		}
		if q := c.ct.byKey[d.Question]; d.Question != theForm && (q == nil || q.Type != TypeFile) {
			c.unknown(at+".question", "file question", d.Question, c.keysOf(TypeFile))
		}
		if covered[d.Question] {
			c.fail(at+".question", "question %q is of two document types", d.Question)
		}
		covered[d.Question] = true
		if d.Direction != "in" {
			c.fail(at+".direction", "what is handed in with the form comes in; write direction: in")
		}
	}
	for _, q := range c.ct.questions {
		if q.Type == TypeFile && !covered[q.Key] {
			c.fail("documents", "no document type covers the file question %q; add a row with question: %s, nomination and authority", q.Key, q.Key)
		}
	}
}
