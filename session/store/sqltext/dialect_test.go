package sqltext

import "testing"

func TestDialect(t *testing.T) {
	const question = "SELECT a FROM b WHERE c = ? AND d IN (?, ?)"
	if got := MySQL.Numbered(question); got != question {
		t.Error(got)
	}
	if got := Postgres.Numbered(question); got != "SELECT a FROM b WHERE c = $1 AND d IN ($2, $3)" {
		t.Error(got)
	}
	if got := Postgres.Quote(`web.Ses"sion`); got != `"web"."Ses""sion"` {
		t.Error(got)
	}
	if got := MySQL.Quote("a`b"); got != "`a``b`" {
		t.Error(got)
	}
}
