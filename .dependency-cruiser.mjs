import { builtinModules } from 'node:module'

/** Which package may import which, layer by layer; a package that is not listed may import none. */
const layers = [
  { result: [] },
  { kernel: ['result'] },
  {
    specification: ['kernel', 'result'],
    domain: ['kernel', 'result'],
    mediator: ['kernel', 'result'],
    'event-store': ['kernel', 'result'],
    messaging: ['kernel', 'result'],
    saga: ['kernel', 'result'],
    'service-discovery': ['kernel', 'result'],
    plugins: ['kernel', 'result'],
    'feature-flags': ['kernel', 'result'],
  },
  {
    'event-sourcing': ['kernel', 'result', 'domain', 'event-store'],
    projections: ['kernel', 'result', 'event-store'],
    kysely: ['kernel', 'result', 'domain', 'specification'],
  },
  {
    memory: ['kernel', 'result', 'mediator', 'event-store', 'projections', 'messaging', 'saga'],
    sqlite: ['kernel', 'result', 'mediator', 'event-store', 'projections', 'messaging', 'saga'],
    postgres: ['kernel', 'result', 'event-store', 'projections', 'messaging', 'saga'],
    nats: ['kernel', 'result', 'messaging'],
  },
]

const tests = '\\.(test|test-d)\\.ts$'
const testingFiles = '^packages/[^/]+/src/testing(/|\\.ts$)'
const notProduction = [tests, testingFiles]
const any = (names) => `(${names.join('|')})`
const upTo = (layer) => layers.slice(0, layer).flatMap((packages) => Object.keys(packages))

const arrows = layers.flatMap((packages) =>
  Object.entries(packages).map(([name, allowed]) => ({
    name: `arrows-of-${name}`,
    comment: 'a package imports only from lower layers, and only what the table of layers lists',
    severity: 'error',
    from: { path: `^packages/${name}/src/`, pathNot: tests },
    to: { path: '^packages/', pathNot: `^packages/${any([name, ...allowed])}/` },
  })),
)

const arrowsOfTests = layers.flatMap((packages, layer) =>
  Object.keys(packages).map((name) => ({
    name: `arrows-of-tests-of-${name}`,
    comment: 'tests of a package import lower packages and the ./testing of packages up to layer 2',
    severity: 'error',
    from: { path: `^packages/${name}/src/.*${tests}` },
    to: {
      path: '^packages/',
      pathNot: [`^packages/${any([name, ...upTo(layer)])}/`, `^packages/${any(upTo(3))}/src/testing\\.ts$`],
    },
  })),
)

const pure = [
  'result',
  'kernel',
  'specification',
  'domain',
  'mediator',
  'event-store',
  'saga',
  'feature-flags',
]
/** All that runs in a plugin's own thread or process. */
const isolatedSide =
  '^packages/plugins/src/(isolated\\.ts$|isolated/|rpc/|run/(activation|reason-of|remote-error|until-aborted)\\.ts$|contract/plugin-refused-error\\.ts$)'
const adapters = ['memory', 'sqlite', 'postgres', 'nats', 'kysely']
const buildingBlocks = ['result', 'kernel', 'specification', 'domain', 'event-store', 'event-sourcing']
const shop = '^examples/ecommerce/src'

const shopRules = [
  {
    name: 'shop-domain-is-pure',
    comment: 'the domain imports building blocks and itself',
    severity: 'error',
    from: { path: `${shop}/domain/`, pathNot: tests },
    to: {
      pathNot: [
        `${shop}/domain/`,
        `^packages/${any(buildingBlocks)}/src/index\\.ts$`,
        'node_modules/ts-pattern/',
      ],
    },
  },
  {
    name: 'shop-domain-knows-no-outer-layer',
    severity: 'error',
    from: { path: `${shop}/domain/` },
    to: { path: `${shop}/(application|infrastructure|presentation|composition|main)` },
  },
  {
    name: 'shop-application-knows-no-outer-layer',
    severity: 'error',
    from: { path: `${shop}/application/`, pathNot: tests },
    to: { path: `${shop}/(infrastructure|presentation|composition|main)` },
  },
  {
    name: 'shop-adapters-only-in-composition',
    comment: 'the infrastructure puts the shop on an adapter; only the composition chooses one',
    severity: 'error',
    from: {
      path: `${shop}/`,
      pathNot: [tests, `${shop}/(composition|main)\\.ts$`, `${shop}/infrastructure/`],
    },
    to: { path: `^packages/${any(adapters)}/` },
  },
  {
    name: 'main-is-imported-by-nobody',
    severity: 'error',
    from: {},
    to: { path: '^examples/[^/]+/src/main\\.ts$' },
  },
]

