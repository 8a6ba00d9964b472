package testenv

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/user"
	"strings"
	"testing"
	"time"
)

// Dovecot starts a real IMAP server, without TLS, and ends it with the test. Whoever gives the password secret has an empty mailbox
// there. It returns the server's address.
func Dovecot(t testing.TB) string {
	t.Helper()
	Slow(t, "Dovecot")
	program := Need(t, "dovecot")
	s, addr := newServer(t, "dove"), FreeAddr(t)
	owner, group := "nobody", "nogroup"
	if os.Geteuid() != 0 {
		self, err := user.Current()
		if err != nil {
			t.Fatal(err)
		}
		own, err := user.LookupGroupId(self.Gid)
		if err != nil {
			t.Fatal(err)
		}
		owner, group = self.Username, own.Name
	}
	host, port, _ := net.SplitHostPort(addr)
	config := fmt.Sprintf(`base_dir = %[1]s/run
state_dir = %[1]s/run
log_path = %[1]s/log
protocols = imap
listen = %[2]s
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
default_internal_user = %[4]s
default_internal_group = %[5]s
default_login_user = %[4]s
first_valid_uid = 1
mail_location = maildir:%[1]s/mail/%%u
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=%[4]s gid=%[5]s home=%[1]s/mail/%%u
}
service imap-login {
  chroot =
  inet_listener imap {
    port = %[3]s
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
`, s.Dir, host, port, owner, group)
	path := s.Dir + "/dovecot.conf"
	if err := os.WriteFile(path, []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	s.begin(func() bool { return greets(addr) }, program, "-F", "-c", path)
	return addr
}

// greets tells whether a server speaks first, as one of IMAP does.
func greets(addr string) bool {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return false
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	line, _ := bufio.NewReader(conn).ReadString('\n')
	return strings.HasPrefix(line, "* OK ")
}
