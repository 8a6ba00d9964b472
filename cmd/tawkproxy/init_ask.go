package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"tawkproxy/config/setting"
	"tawkproxy/session/kind"
)

// Why the two settings are asked for that no site knows.
const (
	whyProperty = "the property id: the first of the two ids in the embed code, https://embed.tawk.to/PROPERTY_ID/WIDGET_ID, in tawk.to's dashboard " +
		"under Administration, Channels, Chat Widget"
	whyKey = "the secret key: in tawk.to's dashboard under Administration, Overview, JavaScript API. Switch Secure Mode on there, too"
)

// none is the answer of who wants to leave a setting out.
const none = "none"

// complete asks for what is missing, until the settings are whole; where nobody can be asked, it says all that is missing.
func (i *initialisation) complete(ctx context.Context) error {
	i.want("TAWK_SECRET_KEY", whyKey)
	if i.value("TAWK_EMBED") != "never" {
		i.want("TAWK_PROPERTY_ID", whyProperty)
	}
	missing := errMissing{kind: i.candidate.Kind.Name}
	for n := 0; n < len(i.lines); n++ {
		line := i.lines[n]
		if line.Value != "" || i.has(line.Name) {
			continue
		}
		switch {
		case i.person == nil && line.Guess == none:
			i.notes = append(i.notes, line.Name+" was left out: "+line.Why)
		case i.person == nil:
			missing.settings = append(missing.settings, line)
		default:
			if err := i.answer(ctx, line); err != nil {
				return err
			}
		}
	}
	for {
		mistakes := i.mistakes()
		if len(mistakes) == 0 {
			if len(missing.settings) > 0 {
				return missing
			}
			return nil
		}
		if i.person == nil {
			return i.lacking(missing, mistakes)
		}
		first := mistakes[0]
		if i.value(first.Name) != "" { // it is wrong, and not only missing
			i.say("%v\n", first)
			i.forget(first.Name)
		}
		if err := i.answer(ctx, kind.Setting{Name: first.Name, Why: first.What + "; " + first.Remedy}); err != nil {
			return err
		}
	}
}

// want adds a setting to what is asked for, before all else.
func (i *initialisation) want(name, why string) {
	if !i.has(name) {
		i.lines = append([]kind.Setting{{Name: name, Why: why}}, i.lines...)
	}
}

// mistakes is what is wrong with the settings as they are.
func (i *initialisation) mistakes() setting.Mistakes {
	_, err := load(i.settings())
	mistakes, _ := errors.AsType[setting.Mistakes](err)
	return mistakes
}

// lacking joins what is known to be missing with what else the settings are refused for.
func (i *initialisation) lacking(missing errMissing, mistakes setting.Mistakes) error {
	known := map[string]bool{}
	for _, m := range missing.settings {
		known[m.Name] = true
	}
	for _, m := range mistakes {
		if !known[m.Name] {
			missing.settings = append(missing.settings, kind.Setting{Name: m.Name, Why: m.What + "; " + m.Remedy})
		}
	}
	return missing
}

// answer asks for a setting until the answer is one.
func (i *initialisation) answer(ctx context.Context, want kind.Setting) error {
	for {
		about := descriptions()[want.Name]
		answer, err := i.question(ctx, want.Name, about.Secret, want.Why, want.Guess)
		if err != nil {
			return err
		}
		if answer == none && want.Guess == none || answer == "" && want.Guess == "" && i.optional(want.Name) {
			i.forget(want.Name)
			return nil
		}
		if answer == "" {
			continue
		}
		i.given[want.Name] = answer
		wrong := i.wrong(want.Name)
		if wrong == nil {
			return nil
		}
		delete(i.given, want.Name)
		i.say("  %v\n", wrong)
	}
}

// optional tells whether the settings do without one.
func (i *initialisation) optional(name string) bool { return i.wrong(name) == nil }

// wrong is what is wrong with a setting as it is.
func (i *initialisation) wrong(name string) error {
	for _, m := range i.mistakes() {
		if m.Name == name || m.Name == name+"_FILE" {
			return m
		}
	}
	return nil
}

// forget takes a setting out.
func (i *initialisation) forget(name string) {
	delete(i.given, name)
	delete(i.given, name+"_FILE")
	kept := i.lines[:0]
	for _, line := range i.lines {
		if line.Name == name {
			line.Value, line.Guess, line.From = "", none, ""
		}
		kept = append(kept, line)
	}
	i.lines = kept
}

// require asks for something without which nothing goes on.
func (i *initialisation) require(ctx context.Context, name, why string) (string, error) {
	for {
		answer, err := i.question(ctx, name, false, why, "")
		if err != nil || answer != "" {
			return answer, err
		}
	}
}

// question asks one question.
func (i *initialisation) question(ctx context.Context, name string, secret bool, why, guess string) (string, error) {
	if i.person == nil {
		return "", setting.Mistake{Name: name, What: "is missing: " + why, Remedy: "give it by a flag; on a terminal it is asked for"}
	}
	i.asked++
	text := fmt.Sprintf("\n%s\n%s", wrapped(capital(why)+"."), name)
	if guess != "" {
		text += " [" + guess + "]"
	}
	if secret {
		text += " (not shown)"
	}
	answer, err := i.person.ask(ctx, secret, text+": ")
	if err != nil {
		return "", err
	}
	if answer = strings.TrimSpace(answer); answer == "" {
		answer = guess
	}
	return answer, nil
}

func capital(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// wrapped breaks a text into lines for a terminal.
func wrapped(text string) string {
	const width = 90
	var b strings.Builder
	column := 0
	for _, word := range strings.Fields(text) {
		if column > 0 && column+1+len(word) > width {
			b.WriteString("\n")
			column = 0
		}
		if column > 0 {
			b.WriteString(" ")
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	return b.String()
}
