// Ends all movement, so that colours are final, and waits for the next two frames.
(async () => {
  const still = new CSSStyleSheet();
  still.replaceSync('*, *::before, *::after { transition: none !important; animation: none !important }');
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, still];
  for (const a of document.getAnimations()) a.finish();
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return true;
})()
