import type { JsonObject } from '@ashlar/kernel'

const hash = `sha256-${'A'.repeat(43)}`
const signature = `ed25519-${'B'.repeat(86)}==`
const long = (length: number) => 'a'.repeat(length)
const many = (count: number, value: unknown) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}`, value]))

/** The least that a manifest must say. */
export const leastManifest: JsonObject = {
  id: 'demo.plugin',
  version: '1.0.0',
  engine: '^1.0.0',
  api: 'demo/1',
  entry: 'plugin.cjs',
}

export const validManifests: { readonly [what: string]: JsonObject } = {
  least: leastManifest,
  'a schema for editors': { $schema: './plugin.schema.json', ...leastManifest },
  'a prerelease with build': { ...leastManifest, version: '1.0.0-rc.1+build.5' },
  'the largest numbers': { ...leastManifest, version: '999999999999999.0.0' },
  'a module': { ...leastManifest, entry: 'dist/plugin.mjs' },
  'an entry with a dot first': { ...leastManifest, entry: './dist/.out/a..b.cjs' },
  'an entry of other letters': { ...leastManifest, entry: 'plügin ✓.cjs' },
  'a range of alternatives': { ...leastManifest, engine: '>=1.2 <2 || 3.x' },
  'an id of the most characters': { ...leastManifest, id: long(100) },
  dependencies: { ...leastManifest, dependsOn: { 'demo.a': '^1.0.0' }, optional: { b: '*' } },
  'a dependency called constructor': { ...leastManifest, dependsOn: { constructor: '*' } },
  'each isolation': { ...leastManifest, isolation: 'sandbox' },
  'every capability': {
    ...leastManifest,
    needs: [
      { kind: 'service', id: 'demo.ledger' },
      { kind: 'fs.read', paths: ['/data', 'C:\\data'] },
      { kind: 'fs.write', paths: ['/data/out'] },
      { kind: 'env', names: ['HOME', '_x1'] },
      { kind: 'net' },
    ],
  },
  'contributions of any JSON': {
    ...leastManifest,
    contributes: { 'demo.a': {}, 'demo.b': null, 'demo.c': [1, { deep: ['text', true] }] },
  },
  'as many as may be': { ...leastManifest, contributes: many(200, {}) as JsonObject },
  'a hash without padding': { ...leastManifest, integrity: hash },
  'a hash with padding and a signature': { ...leastManifest, integrity: `${hash}=`, signature },
}

/** A manifest that can't be used, where that shows, and whether its schema can tell. */
export interface InvalidManifest {
  readonly what: string
  readonly manifest: unknown
  /** Where the one finding stands. */
  readonly path: string
  readonly byShape: boolean
}

const nested: unknown = Array.from({ length: 70 }).reduce((inner) => [inner], 1)

export const invalidManifests: readonly InvalidManifest[] = [
  ...[null, undefined, 'text', 42, true, [], [leastManifest]].map((manifest) =>
    invalid(`${JSON.stringify(manifest)} as a whole`, '', manifest),
  ),
  invalid('more than 64 KiB', '', { ...leastManifest, contributes: { a: long(70_000) } }, false),
  invalid('what is nested too deeply', nestedPath(), { ...leastManifest, contributes: { a: nested } }, false),
  invalid(
    'a key __proto__ inside',
    'contributes.a.__proto__',
    parsed('"contributes":{"a":{"__proto__":1}}'),
    false,
  ),
  invalid('a key __proto__', '__proto__', parsed('"__proto__":{"id":"evil"}')),
  invalid('a dependency __proto__', 'dependsOn.__proto__', parsed('"dependsOn":{"__proto__":"*"}')),
  invalid('an infinite number', 'contributes.a', parsed('"contributes":{"a":1e999}'), false),
  invalid('an unknown field', 'main', { ...leastManifest, main: 'plugin.cjs' }),
  invalid('a field of every object', 'constructor', { ...leastManifest, constructor: 1 }),
  invalid('a field with a strange name', '["a b"]', { ...leastManifest, 'a b': 1 }),
  invalid('a $schema that is no text', '$schema', { ...leastManifest, $schema: 1 }),
  ...['id', 'version', 'engine', 'api', 'entry'].flatMap((field) => [
    invalid(`no ${field}`, field, { ...leastManifest, [field]: undefined }),
    invalid(`null for ${field}`, field, { ...leastManifest, [field]: null }),
    invalid(`a list for ${field}`, field, { ...leastManifest, [field]: ['a'] }),
    invalid(`an empty ${field}`, field, { ...leastManifest, [field]: '' }),
    invalid(`spaces for ${field}`, field, { ...leastManifest, [field]: '  ' }),
    invalid(`a huge ${field}`, field, { ...leastManifest, [field]: `${long(1_001)}.cjs` }),
  ]),
  ...['Demo', 'a_b', '-a', 'a..b', '1a', 'ä', 'a/b', '../a', 'a\n', long(101)].map((id) =>
    invalid(`the id ${id}`, 'id', { ...leastManifest, id }),
  ),
  ...['1.0', 'v1.0.0', '=1.0.0', '01.0.0', '1.0.0-', '1.0.0-01', ' 1.0.0', '1.0.0\n', 'latest'].map(
    (version) => invalid(`the version ${version}`, 'version', { ...leastManifest, version }),
  ),
  invalid('a version beyond numbers', 'version', { ...leastManifest, version: '9999999999999999.0.0' }),
  ...['one', '>>1', '^1.0.0 oder 2', 'https://example.invalid/a.tgz'].map((engine) =>
    invalid(`the range ${engine}`, 'engine', { ...leastManifest, engine }, false),
  ),
  invalid('a range with a line break', 'engine', { ...leastManifest, engine: '^1.0.0\n' }),
  invalid('an api with spaces', 'api', { ...leastManifest, api: 'shop 1' }),
  ...[
    '/etc/plugin.cjs',
    '../plugin.cjs',
    'dist/../../plugin.cjs',
    './../plugin.cjs',
    'dist//plugin.cjs',
    'dist/./plugin.cjs',
    'dist\\plugin.cjs',
    '\\\\server\\plugin.cjs',
    'C:/plugin.cjs',
    'C:plugin.cjs',
    'plugin.cjs\u0000.js',
    'plugin\u0000.cjs',
    'plugin\n.cjs',
    'plugin.js',
    'plugin.CJS',
    'plugin.cjs/',
    '.cjs',
    'file:///plugin.cjs',
    'node:fs',
    'plugin.cjs?x',
  ].map((entry) => invalid(`the entry ${JSON.stringify(entry)}`, 'entry', { ...leastManifest, entry })),
  ...['dependsOn', 'optional', 'contributes'].flatMap((field) => [
    invalid(`a list for ${field}`, field, { ...leastManifest, [field]: [] }),
    invalid(`a text for ${field}`, field, { ...leastManifest, [field]: 'a' }),
    invalid(`null for ${field}`, field, { ...leastManifest, [field]: null }),
    invalid(`a strange id in ${field}`, `${field}["A b"]`, { ...leastManifest, [field]: { 'A b': '*' } }),
    invalid(`too many in ${field}`, field, { ...leastManifest, [field]: many(201, '*') }),
  ]),
  invalid(
    'a dependency’s range that is none',
    'dependsOn.a',
    { ...leastManifest, dependsOn: { a: 'x y' } },
    false,
  ),
  invalid('a dependency’s range that is no text', 'optional.a', { ...leastManifest, optional: { a: {} } }),
  ...['Trusted', '', null, 1, 'constructor'].map((isolation) =>
    invalid(`the isolation ${isolation}`, 'isolation', { ...leastManifest, isolation }),
  ),
  invalid('an object for needs', 'needs', { ...leastManifest, needs: {} }),
  invalid('too many needs', 'needs', { ...leastManifest, needs: Array(201).fill({ kind: 'net' }) }),
  ...[
    ['', null],
    ['', 'net'],
    ['', []],
    ['.kind', {}],
    ['.kind', { kind: 'exec' }],
    ['.kind', { kind: '__proto__' }],
    ['.host', { kind: 'net', host: 'example.invalid' }],
    ['.id', { kind: 'service' }],
    ['.id', { kind: 'service', id: 'A' }],
    ['.paths', { kind: 'service', id: 'a', paths: ['/'] }],
    ['.paths', { kind: 'fs.read' }],
    ['.paths', { kind: 'fs.read', paths: '/data' }],
    ['.paths', { kind: 'fs.read', paths: [] }],
    ['.paths[0]', { kind: 'fs.read', paths: ['data'] }],
    ['.paths[0]', { kind: 'fs.read', paths: ['../data'] }],
    ['.paths[0]', { kind: 'fs.write', paths: ['*'] }],
    ['.paths[0]', { kind: 'fs.write', paths: ['/data/*'] }],
    ['.paths[0]', { kind: 'fs.read', paths: ['/data/x,/etc'] }],
    ['.paths[0]', { kind: 'fs.read', paths: ['/data\u0000'] }],
    ['.paths[1]', { kind: 'fs.read', paths: ['/data', 1] }],
    ['.names', { kind: 'env' }],
    ['.names', { kind: 'env', names: [] }],
    ['.names[0]', { kind: 'env', names: ['A-B'] }],
    ['.names[0]', { kind: 'env', names: ['*'] }],
    ['.names[0]', { kind: 'env', names: ['__proto__'] }],
  ].map(([path, capability]) =>
    invalid(`the capability ${JSON.stringify(capability)}`, `needs[0]${path}`, {
      ...leastManifest,
      needs: [capability],
    }),
  ),
  ...['sha256-', `sha512-${'A'.repeat(43)}`, `${hash}==`, `sha256-${'-'.repeat(43)}`, 1, null].map(
    (integrity) => invalid(`the hash ${integrity}`, 'integrity', { ...leastManifest, integrity }),
  ),
  ...['ed25519-', `ed25519-${'B'.repeat(88)}`, `${signature}=`, signature.slice(0, -1), {}].map((given) =>
    invalid(`the signature ${given}`, 'signature', { ...leastManifest, signature: given }),
  ),
]

function invalid(what: string, path: string, manifest: unknown, byShape = true): InvalidManifest {
  return { what, path, manifest, byShape }
}

/** As JSON brings it, which an object literal can't. */
function parsed(fields: string): unknown {
  return JSON.parse(`${JSON.stringify(leastManifest).slice(0, -1)},${fields}}`)
}

function nestedPath(): string {
  return `contributes.a${'[0]'.repeat(62)}`
}
