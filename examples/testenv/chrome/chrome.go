// Package chrome gives tests a real browser, Chromium. It stands apart from testenv, since who links it links all of the protocol.
package chrome

import (
	"context"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"tawkproxy/examples/testenv"
)

// A Browser is a real one without a window, gone when the test is over.
type Browser struct {
	ctx context.Context
}

// New starts the browser. That costs more than everything else, so let one serve a whole test file.
func New(t testing.TB) *Browser {
	t.Helper()
	shared := new(Shared)
	t.Cleanup(shared.Close)
	return shared.Get(t)
}

// A Shared is one browser for all tests of a package, whose TestMain closes it. The zero value is ready to use.
type Shared struct {
	// Whole asks for the whole browser instead of its headless shell: the same engine, which costs a third for each page, but keeps
	// no page for the way back (the back/forward cache), and has none of what stands around a page.
	Whole bool

	once  sync.Once
	ctx   context.Context
	err   error
	close []func()
}

// Get returns the browser, and starts it if it is the first to need it.
func (s *Shared) Get(t testing.TB) *Browser {
	t.Helper()
	testenv.Slow(t, "Chromium")
	path := testenv.Need(t, s.programs()...)
	s.once.Do(func() { s.err = s.start(path) })
	if s.err != nil {
		t.Fatalf("start %s: %v", path, s.err)
	}
	return &Browser{s.ctx}
}

// programs are the browsers that will do, the best one first. TAWKPROXY_TEST_BROWSER names another, for all tests.
func (s *Shared) programs() []string {
	if other := os.Getenv("TAWKPROXY_TEST_BROWSER"); other != "" {
		return []string{other}
	}
	whole := []string{"chromium", "chromium-browser", "google-chrome"}
	if s.Whole {
		return whole
	}
	return append([]string{"chromium-headless-shell"}, whole...)
}

// Close ends the browser, if it was started.
func (s *Shared) Close() {
	for _, end := range slices.Backward(s.close) {
		end()
	}
}

func (s *Shared) start(path string) error {
	profile, err := os.MkdirTemp("", "chromium-")
	if err != nil {
		return err
	}
	// t.TempDir would fail the test if the last process of the browser still writes.
	s.close = append(s.close, func() { _ = os.RemoveAll(profile) })

	allocator, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.UserDataDir(profile),
		chromedp.NoSandbox, // root may not have one
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.WSURLReadTimeout(time.Minute), // a busy machine starts slowly
	)...)
	ctx, quit := chromedp.NewContext(allocator)
	s.ctx, s.close = ctx, append(s.close, stop, quit)
	return chromedp.Do(ctx)
}

// Visitor opens a tab with cookies and storage of its own: as if another person came to the site.
func (b *Browser) Visitor(t testing.TB) *Tab {
	t.Helper()
	return open(t, b.ctx, chromedp.WithNewBrowserContext())
}
