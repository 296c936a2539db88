package casetype

// Condition is an expression that is true or false of accepted answers, for rules that stand outside the file of the case type. It holds
// for the version of the case type that made it.
type Condition struct {
	ct      *CaseType
	program *program
}

// ConditionError says why an expression is not a condition on a case type.
type ConditionError struct {
	Message string
	Suggest string // what was perhaps meant, empty if nothing is near
}

func (e *ConditionError) Error() string { return e.Message }

// Condition compiles an expression over the answers. The error is a *ConditionError.
func (ct *CaseType) Condition(source string) (*Condition, error) {
	p, err := compileExpression(source, kindBool, vocabulary{questions: ct.byKey})
	if err != nil {
		f := asFault(err)
		return nil, &ConditionError{Message: f.message, Suggest: f.suggest}
	}
	return &Condition{ct: ct, program: p}, nil
}

// Holds tells whether the condition is true of answers. today is the first day of the case type unless it was made of CaseType.At.
func (c *Condition) Holds(answers Clean) bool {
	s := scope{ct: c.ct, clean: answers}
	return s.holds(c.program)
}
