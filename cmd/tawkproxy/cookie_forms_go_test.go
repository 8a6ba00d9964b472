package main

import (
	"encoding/gob"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/alicebob/miniredis/v2"
	"github.com/gorilla/sessions"
)

const goFormsKey = "a-session-key:-thirty-two-bytes."

// runGorilla runs the site of [TestGorillaSite] with its sessions in cookies.
func runGorilla(t *testing.T, _ *place, _ liveSite) string {
	gob.Register(goMember{})
	store := sessions.NewCookieStore([]byte(goFormsKey))
	store.Options.Secure = false // the test speaks plain HTTP
	server := httptest.NewServer(goSite{store})
	t.Cleanup(server.Close)
	return server.URL
}

// runSCS runs a site with alexedwards/scs, whose sessions are where its redisstore puts them.
func runSCS(t *testing.T, p *place, _ liveSite) string {
	redis := miniredis.RunT(t)
	p.named["MINIREDIS"] = redis.Addr()
	manager := scs.New()
	manager.Store = scsInRedis{redis}
	members := map[string]goMember{"ada": {42, "Ada Lovelace"}, "jose": {43, `José "Pepe" O'Neil`}}
	server := httptest.NewServer(manager.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method + " " + r.URL.Path {
		case "POST /login":
			if member, ok := members[r.FormValue("user")]; ok {
				manager.RenewToken(r.Context())
				manager.Put(r.Context(), "id", member.ID)
				manager.Put(r.Context(), "name", member.Name)
			}
		case "POST /logout":
			manager.Destroy(r.Context())
		}
		name := manager.GetString(r.Context(), "name")
		if name == "" {
			name = "stranger"
		}
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<!DOCTYPE html>\n<html><head><title>Go</title></head><body>Hello, "+html.EscapeString(name)+".\n")
	})))
	t.Cleanup(server.Close)
	return server.URL
}

// scsInRedis keeps sessions as the redisstore of scs does.
type scsInRedis struct{ *miniredis.Miniredis }

func (s scsInRedis) Find(token string) ([]byte, bool, error) {
	record, err := s.Get("scs:session:" + token)
	return []byte(record), err == nil, nil
}

func (s scsInRedis) Commit(token string, record []byte, end time.Time) error {
	key := "scs:session:" + token
	if err := s.Set(key, string(record)); err != nil {
		return err
	}
	s.SetTTL(key, time.Until(end))
	return nil
}

func (s scsInRedis) Delete(token string) error {
	s.Del("scs:session:" + token)
	return nil
}
