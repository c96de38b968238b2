import { globSync } from 'node:fs'
import { root } from './findings.mjs'

const ignored =
  /(^|\/)(node_modules|dist|\.cache|coverage|\.git)(\/|$)|^docs\/(api|\.vitepress\/(dist|cache))(\/|$)/

/** Files of the tree that match, without what is installed, built or generated; paths from the root, with `/`. */
export function filesOf(...patterns) {
  const found = globSync(patterns, {
    cwd: root,
    exclude: (path) => ignored.test(String(path).replaceAll('\\', '/')),
  })
  return found
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !ignored.test(path))
    .sort()
}
