package main

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"tawkproxy/examples/testenv"
	"tawkproxy/examples/widget"
)

// TestGuestsOfTomcat: Tomcat keeps one request of each guest, to go on with it after the login. What the script asks must not
// take its place.
func TestGuestsOfTomcat(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a Tomcat and a browser")
	}
	t.Parallel()
	const (
		protected = "/examples/jsp/security/protected/index.jsp"
		public    = "/examples/jsp/index.html"
		settings  = "TAWK_SESSION=site TAWK_SESSION_URL=" + protected + " TAWK_SESSION_ANSWER=html TAWK_SESSION_COOKIE=JSESSIONID " +
			"TAWK_USER_ID=body>b:nth-of-type(1) TAWK_USER_NAME= TAWK_USER_EMAIL="
		login = "document.querySelector('[name=j_username]').value = 'tomcat';" +
			"document.querySelector('[name=j_password]').value = 'secret';"
	)
	tomcat := testenv.Tomcat(t)
	chromium := sharedChromium.Get(t)
	open := func(t *testing.T) *visit {
		standin := &widget.Server{Key: demoKey}
		chat := httptest.NewServer(standin)
		t.Cleanup(chat.Close)
		program := front(t, tomcat, append(strings.Fields(settings), "TAWK_EMBED_ORIGIN="+chat.URL, "TAWK_LOG_LEVEL=debug")...)
		t.Cleanup(func() {
			if t.Failed() {
				t.Log(program.Log())
			}
		})
		return newVisit(t, chromium, &town{program: program, widget: standin})
	}
	// The script has asked, whatever it has heard.
	asked := "performance.getEntriesByType('resource').some(function (r) { return /\\.tawkproxy\\/user/.test(r.name) && r.responseEnd })"

	t.Run("straight to a protected page", func(t *testing.T) {
		t.Parallel()
		v := open(t)
		v.open(protected + "?role=tomcat")
		v.Until(asked)
		v.Leave(login + "document.forms[0].submit()")
		v.lands(protected + "?role=tomcat")
		v.sees("tomcat \u2713 verified").told("login tomcat")
		v.Leave("location = '" + protected + "?logoff=true'")
		v.Until(asked)
		v.told("logout")
		if log := v.town.Log(); strings.Count(log, `"harm":"login_form"`) != 1 || !strings.Contains(log, "or TAWK_SESSION_COOKIE name") {
			t.Errorf("the log says %s", log)
		}
		v.quiet()
	})
	t.Run("without scripts", func(t *testing.T) {
		t.Parallel()
		const own = "/examples/.tawkproxy/user"
		program := front(t, tomcat, append(strings.Fields(settings), "TAWK_LOG_LEVEL=debug")...)
		b := newBrowser(t, program.url)
		asks := func(want string) {
			t.Helper()
			if got := b.heard(b.read(b.open(own, "Sec-Fetch-Site", "same-origin"))); got != want {
				t.Errorf("the script asks and hears of %s, want %s", got, want)
			}
		}
		logsIn := func(want string) {
			t.Helper()
			asks("nothing") // as long as the form is there
			answer := b.post("/examples/jsp/security/protected/j_security_check", "j_username=tomcat&j_password=secret")
			at, err := answer.Location()
			if err != nil || at.RequestURI() != want {
				t.Errorf("the login leads to %v, want %s", at, want)
			}
			asks("tomcat")
			b.open(at.RequestURI())
			asks("tomcat")
			b.open(protected + "?logoff=true")
			asks("nobody")
			asks("nobody")
		}
		asks("nobody")
		b.read(b.open(protected + "?role=a"))
		logsIn(protected + "?role=a")

		// A session with something in it, which the question must not cost the guest.
		const keeps = "/examples/servlets/servlet/SessionExample"
		b = newBrowser(t, program.url)
		b.read(b.open(keeps + "?dataname=basket&datavalue=teapot"))
		asks("nobody")
		asks("nobody")
		if page := b.read(b.open(keeps)); !strings.Contains(page, "basket = teapot") {
			t.Errorf("the guest has lost the session: %s", page)
		}
		b.read(b.open(protected + "?role=b"))
		logsIn(protected + "?role=b")
		b = newBrowser(t, program.url)
		b.read(b.open(keeps + "?dataname=basket&datavalue=teapot"))
		b.read(b.post(protected, "dataName=answer&dataValue=forty-two"))
		logsIn(protected)
		if t.Failed() {
			t.Log(program.Log())
		}
	})
	t.Run("by way of a public page", func(t *testing.T) {
		t.Parallel()
		v := open(t)
		v.open("/examples/jsp/snp/snoop.jsp") // begins a session
		v.Until(asked)
		v.open(public)
		v.Until(asked)
		v.open(protected + "?role=role1")
		v.Until(asked)
		v.Leave(login + "document.forms[0].submit()")
		v.lands(protected + "?role=role1")
		v.sees("tomcat \u2713 verified").told("login tomcat")
	})
	t.Run("with a form that is sent before the login", func(t *testing.T) {
		t.Parallel()
		v := open(t)
		v.open("/examples/jsp/snp/snoop.jsp")
		v.Until(asked)
		v.Leave(`var form = document.createElement('form'), field = document.createElement('input');
			form.method = 'POST'; form.action = '` + protected + `'; field.name = 'dataName'; field.value = 'answer';
			form.appendChild(field);
			var other = document.createElement('input'); other.name = 'dataValue'; other.value = 'forty-two';
			form.appendChild(other); document.body.appendChild(form); form.submit()`)
		v.Until(asked)
		v.Leave(login + "document.forms[0].submit()")
		v.lands(protected)
		v.Until("/forty-two/.test(document.body.textContent)")
		v.sees("tomcat \u2713 verified").told("login tomcat")
	})
}

// lands checks where the visitor is.
func (v *visit) lands(want string) {
	v.t.Helper()
	at, err := url.Parse(v.Text("location.href"))
	if err != nil || at.RequestURI() != want {
		v.t.Errorf("landed at %s, want %s", at, want)
	}
}
