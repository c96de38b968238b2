import { Application, Converter } from 'typedoc'
import { packageEntries } from './package-entries.mjs'

/**
 * A TypeDoc plugin that calls modules what users import: `@ashlar/kernel/testing` instead of `kernel/src/testing`,
 * and wants all packages documented.
 */
export function load(app) {
  const entries = packageEntries()
  const names = new Map(entries.map(({ name, source }) => [source, name]))
  app.on(Application.EVENT_BOOTSTRAP_END, () => {
    // unless told, only names of the package in the root must be documented, and there are none
    const packages = new Set(entries.map(({ packageName }) => packageName))
    app.options.setValue('packagesRequiringDocumentation', [...packages])
  })
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.children ?? []) {
      const source = module.sources?.[0]?.fileName
      module.name = names.get(source) ?? module.name
    }
  })
}
