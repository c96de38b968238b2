import { Converter } from 'typedoc'
import { packageEntries } from './package-entries.mjs'

/** A TypeDoc plugin that calls modules what users import: `@ashlar/kernel/testing` instead of `kernel/src/testing`. */
export function load(app) {
  const names = new Map(packageEntries().map(({ name, source }) => [source, name]))
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.children ?? []) {
      const source = module.sources?.[0]?.fileName
      module.name = names.get(source) ?? module.name
    }
  })
}
