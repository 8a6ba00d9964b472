// Teapot Palace scripts (c) 2004. Works in Netscape and in Internet Explorer!

function fetchPiece(address, done) {
  var request = window.XMLHttpRequest ? new XMLHttpRequest() : new ActiveXObject('Microsoft.XMLHTTP');
  request.onreadystatechange = function () {
    if (request.readyState === 4 && request.status === 200) { done(request.responseText); }
  };
  request.open('GET', address, true);
  request.setRequestHeader('X-Requested-With', 'XMLHttpRequest');
  request.send(null);
}

function showBasket() {
  var line = document.getElementById('basket-line');
  if (line) { fetchPiece('/basket/line', function (piece) { line.innerHTML = piece; }); }
}

function talkToParrot() {
  var log = document.getElementById('parrot-log'), form = document.getElementById('parrot-form');
  if (!log || !window.WebSocket || !window.EventSource) { return; }
  function hear(words) {
    log.appendChild(document.createTextNode('“' + words + '”'));
    log.appendChild(document.createElement('br'));
  }
  var echo = new WebSocket(location.href.replace(/^http/, 'ws').replace(/\/parrot.*/, '/parrot/echo'));
  echo.onmessage = function (event) { hear(event.data); };
  form.onsubmit = function () {
    echo.send(form.elements.words.value);
    form.elements.words.value = '';
    return false;
  };
  new EventSource('/parrot/says').onmessage = function (event) { hear(event.data); };
}

window.onload = function () {
  showBasket();
  talkToParrot();
};
