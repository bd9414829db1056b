package main

import (
	"context"
	"fmt"
	"io"
	"iter"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/option"
)

// newcomer is added, promoted and removed in every provider.
const newcomer = "niklaus@example.com"

// tour is what the demo does with one provider's demo group.
type tour interface {
	// group names the kind of container and its title.
	group() string
	// list counts the members.
	list(ctx context.Context) (int, error)
	// add, promote and remove act on the newcomer; the first two answer the role.
	add(ctx context.Context) (string, error)
	promote(ctx context.Context) (string, error)
	remove(ctx context.Context) error
}

func demoCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "Show all five providers at work, offline",
		Long: `Start the emulator inside this process, list a group in each of the five
providers, add a member, promote and remove it, and print what happened.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			srv := emulator.NewServer()
			defer srv.Close()
			return demo(cmd.Context(), cmd.OutOrStdout(), srv.URL)
		},
	}
}

func demo(ctx context.Context, out io.Writer, url string) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "PROVIDER\tGROUP\tMEMBERS\tADDED %s AS\tPROMOTED TO\tREMOVED, LEAVING\n", newcomer)
	for _, p := range []struct {
		name string
		new  func(context.Context, ...option.Option) (tour, error)
	}{
		{"box", boxTour},
		{"clerk", clerkTour},
		{"googlechat", googlechatTour},
		{"pubnub", pubnubTour},
		{"webex", webexTour},
	} {
		row, err := visit(ctx, p.new, url)
		if err != nil {
			return fmt.Errorf("demo of %s: %w", p.name, err)
		}
		fmt.Fprintf(w, "%s\t%s\n", p.name, row)
	}
	return w.Flush()
}

func visit(ctx context.Context, open func(context.Context, ...option.Option) (tour, error), url string) (string, error) {
	t, err := open(ctx, option.WithBaseURL(url), option.WithToken("demo"))
	if err != nil {
		return "", err
	}
	before, err := t.list(ctx)
	if err != nil {
		return "", err
	}
	added, err := t.add(ctx)
	if err != nil {
		return "", err
	}
	promoted, err := t.promote(ctx)
	if err != nil {
		return "", err
	}
	if err := t.remove(ctx); err != nil {
		return "", err
	}
	after, err := t.list(ctx)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s\t%d\t%s\t%s\t%d", t.group(), before, added, promoted, after), nil
}

// count reads a listing to its end.
func count[T any](seq iter.Seq2[*T, error]) (int, error) {
	n := 0
	for _, err := range seq {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
