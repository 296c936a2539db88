package casetype

// maxReopenDays is the longest time in which a closed case can be opened again by its party. After a year it is another matter.
const maxReopenDays = 366

// PublicKind is the question whose answer others may see of a report: the first choice that is public. nil if there is none.
func (ct *CaseType) PublicKind() *Question {
	for _, q := range ct.questions {
		if q.Public && (q.Type == TypeChoice || q.Type == TypeTree) {
			return q.Question
		}
	}
	return nil
}

// Place is the question that says where a matter is; nil if there is none.
func (ct *CaseType) Place() *Question {
	for _, q := range ct.questions {
		if q.Type == TypePlace {
			return q.Question
		}
	}
	return nil
}

// Reopening is the status in which a closed case goes on when its party says that it is not put right: the first that may be moved to by
// anybody, with words alone. nil if there is none.
func (ct *CaseType) Reopening(from string) *Status {
	for _, to := range ct.Next(from) {
		if m := ct.Move(from, to.Key); to.Content != Closed && len(m.Roles) == 0 && m.byWords() {
			return to
		}
	}
	return nil
}

// byWords tells whether a move takes nothing but a reason.
func (m *Move) byWords() bool {
	for _, r := range m.Requires {
		if r != NeedNote {
			return false
		}
	}
	return len(m.Documents) == 0 && len(m.Properties) == 0
}

// again checks what others may see of a matter, and when it may be opened again.
func (c *checker) again() {
	ct := c.ct
	if ct.PublicReports {
		switch {
		case ct.Place() == nil:
			c.fail("publicReports", "what others have reported is found by its place; the form has no question of type place")
		case ct.Secrecy.Default != Public || !ct.Registry.Public.Enabled:
			c.fail("publicReports", "matters that are presumed secret, or are not in the public register, cannot be shown to others who report the same")
		}
	}
	if ct.ReopenDays < 0 || ct.ReopenDays > maxReopenDays {
		c.fail("reopenDays", "reopenDays is a number of days from 0 (not at all) to %d", maxReopenDays)
	}
	if ct.ReopenDays > 0 {
		for _, s := range ct.Statuses {
			if s.Content == Closed && ct.Reopening(s.Key) == nil {
				c.fail("reopenDays", "no transition leads from %q to an open status with words alone (no roles; requires: [note] or nothing)", s.Key)
			}
		}
	}
}
