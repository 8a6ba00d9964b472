package testenv

import (
	"os/exec"
	"testing"
)

// PHPExtensions returns the settings with which [PHP] loads these extensions, such as redis, if they are installed.
func PHPExtensions(t testing.TB, names ...string) (settings []string) {
	t.Helper()
	program := Need(t, "php")
	for _, name := range names {
		settings = append(settings, "extension="+name)
	}
	for _, name := range names {
		args := []string{"-n"}
		for _, setting := range settings {
			args = append(args, "-d", setting)
		}
		if exec.Command(program, append(args, "-r", `exit(extension_loaded("`+name+`") ? 0 : 1);`)...).Run() != nil {
			Missing(t, "the PHP extension %s is not installed", name)
		}
	}
	return settings
}
