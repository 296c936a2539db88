package cases

import (
	"context"
	"fmt"
	"strings"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/store"
)

// Pick gives those of some cases that an official may read, by ID, as a list shows them: of what is marked neither subject nor place. It
// is for lists that another room keeps; 200 at a time is enough for a page.
func (s *Service) Pick(ctx context.Context, who access.Actor, ids []string) (map[string]*Case, error) {
	out := map[string]*Case{}
	if len(ids) == 0 {
		return out, nil
	}
	marks, args := make([]string, len(ids)), make([]any, len(ids))
	for i, id := range ids {
		marks[i], args[i] = fmt.Sprintf("$%d", i+1), id
	}
	condition, more := access.Condition(who, access.CaseRead, accessColumns, len(ids)+1)
	list, err := store.All(ctx, s.db, func(r *store.Rows) (*Case, error) { return scanCase(r) },
		`SELECT `+caseColumns+` FROM cases c WHERE c.id IN (`+strings.Join(marks, ", ")+`) AND `+condition, append(args, more...)...)
	if err != nil {
		return nil, fmt.Errorf("reading the cases of a list: %w", err)
	}
	for _, c := range list {
		out[c.ID] = c.veiled(who.Person)
	}
	return out, nil
}
