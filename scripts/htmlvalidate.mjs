#!/usr/bin/env node
// Checks HTML with html-validate, many pages in one process.
//   htmlvalidate.mjs FILE…   checks files; exit code 1 if any has a fault
//   htmlvalidate.mjs         reads one JSON object {"name","html"} a line from standard input and answers
//                            each with one line: a JSON array of {"rule","message","line","selector"}
import fs from 'node:fs';
import readline from 'node:readline';
import { HtmlValidate, StaticConfigLoader } from 'html-validate';

const checker = new HtmlValidate(new StaticConfigLoader({
  extends: ['html-validate:standard', 'html-validate:a11y'],
  rules: {
    // Matters of taste, not of correctness; and Sub-Resource Integrity is for other origins, which we never load from.
    'attr-quotes': 'off',
    'doctype-style': 'off',
    'long-title': 'off',
    'no-redundant-role': 'off',
    'no-trailing-whitespace': 'off',
    'prefer-native-element': 'off',
    'require-sri': 'off',
    'tel-non-breaking': 'off',
    'void-style': 'off',
    // The Content-Security-Policy has no unsafe-inline.
    'no-inline-style': 'error',
  },
}));

async function check(name, html) {
  const report = await checker.validateString(html, name);
  return report.results
    .flatMap((result) => result.messages)
    .filter((message) => message.severity === 2)
    .map(({ ruleId, message, line, selector }) => ({ rule: ruleId, message, line, selector: selector ?? '' }));
}

const files = process.argv.slice(2);
if (files.length > 0) {
  let faults = 0;
  for (const file of files) {
    for (const f of await check(file, fs.readFileSync(file, 'utf8'))) {
      console.log(`${file}:${f.line}: ${f.rule}: ${f.message}`);
      faults++;
    }
  }
  console.log(`${files.length} files, ${faults} faults`);
  process.exit(faults > 0 ? 1 : 0);
}
for await (const line of readline.createInterface({ input: process.stdin })) {
  const { name, html } = JSON.parse(line);
  process.stdout.write(JSON.stringify(await check(name, html)) + '\n');
}
