package transport

import (
	"errors"
	"net/http"
	"testing"
)

// A status says what an attempt means: of a read, and of a write, whose outcome only a
// refusal settles.
func TestJudgeStatus(t *testing.T) {
	for _, tt := range []struct {
		status      int
		read, write verdict
	}{
		{0, done, unclear},
		{199, done, unclear},
		{200, done, done},
		{204, done, done},
		{299, done, done},
		{300, done, unclear},
		{304, done, unclear},
		{399, done, unclear},
		{400, done, done},
		{401, expired, expired},
		{403, done, done},
		{404, done, done},
		{408, unclear, unclear}, // perhaps of a proxy that had passed the request on
		{409, done, done},
		{410, done, done},
		{425, refused, refused},
		{429, refused, refused},
		{498, done, done},
		{499, unclear, unclear}, // CANCELLED, of Google
		{500, unclear, unclear},
		{501, done, done},
		{502, unclear, unclear},
		{503, unclear, unclear},
		{504, unclear, unclear},
		{505, done, done},
		{506, unclear, unclear},
		{999, unclear, unclear},
	} {
		for repeatable, want := range map[bool]verdict{true: tt.read, false: tt.write} {
			r := &Request{Repeatable: repeatable}
			if got, why := r.judgeStatus(&Response{StatusCode: tt.status}); got != want || why != nil {
				t.Errorf("status %d, repeatable %t: got %d, %v, want %d", tt.status, repeatable, got, why, want)
			}
		}
	}
}

// A provider's word on its own answers counts: one that asks to come back is refused,
// whatever its status, and one whose content is not what it has to be is broken.
func TestJudgeStatusOfAProvider(t *testing.T) {
	wrong := errors.New("wrong")
	fails := func(*Response) error { return wrong }
	fine := func(*Response) error { return nil }
	busy := func(r *Response) bool { return r.StatusCode == http.StatusAccepted }
	for name, tt := range map[string]struct {
		r      Request
		status int
		want   verdict
		why    error
	}{
		"busy":                        {Request{Busy: busy}, 202, refused, nil},
		"not busy":                    {Request{Busy: busy}, 200, done, nil},
		"accepted":                    {Request{Accept: fine}, 200, done, nil},
		"not accepted":                {Request{Accept: fails}, 299, broken, wrong},
		"no success to accept":        {Request{Accept: fails}, 400, done, nil},
		"absent":                      {Request{Absent: fine}, 404, done, nil},
		"not for sure absent":         {Request{Absent: fails}, 404, broken, wrong},
		"not for sure gone":           {Request{Absent: fails}, 410, broken, wrong},
		"something else than absence": {Request{Absent: fails}, 403, done, nil},
	} {
		if got, why := tt.r.judgeStatus(&Response{StatusCode: tt.status}); got != tt.want || !errors.Is(why, tt.why) || (why == nil) != (tt.why == nil) {
			t.Errorf("%s: got %d, %v, want %d, %v", name, got, why, tt.want, tt.why)
		}
	}
}
