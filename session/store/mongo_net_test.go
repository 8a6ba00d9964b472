package store_test

import (
	"net"
	"testing"
	"time"

	"tawkproxy/examples/testenv"
	"tawkproxy/session"
	"tawkproxy/session/store/storetest"
)

// Real servers, one over TLS, and one that calls itself the only one of a replica set.
func TestMongoServers(t *testing.T) {
	t.Parallel()
	a, dir := testenv.NewAuthority(t), t.TempDir()
	cert, key := a.Issue(time.Time{}, "localhost", "127.0.0.1")
	addr := testenv.FreeAddr(t)
	testenv.FerretDB(t, "--listen-tls="+addr,
		"--listen-tls-cert-file="+testenv.File(t, dir, "cert.pem", cert), "--listen-tls-key-file="+testenv.File(t, dir, "key.pem", key))
	alone := testenv.FerretDB(t, "--repl-set-name=rs0")
	_, port, _ := net.SplitHostPort(addr)
	ca := testenv.File(t, dir, "ca.pem", a.PEM)
	for url, known := range map[string]bool{
		"mongodb://" + addr + "/shop?tls=true&tlsCAFile=" + ca:                                  true,
		alone.URL() + "?replicaSet=rs0&readPreference=nearest":                                  true,
		alone.URL() + "?replicaSet=rs1":                                                         false,
		"mongodb://localhost:" + port + "/shop?tls=true&tlsInsecure=true&directConnection=true": true,
		"mongodb://" + addr + "/shop?tls=true&serverSelectionTimeoutMS=1":                       false,
		"mongodb://" + addr + "/shop":                                                           false,
	} {
		opened := storetest.OpenMongo(t, url)
		if !known {
			opened = storetest.OpenMongoWithin(t, url, time.Second)
		}
		_, err := opened.Or("sessions").Get(t.Context(), "x")
		if reason, _ := session.NobodyReason(err); known != (reason == session.NoRecord) {
			t.Errorf("%s: %v", url, err)
		}
	}
}
