// Notes how everything looks that can have the focus, and what stands around it, before any has it.
(() => {
  document.activeElement?.blur?.();
  scrollTo(0, 0);
  const look = (e, pseudo) => {
    const s = getComputedStyle(e, pseudo);
    return [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.backgroundColor,
      s.borderTopColor, s.borderBottomColor, s.borderBottomWidth].join(' ');
  };
  const shown = (e) => { const r = e.getBoundingClientRect(); return r.width > 2 && r.height > 2 && r.right > 0 && r.bottom > -scrollY; };
  // The element, its pseudo-elements, a label drawn for it, and up to three boxes around it may show the focus.
  const portrait = (e) => {
    const parts = [look(e), look(e, '::before'), look(e, '::after'), String(shown(e))];
    if (e.nextElementSibling) parts.push(look(e.nextElementSibling), look(e.nextElementSibling, '::before'));
    for (let a = e.parentElement, i = 0; a && i < 3; a = a.parentElement, i++) parts.push(look(a));
    return parts.join('|');
  };
  globalThis.__focus = { portrait, before: new Map(), visited: new Set() };
  for (const e of document.querySelectorAll('a, area, button, input, select, textarea, summary, iframe, [tabindex], [contenteditable]')) {
    __focus.before.set(e, portrait(e));
  }
  return __focus.before.size;
})()
