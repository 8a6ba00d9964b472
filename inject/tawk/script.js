// Tells the tawk.to widget who is logged in. It is what one element in the head of every page brings or, where the page's policies
// would stop that, holds:
//
//     <script async src="/.tawkproxy/login.HASH" data-tawkproxy='{"user":{"userId":"42","hash":"..."},"mark":"...","own":"/.tawkproxy/"}'>
//     <script data-tawkproxy='...'>
//
// So it runs before there is a body, or when the widget is there already, or ever after. It throws nothing and keeps out of the page's way: it
// owns no Tawk_API.on* property and wraps nothing. Its element leaves the page at once, so that no copy of the page keeps the hash,
// and a page that Turbo or htmx fetches later is heard as well. ES5: old sites have old readers. What is served is made of this: see script.go.
(function (win, doc) {
  'use strict';

  // A digest stands for a user with all details, as in "person.details"; '' for nobody, and where nothing is known.
  // user, digest: who is logged in. The user is undefined if that is unknown, null if nobody is.
  // toldDigest: of whom this page has told the widget; undefined if of nobody yet.
  // givenUp: by digest, which logins are not tried again; under '', whether a logout is over, well or not.
  // address: where this text is, if it is not known yet whether browsers get there. ready: the widget listens. calling, asking: an answer is awaited. stale: user may be out of date.
  // marker: the cookie by which the proxy tells that the site may have changed its session, as it was last seen.
  // connecting, resting, retrying, unsure: timers. unsureTimes: how many of the last since it was known who is there.
  var data, nonce, trusted, address, user, digest, toldDigest, givenUp = {}, api, ready, calling, asking, stale, marker;
  var connecting, resting, retrying, unsure, unsureTimes, failures, reports = 0;

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

  // The cookie holds the digest of the user as whom this browser is logged in, for as long as the widget's own cookie lasts.
  // Without the details it says that a login was begun, and may have been heard.
  function remember(text) {
    try {
      doc.cookie = 'tawkproxy_user=' + text + '; Path=/; SameSite=Lax; Max-Age=' + (text ? 15552000 : 0) +
        (location.protocol === 'https:' ? '; Secure' : '');
    } catch (e) {}
  }

  function personIn(digest) {
    return digest.split('.')[0];
  }

  // Sends something to the proxy below the page's own path: there the cookies come along that came with the page.
  function send(method, name, body, ended) {
    var request = new XMLHttpRequest();
    request.onloadend = function () { ended(request); };
    try {
      request.open(method, location.protocol + '//' + location.host + location.pathname.replace(/\/$/, '') + data.own + name);
      request.setRequestHeader('Tawkproxy-Script', '1');
      request.timeout = 12000;
      request.send(body);
    } catch (e) {
      ended(request);
    }
  }

  // The error is true if the request failed, else an object whose shape is not documented.
  function codeOf(error) {
    var text = [error, error.code, error.status, error.statusCode, error.name, error.message].join(' ');
    return error === true || /\b5\d\d\b|server/i.test(text) ? 500 :
      /\b401\b|unauthori[sz]ed/i.test(text) ? 401 : /\b400\b|bad ?request/i.test(text) ? 400 : 0;
  }

  // Calls login, or logout if there is no user. The widget may call back once, twice or never.
  function call(as, asDigest) {
    var stage = as ? 'login' : 'logout', before = cookie('tawkproxy_user'), open = true,
      timer = setTimeout(function () { done(true, 408); }, 12000);

    function done(error, code) {
      if (!open) return;
      open = calling = false;
      clearTimeout(timer);
      if (error) {
        ready = true;
        code = code || codeOf(error);
        warn(stage + ' at tawk.to failed (' + code + '). ' + (REMEDY[code] || error.message || '') +
          (code === 400 ? Object.keys(as || {}) : ''));
        if (reports++ < 5) send('POST', 'report', '{"code":' + code + ',"stage":"' + stage + '"}', function () {});
        if (code === 500 && failures < 3) {
          retrying = setTimeout(function () { retrying = 0; settle(); }, 2000 * Math.pow(4, failures++) * (1 + Math.random()));
          return;
        }
        givenUp[asDigest] = true;
        if (code === 400 || code === 401) remember(before);
      } else {
        toldDigest = asDigest;
        givenUp = {'': !as};
        failures = 0;
        remember(asDigest);
        // Should tawkLoad not come, the widget has probably connected nevertheless.
        connecting = setTimeout(function () { ready = true; settle(); }, 5000);
      }
      settle();
    }

    // The next tawkLoad says that the widget has connected anew. It comes behind the callback.
    calling = true;
    ready = false;
    clearTimeout(connecting);
    try {
      if (as) {
        remember(personIn(asDigest) + '.');
        api.login(as, done);
      } else {
        api.logout(done);
      }
    } catch (e) {
      done(e);
    }
  }

  function ask() {
    marker = cookie('tawkproxy_session');
    stale = false;
    asking = true;
    resting = setTimeout(function () { resting = 0; settle(); }, 3000);
    // The proxy asks some sites in turn. The question could harm somebody who is about to log in.
    send('GET', doc.querySelector('[type=password]') ? 'user?form' : 'user', null, function (request) {
      var answer = {};
      try {
        if (request.status === 200) answer = JSON.parse(request.responseText) || {};
      } catch (e) {}
      asking = false;
      learn(answer);
    });
  }

  function learn(answer) {
    user = answer.user;
    // The proxy could not find out, and this browser is still logged in as somebody: soon it may tell whether that is right.
    clearTimeout(unsure);
    if (user !== undefined) unsureTimes = 0;
    else if (!stale && unsureTimes < 2 && (toldDigest || cookie('tawkproxy_user'))) {
      unsure = setTimeout(doubt, 5000 * Math.pow(6, unsureTimes++) * (1 + Math.random()));
    }
    if (digest !== (answer.mark || '')) {
      digest = answer.mark || '';
      givenUp[''] = false;
      failures = 0;
      clearTimeout(retrying);
      retrying = 0;
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
    var cookieDigest, lastDigest;
    if (!ready || calling || asking) return;
    if (marker !== cookie('tawkproxy_session')) stale = true;
    if (stale && !resting && !doc.hidden) ask();
    if (stale || asking || retrying || user === undefined || toldDigest === digest || givenUp[digest]) return;
    cookieDigest = cookie('tawkproxy_user');
    lastDigest = cookieDigest || toldDigest || '';
    if (lastDigest && personIn(lastDigest) !== personIn(digest) && !givenUp['']) call(null, '');
    else if (!user || data.once && toldDigest === undefined && cookieDigest === digest) toldDigest = digest;
    else call(user, digest);
  }

  // A page that the browser had already, by the back button or fetched ahead, may be older than the last login or logout.
  function replayed() {
    var visit = win.performance && performance.getEntriesByType && performance.getEntriesByType('navigation')[0];
    return visit && (visit.type === 'back_forward' || visit.deliveryType || visit.transferSize === 0);
  }

  // On tawkLoad, which comes again after each login, logout and lost connection.
  function loaded() {
    if (ready === undefined && replayed()) stale = true;
    ready = !calling;
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

  // Lets the proxy see that its own address leads to it from here, past all caches: then pages need no longer hold this text. What
  // comes finds no element of its own, and does nothing. It comes although the element that asks for it is gone at once.
  function knock() {
    var script = doc.createElement('script');
    script.async = true;
    script.nonce = nonce;
    try {
      script.src = address + '?' + new Date().getTime();
      doc.documentElement.appendChild(script);
      doc.documentElement.removeChild(script);
    } catch (e) {}
  }

  // Tells whether scripts of the page that embed the widget when the page is parsed have had their turn.
  function parsed() {
    var times = win.performance && performance.timing;
    return doc.readyState === 'complete' || doc.readyState === 'interactive' && times && times.domContentLoadedEventStart;
  }

  // Begins a page: the one around this element, or one that another element brings later.
  function page(news) {
    data = news;
    unsureTimes = 0;
    stale = stale || asking || news.ask;
    marker = cookie('tawkproxy_session');
    learn(news);
    if (parsed()) setTimeout(embed);
    else on(doc, 'DOMContentLoaded', function () { setTimeout(embed); });
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
    if (address) setTimeout(knock, 2000);
  }

  // Finds its own element. Frames are part of a page that has one.
  try {
    var element = doc.currentScript, all = doc.querySelectorAll('script[data-tawkproxy]'), news;
    if (!element || !element.hasAttribute('data-tawkproxy')) element = all[all.length - 1];
    if (!element) return;
    news = JSON.parse(element.getAttribute('data-tawkproxy'));
    trusted = element.hasAttribute('data-tawkproxy-trusted');
    address = element.getAttribute('data-tawkproxy-src');
    nonce = element.nonce || '';
    if (element.parentNode) element.parentNode.removeChild(element);
    if (win.top !== win) return;
    if (win.tawkproxy && win.tawkproxy.page) win.tawkproxy.page(news);
    else start(news);
  } catch (e) {
    warn(e.message);
  }
})(window, document);
