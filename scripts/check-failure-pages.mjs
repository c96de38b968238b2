// Gate: every failure type and every thrown code has an entry in docs/failures: what, why, fix.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { report, root } from './findings.mjs'
import { filesOf } from './source-files.mjs'

const sources = filesOf('packages/*/src/**/*.ts').filter(
  (file) => !/\.(test|test-d)\.ts$|\/src\/testing[/.]/.test(file),
)
const pages = filesOf('docs/failures/*.md')
const entries = new Map(pages.flatMap(entriesOf))
const used = new Map(sources.flatMap(namesIn))

const missing = [...used].filter(([name]) => !entries.has(name))
const forgotten = [...entries].filter(([name]) => !used.has(name))
const incomplete = [...entries].filter(
  ([, { text }]) => !/\*\*What\*\*[\s\S]+\*\*Why\*\*[\s\S]+\*\*Fix\*\*/.test(text),
)
report(
  'failure pages',
  [
    ...missing.map(([name, place]) => `${place} ${name} has no entry in docs/failures`),
    ...forgotten.map(([name, { place }]) => `${place} ${name} is made nowhere in the sources`),
    ...incomplete.map(
      ([name, { place }]) => `${place} ${name} does not say **What**, **Why** and **Fix**, in this order`,
    ),
  ],
  `${used.size} names`,
)

/** Entries are headings of the second level: `## VersionConflict`, `## ASHLAR_RESULT_INVARIANT`. */
function entriesOf(page) {
  const sections = readFileSync(resolve(root, page), 'utf8').split(/^## /m)
  return sections.slice(1).map((section) => {
    const [heading, ...text] = section.split('\n')
    return [heading.replaceAll('`', '').trim(), { place: page, text: text.join('\n') }]
  })
}

/** Made or declared, as an adapter outside of this repository may make it; comments are left out for their examples. */
function namesIn(file) {
  const code = readFileSync(resolve(root, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, (text) =>
    text.replaceAll(/[^\n]/g, ''),
  )
  const made = /\b[Ff]ailure[(<]\s*'(?<type>[A-Z]\w*)'|\bcode\b[^\n]*?'(?<code>ASHLAR_\w+)'/g
  return [...code.matchAll(made)].map(({ groups, index }) => {
    const line = code.slice(0, index).split('\n').length
    return [groups.type ?? groups.code, `${file}:${line}`]
  })
}
