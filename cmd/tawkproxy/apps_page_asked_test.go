package main

// askedApps are those that are asked, with answers of the form that their source gives them.
func askedApps() []app {
	const ada, jose = "d41d8cd98f00b204e9800998ecf8427e", "0cc175b9c0f1b6a831c399e269772661"
	const html, json = "200 text/html;charset=utf-8", "200 application/json"
	smf := func(id, menu string) string { // Sources/Load.php, Themes/default/index.template.php
		return html + "\n<!DOCTYPE html><html><head>\n\t<script>\n\t\tvar smf_session_id = \"abc\";\n\t\tvar smf_member_id = " + id + ";\n\t\tvar banned_text = \"Sorry Guest\";\n\t</script></head><body>" +
			menu + "<script>var other = 'var smf_member_ids = 9;'</script>"
	}
	smfMenu := func(name string) string {
		return `<ul id="top_info"><li><a href="/index.php?action=profile" id="profile_menu_top"><span class="textmenu">` + name + "</span></a></li>" +
			`<li><a href="/index.php?action=pm" id="pm_menu_top"><span class="textmenu">Messages</span></a></li></ul>`
	}
	xenForo := func(id, link string) string { // helper_js_global, PAGE_CONTAINER
		return html + "\n<!DOCTYPE html><html id=\"XF\"><body>" + link + "<script>\n\t\twindow.addEventListener('DOMContentLoaded', function() {\n\t\t\tXF.extendObject(true, XF.config, {\n\t\t\t\t// \n\t\t\t\tuserId: " + id +
			",\n\t\t\t\tenablePush: true,\n\t\t\t\turl: { fullBase: 'https://forum.example.com/' },\n\t\t\t});</script>"
	}
	xenForoLink := func(name string) string {
		return `<div class="p-navgroup p-account p-navgroup--member"><a href="/account/" class="p-navgroup-link p-navgroup-link--iconic p-navgroup-link--user"><span class="avatar"></span>` +
			`<span class="p-navgroup-linkText">` + name + `</span></a><a class="p-navgroup-link p-navgroup-link--alerts"><span class="p-navgroup-linkText">Alerts</span></a></div>`
	}
	prestaShop := func(customer string) string { // FrontController.php, CustomerFilter.php
		return html + "\n<!DOCTYPE html><html><head><script type=\"text/javascript\">\n        var prestashop = {\"cart\":{\"products\":[],\"totals\":{}},\"currency\":{\"iso_code\":\"EUR\"},\"customer\":" + customer +
			",\"shop\":{\"name\":\"Teapots\",\"email\":\"shop@example.com\"}};\n      </script></head>"
	}
	discourse := func(user string) string { return json + "\n{\"current_user\":" + user + "}" }
	nextcloud := func(data string) string { // OCS, version 2
		return json + " Ocs-Apirequest=true\n{\"ocs\":{\"meta\":{\"status\":\"ok\",\"statuscode\":200},\"data\":" + data + "}}"
	}
	tracker := func(links string) string { // MenuBuilder.pm
		return html + "\n<!DOCTYPE html><html><head></head><body><ul id=\"app-nav\"><li><a href=\"/\">Homepage</a></li>" + links + "</ul>" +
			`<td class="owner"><a class="user" href="/User/Summary.html?id=99">Eve</a></td></body></html>`
	}
	trackerLink := func(id, name string) string {
		return `<li class="has-children"><a id="preferences" class="menu-item" href="/User/Summary.html?id=` + id + `">Logged in as <span class="current-user">` + name + `</span></a></li>`
	}
	return []app{
		{heading: "Request Tracker 5", ada: ada, adaIs: "42 ada", jose: jose, joseIs: "7 jos\u00e9",
			answers: map[string]string{"": tracker(""), ada: tracker(trackerLink("42", "ada")), jose: tracker(trackerLink("7", "jos&#233;"))}},
		{heading: "SMF 2.1", ada: ada, adaIs: "42 Ada & Co", jose: jose, joseIs: "7 José",
			answers: map[string]string{"": smf("0", ""), ada: smf("42", smfMenu("Ada &amp; Co")), jose: smf("7", smfMenu("José"))}},
		{heading: "XenForo 2", ada: ada, adaIs: "42 Ada", jose: jose, joseIs: "7 José",
			answers: map[string]string{"": xenForo("0", ""), ada: xenForo("42", xenForoLink("Ada")), jose: xenForo("7", xenForoLink("José"))}},
		{heading: "PrestaShop 1.7 and 8", ada: ada, adaIs: "ada+shop@example.com Ada ada+shop@example.com", jose: jose, joseIs: `jose@example.com José "Pepe" jose@example.com`,
			settings: []string{"TAWK_SESSION_COOKIE=PrestaShop-0123456789abcdef0123456789abcdef"},
			nobody:   map[string]string{"an order without an account": "900150983cd24fb0d6963f7d28e17f72"},
			answers: map[string]string{
				"":                                 prestaShop(`{"lastname":null,"firstname":null,"email":null,"birthday":null,"is_logged":false,"gender":{"type":null,"name":null},"addresses":[]}`),
				ada:                                prestaShop(`{"lastname":"Lovelace","firstname":"Ada","email":"ada+shop@example.com","birthday":"1815-12-10","is_logged":true,"gender":{"type":"1","name":{"1":"Mrs."}},"addresses":[]}`),
				jose:                               prestaShop(`{"lastname":"O'Neil","firstname":"Jos\u00e9 \"Pepe\"","email":"jose@example.com","is_logged":true,"gender":{"type":"0","name":"Mr."},"addresses":{"3":{"id":3,"firstname":"Eve"}}}`),
				"900150983cd24fb0d6963f7d28e17f72": prestaShop(`{"lastname":"X","firstname":"Eve","email":"eve@example.com","is_logged":false,"gender":{"type":null,"name":null},"addresses":[]}`),
			}},
		{heading: "Discourse", ada: ada, adaIs: "42 ada", jose: jose, joseIs: "7 jose",
			answers: map[string]string{"": "404 text/plain\n", ada: discourse(`{"id":42,"username":"ada","name":"Ada Lovelace"}`), jose: discourse(`{"id":7,"username":"jose"}`)}},
		{heading: "Nextcloud", ada: ada, adaIs: "ada Ada Lovelace ada@example.com", jose: jose, joseIs: "jose José",
			answers: map[string]string{"": `401 application/json Ocs-Apirequest=true` + "\n" + `{"ocs":{"meta":{"status":"failure","statuscode":997},"data":[]}}`,
				ada: nextcloud(`{"id":"ada","displayname":"Ada Lovelace","email":"ada@example.com"}`), jose: nextcloud(`{"id":"jose","displayname":"José","email":null}`)}},
	}
}
