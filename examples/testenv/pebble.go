package testenv

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// A PebbleServer is Let's Encrypt's ACME server for tests. To it, every name is this machine's.
type PebbleServer struct {
	Directory string // its address
	CA        []byte // PEM of who vouches for it

	t          testing.TB
	management string
	client     *http.Client
}

// Pebble starts one that looks for the port 443 of every domain at one address of this machine, and for port 80 at another one. It
// ends with the test.
func Pebble(t testing.TB, https, plain string) *PebbleServer {
	t.Helper()
	program := Need(t, "pebble")
	own, folder := NewAuthority(t), t.TempDir()
	cert, key := own.Issue(time.Time{}, "127.0.0.1")
	addr, management := FreeAddr(t), FreeAddr(t)
	port := func(addr string) int {
		resolved, err := net.ResolveTCPAddr("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		return resolved.Port
	}
	config, err := json.Marshal(map[string]any{"pebble": map[string]any{
		"listenAddress": addr, "managementListenAddress": management,
		"certificate": File(t, folder, "cert.pem", cert), "privateKey": File(t, folder, "key.pem", key),
		"tlsPort": port(https), "httpPort": port(plain),
	}})
	if err != nil {
		t.Fatal(err)
	}
	server := exec.Command(program, "-config", File(t, folder, "config.json", config), "-dnsserver", loopbackNames(t))
	server.Env = append(os.Environ(), "PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=0", "PEBBLE_AUTHZREUSE=0")
	var said bytes.Buffer
	server.Stdout, server.Stderr = &said, &said
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Kill()
		server.Wait()
		if t.Failed() {
			t.Logf("pebble said:\n%s", said.String())
		}
	})
	p := &PebbleServer{Directory: "https://" + addr + "/dir", CA: own.PEM, t: t, management: "https://" + management,
		client: &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: own.Pool}, DisableKeepAlives: true}}}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		answer, err := p.client.Get(p.Directory)
		if err == nil {
			answer.Body.Close()
			return p
		}
		if time.Now().After(deadline) {
			t.Fatalf("pebble does not answer: %v", err)
		}
	}
}

// Roots returns who trusts the certificates that it gives.
func (p *PebbleServer) Roots() *x509.CertPool {
	p.t.Helper()
	answer, err := p.client.Get(p.management + "/roots/0")
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	root, err := io.ReadAll(answer.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(root) {
		p.t.Fatalf("no root: %s", root)
	}
	return pool
}

// loopbackNames is a DNS server over TCP (RFC 7766), as pebble asks, for which every name has the address 127.0.0.1 and nothing else.
func loopbackNames(t testing.TB) (addr string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				for answerName(conn) == nil {
				}
			}()
		}
	}()
	return listener.Addr().String()
}

func answerName(conn net.Conn) error {
	var length uint16
	if err := binary.Read(conn, binary.BigEndian, &length); err != nil {
		return err
	}
	packet := make([]byte, length)
	if _, err := io.ReadFull(conn, packet); err != nil {
		return err
	}
	var asked dnsmessage.Message
	if err := asked.Unpack(packet); err != nil {
		return err
	}
	answer := dnsmessage.Message{Header: dnsmessage.Header{ID: asked.ID, Response: true, Authoritative: true}, Questions: asked.Questions}
	for _, q := range asked.Questions {
		if q.Type == dnsmessage.TypeA {
			answer.Answers = append(answer.Answers, dnsmessage.Resource{Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
				Body: &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}}})
		}
	}
	packed, err := answer.Pack()
	if err != nil {
		return err
	}
	_, err = conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(packed))), packed...))
	return err
}
