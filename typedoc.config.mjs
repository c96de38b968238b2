import { packageEntries } from './scripts/package-entries.mjs'

/** The reference: every entry of every package, as pages for VitePress. */
export default {
  name: 'Reference',
  entryPoints: packageEntries().map(({ source }) => source),
  tsconfig: 'tsconfig.test.json',
  skipErrorChecking: true,
  plugin: ['typedoc-plugin-markdown', 'typedoc-vitepress-theme', './scripts/typedoc-module-names.mjs'],
  out: 'docs/api',
  docsRoot: 'docs',
  readme: 'none',
  excludeInternal: true,
  excludePrivate: true,
  excludeExternals: true,
  sidebar: { pretty: true, autoConfiguration: true, collapsed: true },
  parametersFormat: 'table',
  interfacePropertiesFormat: 'list',
  expandParameters: true,
  useCodeBlocks: true,
  hidePageHeader: true,
  treatWarningsAsErrors: true,
  validation: { notExported: true, invalidLink: true, notDocumented: true },
  requiredToBeDocumented: ['Class', 'Interface', 'TypeAlias', 'Function', 'Variable', 'Method', 'Accessor'],
  disableGit: true,
  gitRevision: 'main',
  basePath: '.',
  sourceLinkTemplate: 'https://example.invalid/ashlar/blob/{gitRevision}/packages/{path}#L{line}',
}
