package fault

import (
	"bufio"
	"bytes"
	"net"
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"dygnet/test/load"
)

func TestAStopFinishesWhatIsUnderWay(t *testing.T) {
	s := server(t, "")
	slow := newLedger()
	l := underLoad(t, s, 4, func(l *ledger) {
		answers(t, l, 303, 10)
		key := uuid.Must(uuid.NewV7()).String()
		request := load.NewSubmission(s.Address).With(key)
		head := bytes.Index(request, []byte("\r\n\r\n")) + 4
		c, err := net.Dial("tcp", s.Address)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		write := func(part []byte) {
			if _, err := c.Write(part); err != nil {
				t.Fatal(err)
			}
		}
		write(request[:head+20])
		time.Sleep(200 * time.Millisecond) // the server has read the head and waits for the rest
		if err := s.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if !load.Wait(t.Context(), 5*time.Second, func() bool { return refused(s.Address) }) {
			t.Error("a stopping server takes new connections")
		}
		write(request[head+20:])
		answer, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil || answer.StatusCode != http.StatusSeeOther {
			t.Fatalf("the request under way got %v, %v", answer, err)
		}
		for _, cookie := range answer.Cookies() {
			slow.acked[key] = caseOf(cookie.Name + "=" + cookie.Value)
		}
		_ = answer.Body.Close()
	})
	select {
	case <-s.Done():
	case <-time.After(20 * time.Second):
		t.Fatal("the server does not end")
	}
	if code := s.Stop(); code != 0 {
		t.Errorf("the server ended with %d", code)
	}
	sound(t, s)
	start(t, s)
	for key, id := range slow.acked {
		l.acked[key] = id
	}
	l.settle(t, s)
}

func refused(address string) bool {
	c, err := net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		return true
	}
	_ = c.Close()
	return false
}
