package retention

import (
	"context"
	"encoding/json"

	"dygnet/internal/kernel/jobs"
)

// Carry carries a list out at once, as the job does at night.
func (s *Service) Carry(ctx context.Context, list string) error {
	args, err := json.Marshal(order{list})
	if err != nil {
		return err
	}
	return s.run(ctx, jobs.Run{Args: args})
}

// ParseLedger reads the text of a ledger.
func ParseLedger(text []byte) ([]Destroyed, error) { return parseLedger(text, "ledger") }
