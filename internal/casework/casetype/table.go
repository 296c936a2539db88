package casetype

import (
	"strconv"
	"strings"
	"unicode"

	"dygnet/internal/kernel/i18n"
)

// maxRows is the most rows a table may allow, and the highest number of a row that is a field of it.
const maxRows = 100

// cell is the name of a field of a table: key.3.column.
func (q *question) cell(row int, column *question) string { return cell(q.Key, row, column.Key) }

func cell(table string, row int, column string) string {
	return table + "." + strconv.Itoa(row) + "." + column
}

// repeats reports whether the question has rows.
func (q *Question) repeats() bool { return q.Type == TypeTable || q.Type == TypeChildren }

// parseCell reads key.3.column; nil if no table has such a field.
func (ct *CaseType) parseCell(field string) (table, column *question, row int) {
	key, rest, ok := strings.Cut(field, ".")
	if !ok {
		return nil, nil, 0
	}
	number, name, _ := strings.Cut(rest, ".")
	n, err := strconv.Atoi(number)
	table = ct.byKey[key]
	if err != nil || n < 1 || n > maxRows || strconv.Itoa(n) != number || table == nil || !table.repeats() {
		return nil, nil, 0
	}
	for _, col := range table.columns {
		if col.Key == name {
			return table, col, n
		}
	}
	return nil, nil, 0
}

// owner is the question whose field this is, nil if there is none.
func (ct *CaseType) owner(field string) *question {
	if q := ct.byInput[field]; q != nil {
		return q
	}
	q, _, _ := ct.parseCell(field)
	return q
}

// typedRows is for each table the last row with something in it.
func (ct *CaseType) typedRows(in Answers) map[*question]int {
	if !ct.hasTables {
		return nil
	}
	rows := map[*question]int{}
	for field, values := range in {
		if table, col, n := ct.parseCell(field); table != nil && n > rows[table] && col.Type != TypeComputed && !blank(values) {
			rows[table] = n
		}
	}
	return rows
}

func blank(values []string) bool {
	for _, v := range values {
		if strings.IndexFunc(v, func(r rune) bool { return !unicode.IsSpace(r) }) >= 0 {
			return false
		}
	}
	return true
}

// rows is the number of rows of an accepted table, or for person and organisation 1 if it was answered.
func (c Clean) rows(q *question) int {
	if !q.repeats() {
		for _, field := range q.inputs {
			if c.Get(field) != "" {
				return 1
			}
		}
		return 0
	}
	n := 0
	for n < maxRows && c.hasRow(q, n+1) {
		n++
	}
	return n
}

func (c Clean) hasRow(q *question, row int) bool {
	for _, col := range q.columns {
		if len(c[q.cell(row, col)]) > 0 {
			return true
		}
	}
	return false
}

// table reads the rows with something in them and numbers them without holes.
func (a *answer) table() {
	q := a.q
	typed, kept := 0, 0
	for n := 1; n <= a.rows; n++ {
		empty := true
		for _, col := range q.columns {
			empty = empty && (col.Type == TypeComputed || blank(a.in[q.cell(n, col)]))
		}
		if empty {
			continue
		}
		if typed++; typed > q.Rows.Max {
			a.fault(q.cell(n, q.asked()), ErrRowsMany, map[string]int{"Max": q.Rows.Max})
			break
		}
		if a.row(n, kept+1) {
			kept++
		}
	}
	switch {
	case typed == 0:
		a.missing(q.cell(1, q.asked()))
	case typed < q.Rows.Min:
		a.fault(q.cell(a.rows+1, q.asked()), ErrRowsFew, map[string]int{"Min": q.Rows.Min})
	}
}

// asked is the first column that is asked for.
func (q *question) asked() *question {
	for _, col := range q.columns {
		if col.Type != TypeComputed {
			return col
		}
	}
	return q.columns[0]
}

// row reads the nth row and keeps it as another; false if nothing in it was accepted.
func (a *answer) row(n, as int) bool {
	kept := false
	prefix := a.q.Key + "." + strconv.Itoa(as) + "."
	s := scope{ct: a.ct, clean: a.clean, row: prefix}
	for _, col := range a.q.columns {
		cell := answer{ct: a.ct, q: col, question: a.question, field: a.q.cell(n, col), into: prefix + col.Key, in: a.in, clean: a.clean}
		if col.Type == TypeComputed {
			cell.computed(prefix)
		} else {
			cell.needed = !col.Optional || col.required != nil && s.holds(col.required)
			cell.read()
			cell.condition(&s, cell.into)
			kept = kept || len(a.clean[cell.into]) > 0
		}
		a.faults = append(a.faults, cell.faults...)
	}
	if !kept {
		for _, col := range a.q.columns {
			delete(a.clean, prefix+col.Key)
		}
	}
	return kept
}

// Rows is the number of rows of a table or children question with something typed in them or in one after them.
func (ct *CaseType) Rows(q *Question, in Answers) int {
	if table := ct.byKey[q.Key]; table != nil && table.repeats() {
		return ct.typedRows(in)[table]
	}
	return 0
}

// Columns are the questions of each row of a table or children question; for children name and number come first.
func (ct *CaseType) Columns(q *Question) []Question {
	table := ct.byKey[q.Key]
	if table == nil {
		return nil
	}
	out := make([]Question, len(table.columns))
	for i, col := range table.columns {
		out[i] = *col.Question
	}
	return out
}

// Inputs are the names of all fields of a question with these answers: of a table those of as many rows as were typed, and at least of
// one and of as many as there must be.
func (ct *CaseType) Inputs(q *Question, in Answers) []string {
	table := ct.byKey[q.Key]
	if table == nil || !table.repeats() {
		return q.Inputs()
	}
	var names []string
	for n := range max(ct.Rows(q, in), q.Rows.Min, 1) {
		for _, col := range table.columns {
			if col.Type != TypeComputed {
				names = append(names, table.cell(n+1, col))
			}
		}
	}
	return names
}

// childColumns are the columns that children have before their own.
func childColumns() []Question {
	return []Question{
		{Key: "name", Type: TypeText, Label: i18n.Text{i18n.SV: "Barnets namn", i18n.EN: "Child’s name"}},
		{Key: "number", Type: TypeText, Label: i18n.Text{i18n.SV: "Personnummer", i18n.EN: "Personal identity number"},
			Help: i18n.Text{i18n.SV: "Tolv siffror, till exempel 20190131-1234", i18n.EN: "Twelve digits, such as 20190131-1234"}},
	}
}
