package casetype

import (
	"strings"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/civic"
	"dygnet/internal/kernel/i18n"
)

// Display is an accepted answer as people read it, one string for each value, part or row, nil if the question was not answered. Yes/no
// and consent are "yes" and "no" ([Texts] has casetype.yes and casetype.no); files are their references. Personal numbers are whole.
func (ct *CaseType) Display(q *Question, c Clean, l i18n.Lang) []string {
	switch q.Type {
	case TypePlace:
		p, ok := c.Place(q.Key)
		if !ok {
			return nil
		}
		out := compact(p.Address, p.Text)
		if p.HasPoint && out == nil {
			out = append(out, p.Words())
		}
		return out
	case TypePerson, TypeOrganisation:
		p, _ := c.Person(q.Key)
		return compact(p.Name, ct.formatCivic(p.Number), p.post(), p.Email, p.Phone)
	case TypeAddress:
		p, _ := c.Person(q.Key)
		return compact(p.post())
	case TypeMulti:
		var out []string
		for _, v := range c[q.Key] {
			if o := q.option(v); o != nil {
				out = append(out, o.Label.In(l))
			}
		}
		return out
	case TypeTable, TypeChildren:
		table := ct.byKey[q.Key]
		if table == nil {
			return nil
		}
		var out []string
		for n := range c.rows(table) {
			out = append(out, strings.Join(compact(ct.DisplayRow(q, c, n+1, l)...), ", "))
		}
		return out
	case TypeDateTime:
		t, ok := instant(c.Get(q.Key), c.Get(q.Key+PartTime))
		if !ok {
			return nil
		}
		return []string{calendar.FormatTime(t, l)}
	case TypeFile:
		return c[q.Key]
	}
	return compact(ct.show(q, c.Get(q.Key), l))
}

// DisplayRow is row n, from 1, of an accepted table or children question as people read it: one string for each of [CaseType.Columns],
// "" where nothing was answered; nil if there is no such row.
func (ct *CaseType) DisplayRow(q *Question, c Clean, n int, l i18n.Lang) []string {
	table := ct.byKey[q.Key]
	if table == nil || n < 1 || !c.hasRow(table, n) {
		return nil
	}
	out := make([]string, len(table.columns))
	for i, col := range table.columns {
		s := c.Get(table.cell(n, col))
		switch {
		case col.identifies:
			s = ct.formatCivic(s)
		default:
			s = ct.show(col.Question, s, l)
		}
		out[i] = s
	}
	return out
}

// show writes one value as people read it.
func (ct *CaseType) show(q *Question, s string, l i18n.Lang) string {
	if s == "" {
		return ""
	}
	kind := q.Type
	if kind == TypeComputed {
		kind = map[ValueKind]QuestionType{AsNumber: TypeNumber, AsMoney: TypeMoney}[q.As]
	}
	switch kind {
	case TypeChoice:
		if o := q.option(s); o != nil {
			return o.Label.In(l)
		}
		return ""
	case TypeTree:
		for _, o := range q.Leaves() {
			if o.Value == s {
				return o.Label.In(l)
			}
		}
		return ""
	case TypeRecipient:
		if o, ok := ct.bound[s]; ok {
			return o.Label.In(l)
		}
	case TypeNumber:
		s = formatNumber(s, l)
		if q.Unit != nil {
			s += "\u00a0" + q.Unit.In(l)
		}
	case TypeMoney:
		return formatMoney(s, l)
	case TypeDate:
		if d, err := calendar.ParseDate(s); err == nil {
			return calendar.FormatDate(d, l)
		}
	}
	return s
}

// post is the postal address on one line.
func (p Person) post() string {
	code := civic.Postnummer(p.Code)
	if p.Code == "" {
		return strings.Join(compact(p.Street, p.Town), ", ")
	}
	return strings.Join(compact(p.Street, strings.TrimSpace(code.Format()+" "+p.Town)), ", ")
}

func compact(parts ...string) []string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return out
}
