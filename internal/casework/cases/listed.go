package cases

import (
	"context"
	"fmt"
	"strings"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/store"
)

// Visible is the condition of the rows c of the table cases to which somebody may do something, for the lists of other rooms; its
// placeholders begin at number first. A list must leave out what is about a case that access.RequiresTrace holds for.
func Visible(who access.Actor, right access.Action, first int) (condition string, args []any) {
	return access.Condition(who, right, accessColumns, first)
}

// Among tells to which of some cases an official may do something: for lists that lead to cases and would otherwise lead to where nothing
// is shown. It shows nothing of them.
func (s *Service) Among(ctx context.Context, who access.Actor, right access.Action, ids []string) (map[string]bool, error) {
	out := map[string]bool{}
	if len(ids) == 0 {
		return out, nil
	}
	var marks []string
	var args []any
	for _, id := range ids {
		args = append(args, id)
		marks = append(marks, fmt.Sprintf("$%d", len(args)))
	}
	may, more := Visible(who, right, len(args)+1)
	list, err := store.All(ctx, s.db, func(r *store.Rows) (string, error) { var id string; return id, r.Scan(&id) },
		`SELECT c.id FROM cases c WHERE c.id IN (`+strings.Join(marks, ", ")+`) AND `+may, append(args, more...)...)
	if err != nil {
		return nil, fmt.Errorf("asking for cases: %w", err)
	}
	for _, id := range list {
		out[id] = true
	}
	return out, nil
}
