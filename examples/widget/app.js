// The stand-in widget. What it has in common with the real one is told in widget.go.
(function () {
  'use strict';
  var property = $_Tawk.property, origin = $_Tawk.origin, tokenKey = 'twk_token_' + property;
  var api = window.Tawk_API = window.Tawk_API || {}, connection = 0;

  // For tests: how many calls are under way, with all that their answers lead to at once.
  $_Tawk.busy = 0;

  // Callbacks assigned after this moment are never heard. Events are.
  var callbacks = {BeforeLoad: api.onBeforeLoad, Load: api.onLoad, StatusChange: api.onStatusChange};

  function raise(name, detail) {
    try {
      if (callbacks[name]) callbacks[name](detail);
    } catch (e) {}
    window.dispatchEvent(new CustomEvent('tawk' + name, {detail: detail}));
  }

  function post(path, body) {
    var headers = {'Content-Type': 'application/json'}, token = localStorage.getItem(tokenKey);
    if (token) headers['X-Tawk-Token'] = token;
    return fetch(origin + path, {method: 'POST', credentials: 'include', headers: headers, body: JSON.stringify(body)});
  }

  function during(call) {
    $_Tawk.busy++;
    call.then(function () { $_Tawk.busy--; });
  }

  // Keeps what makes this browser the same one on the next page.
  function keep(session) {
    var uuid = {uuid: session.agent.uuid, version: 3, domain: location.hostname, ts: new Date().getTime()};
    localStorage.setItem(tokenKey, session.token);
    document.cookie = 'twk_uuid_' + property + '=' + encodeURIComponent(JSON.stringify(uuid)) +
      '; path=/; max-age=15552000; SameSite=Lax' + (location.protocol === 'https:' ? '; Secure' : '');
  }

  // The real widget opens a socket here; tawkLoad says that it is open.
  function connect() {
    var visitor = api.visitor || {}, mine = ++connection;
    api.onLoaded = false;
    during(post('/v1/session/start', {name: visitor.name, email: visitor.email}).then(function (response) {
      return response.json();
    }).then(function (answer) {
      if (mine !== connection) return;
      keep(answer.data);
      show(answer.data.agent);
      api.onLoaded = true;
      raise('Load');
      raise('StatusChange', 'online');
    }).catch(function () {}));
  }

  function call(path, body, callback) {
    function back(error) {
      try {
        if (callback) callback(error);
      } catch (e) {}
    }
    during(post(path, body).then(function (response) {
      if (response.status === 500) {
        back(true);
        back(true);
        return;
      }
      return response.json().then(function (answer) {
        if (!answer.ok) return back(answer.error);
        // An answer without a session makes this throw, and the callback never comes.
        keep(answer.data);
        back();
        if (answer.twice) back();
        if (!answer.stay) connect();
      }, function () { back(true); });
    }, function () { back(true); }).catch(function () {}));
  }

  api.login = function (data, callback) {
    var body = {attributes: {}};
    Object.keys(data).forEach(function (key) {
      (/^(hash|userId|name|email|phone)$/.test(key) ? body : body.attributes)[key] = data[key];
    });
    call('/v1/client/login', body, callback);
  };
  api.logout = function (callback) { call('/v1/client/logout', {}, callback); };
  api.start = connect;

  // For tests: the connection was lost.
  $_Tawk.reconnect = connect;

  // The bubble: whom support staff see.
  function show(agent) {
    var id = 'tawk-standin', bubble = document.getElementById(id), line;
    if (!document.body) return;
    if (!bubble) {
      bubble = document.createElement('div');
      bubble.id = id;
      bubble.style.cssText = 'position:fixed;right:20px;bottom:20px;z-index:2147483647;padding:12px 18px;' +
        'border-radius:22px 22px 4px 22px;background:#03a84e;color:#fff;font:15px/1.4 system-ui,sans-serif;' +
        'box-shadow:0 4px 16px rgba(0,0,0,.3)';
      document.body.appendChild(bubble);
    }
    bubble.textContent = agent.name || agent.userId || 'visitor';
    if (agent.name || agent.userId) bubble.textContent += agent.verified ? ' \u2713 verified' : ' (not verified)';
    bubble.title = 'What support staff see. A stand-in for the tawk.to widget.';
    if (!agent.email) return;
    line = document.createElement('div');
    line.style.cssText = 'font-size:12px;opacity:.85';
    line.textContent = agent.email;
    bubble.appendChild(line);
  }

  api.onBeforeLoaded = true;
  raise('BeforeLoad');
  if (api.autoStart !== false) connect();
})();
