package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
	// dropped are the characters that an anchor omits.
	dropped = regexp.MustCompile(`[^a-z0-9 _-]`)
	badge   = regexp.MustCompile(`!\[([^\]]*)\]\(https://img\.shields\.io/badge/([^)]*)\)`)
	image   = regexp.MustCompile(`!\[`)
)

// anchors returns the anchors of a document's headings.
func anchors(document string) map[string]bool {
	all := map[string]bool{}
	for _, m := range heading.FindAllStringSubmatch(fence.ReplaceAllString(document, ""), -1) {
		all[strings.ReplaceAll(dropped.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-")] = true
	}
	return all
}

// TestLinks checks that each link leads to a file of the repository and to a heading in
// it.
func TestLinks(t *testing.T) {
	eachDocument(t, func(t *testing.T, file, text string) {
		for _, m := range link.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			to, anchor, _ := strings.Cut(m[1], "#")
			target := text
			if to != "" {
				b, err := os.ReadFile(filepath.Join(filepath.Dir(file), filepath.FromSlash(to)))
				if err != nil {
					t.Errorf("%s: %v", m[1], err)
					continue
				}
				target = string(b)
			}
			if anchor != "" && !anchors(target)[anchor] {
				t.Errorf("%s: no heading has the anchor %q", m[1], anchor)
			}
		}
	})
}

// TestContents checks that the README links to every file in docs.
func TestContents(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if to := "](docs/" + filepath.Base(file) + ")"; !strings.Contains(string(readme), to) {
			t.Errorf("README.md has no link to %s", file)
		}
	}
}

// TestBadges compares each badge of the README with the file that it describes.
func TestBadges(t *testing.T) {
	read := func(name string) string {
		b, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	goVersion := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(read("go.mod"))[1]
	license := "none"
	if text := read("LICENSE"); strings.Contains(text, "Apache License") && strings.Contains(text, "Version 2.0") {
		license = "Apache-2.0"
	}
	want := map[string]string{
		"Go " + goVersion:    "Go-" + goVersion,
		"License " + license: "license-" + strings.ReplaceAll(license, "-", "--"),
	}
	readme := read("README.md")
	badges := badge.FindAllStringSubmatch(readme, -1)
	if n := len(image.FindAllString(readme, -1)); n != len(badges) {
		t.Errorf("%d images, %d of them badges that this test knows", n, len(badges))
	}
	for _, m := range badges {
		shown, ok := want[m[1]]
		if !ok || m[2][:strings.LastIndex(m[2], "-")] != shown {
			t.Errorf("badge %q shows %q, want one of %v", m[1], m[2], want)
		}
	}
}
