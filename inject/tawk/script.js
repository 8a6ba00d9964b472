// Tells the tawk.to widget who is logged in. This is the text of one element in the head of every page:
//
//     <script data-tawkproxy='{"user":{"userId":"42","hash":"..."},"mark":"...","embed":"...","own":"/.tawkproxy/"}'>
//
// It runs before there is a body, throws nothing and keeps out of the page's way: it owns no Tawk_API.on* property and wraps
// nothing. Its element leaves the page at once, so that no copy of the page keeps the hash, and a page that Turbo or htmx
// fetches later is heard as well. ES5: old sites have old readers. Comments stand on lines of their own; they are not served.
(function (win, doc) {
  'use strict';

  // want, mark: who is logged in; undefined and '' if unknown, null and '' if nobody.
  // told: the mark that the widget has heard from this page; undefined if it heard none.
  // over: the marks given up; under '', whether a logout is over, well or not.
  // ready: the widget listens. calling, asking: an answer is awaited. stale: want may be out of date.
  var data, nonce, trusted, want, mark, told, over = {}, api, ready, calling, asking, stale, session;
  var resting, pausing, failures, reports = 0;

  var REMEDY = {
    400: 'One of these details is not as it should be: ',
    401: 'The secret key is not that of this property, or Secure Mode is off. ' +
      'Look under Administration > Overview > JavaScript API in the tawk.to dashboard.',
    408: 'No answer.',
    500: 'Its servers are busy or out of reach.'
  };

  function on(target, event, listener) {
    target.addEventListener(event, listener);
  }

  function warn(text) {
    if (win.console) console.warn('tawkproxy: ' + text);
  }

  // A sandboxed page may not touch cookies. Within one page all works without.
  function cookie(name) {
    try {
      return new RegExp('(?:^|; )' + name + '=([^;]*)').exec(doc.cookie)[1];
    } catch (e) {
      return '';
    }
  }

  // The cookie holds the mark of the user as whom this browser is logged in, for as long as the widget's own cookie lasts.
  // Without its second half it says that a login was begun, and may have been heard.
  function remember(text) {
    try {
      doc.cookie = 'tawkproxy_user=' + text + '; Path=/; SameSite=Lax; Max-Age=' + (text ? 15552000 : 0) +
        (location.protocol === 'https:' ? '; Secure' : '');
    } catch (e) {}
  }

  function person(mark) {
    return mark.split('.')[0];
  }

  // The error is true if the request failed, else an object whose shape is not documented.
  function codeOf(error) {
    var text = [error, error.code, error.status, error.statusCode, error.name, error.message].join(' ');
    return error === true || /\b5\d\d\b|server/i.test(text) ? 500 :
      /\b401\b|unauthori[sz]ed/i.test(text) ? 401 : /\b400\b|bad ?request/i.test(text) ? 400 : 0;
  }

  // Calls login, or logout if there is no user. The widget may call back once, twice or never.
  function call(user, as) {
    var stage = user ? 'login' : 'logout', before = cookie('tawkproxy_user'), open = true,
      timer = setTimeout(function () { done(true, 408); }, 12000);

    function done(error, code) {
      if (!open) return;
      open = calling = false;
      clearTimeout(timer);
      if (error) {
        ready = true;
        code = code || codeOf(error);
        warn(stage + ' at tawk.to failed (' + code + '). ' + (REMEDY[code] || error.message || '') +
          (code === 400 ? Object.keys(user || {}) : ''));
        if (reports++ < 5 && navigator.sendBeacon) {
          navigator.sendBeacon(data.own + 'report', '{"code":' + code + ',"stage":"' + stage + '"}');
        }
        if (code === 500 && failures < 3) {
          pausing = setTimeout(function () { pausing = 0; settle(); }, 2000 * Math.pow(4, failures++) * (1 + Math.random()));
          return;
        }
        over[as] = true;
        if (code === 400 || code === 401) remember(before);
      } else {
        told = as;
        over = {'': !user};
        failures = 0;
        remember(as);
      }
      settle();
    }

    // The next tawkLoad says that the widget has connected anew.
    calling = true;
    ready = false;
    try {
      if (user) {
        remember(person(as) + '.');
        api.login(user, done);
      } else {
        api.logout(done);
      }
    } catch (e) {
      done(e);
    }
  }

  function ask() {
    var request = new XMLHttpRequest();
    session = cookie('tawkproxy_session');
    stale = false;
    asking = true;
    resting = setTimeout(function () { resting = 0; settle(); }, 3000);
    request.onloadend = heard;
    try {
      request.open('GET', data.own + 'user');
      request.timeout = 12000;
      request.send();
    } catch (e) {
      heard();
    }

    function heard() {
      var answer = {};
      try {
        if (request.status === 200) answer = JSON.parse(request.responseText) || {};
      } catch (e) {}
      asking = false;
      learn(answer);
    }
  }

  function learn(answer) {
    want = answer.user;
    if (mark !== (answer.mark || '')) {
      mark = answer.mark || '';
      over[''] = false;
      failures = 0;
      clearTimeout(pausing);
      pausing = 0;
    }
    settle();
  }

  // Something may have happened to the login.
  function doubt() {
    stale = true;
    settle();
  }

  // Takes the next step, if one is needed, towards a widget that knows who is logged in. Called whenever anything has changed.
  function settle() {
    var kept, had;
    if (!ready || calling || asking) return;
    if (session !== cookie('tawkproxy_session')) stale = true;
    if (stale && !resting && !doc.hidden) ask();
    if (stale || asking || pausing || want === undefined || told === mark || over[mark]) return;
    kept = cookie('tawkproxy_user');
    had = kept || told || '';
    if (had && person(had) !== person(mark) && !over['']) call(null, '');
    else if (!want || data.once && told === undefined && kept === mark) told = mark;
    else call(want, mark);
  }

  // A page that the browser had already, by the back button or fetched ahead, may be older than the last login or logout.
  function replayed() {
    var visit = win.performance && performance.getEntriesByType && performance.getEntriesByType('navigation')[0];
    return visit && (visit.type === 'back_forward' || visit.deliveryType || visit.transferSize === 0);
  }

  // On tawkLoad, which comes again after each login, logout and lost connection.
  function loaded() {
    if (ready === undefined && replayed()) stale = true;
    ready = true;
    meet();
    settle();
  }

  // The page may put another Tawk_API in the place of the widget's.
  function meet() {
    if (win.Tawk_API && Tawk_API.login) api = Tawk_API;
  }

  // The vendor's snippet, unless the page has it.
  function embed() {
    var script = doc.createElement('script'), first = doc.getElementsByTagName('script')[0];
    if (doc.prerendering) return on(doc, 'prerenderingchange', embed);
    if (!data.embed || api || win.$_Tawk) return;
    if (doc.querySelector('script[src*="' + data.embed.replace(/^\w+:|\w+\/\w+$/g, '') + '"]')) return;
    win.Tawk_API = win.Tawk_API || {};
    win.Tawk_LoadStart = new Date();
    script.async = true;
    script.charset = 'UTF-8';
    script.setAttribute('crossorigin', '*');
    script.nonce = nonce;
    try {
      // Not even tried: only a default policy of the page itself can let it through, and sites hear of what was refused.
      if (trusted && win.trustedTypes && !trustedTypes.defaultPolicy) throw Error('Trusted Types.');
      script.src = data.embed;
      if (first) first.parentNode.insertBefore(script, first);
      else doc.documentElement.appendChild(script);
    } catch (e) {
      warn('this page keeps the widget out. ' + e.message);
    }
  }

  // Begins a page: the one around this element, or one that another element brings later.
  function page(news) {
    data = news;
    stale = stale || asking || news.ask;
    session = cookie('tawkproxy_session');
    learn(news);
    // Scripts of the page that embed the widget when the page is parsed go first.
    if (doc.readyState === 'loading') on(doc, 'DOMContentLoaded', function () { setTimeout(embed); });
    else setTimeout(embed);
  }

  function start(news) {
    on(win, 'tawkBeforeLoad', meet);
    on(win, 'tawkLoad', loaded);
    on(win, 'pageshow', function (event) { if (event.persisted) doubt(); });
    on(doc, 'prerenderingchange', doubt);
    on(doc, 'visibilitychange', function () { if (!doc.hidden) doubt(); });
    // The proxy changes a cookie whenever the site changes its session: a login without a new page. If a new page is on its
    // way, it will know better than this one.
    if (win.cookieStore) on(cookieStore, 'change', function () { setTimeout(settle, 1000); });
    else setInterval(settle, 2000);
    win.tawkproxy = {refresh: doubt, page: page};
    page(news);
    meet();
    if (api && api.onLoaded) loaded();
  }

  // Finds its own element. Frames are part of a page that has one.
  try {
    var element = doc.currentScript, all = doc.querySelectorAll('script[data-tawkproxy]'), news;
    if (!element || !element.hasAttribute('data-tawkproxy')) element = all[all.length - 1];
    if (!element) return;
    news = JSON.parse(element.getAttribute('data-tawkproxy'));
    trusted = element.hasAttribute('data-tawkproxy-trusted');
    nonce = element.nonce || '';
    element.parentNode.removeChild(element);
    if (win.top !== win) return;
    if (win.tawkproxy && win.tawkproxy.page) win.tawkproxy.page(news);
    else start(news);
  } catch (e) {
    warn(e.message);
  }
})(window, document);
