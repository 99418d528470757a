"use strict";

// A scanned card brings its code behind the "#": it goes into the form, and out of the address.
document.addEventListener("DOMContentLoaded", function () {
  const form = document.querySelector("form[data-verify]");
  const code = window.location.hash.slice(1);
  if (!form || !code) { return; }
  window.history.replaceState(null, "", window.location.pathname);
  form.elements.token.value = code;
  form.requestSubmit();
});
