package casetype

import (
	"fmt"
	"maps"
	"slices"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/money"
)

// Example is a filled-in form and what must come of it: the case type's own test.
type Example struct {
	Name     string            `yaml:"name" need:"yes"`
	Today    calendar.Date     `yaml:"today"`    // empty: the first day the type is valid
	Acting   ActFor            `yaml:"acting"`   // in whose name; empty: one's own
	SignedIn bool              `yaml:"signedIn"` // whether the one who answers is signed in
	Answers  map[string]Values `yaml:"answers" need:"yes"`
	Expect   Expectation       `yaml:"expect" need:"yes"`
}

// Values are the answers of one field; in a file a single one needs no list.
type Values []string

// Expectation is what must come of an example. What is left empty is not tested, except faults and stop.
type Expectation struct {
	Errors   []ExpectedError   `yaml:"errors"`   // exactly these faults; none: the answers are accepted
	Hidden   []string          `yaml:"hidden"`   // questions that are not shown
	Steps    []string          `yaml:"steps"`    // exactly the steps that are shown, in order
	Stop     string            `yaml:"stop"`     // the stop that holds, whatever is not answered then; empty: that none does
	Computed map[string]string `yaml:"computed"` // computed values in their one form: "1234.50"
	Price    string            `yaml:"price"`    // what is to be paid, "1234.50"; "0" for nothing
	Signers  []string          `yaml:"signers"`  // names of those that must sign, in order
	Unit     string            `yaml:"unit"`     // where the matter goes
	To       string            `yaml:"to"`       // the recipient it goes to, "politician:key"
	Subject  string            `yaml:"subject"`  // the ärendemening in Swedish
}

// ExpectedError is one fault an example must give.
type ExpectedError struct {
	Field string `yaml:"field" need:"yes"`
	Code  Code   `yaml:"code" need:"yes"`
}

// Values lists the codes.
func (Code) Values() []string {
	return []string{string(ErrRequired), string(ErrTooShort), string(ErrTooLong), string(ErrPattern), string(ErrOption),
		string(ErrTooMany), string(ErrEmail), string(ErrPhone), string(ErrDate), string(ErrCoordinates), string(ErrContact),
		string(ErrRecipient), string(ErrFile), string(ErrEncoding), string(ErrUnknownField),
		string(ErrNumber), string(ErrMoney), string(ErrDecimals), string(ErrMin), string(ErrMax), string(ErrTime),
		string(ErrPersonNumber), string(ErrOrganisationNumber), string(ErrPostcode), string(ErrProperty), string(ErrLeaf),
		string(ErrRowsFew), string(ErrRowsMany), string(ErrCondition), string(ErrTooLarge)}
}

// Test runs the examples and gives an issue for each expectation that was not met.
func (ct *CaseType) Test() []Issue {
	var issues []Issue
	for i, e := range ct.Examples {
		for _, msg := range ct.run(e) {
			issues = append(issues, Issue{Path: fmt.Sprintf("examples[%d].expect", i), Message: fmt.Sprintf("example %q fails: %s", e.Name, msg)})
		}
	}
	return issues
}

func (ct *CaseType) run(e Example) (failed []string) {
	fail := func(format string, args ...any) { failed = append(failed, fmt.Sprintf(format, args...)) }
	in := Answers{}
	for field, v := range e.Answers {
		in[field] = v
	}
	ct = ct.At(Moment{Today: e.Today, Acting: e.Acting, SignedIn: e.SignedIn})
	v := ct.View(in)
	faults := v.Faults()
	for _, want := range e.Expect.Errors {
		if !slices.ContainsFunc(faults, func(f FieldError) bool { return f.Field == want.Field && f.Code == want.Code }) {
			fail("expected %s: %s, which did not come", want.Field, want.Code)
		}
	}
	for _, f := range faults {
		if e.Expect.Stop != "" && (f.Code == ErrRequired || f.Code == ErrContact) {
			continue // one who is stopped answers no further
		}
		if !slices.Contains(e.Expect.Errors, ExpectedError{Field: f.Field, Code: f.Code}) {
			fail("%s: %s was not expected", f.Field, f.Code)
		}
	}
	for _, key := range e.Expect.Hidden {
		if q := ct.byKey[key]; q == nil {
			fail("there is no question %q", key)
		} else if slices.Contains(v.shown, q) {
			fail("question %q is shown", key)
		}
	}
	v.outcome(e.Expect, fail)
	return failed
}

// outcome tests what comes of the answers.
func (v *View) outcome(want Expectation, fail func(format string, args ...any)) {
	ct, clean := v.ct, v.clean
	if want.Steps != nil {
		var steps []string
		for _, s := range v.Steps() {
			steps = append(steps, s.Key)
		}
		if !slices.Equal(steps, want.Steps) {
			fail("the steps are %v, expected %v", steps, want.Steps)
		}
	}
	stop := ""
	if s := v.Stop(); s != nil {
		stop = s.Key
	}
	if stop != want.Stop {
		fail("the stop is %q, expected %q", stop, want.Stop)
	}
	for _, key := range slices.Sorted(maps.Keys(want.Computed)) {
		if got := clean.Get(key); ct.owner(key) == nil {
			fail("there is no computed value %q", key)
		} else if got != want.Computed[key] {
			fail("%s is %q, expected %q", key, got, want.Computed[key])
		}
	}
	if want.Price != "" {
		price, err := money.Parse(want.Price)
		if got, _ := ct.Price(clean); err != nil || got != price && (got > 0 || price > 0) {
			fail("the price is %s, expected %s", max(got, 0), want.Price)
		}
	}
	if want.Signers != nil {
		var names []string
		for _, p := range ct.Signers(clean) {
			names = append(names, p.Name)
		}
		if !slices.Equal(names, want.Signers) {
			fail("those who sign are %v, expected %v", names, want.Signers)
		}
	}
	to := ct.Route(clean)
	if want.Unit != "" && to.Unit != want.Unit {
		fail("it goes to %s, expected unit %q", to, want.Unit)
	}
	if want.To != "" && (to.Unit != "" || to.Recipient.String() != want.To) {
		fail("it goes to %s, expected recipient %q", to, want.To)
	}
	if want.Subject != "" {
		if got := ct.Subject(clean, i18n.SV); got != want.Subject {
			fail("the subject is %q, expected %q", got, want.Subject)
		}
	}
}

// String names the destination.
func (d Destination) String() string {
	if d.Unit != "" {
		return fmt.Sprintf("unit %q", d.Unit)
	}
	return fmt.Sprintf("recipient %q", d.Recipient)
}
