import { resolve } from 'node:path'
import ts from 'typescript'
import { root } from './findings.mjs'

/** A program of TypeScript 6 over the files, with the options of the tests (TypeScript 7 has no such API yet). */
export function programOf(files) {
  const config = ts.getParsedCommandLineOfConfigFile(
    resolve(root, 'tsconfig.test.json'),
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
        throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'))
      },
    },
  )
  return ts.createProgram(
    files.map((file) => resolve(root, file)),
    config.options,
  )
}

/** Where a node begins, as `file:line`, from the root. */
export function placeOf(node) {
  const file = node.getSourceFile()
  const { line } = file.getLineAndCharacterOfPosition(node.getStart())
  return `${file.fileName.slice(root.length + 1)}:${line + 1}`
}
