// Tells this startup's CRM that somebody came by, if the page itself says who:
//   <script src="https://…/e/KEY.js" data-email="ada@example.com" defer></script>
// Without data-email it does nothing. It sets no cookie, stores nothing, takes no fingerprint, sends the address without
// what follows "?" or "#", and keeps still for who has asked not to be followed. data-kind says what happened, if not a visit.
(function (script) {
  var email = script && script.dataset.email;
  if (!email || navigator.globalPrivacyControl || navigator.doNotTrack === '1') return;
  var said = { email: email, kind: script.dataset.kind || 'site_visit', channel: 'site', url: location.origin + location.pathname };
  navigator.sendBeacon(script.src.replace(/\.js([?#].*)?$/, ''), new URLSearchParams(said));
})(document.currentScript);
