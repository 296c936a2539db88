// Notes the largest contentful paint from the first moment of the page.
globalThis.__lcp = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) globalThis.__lcp = entry.startTime;
}).observe({ type: 'largest-contentful-paint', buffered: true });
