package meeting_test

import (
	"testing"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/i18n/i18ntest"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/web"
	"dygnet/internal/modules/governance/meeting"
)

func TestTexts(t *testing.T) {
	i18ntest.Used(t, i18ntest.Complete(t, meeting.Texts, ui.Texts, web.Texts, access.Texts), ".", "meeting.")
}
