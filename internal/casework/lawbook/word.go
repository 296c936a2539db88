package lawbook

import (
	"context"
	"strings"

	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/statute"
)

// lang is the language of the page around the law.
func lang(ctx context.Context) string { return string(i18n.From(ctx).Lang()) }

// sign is the number of a § as its chapter shows it, "7 a §", with the marks of its days left to the line below.
func sign(p statute.Part) string {
	p.Chapter = ""
	return strings.TrimSpace(p.Label())
}
