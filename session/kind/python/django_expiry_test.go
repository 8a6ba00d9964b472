package python

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"tawkproxy/config/setting"
	"tawkproxy/examples/testenv"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store"
)

// What Django itself makes of the seconds that a site has set, in files younger and older than its age of cookies, a day.
func TestToleratedByDjango(t *testing.T) {
	if testing.Short() {
		t.Skip("starts Python")
	}
	t.Parallel()
	python := testenv.Python(t, "django")
	values := []string{"", "null", "0", "0.0", "false", "true", "60", "0.5", "-1", "-0.5", "864000", `""`}
	list, err := json.Marshal(values)
	if err != nil {
		t.Fatal(err)
	}
	for _, age := range []int{60, 86400 - 60, 86400 + 60, 100 * 86400} {
		dir := t.TempDir()
		command := exec.Command(python, filepath.Join("testdata", "tolerated.py"), dir, fmt.Sprint(age), string(list))
		command.Stderr = os.Stderr
		said, err := command.Output()
		if err != nil {
			t.Fatal(err)
		}
		var verdicts []struct {
			ID     string
			Counts bool
		}
		if err := json.Unmarshal(said, &verdicts); err != nil || len(verdicts) != len(values) {
			t.Fatalf("%v: %s", err, said)
		}
		for i, verdict := range verdicts {
			source := kindtest.MustOpen(t)(NewDjango(kindtest.Usual(DjangoOptions{SessionEngine: "file", SecretKeys: setting.NewKeys([]byte("key")), Setup: recipe.Setup{
				MaxAge: 86400e9, Store: &store.Files{Dir: dir, Timeout: sessiontest.Patience}}})))
			u, err := source.Identify(sessiontest.WithCookie("sessionid", verdict.ID), nil)
			if (err == nil) != verdict.Counts {
				t.Errorf("%d seconds old, %s: counts there: %t, here: %+v, %v", age, values[i], verdict.Counts, u, err)
			}
		}
	}
}
