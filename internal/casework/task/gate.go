package task

import (
	"context"
	"fmt"
	"slices"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/store"
)

// Gate tells what a step in a case's life asks for that is not there.
type Gate struct{}

// Missing lists it: what the checklist requires, documents, properties, and the approval.
func (Gate) Missing(ctx context.Context, q store.Queryer, c *cases.Case, ct *casetype.CaseType, d casetype.Demand) ([]cases.Need, error) {
	noted, err := notedOf(ctx, q, c.ID)
	if err != nil {
		return nil, err
	}
	var out []cases.Need
	if st := ct.Status(d.Status); st != nil && slices.Contains(d.Requires, casetype.NeedChecklist) {
		for _, item := range st.Checklist {
			if _, ticked := noted.Ticks[st.Key][item.Key]; item.Required && !ticked {
				out = append(out, cases.Need{Kind: cases.LackItem, Key: item.Key, Name: item.Text})
			}
		}
	}
	kinds := kindsOf(c, ct, noted)
	for _, key := range d.Documents {
		if t := ct.Document(key); t != nil && !kinds[key] {
			out = append(out, cases.Need{Kind: cases.LackDocument, Key: key, Name: t.Title})
		}
	}
	for _, key := range d.Properties {
		if p := ct.Property(key); p != nil && noted.Values[key] == "" {
			out = append(out, cases.Need{Kind: cases.LackProperty, Key: key, Name: p.Label})
		}
	}
	if !slices.Contains(d.Requires, casetype.NeedApproval) {
		return out, nil
	}
	kind, err := unapproved(ctx, q, c.ID, d)
	if kind != "" {
		out = append(out, cases.Need{Kind: kind})
	}
	return out, err
}

// kindsOf are the document types of which the case has a document: the form itself, what was handed in by its question, and what an officer
// has said of a file.
func kindsOf(c *cases.Case, ct *casetype.CaseType, noted Noted) map[string]bool {
	out := map[string]bool{}
	for _, t := range ct.Documents {
		out[t.Key] = t.Question == "*" || t.Question != "" && len(c.Answers[t.Question]) > 0
	}
	for _, kind := range noted.Kinds { // of files of the case, which nobody takes away
		out[kind] = true
	}
	return out
}

// unapproved is what is wrong with the approval of a step, "" for nothing. A decision takes a round in which its very words were approved; a
// change of status takes that the latest round was approved.
func unapproved(ctx context.Context, q store.Queryer, caseID string, d casetype.Demand) (cases.NeedKind, error) {
	type round struct {
		state          ApprovalState
		decision, hash string
	}
	list, err := store.All(ctx, q, func(r *store.Rows) (round, error) {
		var x round
		return x, r.Scan(&x.state, &x.decision, &x.hash)
	}, `SELECT state, decision, hash FROM approval WHERE case_id = $1 AND state <> 'withdrawn' ORDER BY made_at DESC, id DESC`, caseID)
	if err != nil {
		return "", fmt.Errorf("looking for an approval: %w", err)
	}
	if d.Decision == "" {
		if len(list) > 0 && list[0].state == Approved {
			return "", nil
		}
		return cases.LackApproval, nil
	}
	for _, x := range list {
		switch {
		case x.decision != d.Decision:
		case x.state != Approved: // a later round that was declined, or is under way, counts for more than an earlier yes
			return cases.LackApproval, nil
		case d.Text == "" || x.hash == TextHash(d.Text):
			return "", nil
		default:
			return cases.LackChanged, nil
		}
	}
	return cases.LackApproval, nil
}
