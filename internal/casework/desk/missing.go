package desk

import (
	"strings"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
)

// lacking tells beforehand what a step asks for that is not there, "" for nothing.
func (v *visit) lacking(w *work, d casetype.Demand) (string, error) {
	needs, err := v.Cases.Missing(v.Ctx(), w.Case, w.Type, d)
	if err != nil || len(needs) == 0 {
		return "", err
	}
	return v.T("desk.missing", "What", v.lacks(needs)), nil
}

// lacks names what is missing in words.
func (v *visit) lacks(needs []cases.Need) string {
	var parts []string
	for _, n := range needs {
		parts = append(parts, v.T("desk.lack."+string(n.Kind), "Name", n.Name.In(v.Lang())))
	}
	return strings.Join(parts, ", ")
}
