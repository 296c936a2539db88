package web_test

import (
	"testing"

	"dygnet/internal/channels/web"
	"dygnet/internal/kernel/i18n/i18ntest"
)

func TestEveryTextIsUsedAndExistsInBothLanguages(t *testing.T) {
	i18ntest.Used(t, i18ntest.Complete(t, web.Texts), ".", "public.")
}
