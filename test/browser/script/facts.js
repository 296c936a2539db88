// What a page says about itself, and which of its controls do nothing without JavaScript.
(() => {
  const name = (e) => e.tagName.toLowerCase() + (e.id ? '#' + e.id : '') +
    (typeof e.className === 'string' && e.className ? '.' + e.className.trim().split(/\s+/).join('.') : '');
  const wide = document.documentElement.scrollWidth - innerWidth;
  let widest = '';
  if (wide > 0) {
    for (const e of document.querySelectorAll('body *')) {
      if (e.getBoundingClientRect().right > innerWidth + 0.5) widest = name(e);
    }
  }
  const submits = (form) => [...form.elements].some((e) =>
    (e.tagName === 'BUTTON' && e.type === 'submit') || (e.tagName === 'INPUT' && ['submit', 'image'].includes(e.type))) ||
    form.querySelector('input[type=image]');
  return {
    lang: document.documentElement.lang,
    title: document.title,
    h1: document.querySelectorAll('h1').length,
    main: document.querySelectorAll('main, [role=main]').length,
    skipLink: document.querySelector('a[href^="#"]') !== null,
    elements: document.querySelectorAll('*').length,
    text: (document.body?.innerText ?? '').replace(/\s+/g, ' ').length,
    wide, widest,
    lcp: Math.round(globalThis.__lcp ?? 0),
    formsWithoutSubmit: [...document.forms].filter((f) => !submits(f)).map(name),
    deadButtons: [...document.querySelectorAll('button[type=button]')].filter((b) => b.checkVisibility()).map(name),
  };
})()
