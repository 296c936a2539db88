// Says what has the focus after a press of Tab; null when the walk has left the page or come round.
(() => {
  const e = document.activeElement;
  if (!e || e === document.body || e === document.documentElement || __focus.visited.has(e)) return null;
  __focus.visited.add(e);
  const r = e.getBoundingClientRect();
  const x = Math.min(Math.max(r.left + r.width / 2, 1), innerWidth - 1);
  const y = Math.min(Math.max(r.top + r.height / 2, 1), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  const reached = top && (e.contains(top) || top.contains(e) || [...(e.labels ?? [])].some((l) => l.contains(top)));
  return {
    name: e.tagName.toLowerCase() + (e.id ? '#' + e.id : '') + (e.name ? `[name=${e.name}]` : ''),
    seen: __focus.portrait(e) !== __focus.before.get(e),
    covered: !reached,
  };
})()
