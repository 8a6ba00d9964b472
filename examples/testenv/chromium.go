package testenv

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// Chromium is a real browser without a window, gone when the test is over.
type Chromium struct {
	ctx context.Context
}

// NewChromium starts the browser. That costs more than everything else, so let one serve a whole test file.
func NewChromium(t testing.TB) *Chromium {
	t.Helper()
	slow(t, "Chromium")
	path := Need(t, "chromium", "chromium-browser", "google-chrome")
	profile, err := os.MkdirTemp("", "chromium-")
	if err != nil {
		t.Fatal(err)
	}
	// t.TempDir would fail the test if the last process of the browser still writes.
	t.Cleanup(func() { _ = os.RemoveAll(profile) })

	allocator, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.UserDataDir(profile),
		chromedp.NoSandbox, // root may not have one
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.WSURLReadTimeout(time.Minute), // a busy machine starts slowly
	)...)
	t.Cleanup(stop)
	ctx, quit := chromedp.NewContext(allocator)
	t.Cleanup(quit)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	return &Chromium{ctx}
}

// Visitor opens a tab with cookies and storage of its own: as if another person came to the site.
func (c *Chromium) Visitor(t testing.TB) *Tab {
	t.Helper()
	return open(t, c.ctx, chromedp.WithNewBrowserContext())
}
