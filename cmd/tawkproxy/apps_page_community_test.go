package main

import (
	"fmt"
	"strings"
)

// communityApps are content and communities.
func communityApps() []app {
	const (
		ada43, jose43, guest43 = "xJ3w0aQmT9rY-1bKf_8sHc2LpV7nEdGzUo5iWqXt4Ry", "B7kqP_0wZs1YtR4eXc9VnM3aLd-8HgJ2fUi6oKpQzAb", "0zYxWvUtSrQpOnMlKjIhGfEdCbA9876543210zyxwvu"
		ada32, jose32, guest32 = "d41d8cd98f00b204e9800998ecf8427e", "0cc175b9c0f1b6a831c399e269772661", "900150983cd24fb0d6963f7d28e17f72"
		locked32               = "f96b697d7cb7938d525a2f31aaf161d0"
	)
	const adaComma = "xJ3w0aQmT9rY-1bKf,8sHc2LpV7nEdGzUo5iWqXt4Ry0Kp2m" // as PHP makes ids of six bits a character
	typo3Key := sha1Hex("an encryption key" + "core-session-backend")
	typo3 := func(id string) string {
		return base64Text(`{"alg":"HS256","typ":"JWT"}`)[:36] + "." +
			base64Raw(`{"identifier":"`+id+`","time":"2026-11-29T07:00:00+00:00","scope":{"domain":"www.example.com","hostOnly":true,"path":"/"}}`) + "." +
			sha256Base64URL("a signature")
	}
	return []app{
		{
			heading:  "Drupal 8 to 11", // core/modules/system/system.install, core/modules/user
			settings: []string{"TAWK_SESSION_COOKIE=SSESS0123456789abcdef0123456789abcdef"},
			tables: []string{
				"CREATE TABLE sessions (uid INT UNSIGNED NOT NULL, sid VARCHAR(128) NOT NULL, hostname VARCHAR(128) NOT NULL DEFAULT '', " +
					"timestamp INT NOT NULL DEFAULT 0, session LONGBLOB NULL, PRIMARY KEY (sid))",
				"CREATE TABLE users_field_data (uid INT UNSIGNED NOT NULL, langcode VARCHAR(12) NOT NULL, name VARCHAR(60) NOT NULL, mail VARCHAR(254) NULL, " +
					"status TINYINT NOT NULL, default_langcode TINYINT NOT NULL, PRIMARY KEY (uid, langcode))",
			},
			rows: []string{
				fmt.Sprintf(`INSERT INTO sessions VALUES (42, '%s', '', {now-60}, '_sf2_attributes|a:1:{s:3:"uid";s:2:"42";}'), (7, '%s', '', {now-60}, ''), (0, '%s', '', {now}, '')`,
					sha256Base64URL(adaComma), sha256Base64URL(jose43), sha256Base64URL(guest43)),
				"INSERT INTO users_field_data VALUES (0, 'en', '', NULL, 0, 1), (42, 'en', 'ada', 'ada@example.com', 1, 1), (42, 'pt', 'ada-pt', 'ada@example.com', 1, 0), (7, 'en', 'José', NULL, 1, 1)",
			},
			ada: strings.ReplaceAll(adaComma, ",", "%2C"), adaIs: "42 ada ada@example.com", jose: jose43, joseIs: "7 José",
			nobody: map[string]string{"a guest with a session": guest43, "what stands in the table": sha256Base64URL(adaComma)},
			ends: map[string]string{"logout": "DELETE FROM sessions WHERE uid = 42", "blocked": "UPDATE users_field_data SET status = 0 WHERE uid = 42",
				"deleted": "DELETE FROM users_field_data WHERE uid = 42"},
		},
		{
			heading:  "Drupal 7", // modules/system/system.install, modules/user/user.install
			settings: []string{"TAWK_SESSION_COOKIE=SSESS0123456789abcdef0123456789abcdef"},
			tables: []string{
				"CREATE TABLE sessions (uid INT UNSIGNED NOT NULL, sid VARCHAR(128) NOT NULL, ssid VARCHAR(128) NOT NULL DEFAULT '', hostname VARCHAR(128) NOT NULL DEFAULT '', " +
					"timestamp INT NOT NULL DEFAULT 0, cache INT NOT NULL DEFAULT 0, session LONGBLOB NULL, PRIMARY KEY (sid, ssid))",
				"CREATE TABLE users (uid INT UNSIGNED NOT NULL PRIMARY KEY, name VARCHAR(60) NOT NULL DEFAULT '', mail VARCHAR(254) DEFAULT '', status TINYINT NOT NULL DEFAULT 0)",
			},
			rows: []string{
				fmt.Sprintf("INSERT INTO sessions VALUES (42, '%[1]s', '%[1]s', '', {now}, 0, ''), (7, '%[2]s', '%[2]s', '', {now}, 0, ''), (0, '%[3]s', '%[3]s', '', {now}, 0, '')",
					sha256Base64URL(ada43), sha256Base64URL(jose43), sha256Base64URL(guest43)),
				"INSERT INTO users VALUES (0, '', '', 0), (42, 'ada', 'ada@example.com', 1), (7, 'José', '', 1)",
			},
			ada: ada43, adaIs: "42 ada ada@example.com", jose: jose43, joseIs: "7 José",
			nobody: map[string]string{"a guest with a session": guest43},
			ends:   map[string]string{"logout": "DELETE FROM sessions WHERE uid = 42", "blocked": "UPDATE users SET status = 0 WHERE uid = 42"},
		},
		{
			heading: "Joomla 4 and 5", // installation/sql/mysql/base.sql
			tables: []string{
				"CREATE TABLE jos_session (session_id VARBINARY(192) NOT NULL PRIMARY KEY, client_id TINYINT UNSIGNED DEFAULT NULL, guest TINYINT UNSIGNED DEFAULT 1, " +
					"time INT NOT NULL DEFAULT 0, data MEDIUMTEXT, userid INT DEFAULT 0, username VARCHAR(150) DEFAULT '')",
				"CREATE TABLE jos_users (id INT NOT NULL PRIMARY KEY, name VARCHAR(400) NOT NULL DEFAULT '', username VARCHAR(150) NOT NULL DEFAULT '', " +
					"email VARCHAR(100) NOT NULL DEFAULT '', block TINYINT NOT NULL DEFAULT 0)",
			},
			rows: []string{
				fmt.Sprintf("INSERT INTO jos_session VALUES ('%s', 0, 0, {now-60}, '', 42, 'ada'), ('%s', 0, 0, {now}, '', 7, 'jose'), ('%s', 0, 1, {now}, '', 0, ''), ('%s', 1, 0, {now}, '', 42, 'ada')",
					ada32, jose32, guest32, locked32),
				"INSERT INTO jos_users VALUES (42, 'Ada Lovelace', 'ada', 'ada@example.com', 0), (7, 'José', 'jose', 'jose@example.com', 0)",
			},
			ada: ada32, adaIs: "42 Ada Lovelace ada@example.com", jose: jose32, joseIs: "7 José jose@example.com",
			nobody: map[string]string{"a guest": guest32, "in the administration": locked32},
			ends: map[string]string{"logout": "UPDATE jos_session SET guest = 1, userid = 0, username = '' WHERE userid = 42",
				"an hour away": "UPDATE jos_session SET time = {now-3600} WHERE userid = 42", "blocked": "UPDATE jos_users SET block = 1 WHERE id = 42"},
		},
		{
			heading: "phpBB 3.3", // phpBB/phpbb/db/migration/data/v30x/release_3_0_0.php
			tables: []string{
				"CREATE TABLE phpbb_sessions (session_id CHAR(32) NOT NULL DEFAULT '' PRIMARY KEY, session_user_id INT UNSIGNED NOT NULL DEFAULT 0, " +
					"session_time INT UNSIGNED NOT NULL DEFAULT 0, session_autologin TINYINT UNSIGNED NOT NULL DEFAULT 0)",
				"CREATE TABLE phpbb_users (user_id INT UNSIGNED NOT NULL PRIMARY KEY, user_type TINYINT NOT NULL DEFAULT 0, username VARCHAR(255) NOT NULL DEFAULT '', " +
					"user_email VARCHAR(100) NOT NULL DEFAULT '')",
				"CREATE TABLE phpbb_banlist (ban_id INT UNSIGNED NOT NULL PRIMARY KEY, ban_userid INT UNSIGNED NOT NULL DEFAULT 0, ban_ip VARCHAR(40) NOT NULL DEFAULT '', " +
					"ban_start INT UNSIGNED NOT NULL DEFAULT 0, ban_end INT UNSIGNED NOT NULL DEFAULT 0, ban_exclude TINYINT UNSIGNED NOT NULL DEFAULT 0)",
			},
			rows: []string{
				fmt.Sprintf("INSERT INTO phpbb_sessions VALUES ('%s', 42, {now-600}, 0), ('%s', 7, {now-90000}, 1), ('%s', 1, {now}, 0), ('%s', 8, {now}, 0)", ada32, jose32, guest32, locked32),
				"INSERT INTO phpbb_users VALUES (1, 2, 'Anonymous', ''), (42, 0, 'ada', 'ada@example.com'), (7, 3, 'José', 'jose@example.com'), (8, 1, 'Eve', '')",
				"INSERT INTO phpbb_banlist VALUES (1, 7, '', 0, {now-60}, 0), (2, 0, '192.0.2.1', 0, 0, 0)",
			},
			ada: ada32, adaIs: "42 ada ada@example.com", jose: jose32, joseIs: "7 José jose@example.com",
			nobody: map[string]string{"the guest's user": guest32, "not yet active": locked32},
			ends: map[string]string{"logout": "DELETE FROM phpbb_sessions WHERE session_user_id = 42", "two hours away": "UPDATE phpbb_sessions SET session_time = {now-7200} WHERE session_user_id = 42",
				"banned": "INSERT INTO phpbb_banlist VALUES (3, 42, '', {now-60}, 0, 0)", "deactivated": "UPDATE phpbb_users SET user_type = 1 WHERE user_id = 42"},
		},
		{
			heading: "MyBB 1.8", // install/resources/mysql_db_tables.php
			tables: []string{
				"CREATE TABLE mybb_users (uid INT UNSIGNED NOT NULL PRIMARY KEY, username VARCHAR(120) NOT NULL DEFAULT '', loginkey VARCHAR(50) NOT NULL DEFAULT '', " +
					"email VARCHAR(220) NOT NULL DEFAULT '', usergroup SMALLINT UNSIGNED NOT NULL DEFAULT 0)",
				"CREATE TABLE mybb_usergroups (gid SMALLINT UNSIGNED NOT NULL PRIMARY KEY, title VARCHAR(120) NOT NULL DEFAULT '', isbannedgroup TINYINT NOT NULL DEFAULT 0)",
			},
			rows: []string{
				"INSERT INTO mybb_users VALUES (42, 'ada', '" + alnum(ada43) + "', 'ada@example.com', 2), (7, 'José', '" + alnum(jose43) + "', 'jose@example.com', 4), (8, 'Eve', '', '', 5)",
				"INSERT INTO mybb_usergroups VALUES (2, 'Registered', 0), (4, 'Administrators', 0), (5, 'Awaiting Activation', 0), (7, 'Banned', 1)",
			},
			ada: "42_" + alnum(ada43), adaIs: "42 ada ada@example.com", jose: "7_" + alnum(jose43), joseIs: "7 José jose@example.com",
			nobody: map[string]string{"who never logged in": "8_", "a number alone": "42", "another's number": "42_42"},
			ends:   map[string]string{"a new password": "UPDATE mybb_users SET loginkey = '" + alnum(guest43) + "' WHERE uid = 42", "banned": "UPDATE mybb_users SET usergroup = 7 WHERE uid = 42"},
		},
		{
			heading: "TYPO3 12 and 13", trailer: true, // the token's signature; typo3/sysext/frontend/ext_tables.sql
			settings: []string{"TAWK_SESSION_ID_SECRET=" + typo3Key},
			tables: []string{
				"CREATE TABLE fe_sessions (ses_id VARCHAR(190) NOT NULL DEFAULT '' PRIMARY KEY, ses_iplock VARCHAR(39) NOT NULL DEFAULT '', ses_userid INT UNSIGNED NOT NULL DEFAULT 0, " +
					"ses_tstamp INT UNSIGNED NOT NULL DEFAULT 0, ses_data MEDIUMBLOB, ses_permanent SMALLINT UNSIGNED NOT NULL DEFAULT 0)",
				"CREATE TABLE fe_users (uid INT UNSIGNED NOT NULL PRIMARY KEY, disable SMALLINT UNSIGNED NOT NULL DEFAULT 0, deleted SMALLINT UNSIGNED NOT NULL DEFAULT 0, " +
					"starttime INT UNSIGNED NOT NULL DEFAULT 0, endtime INT UNSIGNED NOT NULL DEFAULT 0, username VARCHAR(255) NOT NULL DEFAULT '', name VARCHAR(160) NOT NULL DEFAULT '', " +
					"email VARCHAR(255) NOT NULL DEFAULT '')",
			},
			rows: []string{
				fmt.Sprintf("INSERT INTO fe_sessions VALUES ('%s', '[DISABLED]', 42, {now-60}, '', 0), ('%s', '[DISABLED]', 7, {now}, '', 0), ('%s', '[DISABLED]', 0, {now}, '', 0)",
					hmacHex(typo3Key, ada32), hmacHex(typo3Key, jose32), hmacHex(typo3Key, guest32)),
				"INSERT INTO fe_users VALUES (42, 0, 0, 0, 0, 'ada', 'Ada Lovelace', 'ada@example.com'), (7, 0, 0, {now-60}, {now+60000}, 'jose', 'José', 'jose@example.com')",
			},
			ada: typo3(ada32), adaIs: "42 Ada Lovelace ada@example.com", jose: typo3(jose32), joseIs: "7 José jose@example.com",
			nobody: map[string]string{"a guest": typo3(guest32), "the id without its token": ada32, "what stands in the table": typo3(hmacHex(typo3Key, ada32))},
			ends: map[string]string{"logout": "DELETE FROM fe_sessions WHERE ses_userid = 42", "two hours away": "UPDATE fe_sessions SET ses_tstamp = {now-7200} WHERE ses_userid = 42",
				"disabled": "UPDATE fe_users SET disable = 1 WHERE uid = 42", "deleted": "UPDATE fe_users SET deleted = 1 WHERE uid = 42", "out of date": "UPDATE fe_users SET endtime = {now-1} WHERE uid = 42"},
		},
	}
}
