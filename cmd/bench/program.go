package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/gorilla/securecookie"
)

// The session of the visitor who is logged in. Its key guards nothing.
const (
	sessionCookie = "shop_session"
	sessionKey    = "a benchmark keeps no secrets at all"
	userID        = "1042"
	userName      = "Ada Lovelace"
)

// build makes tawkproxy from the sources beside this.
func build(ctx context.Context, folder string) (path string, err error) {
	path = filepath.Join(folder, "tawkproxy")
	command := exec.CommandContext(ctx, "go", "build", "-o", path, "tawkproxy/cmd/tawkproxy")
	command.Stderr = os.Stderr
	if err := command.Run(); err != nil {
		return "", fmt.Errorf("build tawkproxy: %w", err)
	}
	return path, nil
}

// startProgram runs tawkproxy as an operator would, by its settings alone. It logs warnings only: the others log nothing, either.
func startProgram(p *processes, path, site string) (*peer, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	pid, err := p.start(address, []string{
		"TAWK_UPSTREAM=http://" + site,
		"TAWK_LISTEN=" + address,
		"TAWK_ADMIN_LISTEN=off",
		"TAWK_PROPERTY_ID=0123456789abcdef01234567",
		"TAWK_SECRET_KEY=0123456789abcdef0123456789abcdef01234567",
		"TAWK_SESSION=gorilla",
		"TAWK_SESSION_COOKIE=" + sessionCookie,
		"TAWK_SESSION_KEY=" + sessionKey,
		"TAWK_USER_ID=user.id",
		"TAWK_USER_NAME=user.name",
		"TAWK_USER_EMAIL=user.email",
		"TAWK_LOG_LEVEL=warn",
	}, path)
	if err != nil {
		return nil, err
	}
	// Pages hold the login script until a browser has got to its own address, of which older builds know nothing.
	_, _, _ = fetch(address, []byte("GET /.tawkproxy/login. HTTP/1.1\r\nHost: shop.example\r\n\r\n"))
	return &peer{pid: pid, address: address, mark: `"name":"` + userName + `"`, takes: everything}, nil
}

// session is the cookie of the visitor.
func session() (string, error) {
	values := map[any]any{
		"authenticated": true, "user.id": 1042, "user.name": userName, "user.email": "ada@example.org", "locale": "en-GB", "theme": "dark",
	}
	value, err := securecookie.New([]byte(sessionKey), nil).Encode(sessionCookie, values)
	return sessionCookie + "=" + value, err
}
