package statute

import (
	"regexp"
	"strings"
)

var (
	frontKey   = regexp.MustCompile(`^([A-Za-z_]+):(?:\s+(.*))?$`)
	listKey    = regexp.MustCompile(`^\s*- ([A-Za-z_]+):(?:\s+(.*))?$`)
	deeperKey  = regexp.MustCompile(`^\s+([A-Za-z_]+):(?:\s+(.*))?$`)
	tagLine    = regexp.MustCompile(`^\s*</?(?:section|article|div|main|header|footer)\b[^>]*>\s*$`)
	tagDay     = regexp.MustCompile(`selex:(ikraft|upphor|upphavd|utfardad)_datum="(\d{4}-\d{2}-\d{2})"`)
	tagWhen    = regexp.MustCompile(`selex:ikraft_villkor="([^"]*)"`)
	headingRow = regexp.MustCompile(`^(#{1,6})\s+(.*?)\s*#*$`)
	link       = regexp.MustCompile(`\[([^\[\]]*)\]\((?:https?://|#|/|mailto:)[^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)`)
)

// readMarkdown reads a Markdown file with front matter.
func readMarkdown(name, text string) ([]*Statute, []Fault) {
	lines := strings.Split(clean(text), "\n")
	first := 0
	for first < len(lines) && strings.TrimSpace(lines[first]) == "" {
		first++
	}
	if first == len(lines) || strings.TrimRight(lines[first], " \t") != "---" {
		return nil, []Fault{{name, first + 1, "there is no front matter: the file must begin with a line of --- and tell beteckning and rubrik"}}
	}
	end := first + 1
	for end < len(lines) && strings.TrimRight(lines[end], " \t") != "---" {
		end++
	}
	if end == len(lines) {
		return nil, []Fault{{name, len(lines), "the front matter does not end: a line of --- is missing"}}
	}
	s := &Statute{Form: Markdown}
	if fault := s.front(lines[first+1:end], first+2); fault.Why != "" {
		fault.File = name
		return nil, []Fault{fault}
	}
	b := &builder{s: s}
	b.run(s.markdownBlocks(lines[end+1:]))
	return []*Statute{s}, nil
}

// front reads the front matter. The first of its lines has the number line.
func (s *Statute) front(lines []string, line int) Fault {
	fields, at := map[string]string{}, map[string]int{}
	var amendment *Amendment
	last := func(string) {} // takes a value that goes on on the next line
	for i, row := range lines {
		var m []string
		switch {
		case strings.TrimSpace(row) == "" || strings.HasPrefix(row, "#"):
			continue
		case match(frontKey, row, &m):
			key := m[1]
			fields[key], at[key], amendment = m[2], line+i, nil
			last = func(more string) { fields[key] += " " + more }
		case match(listKey, row, &m) || match(deeperKey, row, &m):
			if strings.HasPrefix(strings.TrimSpace(row), "- ") || amendment == nil {
				s.Amendments = append(s.Amendments, Amendment{})
				amendment = &s.Amendments[len(s.Amendments)-1]
			}
			a, key, value := amendment, m[1], m[2]
			a.set(key, unquote(value))
			last = func(more string) { value += " " + more; a.set(key, unquote(value)) }
		default:
			last(strings.TrimSpace(row))
		}
	}
	get := func(keys ...string) string {
		for _, k := range keys {
			if v := unquote(fields[k]); v != "" && v != "null" {
				return v
			}
		}
		return ""
	}
	sfs, ok := ParseSFS(get("beteckning"))
	switch {
	case sfs == "":
		return Fault{Line: line, Why: "the front matter has no beteckning (the statute's number, such as 2017:900)"}
	case !ok:
		return Fault{Line: at["beteckning"], Why: "beteckning " + shown(sfs) + " is no number of a statute"}
	}
	s.SFS, s.Title = sfs, get("rubrik", "titel", "title")
	if s.Title == "" {
		return Fault{Line: line, Why: "the front matter has no rubrik (the statute's title)"}
	}
	s.Department, s.Preparatory, s.Kind = get("departement", "organisation"), get("forarbeten"), get("normtyp", "forfattningstyp")
	s.Issued, s.InForce, s.Published = day(get("utfardad_datum")), day(get("ikraft_datum")), day(get("publicerad_datum"))
	s.Repealed, s.RepealedBy = day(get("upphavd_datum", "upphor_datum", "upphord_datum", "upphavd")), get("upphavd_genom", "upphavd_av")
	s.Consolidated = get("andring_inford", "andring_inforad")
	return Fault{}
}

