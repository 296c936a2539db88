// Runs axe-core for WCAG 2.2 A and AA and returns one entry for each faulty element.
axe.run(document, {
  runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
  resultTypes: ['violations'],
}).then((result) => result.violations.flatMap((v) =>
  v.nodes.map((n) => ({ rule: v.id, help: v.help, where: n.target.flat().join(' ') }))))
