"use strict";
(() => {
  const page = document.documentElement;
  const live = document.getElementById("live");
  const said = document.getElementById("live-said");

  // What the reader or a script has changed stays as they have it.
  const OWN = ["open", "hidden", "aria-sort", "data-own"];

  const same = (old, fresh) => {
    for (const { name } of [...old.attributes]) {
      if (!OWN.includes(name) && !fresh.hasAttribute(name)) old.removeAttribute(name);
    }
    for (const { name, value } of fresh.attributes) {
      if (!OWN.includes(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
  };

  // Lines stand in the reader's order, so each is found by its node.
  const lines = (old, fresh) => {
    const known = new Map([...old.rows].map((row) => [row.dataset.node, row]));
    [...fresh.rows].forEach((next, index) => {
      const row = known.get(next.dataset.node) || old.appendChild(next);
      known.delete(next.dataset.node);
      if (row !== next && !row.isEqualNode(next)) { change(row, next); row.text = undefined; }
      row.place = index;
    });
    known.forEach((row) => row.remove());
  };

  const children = (old, fresh) => {
    let at = old.firstChild;
    for (const next of [...fresh.childNodes]) {
      const named = next.id && [...old.children].find((child) => child.id === next.id);
      const alike = at && !next.id && !at.id && at.nodeName === next.nodeName ? at : null;
      const known = named || alike;
      if (!known) { old.insertBefore(next, at); continue; }
      if (known === at) at = at.nextSibling; else old.insertBefore(known, at);
      change(known, next);
    }
    while (at) { const next = at.nextSibling; at.remove(); at = next; }
  };

  const change = (old, fresh) => {
    if (old.nodeType !== Node.ELEMENT_NODE) { if (old.data !== fresh.data) old.data = fresh.data; return; }
    if ("own" in old.dataset || old.isEqualNode(fresh)) return;
    same(old, fresh);
    const value = old.nodeName === "SELECT" && old.value;
    if (old.nodeName === "TBODY" && old.parentNode.id === "nodes-table") lines(old, fresh);
    else children(old, fresh);
    if (value !== false) { old.value = value; if (old.selectedIndex < 0) old.selectedIndex = 0; }
  };

  const clock = new Intl.DateTimeFormat("en", { timeStyle: "medium", hourCycle: "h23" });

  // Readers of screens are told now and then, and what it comes to.
  let telling = null;
  const tell = () => {
    telling ??= setTimeout(() => {
      telling = null;
      const coverage = document.querySelector("#coverage .big");
      said.textContent = `The page has changed at ${clock.format(new Date())}. ${coverage ? coverage.textContent : ""}`;
    }, 5000);
  };

  const stand = (state, words) => {
    live.dataset.state = state;
    // What is said again would be read out again.
    if (live.textContent !== words) live.textContent = words;
  };
  let since = null;
  const lost = (why) => {
    since ??= clock.format(new Date());
    stand("lost", `Not live since ${since}: ${why}.`);
  };
  const found = () => {
    since = null;
    stand("live", "Live: what changes in the cluster appears here by itself.");
  };
  const CUT = "the connection is lost, and tried again";
  const BLIND = "the controller has not seen all of the cluster yet";

  // Something comes every 15 s, whether or not anything has changed.
  const SILENCE = 45000;

  let wanted = null;
  let isBusy = false;
  const refresh = async () => {
    if (isBusy || document.hidden || wanted === null || wanted === page.dataset.revision) return;
    isBusy = true;
    const [asked, began] = [wanted, performance.now()];
    try {
      const answer = await fetch(location.pathname, { cache: "no-store", signal: AbortSignal.timeout(SILENCE) });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const { version, revision } = fresh.documentElement.dataset;
      if (revision === undefined) throw new Error(`no page, status ${answer.status}`);
      // Another program has another script.
      if (version !== page.dataset.version) { location.reload(); return; }
      // What was known before is worth more to a reader than nothing.
      if (answer.status === 503 && document.querySelector("#totals, #node")) { lost(BLIND); return; }
      document.title = fresh.title;
      for (const part of ["header", "main"]) change(document.querySelector(part), fresh.querySelector(part));
      page.dataset.revision = revision;
      if (wanted === asked) wanted = revision;
      document.dispatchEvent(new Event("aios:changed"));
      found();
      tell();
    } catch (error) {
      console.warn(error);
      lost(CUT);
    } finally {
      // A large page takes its time, and leaves more of it to the reader.
      setTimeout(() => { isBusy = false; refresh(); }, Math.max(1000, 2 * (performance.now() - began)));
    }
  };
  document.addEventListener("visibilitychange", refresh);

  let events = null;
  let silence = null;
  const connect = () => {
    if (events) events.close();
    events = new EventSource("/changes");
    events.onmessage = ({ data }) => {
      hear();
      wanted = data;
      if (data === page.dataset.revision) found(); else refresh();
    };
    events.onerror = () => { lost(CUT); if (events.readyState === EventSource.CLOSED) hear(3000); };
    hear();
  };
  const hear = (patience = SILENCE) => {
    clearTimeout(silence);
    silence = setTimeout(() => { lost(CUT); connect(); }, patience);
  };
  if (location.protocol.startsWith("http")) connect();

  // The document is asked for once somebody wants to see it here.
  const fill = async (details) => {
    const field = details.querySelector("textarea");
    let text;
    try { text = await (await fetch(details.dataset.from, { cache: "no-store" })).text(); }
    catch (error) { text = `it cannot be had now: ${error.message}`; }
    if (field.value !== text) field.value = text;
  };
  const offer = () => {
    const details = document.getElementById("document-here");
    if (!details) return;
    details.hidden = false;
    if (details.open) fill(details);
  };
  document.addEventListener("toggle", ({ target }) => {
    if (target.id === "document-here" && target.open) fill(target);
  }, true);
  document.addEventListener("aios:changed", offer);
  offer();
})();
