// The loader: refuses to run twice, and waits until the page has loaded.
(function () {
  'use strict';
  if (window.$_Tawk && $_Tawk.init) return;
  var origin = document.currentScript.src.split('/').slice(0, 3).join('/');
  window.$_Tawk = {init: true, property: 'PROPERTY', origin: origin};

  function load() {
    var script = document.createElement('script');
    script.charset = 'UTF-8';
    script.setAttribute('crossorigin', '*');
    script.src = origin + '/_s/v4/app/standin/js/app.js';
    (document.head || document.documentElement).appendChild(script);
  }

  if (document.readyState === 'complete') load();
  else window.addEventListener('load', load);
})();
