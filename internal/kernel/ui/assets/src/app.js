// What JavaScript adds to pages that work without it: a character counter, a warning before leaving typed text, live update of
// marked parts, and keyboard shortcuts for officers who switched them on. Texts come in data attributes from the server.
(() => {
  const doc = document;
  const all = (selector, root = doc) => root.querySelectorAll(selector);

  // One polite live region for what is announced.
  const status = doc.getElementById('live-status');
  const say = (text) => { if (status && text) status.textContent = text; };

  // Counter: <textarea maxlength aria-describedby> with <p data-counter="id" data-left="%d tecken kvar" data-over="%d tecken för mycket">.
  const counters = (root) => all('[data-counter]', root).forEach((out) => {
    const field = doc.getElementById(out.dataset.counter);
    if (!field) return;
    let wait;
    const show = () => {
      const left = +out.dataset.max - field.value.length;
      out.textContent = (left < 0 ? out.dataset.over : out.dataset.left).replace('%d', Math.abs(left));
      out.classList.toggle('d-over', left < 0);
      clearTimeout(wait);
      wait = setTimeout(() => { if (left < out.dataset.max / 10) say(out.textContent); }, 1000);
    };
    field.addEventListener('input', show);
    show();
  });

  // Unsaved: <form data-unsaved> asks the browser to warn when typed text would be lost.
  const unsaved = (root) => all('form[data-unsaved]', root).forEach((form) => {
    form.addEventListener('input', () => { form.dirty = true; });
    form.addEventListener('submit', () => { form.dirty = false; });
  });
  addEventListener('beforeunload', (event) => {
    for (const form of doc.forms) if (form.dirty) event.preventDefault();
  });

  // A second press on a submit button within two seconds does nothing; the server is idempotent as well.
  doc.addEventListener('submit', (event) => {
    const form = event.target;
    if (form.sent > Date.now() - 2000) event.preventDefault();
    else form.sent = Date.now();
  });

  // Live: <section id data-live="/stream" data-live-said="Uppdaterad">. Each event makes the page fetch itself and swap the section,
  // unless someone types in it. What is ticked stays ticked, and focus stays where it is. A control is the one it was before by its ID,
  // else by what it does; after a full stop a value has a version.
  const streams = {};
  const key = (e) => e.id || [e.tagName, e.name, e.href, String(e.value || '').split('.')[0]].join(' ');
  const boxes = (root) => [...all('[type=checkbox], [type=radio]', root)];
  const refresh = async (id) => {
    const old = doc.getElementById(id);
    if (!old) return;
    const busy = () => old.contains(doc.activeElement) && doc.activeElement.matches('textarea, select, input:not([type=checkbox], [type=radio])')
      || [...all('form', old)].some((f) => f.dirty);
    if (busy()) return;
    const answer = await fetch(location.href, { headers: { 'Dygnet-Live': id } });
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById(id);
    if (!fresh || fresh.innerHTML === old.innerHTML || busy()) return;
    const held = old.contains(doc.activeElement) && key(doc.activeElement);
    const ticked = new Map(boxes(old).map((e) => [key(e), e.checked]));
    old.replaceWith(fresh);
    boxes(fresh).forEach((e) => { if (ticked.has(key(e))) e.checked = ticked.get(key(e)); });
    if (held) {
      fresh.tabIndex = -1; // where focus goes when what had it is gone
      ([...all('[id], a, button, input, summary', fresh)].find((e) => key(e) === held) || fresh).focus({ preventScroll: true });
    }
    counters(fresh);
    unsaved(fresh);
    say(fresh.dataset.liveSaid);
  };
  all('[data-live]').forEach((part) => {
    const url = part.dataset.live;
    let wait, was;
    const soon = () => { clearTimeout(wait); wait = setTimeout(refresh, 300, part.id); };
    streams[url] = streams[url] || new EventSource(url);
    streams[url].addEventListener('message', soon);
    streams[url].addEventListener('open', () => { if (was) soon(); was = true; }); // opened again: something may have been missed
  });

  // Shortcuts: <body data-shortcuts>, and data-key="j" or data-key="g i" on the visible link, button or field that does it.
  if ('shortcuts' in doc.body.dataset) {
    let before = '';
    addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
      const find = (key) => doc.querySelector(`[data-key="${CSS.escape(key)}"]`);
      const hit = find(before + event.key) || find(event.key);
      before = event.key + ' ';
      if (!hit) return;
      event.preventDefault();
      if (/^(INPUT|TEXTAREA|SELECT)$/.test(hit.tagName)) hit.focus();
      else hit.click();
    });
  }

  counters(doc);
  unsaved(doc);
})();
