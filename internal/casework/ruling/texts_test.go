package ruling_test

import (
	"testing"

	"dygnet/internal/casework/ruling"
	"dygnet/internal/kernel/i18n/i18ntest"
)

func TestTextsAreCompleteAndUsed(t *testing.T) {
	i18ntest.Used(t, i18ntest.Complete(t, ruling.Texts), ".", "ruling.")
}
