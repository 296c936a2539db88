package statistics

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// parts are written one after the other.
type parts []templ.Component

// Render writes them.
func (p parts) Render(ctx context.Context, w io.Writer) error { return templ.Join(p...).Render(ctx, w) }
