package auth

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/oauth2"
)

// PostRevocation sends a form to a provider's endpoint for revocation, through the client of
// HTTPContext. code is the OAuth error of a refusal, for callers that know what it means. The
// error has nothing of the form's secrets, which are its values token and client_secret.
func PostRevocation(ctx context.Context, hc *http.Client, provider, endpoint string, form url.Values) (code string, err error) {
	secrets := []string{form.Get("token"), form.Get("client_secret")}
	where := "the revocation at " + provider
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return "", fmt.Errorf("%s: the URL of the endpoint is invalid", where)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	client, _ := HTTPContext(ctx, hc).Value(oauth2.HTTPClient).(*http.Client)
	resp, err := client.Do(req)
	if err != nil {
		return "", unanswered(where, err, secrets)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode/100 == 2 {
		return "", nil
	}
	var answer struct {
		Code        string `json:"error"`
		Description string `json:"error_description"`
	}
	if body, err := io.ReadAll(resp.Body); err == nil {
		_ = json.Unmarshal(body, &answer) // an answer without JSON has the status alone
	}
	return answer.Code, refusal(provider, "revocation", resp.StatusCode, answer.Code, answer.Description, secrets)
}
