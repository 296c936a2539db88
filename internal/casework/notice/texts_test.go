package notice_test

import (
	"testing"

	"dygnet/internal/casework/notice"
	"dygnet/internal/kernel/i18n/i18ntest"
)

func TestTextsAreCompleteAndUsed(t *testing.T) {
	i18ntest.Used(t, i18ntest.Complete(t, notice.Texts), ".", "notice.")
}
