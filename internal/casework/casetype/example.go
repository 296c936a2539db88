package casetype

import (
	"fmt"
	"slices"

	"dygnet/internal/kernel/i18n"
)

// Example is a filled-in form and what must come of it: the case type's own test.
type Example struct {
	Name    string            `yaml:"name" need:"yes"`
	Answers map[string]Values `yaml:"answers" need:"yes"`
	Expect  Expectation       `yaml:"expect" need:"yes"`
}

// Values are the answers of one field; in a file a single one needs no list.
type Values []string

// Expectation is what must come of an example. What is left empty is not tested, except faults.
type Expectation struct {
	Errors  []ExpectedError `yaml:"errors"`  // exactly these faults; none: the answers are accepted
	Hidden  []string        `yaml:"hidden"`  // questions that are not shown
	Unit    string          `yaml:"unit"`    // where the matter goes
	To      string          `yaml:"to"`      // the recipient it goes to, "politician:key"
	Subject string          `yaml:"subject"` // the ärendemening in Swedish
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
		string(ErrRecipient), string(ErrFile), string(ErrEncoding), string(ErrUnknownField)}
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
	clean, faults := ct.Validate(in)
	for _, want := range e.Expect.Errors {
		if !slices.ContainsFunc(faults, func(f FieldError) bool { return f.Field == want.Field && f.Code == want.Code }) {
			fail("expected %s: %s, which did not come", want.Field, want.Code)
		}
	}
	for _, f := range faults {
		if !slices.Contains(e.Expect.Errors, ExpectedError{Field: f.Field, Code: f.Code}) {
			fail("%s: %s was not expected", f.Field, f.Code)
		}
	}
	shown := map[string]bool{}
	ct.walk(in, "", func(q *question) { shown[q.Key] = true })
	for _, key := range e.Expect.Hidden {
		if ct.byKey[key] == nil {
			fail("there is no question %q", key)
		} else if shown[key] {
			fail("question %q is shown", key)
		}
	}
	to := ct.Route(clean)
	if want := e.Expect.Unit; want != "" && to.Unit != want {
		fail("it goes to %s, expected unit %q", to, want)
	}
	if want := e.Expect.To; want != "" && (to.Unit != "" || to.Recipient.String() != want) {
		fail("it goes to %s, expected recipient %q", to, want)
	}
	if want := e.Expect.Subject; want != "" {
		if got := ct.Subject(clean, i18n.SV); got != want {
			fail("the subject is %q, expected %q", got, want)
		}
	}
	return failed
}

// String names the destination.
func (d Destination) String() string {
	if d.Unit != "" {
		return fmt.Sprintf("unit %q", d.Unit)
	}
	return fmt.Sprintf("recipient %q", d.Recipient)
}