func match(re *regexp.Regexp, row string, m *[]string) bool {
	*m = re.FindStringSubmatch(row)
	return *m != nil
}

func (a *Amendment) set(key, value string) {
	switch key {
	case "beteckning":
		a.SFS, _ = ParseSFS(value)
	case "rubrik":
		a.Title = value
	case "ikraft_datum":
		a.InForce = day(value)
	case "anteckningar":
		a.Note = value
	}
}

// unquote takes the quotes of YAML off a value.
func unquote(v string) string {
	v = strings.TrimSpace(v)
	if len(v) >= 2 && (v[0] == '"' || v[0] == '\'') && v[len(v)-1] == v[0] {
		quote := v[:1]
		v = v[1 : len(v)-1]
		if quote == `"` {
			return strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(v)
		}
		return strings.ReplaceAll(v, "''", "'")
	}
	return v
}

// shown cuts what is quoted in a fault.
func shown(v string) string {
	if r := []rune(v); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return v
}

// markdownBlocks cuts the body of a Markdown file into blocks. What its tags say of days goes to the heading after them.
func (s *Statute) markdownBlocks(lines []string) []block {
	var out []block
	var lead block // marks of the tags that wait for their heading
	var open []string
	flush := func() {
		if len(open) > 0 {
			out = append(out, block{lines: open})
			open = nil
		}
	}
	titled := false
	for _, row := range lines {
		switch {
		case strings.TrimSpace(row) == "":
			flush()
			continue
		case tagLine.MatchString(row):
			flush()
			s.tag(row, &lead)
			continue
		}
		row = strings.TrimRight(unlink(row), " \t")
		m := headingRow.FindStringSubmatch(row)
		if m == nil {
			if len(open) > 0 && item.MatchString(strings.TrimSpace(row)) {
				flush()
			}
			open = append(open, row)
			continue
		}
		flush()
		if len(m[1]) == 1 && !titled && len(out) == 0 { // the title, which the front matter has told
			titled = true
			if same(m[2], s.Title) {
				continue
			}
		}
		lead.level, lead.lines = len(m[1]), []string{m[2]}
		out = append(out, lead)
		lead = block{}
	}
	flush()
	return out
}

// same compares titles; the one in the text may have the number besides.
func same(heading, title string) bool { return plainTitle(heading) == plainTitle(title) }

// tag heeds what a tag says of days: an article is the whole statute, a section what follows.
func (s *Statute) tag(row string, lead *block) {
	article := strings.Contains(row, "<article")
	for _, m := range tagDay.FindAllStringSubmatch(row, -1) {
		d := day(m[2])
		switch {
		case article && m[1] == "ikraft" && s.InForce.IsZero():
			s.InForce = d
		case article && m[1] == "utfardad" && s.Issued.IsZero():
			s.Issued = d
		case article && (m[1] == "upphor" || m[1] == "upphavd") && s.Repealed.IsZero():
			s.Repealed = d
		case !article && m[1] == "ikraft":
			lead.from = d
		case !article && m[1] == "upphor":
			lead.until = d
		}
	}
	if m := tagWhen.FindStringSubmatch(row); m != nil && !article {
		lead.when = m[1]
	}
}

// unlink leaves the words of links.
func unlink(row string) string {
	if !strings.Contains(row, "](") {
		return row
	}
	return link.ReplaceAllString(row, "$1")
}