/** Circles, layers and entries, with imports of types counted. */
export default {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'resolvable',
      comment: 'a path that a package does not export counts as unresolvable, too',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    ...arrows,
    ...arrowsOfTests,
    {
      name: 'kernel-takes-types-only-from-result',
      severity: 'error',
      from: { path: '^packages/kernel/src/', pathNot: notProduction },
      to: { path: '^packages/result/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'evaluator-takes-types-only-from-result',
      comment:
        'what tells flags stays small enough for a browser; what returns Results is an entry of its own',
      severity: 'error',
      from: {
        path: '^packages/feature-flags/src/(index|(flags|evaluate|bucketing|operators)/)',
        pathNot: tests,
      },
      to: { path: '^packages/result/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'isolated-side-stays-in-its-folder',
      comment: "a plugin's own process may read the files of this package alone, so they import nothing else",
      severity: 'error',
      from: { path: isolatedSide, pathNot: tests },
      to: { pathNot: isolatedSide, dependencyTypesNot: ['type-only', 'core'] },
    },
    {
      name: 'plugin-contract-is-light',
      comment: 'what plugins import is bundled into them: no Node, no Result',
      severity: 'error',
      from: { path: '^packages/plugins/src/(plugin\\.ts$|contract/)', pathNot: tests },
      to: { pathNot: '^packages/plugins/src/contract/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'packages-by-name',
      comment: 'import another package by its name, never by a path',
      severity: 'error',
      from: { path: '^packages/([^/]+)/' },
      to: { path: '^packages/', pathNot: '^packages/$1/', dependencyTypes: ['local'] },
    },
    {
      name: 'packages-by-name-from-outside',
      severity: 'error',
      from: { pathNot: '^packages/' },
      to: { path: '^packages/', dependencyTypes: ['local'] },
    },
    {
      name: 'packages-know-no-application',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^(examples|test|benchmarks|docs|scripts)/', pathNot: '^test/(postgres|etcd)/' },
    },
    {
      name: 'servers-only-for-tests',
      severity: 'error',
      from: { path: '^(packages|examples)/[^/]+/src/', pathNot: tests },
      to: { path: '^test/' },
    },
    {
      name: 'not-through-own-index',
      comment: 'inside a package import the file',
      severity: 'error',
      from: { path: '^packages/([^/]+)/src/', pathNot: tests },
      to: { path: '^packages/$1/src/index\\.ts$' },
    },
    {
      name: 'no-testing-in-production',
      severity: 'error',
      from: { path: '^(packages|examples)/[^/]+/src/', pathNot: notProduction },
      to: { path: [testingFiles, tests, 'node_modules/(vitest|fast-check)/'] },
    },
    {
      name: 'contracts-import-no-tests',
      severity: 'error',
      from: { path: testingFiles },
      to: { path: [tests, 'node_modules/fast-check/'] },
    },
    {
      name: 'no-node-behind-index',
      comment: 'these packages run anywhere; what needs node: is an entry of its own',
      severity: 'error',
      from: { path: `^packages/${any(pure)}/src/index\\.ts$` },
      to: { path: `^(node:)?${any(builtinModules)}$`, reachable: true },
    },
    ...shopRules,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(packages|examples|test)/[^/]+/(dist|\\.cache)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.test.json' },
    enhancedResolveOptions: {
      conditionNames: ['@ashlar/source', 'types', 'import', 'default'],
      exportsFields: ['exports'],
    },
  },
}
