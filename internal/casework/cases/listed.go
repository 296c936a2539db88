package cases

import "dygnet/internal/kernel/access"

// Visible is the condition of the rows c of the table cases to which somebody may do something, for the lists of other rooms; its
// placeholders begin at number first. A list must leave out what is about a case that access.RequiresTrace holds for.
func Visible(who access.Actor, right access.Action, first int) (condition string, args []any) {
	return access.Condition(who, right, accessColumns, first)
}
