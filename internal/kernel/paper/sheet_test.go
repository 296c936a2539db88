package paper_test

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/paper"
)

func sheet() paper.Sheet {
	return paper.Sheet{
		Lang: i18n.SV, Sender: "Åby kommun", Title: "Ansökan om färdtjänst", Foot: "SN 2026/00012", At: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC),
		Parts: []paper.Part{
			paper.Heading("Sökande"), paper.Facts{{Name: "Namn", Values: []string{"Åsa Öberg"}}, {Name: "Vad är svårt?", Values: []string{strings.Repeat("Jag kan inte gå långt. ", 60)}}},
			paper.Table{Columns: []string{"Barn", "Född"}, Rows: [][]string{{"Łukasz Ελληνικά Кириллица", "2019"}}}, paper.Paragraph("汉字\tslut\u202e"),
		},
	}
}

func write(t rapid.TB, s paper.Sheet) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := s.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestTheSameSheetGivesTheSameBytes(t *testing.T) {
	if !bytes.Equal(write(t, sheet()), write(t, sheet())) {
		t.Error("two writings of one sheet differ")
	}
}

func TestWhatIsWrittenCanBeReadBack(t *testing.T) {
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("pdftotext (Debian: poppler-utils) is not installed")
	}
	cmd := exec.Command("pdftotext", "-layout", "-", "-")
	cmd.Stdin = bytes.NewReader(write(t, sheet()))
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Ansökan om färdtjänst", "Åby kommun", "Åsa Öberg", "SN 2026/00012", "Łukasz Ελληνικά Кириллица", "▯▯ slut", "Sökande"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q is not in the text of the PDF:\n%s", want, out)
		}
	}
}

func TestAnyTextBecomesAPDF(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := sheet()
		s.Title = rapid.String().Draw(t, "title")
		s.Parts = append(s.Parts, paper.Facts{{Name: rapid.String().Draw(t, "name"), Values: rapid.SliceOf(rapid.String()).Draw(t, "values")}},
			paper.Table{Columns: rapid.SliceOfN(rapid.String(), 0, 4).Draw(t, "columns"), Rows: rapid.SliceOfN(rapid.SliceOfN(rapid.String(), 0, 5), 0, 3).Draw(t, "rows")})
		if got := write(t, s); !bytes.HasPrefix(got, []byte("%PDF-")) {
			t.Error("not a PDF")
		}
	})
}

func BenchmarkWrite(b *testing.B) {
	for b.Loop() {
		var buf bytes.Buffer
		if err := sheet().Write(&buf); err != nil {
			b.Fatal(err)
		}
	}
}
