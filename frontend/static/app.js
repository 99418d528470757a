"use strict";

// Everything here refines pages that work without it.
(function () {
  const doc = document;
  const DRAFT = "draft:";
  const GONE = "sent:";

  // "/" goes to the search box; Escape leaves an open menu.
  doc.addEventListener("keydown", function (event) {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.isContentEditable;
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const box = doc.querySelector("[data-search]");
      if (box) { event.preventDefault(); box.focus(); box.select(); }
    }
    if (event.key === "Escape") {
      const menu = event.target.closest && event.target.closest("details.menu[open]");
      if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
    }
  });
  doc.addEventListener("click", function (event) {
    doc.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) { menu.open = false; }
    });
    if (event.target.closest("[data-print]")) { window.print(); }
  });

  // Choose all rows, and say how many are chosen.
  function counted(form) {
    const boxes = Array.from(form.querySelectorAll("[data-row]"));
    const chosen = boxes.filter(function (box) { return box.checked; });
    boxes.forEach(function (box) { box.closest("tr").classList.toggle("picked", box.checked); });
    const all = form.querySelector("[data-all]");
    if (all) { all.checked = chosen.length > 0 && chosen.length === boxes.length; all.indeterminate = chosen.length > 0 && chosen.length < boxes.length; }
    const bar = form.querySelector("[data-bulk]");
    if (bar) { bar.classList.toggle("stuck", chosen.length > 0); }
    const place = form.querySelector("[data-chosen]");
    if (place) { place.textContent = chosen.length ? "已选 " + chosen.length + " 条" : "尚未选择"; }
  }
  doc.addEventListener("change", function (event) {
    const box = event.target;
    if (!box.matches || !box.form) { return; }
    if (box.matches("[data-all]")) {
      box.form.querySelectorAll("[data-row]").forEach(function (row) { row.checked = box.checked; });
    }
    if (box.matches("[data-all],[data-row]")) { counted(box.form); }
    if (box.matches("[data-submit]")) { box.form.requestSubmit(); }
  });

  // What was typed stays on this device until it has been sent; only fields marked for it.
  function kept(form) {
    const values = {};
    form.querySelectorAll("[data-keep]").forEach(function (field) {
      if ((field.type === "checkbox" || field.type === "radio") && !field.checked) { return; }
      (values[field.name] = values[field.name] || []).push(field.value);
    });
    return values;
  }
  function store(act) { try { return act(window.localStorage); } catch (error) { return null; } }
  doc.addEventListener("input", function (event) {
    const form = event.target.form;
    if (form && form.dataset.draft && event.target.matches("[data-keep]")) {
      store(function (box) { box.setItem(DRAFT + form.dataset.draft, JSON.stringify(kept(form))); });
    }
  });
  function restore(form) {
    const text = store(function (box) { return box.getItem(DRAFT + form.dataset.draft); });
    if (!text) { return; }
    let values = {};
    try { values = JSON.parse(text); } catch (error) { return; }
    let used = 0;
    form.querySelectorAll("[data-keep]").forEach(function (field) {
      const found = values[field.name];
      if (!found) { return; }
      if (field.type === "checkbox" || field.type === "radio") {
        if (found.indexOf(field.value) >= 0 && !field.checked) { field.checked = true; used += 1; }
      } else if (!field.value && found[0]) { field.value = found[0]; used += 1; }
    });
    const place = form.querySelector("[data-draft-note]");
    if (used && place) { place.hidden = false; }
  }
  function settleDrafts() {
    doc.querySelectorAll("form[data-draft]").forEach(restore);
    store(function (box) {
      Object.keys(box).filter(function (key) { return key.indexOf(GONE) === 0; }).forEach(function (key) {
        const name = key.slice(GONE.length);
        const here = doc.querySelector('form[data-draft="' + name + '"]');
        if (!here) { box.removeItem(DRAFT + name); }
        box.removeItem(key);
      });
    });
  }

  // A form is sent once; without a line it waits on the page and is sent when the line is back.
  let waiting = null;
  function line(text) {
    const bar = doc.getElementById("line");
    if (bar) { bar.textContent = text; bar.hidden = !text; }
  }
  doc.addEventListener("submit", function (event) {
    const form = event.target;
    if (form.method === "dialog") { return; }
    if (!window.navigator.onLine) {
      event.preventDefault();
      event.stopImmediatePropagation();
      waiting = { form: form, button: event.submitter };
      line("网络断开了。填写的内容都在，网络恢复后会自动提交，请不要关闭这一页。");
      return;
    }
    if (form.dataset.draft) { store(function (box) { box.setItem(GONE + form.dataset.draft, "1"); }); }
    if (form.matches("[data-hx-post],[data-hx-get]")) { return; }
    window.setTimeout(function () {
      form.querySelectorAll("button:not([type=button])").forEach(function (button) { button.disabled = true; });
    }, 0);
  }, true);
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) {
      doc.querySelectorAll("button[disabled]").forEach(function (button) { button.disabled = false; });
    }
  });
  window.addEventListener("offline", function () { line("网络断开了。可以继续填写，内容不会丢。"); });
  window.addEventListener("online", function () {
    line("");
    if (waiting && doc.contains(waiting.form)) { waiting.form.requestSubmit(waiting.button || undefined); }
    waiting = null;
  });

  // After a swap the reader is taken to what is new: the first error, the next cell, or the heading.
  doc.addEventListener("htmx:afterSettle", function (event) {
    const place = event.detail.elt;
    if (!place || !place.querySelector) { return; }
    settleDrafts();
    const next = place.querySelector("[data-focus]") || (place.matches("[data-focus]") ? place : null);
    if (next) { next.focus(); }
    const mended = place.matches("tr[data-mended]") ? place : null;
    if (mended) {
      const cells = Array.from(doc.querySelectorAll("[data-wrong]"));
      const after = cells.find(function (cell) { return mended.compareDocumentPosition(cell) & Node.DOCUMENT_POSITION_FOLLOWING; });
      if (after || cells[0]) { (after || cells[0]).focus(); }
    }
  });
  // Long work tells when something has changed; without the line the page asks every few seconds.
  let source = null;
  function listen() {
    const place = doc.querySelector("[data-events]");
    if (!place || source || !window.EventSource || !window.htmx) { return; }
    source = new EventSource(place.dataset.events);
    function told() {
      const now = doc.querySelector("[data-events]");
      if (now) { window.htmx.trigger(now, "told"); }
    }
    source.addEventListener("progress", told);
    source.addEventListener("end", function () { source.close(); told(); });
    source.onerror = function () { source.close(); };
  }
  window.addEventListener("pagehide", function () { if (source) { source.close(); source = null; } });

  doc.addEventListener("htmx:sendError", function () { line("没有连上系统，请检查网络后再试。"); });
  doc.addEventListener("htmx:afterRequest", function (event) { if (event.detail.successful) { line(""); } });

  doc.addEventListener("DOMContentLoaded", function () {
    settleDrafts();
    listen();
    doc.querySelectorAll("form").forEach(counted);
    const first = doc.querySelector("[data-focus]");
    if (first) { first.focus(); }
  });
})();
