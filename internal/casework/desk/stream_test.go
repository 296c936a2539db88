package desk_test

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"dygnet/internal/casework/desk"
	"dygnet/internal/kernel/store/storetest"
)

// hear opens a stream and gives its lines.
func (o *office) hear(t *testing.T, ctx context.Context, key, topic string) (<-chan string, *http.Response) {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, o.url+"/arbete/strom?amne="+topic, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Test-Person", key)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	lines := make(chan string, 100)
	go func() {
		defer close(lines)
		scan := bufio.NewScanner(resp.Body)
		for scan.Scan() {
			if scan.Text() != "" {
				lines <- scan.Text()
			}
		}
	}()
	return lines, resp
}

func next(t *testing.T, lines <-chan string) string {
	t.Helper()
	select {
	case line := <-lines:
		return line
	case <-time.After(20 * time.Second):
		t.Fatal("nothing came")
		return ""
	}
}

func TestAPageHearsThatItsCaseHasChangedAndNothingMore(t *testing.T) {
	o := open(t, storetest.SQLite(t, rooms()...), nil)
	o.desk.Hurry(10*time.Millisecond, time.Millisecond, time.Minute)
	id := o.lamp(t)
	lines, resp := o.hear(t, t.Context(), "anna", "case:"+id)
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%d %v", resp.StatusCode, resp.Header)
	}
	if topic := <-o.live.joined; topic != "case:"+id {
		t.Fatalf("listens to %s", topic)
	}
	o.live.tell("case:" + id)
	beats := 0
	for line := next(t, lines); line != "data: "; line = next(t, lines) {
		if !strings.HasPrefix(line, ":") {
			t.Fatalf("heard %q", line)
		}
		beats++
	}
	for next(t, lines) != ": " { // it lives on
		beats++
	}
	o.live.tell("case:" + id)
	for line := next(t, lines); line != "data: "; line = next(t, lines) {
		beats++
	}
}

func TestAStreamEndsAndGivesItsPlaceBack(t *testing.T) {
	o := open(t, storetest.SQLite(t, rooms()...), nil)
	o.desk.Hurry(5*time.Millisecond, time.Millisecond, time.Hour)
	ctx, leave := context.WithCancel(t.Context())
	for range desk.StreamsOfEach {
		lines, resp := o.hear(t, ctx, "anna", "case")
		if resp.StatusCode != http.StatusOK {
			t.Fatal(resp.StatusCode)
		}
		next(t, lines)
	}
	if _, resp := o.hear(t, t.Context(), "anna", "case"); resp.StatusCode != http.StatusTooManyRequests {
		t.Errorf("one too many: %d", resp.StatusCode)
	}
	if _, resp := o.hear(t, t.Context(), "bo", "case"); resp.StatusCode != http.StatusOK {
		t.Errorf("somebody else: %d", resp.StatusCode)
	}
	leave()
	for limit := time.After(20 * time.Second); ; {
		if _, resp := o.hear(t, t.Context(), "anna", "case"); resp.StatusCode == http.StatusOK {
			break
		}
		select {
		case <-limit:
			t.Fatal("no place came free")
		default:
		}
	}
}

func TestAStreamEndsSoThatTheRightIsAskedAgain(t *testing.T) {
	o := open(t, storetest.SQLite(t, rooms()...), nil)
	o.desk.Hurry(5*time.Millisecond, time.Millisecond, 20*time.Millisecond)
	lines, _ := o.hear(t, t.Context(), "kim", "case")
	for limit := time.After(20 * time.Second); ; {
		select {
		case _, open := <-lines:
			if !open {
				return
			}
		case <-limit:
			t.Fatal("the stream outlives its time")
		}
	}
}

func TestStreamsAreOnlyOfWhatOneMaySee(t *testing.T) {
	o := open(t, storetest.SQLite(t, rooms()...), nil)
	id := o.lamp(t)
	for topic, want := range map[string]int{"case:" + id: http.StatusForbidden, "case:x": http.StatusNotFound, "session": http.StatusNotFound, "": http.StatusNotFound} {
		if _, resp := o.hear(t, t.Context(), "kim", topic); resp.StatusCode != want {
			t.Errorf("%q: %d, want %d", topic, resp.StatusCode, want)
		}
	}
	for key, want := range map[string]int{"adm": http.StatusForbidden, "inv": http.StatusForbidden, "nora": http.StatusOK} {
		if _, resp := o.hear(t, t.Context(), key, "case"); resp.StatusCode != want {
			t.Errorf("%s: %d, want %d", key, resp.StatusCode, want)
		}
	}
}
