package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"golang.org/x/oauth2"

	"github.com/memberships-go/memberships/internal/config"
)

func (v *API) authorize(ctx context.Context, cfg *config.Config, req *http.Request) (string, error) {
	if v.Authorize != nil {
		return v.Authorize(ctx, cfg, req)
	}
	t, err := Token(ctx, cfg)
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+t)
	return t, nil
}

// Token returns the present token. It returns when ctx ends, also if the source hangs.
func Token(ctx context.Context, cfg *config.Config) (string, error) {
	if cfg.Tokens == nil {
		return "", errors.New("no credentials: give New a WithToken or WithTokenSource")
	}
	t, err := cfg.Tokens.Get(ctx)
	if err != nil {
		return "", tokenError(err)
	}
	return t, nil
}

// tokenError returns err without the answer of a token endpoint, which may repeat
// credentials.
func tokenError(err error) error {
	var re *oauth2.RetrieveError
	if errors.As(err, &re) {
		status := 0
		if re.Response != nil {
			status = re.Response.StatusCode
		}
		return fmt.Errorf("no token: the token endpoint answered status %d %s", status, re.ErrorCode)
	}
	var ue *url.Error
	if errors.As(err, &ue) {
		return fmt.Errorf("no token: %w", ue.Err)
	}
	return fmt.Errorf("no token: %w", err)
}
