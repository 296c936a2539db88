package casetype

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"dygnet/internal/kernel/i18n"
)

// Shapes of keys. Question keys are names in expressions; the others are parts of addresses.
var (
	slugKey      = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	nameKey      = regexp.MustCompile(`^[a-z][a-z0-9]*([_-][a-z0-9]+)*$`)
	questionKey  = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	optionValue  = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)
	recipientKey = regexp.MustCompile(`^[A-Za-z0-9ÅÄÖåäö][A-Za-z0-9ÅÄÖåäö_-]{0,99}$`)
	fileRef      = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)
	mediaType    = regexp.MustCompile(`^[a-z]+/[a-z0-9.+-]+$`)
)

// reserved are question keys that expressions need for themselves.
var reserved = append([]string{"and", "or", "not", "in", "matches", "contains", "true", "false", "nil", "len", "let", "if", "else"}, variables...)

// routes are pages of every e-service, which a step may not be named after.
var routes = []string{"allt", "granska", "klart", "sparat", "ta-bort", "skicka", "betala", "signera", "stopp", "forhandsgranska", "ring-mig", "narheten"}

// checker collects what is wrong with a definition and fills in the case type on the way.
type checker struct {
	ct     *CaseType
	issues []Issue
	atoms  map[*node]atom // what the search for answers has understood
}

func (c *checker) fail(path, format string, args ...any) {
	c.issues = append(c.issues, Issue{Path: path, Message: fmt.Sprintf(format, args...)})
}

// unknown says that word is not among known, and what was perhaps meant.
func (c *checker) unknown(path, what, word string, known []string) {
	c.issues = append(c.issues, Issue{Path: path, Message: fmt.Sprintf("there is no %s %q", what, word), Suggest: Nearest(word, known)})
}

func (c *checker) key(path, key string, shape *regexp.Regexp, seen map[string]bool, what string) {
	switch {
	case !shape.MatchString(key):
		c.fail(path, "%s %q must be lower-case a-z and digits, beginning with a letter (%s)", what, key, shape)
	case seen[key]:
		c.fail(path, "%s %q is used twice", what, key)
	}
	seen[key] = true
}

func (c *checker) identity() {
	ct := c.ct
	if !slugKey.MatchString(ct.ID) {
		c.fail("id", "id %q must be lower-case a-z, digits and hyphens (%s)", ct.ID, slugKey)
	}
	if ct.Version < 1 {
		c.fail("version", "version must be 1 or higher, not %d", ct.Version)
	}
	if !ct.ValidTo.IsZero() && ct.ValidTo.Before(ct.ValidFrom) {
		c.fail("validTo", "validTo %s is before validFrom %s", ct.ValidTo, ct.ValidFrom)
	}
	if len(ct.LegalBasis) == 0 {
		c.fail("legalBasis", "at least one legal basis is needed")
	}
	switch {
	case !slices.ContainsFunc(ct.ContactWays, func(w Way) bool { return !w.Digital() }):
		c.fail("contactWays", "all contact ways are digital; add phone, visit or letter (S2-M1-2)")
	case len(ct.ContactWays) < 2:
		c.fail("contactWays", "there must be at least two contact ways (S2-M1-2)")
	}
	if ct.Secrecy.Default == Presumed && len(ct.Secrecy.Provisions) == 0 {
		c.fail("confidentiality.provisions", "presumed secrecy needs the provision it rests on")
	}
	if ct.Auth.Anonymous && ct.Auth.Level != LevelNone {
		c.fail("auth.anonymous", "an anonymous matter cannot ask for the level %q; use none", ct.Auth.Level)
	}
	if len(ct.Examples) == 0 {
		c.fail("examples", "at least one example is needed")
	}
	special := slices.ContainsFunc(ct.GDPR.Categories, func(k DataKind) bool {
		return slices.Contains([]DataKind{DataHealth, DataOrigin, DataBelief, DataCrime}, k)
	})
	if special && strings.TrimSpace(ct.GDPR.Special) == "" {
		c.fail("gdpr.special", "health, origin, belief and crime need the ground that allows them; add special: 9.2 g (article 9.2), or 10 for crime")
	}
	names := map[string]bool{}
	for i, e := range ct.Examples {
		if names[e.Name] {
			c.fail(fmt.Sprintf("examples[%d].name", i), "example %q is given twice", e.Name)
		}
		names[e.Name] = true
	}
}

// pages checks that no step takes the address of a page that every service has.
func (c *checker) pages() {
	for i, step := range c.ct.Form.Steps {
		if slices.Contains(routes, step.Key) {
			c.fail(fmt.Sprintf("form.steps[%d].key", i), "step %q has the name of a page that every e-service has; choose another", step.Key)
		}
	}
}

func (c *checker) window() {
	w := c.ct.Window
	switch {
	case w.Yearly && (w.Opens.IsZero() || w.Closes.IsZero()):
		c.fail("window.yearly", "a window of every year needs both opens and closes")
	case !w.Yearly && !w.Closes.IsZero() && w.Closes.Before(w.Opens):
		c.fail("window.closes", "closes %s is before opens %s", w.Closes, w.Opens)
	case w.Cap < 0 || w.PerPerson < 0:
		c.fail("window", "cap and perPerson are numbers of matters, 0 for no limit")
	case w.Text == nil && (!w.Opens.IsZero() || !w.Closes.IsZero() || w.Cap > 0 || w.PerPerson > 0):
		c.fail("window.text", "say in text what to do when the service is shut or full")
	}
}

// texts checks that every text is there in each language.
func (c *checker) texts() { c.text(nil, reflect.ValueOf(&c.ct.Definition).Elem()) }

// trail is the way to a value, put into words only when something is wrong.
type trail struct {
	up    *trail
	name  string // empty: an item of a list
	index int
}

func (t *trail) String() string {
	switch {
	case t == nil:
		return ""
	case t.name == "":
		return t.up.String() + "[" + strconv.Itoa(t.index) + "]"
	case t.up == nil:
		return t.name
	}
	return t.up.String() + "." + t.name
}

func (c *checker) text(at *trail, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			c.text(at, v.Elem())
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Struct {
			for i := range v.Len() {
				c.text(&trail{up: at, index: i}, v.Index(i))
			}
		}
	case reflect.Map:
		if t, ok := v.Interface().(i18n.Text); ok && t != nil {
			if err := t.Check(); err != nil {
				c.fail(at.String(), "%v", err)
			}
		}
	case reflect.Struct:
		t := v.Type()
		for i := range t.NumField() {
			f := t.Field(i)
			if k := f.Type.Kind(); f.IsExported() && k >= reflect.Map && k != reflect.String { // numbers and words hold no texts
				c.text(&trail{up: at, name: f.Tag.Get("yaml")}, v.Field(i))
			}
		}
	}
}
