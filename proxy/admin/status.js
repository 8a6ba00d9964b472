
(function () {
  'use strict';
  var live = document.getElementById('live');
  var badge = document.getElementById('badge');
  function say(text, state) { badge.textContent = text; badge.className = state; }
  function again() {
    if (document.hidden) { return; }
    fetch(location.pathname, {cache: 'no-store', credentials: 'same-origin'}).then(function (answer) {
      if (answer.status === 401 || answer.status === 403) { location.reload(); return ''; }
      if (!answer.ok) { throw new Error(answer.status); }
      return answer.text();
    }).then(function (text) {
      if (!text) { return; }
      var fresh = new DOMParser().parseFromString(text, 'text/html').getElementById('live');
      if (!getSelection().isCollapsed) { return; }
      if (fresh && fresh.innerHTML !== live.innerHTML) { live.replaceWith(fresh); live = fresh; }
      say('live', 'good');
    }).catch(function () { say('no answer', 'bad'); });
  }
  say('live', 'good');
  setInterval(again, 5000);
  document.addEventListener('visibilitychange', again);
}());
