package chrome

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// A Tab of the browser. It keeps what its pages wrote to the console and threw.
type Tab struct {
	Context context.Context // for chromedp.Run

	t       testing.TB
	left    int // how often
	mu      sync.Mutex
	console []string
	thrown  []string
}

// Sibling opens another tab of the same visitor.
func (tab *Tab) Sibling() *Tab {
	tab.t.Helper()
	return open(tab.t, tab.Context)
}

func open(t testing.TB, parent context.Context, options ...chromedp.ContextOption) *Tab {
	t.Helper()
	tab := &Tab{t: t}
	ctx, closeTab := chromedp.NewContext(parent, append(options, chromedp.WithListener(tab.listen))...)
	t.Cleanup(closeTab)
	tab.Context = ctx
	// The tab lives as long as the context of its first run, which therefore has no time limit.
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	return tab
}

func (tab *Tab) listen(event any) {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		var words []string
		for _, arg := range e.Args {
			words = append(words, cmp.Or(strings.Trim(string(arg.Value), `"`), arg.Description))
		}
		tab.console = append(tab.console, fmt.Sprintf("%s: %s", e.Type, strings.Join(words, " ")))
	case *log.EventEntryAdded:
		tab.console = append(tab.console, fmt.Sprintf("%s: %s", e.Entry.Level, e.Entry.Text))
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text = cmp.Or(e.ExceptionDetails.Exception.Description, text)
		}
		tab.thrown = append(tab.thrown, text)
	}
}

// Run runs actions in the tab, for two minutes at most.
func (tab *Tab) Run(actions ...chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	evaluate(tab, chromedp.Steps(actions...))
}

// Open goes to an address and waits until the page has loaded.
func (tab *Tab) Open(url string) {
	tab.t.Helper()
	tab.Run(chromedp.Navigate(url))
}

// Eval runs JavaScript in the page. It waits for a promise, but forgets its value.
func (tab *Tab) Eval(script string) {
	tab.t.Helper()
	evaluate(tab, chromedp.Evaluate[chromedp.Void](script, chromedp.EvalAwaitPromise))
}

// Leave runs JavaScript that leads to another page, and waits until that one has loaded.
func (tab *Tab) Leave(script string) {
	tab.t.Helper()
	tab.left++ // a page that the way back brings may have been left like this before
	leave := chromedp.Evaluate[chromedp.Void](fmt.Sprintf("window.left = %d; %s", tab.left, script))
	evaluate(tab, func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := leave(ctx, t)
		if refused, ok := errors.AsType[*cdproto.Error](err); ok && refused.Message == "Inspected target navigated or closed" {
			err = nil // the other page was quicker than the answer
		}
		return chromedp.Void{}, err
	})
	tab.Until(fmt.Sprintf("window.left !== %d && document.readyState === 'complete'", tab.left))
}

// Text returns the value of a JavaScript expression that is a string, or a promise of one.
func (tab *Tab) Text(expression string) string {
	tab.t.Helper()
	return evaluate(tab, chromedp.Evaluate[string](expression, chromedp.EvalAwaitPromise))
}

// Until waits until a JavaScript expression is true.
func (tab *Tab) Until(expression string) {
	tab.t.Helper()
	condition := chromedp.Evaluate[bool]("Boolean(" + expression + ")")
	evaluate(tab, func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		for {
			// An error is no reason to stop: there may be no page between two pages.
			if met, err := condition(ctx, t); err == nil && met {
				return chromedp.Void{}, nil
			}
			select {
			case <-ctx.Done():
				return chromedp.Void{}, fmt.Errorf("never %s: %w", expression, ctx.Err())
			case <-time.After(20 * time.Millisecond):
			}
		}
	})
}

// Before lets a script run in every later page of the tab before the page's own.
func (tab *Tab) Before(script string) {
	tab.t.Helper()
	evaluate(tab, func(ctx context.Context, t *chromedp.Target) (page.AddScriptToEvaluateOnNewDocumentResult, error) {
		params := page.AddScriptToEvaluateOnNewDocumentParams{Source: script}
		return cdp.Call(ctx, t, page.AddScriptToEvaluateOnNewDocument, params)
	})
}

// DisableScripts lets no script of a page run any more. Eval and its like still work.
func (tab *Tab) DisableScripts() {
	tab.t.Helper()
	tab.Run(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		params := emulation.SetScriptExecutionDisabledParams{Value: true}
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, params)
		return chromedp.Void{}, err
	})
}

// Hide puts the tab into the background: its page learns that it is hidden.
func (tab *Tab) Hide() {
	tab.t.Helper()
	tab.setWindow(browser.WindowStateMinimized)
}

// Show undoes Hide.
func (tab *Tab) Show() {
	tab.t.Helper()
	tab.setWindow(browser.WindowStateNormal)
}

func (tab *Tab) setWindow(state browser.WindowState) {
	tab.t.Helper()
	tab.Run(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		window, err := cdp.Call(ctx, t, browser.GetWindowForTarget, browser.GetWindowForTargetParams{})
		if err != nil {
			return chromedp.Void{}, err
		}
		bounds := browser.SetWindowBoundsParams{WindowID: window.WindowID, Bounds: &browser.Bounds{WindowState: state}}
		_, err = cdp.Call(ctx, t, browser.SetWindowBounds, bounds)
		return chromedp.Void{}, err
	})
}

func evaluate[T any](tab *Tab, action chromedp.Action[T]) T {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.Context, 2*time.Minute)
	defer cancel()
	result, err := chromedp.Run(ctx, action)
	if err != nil {
		tab.t.Fatalf("%v\nconsole: %q\nthrown: %q", err, tab.Console(), tab.Thrown())
	}
	return result
}

// Console returns what the tab wrote to the console so far, each line after its level: "warning: ...".
func (tab *Tab) Console() []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	return slices.Clone(tab.console)
}

// Thrown returns the exceptions that nothing in the tab caught.
func (tab *Tab) Thrown() []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	return slices.Clone(tab.thrown)
}
