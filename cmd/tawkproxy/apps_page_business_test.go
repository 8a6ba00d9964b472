package main

import (
	"encoding/base64"
	"fmt"
)

func base64Raw(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// businessApps are shops, learning, help desks and tools.
func businessApps() []app {
	const (
		ada26, jose26, guest26 = "q3v8n1k5c7r2m9t4b6x0z1a3s5", "p2o4i6u8y0t1r3e5w7q9l1k3j5", "m1n2b3v4c5x6z7l8k9j0h1g2f3"
		ada32, jose32, guest32 = "d41d8cd98f00b204e9800998ecf8427e", "0cc175b9c0f1b6a831c399e269772661", "900150983cd24fb0d6963f7d28e17f72"
		link32                 = "f96b697d7cb7938d525a2f31aaf161d0"
	)
	const salt = "0123456789abcdef0123456789abcdef"
	magento := func(id string) string {
		return `_session_hosts|a:1:{s:15:"www.example.com";b:1;}customer_base|a:2:{s:17:"customer_group_id";s:1:"1";s:11:"customer_id";` + phpText(id) + `}checkout|a:0:{}`
	}
	const magentoGuest = `_session_hosts|a:1:{s:15:"www.example.com";b:1;}customer_base|a:1:{s:17:"customer_group_id";i:0;}`
	magentoUsers := []string{"CREATE TABLE customer_entity (entity_id INT UNSIGNED NOT NULL PRIMARY KEY, email VARCHAR(255), firstname VARCHAR(255), lastname VARCHAR(255), " +
		"is_active SMALLINT UNSIGNED NOT NULL DEFAULT 1)"}
	const magentoPeople = "INSERT INTO customer_entity VALUES (42, 'ada@example.com', 'Ada', 'Lovelace', 1), (7, 'jose@example.com', 'José', 'Oliveira', 1)"
	matomo := func(login string, until int) string {
		return "user.name|" + phpText(login) + fmt.Sprintf(`twofactorauth.verified|i:0;user.token_auth_temp|s:3:"abc";session.info|a:3:{s:2:"ts";i:{now-600};s:10:"remembered";b:0;s:10:"expiration";i:{now%+d};}`, until)
	}
	osTicket := func(id, key string) string {
		return `_auth|a:1:{s:4:"user";a:2:{s:2:"id";i:` + id + `;s:3:"key";` + phpText(key) + `}}:token|a:1:{s:6:"client";s:4:"x:1:";}TIME_BOMB|i:1;`
	}
	return []app{
		{
			heading: "OpenCart 3 and 4", // upload/install/opencart.sql
			tables: []string{
				"CREATE TABLE oc_session (session_id VARCHAR(32) NOT NULL PRIMARY KEY, data TEXT NOT NULL, expire DATETIME NOT NULL)",
				"CREATE TABLE oc_customer (customer_id INT NOT NULL PRIMARY KEY, firstname VARCHAR(32) NOT NULL, lastname VARCHAR(32) NOT NULL, email VARCHAR(96) NOT NULL, " +
					"telephone VARCHAR(32) NOT NULL, status TINYINT NOT NULL)",
			},
			rows: []string{
				fmt.Sprintf(`INSERT INTO oc_session VALUES ('%s', '{"language":"en-gb","currency":"USD","customer_id":"42","customer_token":"abc"}', '{utc+3600}'), `+
					`('%s', '{"customer_id":7}', '{utc+3600}'), ('%s', '{"language":"en-gb","user_id":"1","user_token":"abc"}', '{utc+3600}'), ('%s', '', '{utc+3600}')`, ada26, jose26, guest26, link32),
				"INSERT INTO oc_customer VALUES (42, 'Ada', 'Lovelace', 'ada@example.com', '+442079460000', 1), (7, 'José', 'Oliveira', 'jose@example.com', '', 1)",
			},
			ada: ada26, adaIs: "42 Ada Lovelace ada@example.com +442079460000", jose: jose26, joseIs: "7 José Oliveira jose@example.com",
			nobody: map[string]string{"in the administration": guest26, "a session with nothing in it": link32},
			ends: map[string]string{"logout": `UPDATE oc_session SET data = '{"language":"en-gb"}' WHERE session_id = '` + ada26 + "'", "its end": "UPDATE oc_session SET expire = '{utc-1}' WHERE session_id = '" + ada26 + "'",
				"switched off": "UPDATE oc_customer SET status = 0 WHERE customer_id = 42"},
		},
		{
			heading: "Magento 2", block: 0, // sessions in files
			tables: magentoUsers, rows: []string{magentoPeople},
			files: map[string]string{ada26: magento("42"), jose26: magento("7"), guest26: magentoGuest},
			ada:   ada26, adaIs: "42 Ada Lovelace ada@example.com", jose: jose26, joseIs: "7 José Oliveira jose@example.com",
			nobody: map[string]string{"a guest": guest26},
			ends:   map[string]string{"logout": magentoGuest, "made inactive": "UPDATE customer_entity SET is_active = 0 WHERE entity_id = 42"},
		},
		{
			heading: "Magento 2", block: 1, // app/etc/db_schema.xml
			tables: append([]string{"CREATE TABLE session (session_id VARCHAR(255) NOT NULL PRIMARY KEY, session_expires INT UNSIGNED NOT NULL DEFAULT 0, session_data MEDIUMBLOB NOT NULL)"}, magentoUsers...),
			rows: []string{magentoPeople, fmt.Sprintf("INSERT INTO session VALUES ('%s', {now-60}, '%s'), ('%s', {now}, '%s'), ('%s', {now}, '%s')",
				ada26, base64Text(magento("42")), jose26, base64Text(magento("7")), guest26, base64Text(magentoGuest))},
			ada: ada26, adaIs: "42 Ada Lovelace ada@example.com", jose: jose26, joseIs: "7 José Oliveira jose@example.com",
			nobody: map[string]string{"a guest": guest26},
			ends: map[string]string{"logout": "UPDATE session SET session_data = '" + base64Text(magentoGuest) + "' WHERE session_id = '" + ada26 + "'", "two hours away": "UPDATE session SET session_expires = {now-7200} WHERE session_id = '" + ada26 + "'",
				"made inactive": "UPDATE customer_entity SET is_active = 0 WHERE entity_id = 42"},
		},
		{
			heading: "Moodle", // lib/db/install.xml
			tables: []string{
				"CREATE TABLE mdl_sessions (id BIGINT NOT NULL PRIMARY KEY, state BIGINT NOT NULL DEFAULT 0, sid VARCHAR(128) NOT NULL DEFAULT '', userid BIGINT NOT NULL, sessdata LONGTEXT, " +
					"timecreated BIGINT NOT NULL, timemodified BIGINT NOT NULL)",
				"CREATE TABLE mdl_user (id BIGINT NOT NULL PRIMARY KEY, deleted TINYINT NOT NULL DEFAULT 0, suspended TINYINT NOT NULL DEFAULT 0, username VARCHAR(100) NOT NULL DEFAULT '', " +
					"firstname VARCHAR(100) NOT NULL DEFAULT '', lastname VARCHAR(100) NOT NULL DEFAULT '', email VARCHAR(100) NOT NULL DEFAULT '')",
			},
			rows: []string{
				fmt.Sprintf("INSERT INTO mdl_sessions VALUES (1, 0, '%s', 42, NULL, {now-60}, {now-20}), (2, 0, '%s', 7, NULL, {now-60}, {now}), (3, 0, '%s', 1, NULL, {now}, {now}), (4, 0, '%s', 0, NULL, {now}, {now})",
					ada26, jose26, guest26, link32),
				"INSERT INTO mdl_user VALUES (1, 0, 0, 'guest', 'Guest user', '', 'root@localhost'), (42, 0, 0, 'ada', 'Ada', 'Lovelace', 'ada@example.com'), (7, 0, 0, 'jose', 'José', 'Oliveira', 'jose@example.com')",
			},
			ada: ada26, adaIs: "42 Ada Lovelace ada@example.com", jose: jose26, joseIs: "7 José Oliveira jose@example.com",
			nobody: map[string]string{"the guest's user": guest26, "not logged in": link32},
			ends: map[string]string{"logout": "DELETE FROM mdl_sessions WHERE userid = 42", "a day away": "UPDATE mdl_sessions SET timemodified = {now-86400} WHERE userid = 42",
				"suspended": "UPDATE mdl_user SET suspended = 1 WHERE id = 42", "deleted": "UPDATE mdl_user SET deleted = 1 WHERE id = 42"},
		},
		{
			heading: "osTicket 1.18", mysql: true, // setup/inc/streams/core/install-mysql.sql
			tables: []string{
				"CREATE TABLE ost_session (session_id VARCHAR(255) COLLATE ascii_general_ci NOT NULL DEFAULT '' PRIMARY KEY, session_data BLOB, session_expire DATETIME DEFAULT NULL, " +
					"user_id VARCHAR(16) NOT NULL DEFAULT '0') DEFAULT CHARSET=ascii",
				"CREATE TABLE ost_user (id INT UNSIGNED NOT NULL PRIMARY KEY, default_email_id INT NOT NULL, name VARCHAR(128) NOT NULL)",
				"CREATE TABLE ost_user_email (id INT UNSIGNED NOT NULL PRIMARY KEY, user_id INT UNSIGNED NOT NULL, address VARCHAR(255) NOT NULL)",
				"CREATE TABLE ost_user_account (id INT UNSIGNED NOT NULL PRIMARY KEY, user_id INT UNSIGNED NOT NULL, status INT UNSIGNED NOT NULL DEFAULT 0)",
			},
			rows: []string{
				fmt.Sprintf("INSERT INTO ost_session VALUES ('%s', '%s', NOW() + INTERVAL 1 HOUR, '0'), ('%s', '%s', NOW() + INTERVAL 1 HOUR, '0'), ('%s', '%s', NOW() + INTERVAL 1 HOUR, '0'), ('%s', '%s', NOW() + INTERVAL 1 HOUR, '0')",
					ada32, osTicket("42", "client:42"), jose32, osTicket("7", "client:7"), guest32, `_auth|a:1:{s:4:"user";a:1:{s:7:"strikes";i:1;}}`, link32, osTicket("42", "authlink:o1xabc")),
				"INSERT INTO ost_user VALUES (42, 1, 'Ada Lovelace'), (7, 2, 'José')",
				"INSERT INTO ost_user_email VALUES (1, 42, 'ada@example.com'), (2, 7, 'jose@example.com')",
				"INSERT INTO ost_user_account VALUES (1, 42, 1), (2, 7, 9)",
			},
			ada: ada32, adaIs: "42 Ada Lovelace ada@example.com", jose: jose32, joseIs: "7 José jose@example.com",
			nobody: map[string]string{"a wrong password": guest32, "a link to a ticket": link32},
			ends: map[string]string{"logout": `UPDATE ost_session SET session_data = '_auth|a:1:{s:4:"user";a:0:{}}' WHERE session_id = '` + ada32 + "'",
				"its end": "UPDATE ost_session SET session_expire = NOW() - INTERVAL 1 HOUR WHERE session_id = '" + ada32 + "'", "locked": "UPDATE ost_user_account SET status = 3 WHERE user_id = 42",
				"not confirmed": "UPDATE ost_user_account SET status = 0 WHERE user_id = 42"},
		},
		{
			heading: "GLPI 10", // install/mysql/glpi-empty.sql
			tables: []string{
				"CREATE TABLE glpi_users (id INT UNSIGNED NOT NULL PRIMARY KEY, name VARCHAR(255), is_active TINYINT NOT NULL DEFAULT 1, is_deleted TINYINT NOT NULL DEFAULT 0)",
				"CREATE TABLE glpi_useremails (id INT UNSIGNED NOT NULL PRIMARY KEY, users_id INT UNSIGNED NOT NULL DEFAULT 0, is_default TINYINT NOT NULL DEFAULT 0, email VARCHAR(255))",
			},
			rows: []string{"INSERT INTO glpi_users VALUES (42, 'ada', 1, 0), (7, 'jose', 1, 0)", "INSERT INTO glpi_useremails VALUES (1, 42, 1, 'ada@example.com'), (2, 42, 0, 'other@example.com')"},
			files: map[string]string{
				ada26:   `glpicookietest|s:8:"testcook";valid_id|s:26:"` + ada26 + `";glpi_use_mode|i:0;glpiID|i:42;glpifriendlyname|s:12:"Ada Lovelace";glpiname|s:3:"ada";`,
				jose26:  `glpiID|i:7;glpifriendlyname|s:5:"José";glpi_use_mode|i:0;`,
				guest26: `glpi_use_mode|i:0;glpilanguage|s:5:"en_GB";`,
				link32:  `glpiID|i:42;glpifriendlyname|s:12:"Ada Lovelace";glpi_password_expired|i:1;`,
			},
			ada: ada26, adaIs: "42 Ada Lovelace ada@example.com", jose: jose26, joseIs: "7 José",
			nobody: map[string]string{"a guest": guest26, "an expired password": link32},
			ends:   map[string]string{"logout": `glpi_currenttime|s:19:"2026-11-29 07:00:00";`, "deactivated": "UPDATE glpi_users SET is_active = 0 WHERE id = 42", "deleted": "UPDATE glpi_users SET is_deleted = 1 WHERE id = 42"},
		},
		{
			heading: "Dolibarr", // htdocs/install/mysql/tables/llx_user.sql
			tables: []string{"CREATE TABLE llx_user (rowid INTEGER PRIMARY KEY, entity INTEGER DEFAULT 1 NOT NULL, login VARCHAR(50) NOT NULL, lastname VARCHAR(50), firstname VARCHAR(50), " +
				"email VARCHAR(255), statut TINYINT DEFAULT 1)"},
			rows: []string{"INSERT INTO llx_user VALUES (42, 1, 'ada', 'Lovelace', 'Ada', 'ada@example.com', 1), (7, 1, 'jose', 'Oliveira', 'José', NULL, 1)"},
			files: map[string]string{
				ada26:   `newtoken|s:3:"abc";dol_login|s:3:"ada";dol_logindate|i:1700000000;dol_authmode|s:8:"dolibarr";dol_entity|i:1;`,
				jose26:  `dol_login|s:4:"jose";dol_entity|i:1;`,
				guest26: `newtoken|s:3:"abc";dol_loginmesg|s:5:"wrong";`,
			},
			ada: ada26, adaIs: "42 Ada Lovelace ada@example.com", jose: jose26, joseIs: "7 José Oliveira",
			nobody: map[string]string{"a wrong password": guest26},
			ends:   map[string]string{"logout": `newtoken|s:3:"abc";`, "disabled": "UPDATE llx_user SET statut = 0 WHERE rowid = 42"},
		},
		{
			heading: "Matomo 4 and 5", mysql: true, // core/Db/Schema/Mysql.php
			tables: []string{
				"CREATE TABLE matomo_session (id VARCHAR(191) NOT NULL PRIMARY KEY, modified INTEGER, lifetime INTEGER, data MEDIUMTEXT)",
				"CREATE TABLE matomo_user (login VARCHAR(100) NOT NULL PRIMARY KEY, email VARCHAR(100) NOT NULL, twofactor_secret VARCHAR(40) NOT NULL DEFAULT '', ts_password_modified TIMESTAMP NULL)",
			},
			rows: []string{
				fmt.Sprintf("INSERT INTO matomo_session VALUES ('%s', {now-60}, 1209600, '%s'), ('%s', {now}, 1209600, '%s'), ('%s', {now}, 1209600, '%s'), ('%s', {now}, 1209600, '%s')",
					sha512Hex(ada26+salt), matomo("ada", 3000), sha512Hex(jose26+salt), matomo("jose", 3000), sha512Hex(guest26+salt), `Login.login|a:1:{s:5:"nonce";s:3:"abc";}`,
					sha512Hex(link32+salt), matomo("eve", 3000)),
				"INSERT INTO matomo_user VALUES ('ada', 'ada@example.com', '', FROM_UNIXTIME({now-86400})), ('jose', 'jose@example.com', '', NULL), ('eve', '', 'ABCDEF', NULL)",
			},
			ada: ada26, adaIs: "ada ada ada@example.com", jose: jose26, joseIs: "jose jose jose@example.com",
			nobody: map[string]string{"a guest": guest26, "without the second factor": link32},
			ends: map[string]string{"logout": "DELETE FROM matomo_session WHERE id = '" + sha512Hex(ada26+salt) + "'", "two hours away": "UPDATE matomo_session SET data = '" + matomo("ada", -3600) + "' WHERE id = '" + sha512Hex(ada26+salt) + "'",
				"its end": "UPDATE matomo_session SET lifetime = 1 WHERE id = '" + sha512Hex(ada26+salt) + "'", "a new password": "UPDATE matomo_user SET ts_password_modified = FROM_UNIXTIME({now-60}) WHERE login = 'ada'",
				"deleted": "DELETE FROM matomo_user WHERE login = 'ada'"},
		},
	}
}
