package authority_test

import (
	"testing"

	"dygnet/internal/kernel/i18n/i18ntest"
	"dygnet/internal/modules/governance/authority"
)

func TestTextsAreCompleteAndUsed(t *testing.T) {
	i18ntest.Used(t, i18ntest.Complete(t, authority.Texts), ".", "authority.")
}
