// Gate: what must not stand in files, and how files must not be called.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { report, root } from './findings.mjs'
import { filesOf } from './source-files.mjs'

const tests = /\.(test|test-d)\.ts$/
const inTests = (file) => tests.test(file)
const inPackages = (file) => /^packages\/[^/]+\/src\//.test(file) && !tests.test(file)
const inSources = (file) => /\.(ts|mjs)$/.test(file) && !file.startsWith('scripts/check-words')
const everywhere = () => true
const except =
  (where, ...files) =>
  (file) =>
    where(file) && !files.includes(file)

/** What lines must not contain; `code` rules leave comments alone, as an example may read the clock. */
const rules = [
  { why: 'names a path of one machine', where: everywhere, what: /(?<![\w.@/-])\/(work|root|home|Users)\// },
  {
    why: 'names a registry',
    where: everywhere,
    what: /registry\.(npmjs|yarnpkg)|npm\.pkg\.github|\/-\/[\w.-]+\.tgz/,
  },
  { why: 'exports without names', where: inSources, what: /^\s*export \*/ },
  { why: 'leaves work for later', where: inSources, what: /\b(TODO|FIXME)\b/ },
  {
    why: 'runs only some of the tests',
    where: inTests,
    what: /\b(it|test|describe)(\.\w+)*\.(only|skip|todo|skipIf|runIf|fails)\b/,
  },
  {
    why: 'reads the clock; take a Clock',
    code: true,
    where: except(inPackages, 'packages/kernel/src/clock.ts'),
    what: /\bnew Date\(\s*\)|\bDate\.now\(/,
  },
  {
    why: 'throws dice; take a Random',
    code: true,
    where: except(inPackages, 'packages/kernel/src/random.ts'),
    what: /\bMath\.random\b/,
  },
  {
    why: 'makes an identity; take an IdGenerator',
    code: true,
    where: except(inPackages, 'packages/kernel/src/id-generator.ts'),
    what: /\brandomUUID\b|\bgetRandomValues\b/,
  },
]

const drawer = /(^|\/)(utils?|helpers?|common|types?|misc)(\.(ts|mjs|js)|\/)/

const files = filesOf('**/*', '.*', '.{ci,github,changeset}/**/*').filter(isText)
const findings = files.flatMap((file) => [...calledBadly(file), ...wordsIn(file)])
report('words', findings, `${files.length} files`)

function isText(file) {
  return /\.(ts|mts|mjs|js|json|md|ya?ml|sh|html|css|vue)$|^\.ci\/|^\.gitignore$/.test(file)
}

function calledBadly(file) {
  return drawer.test(file) ? [`${file} is a drawer for kinds: name the idea`] : []
}

function wordsIn(file) {
  const applying = rules.filter(({ where }) => where(file))
  return readFileSync(resolve(root, file), 'utf8')
    .split('\n')
    .flatMap((line, index) =>
      applying
        .filter(({ what, code }) => what.test(line) && !(code && isComment(line)))
        .map(({ why }) => `${file}:${index + 1} ${why}: ${line.trim().slice(0, 100)}`),
    )
}

function isComment(line) {
  return /^\s*(\*|\/\*|\/\/)/.test(line)
}
