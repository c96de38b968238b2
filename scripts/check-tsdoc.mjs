// Gate: every public name has TSDoc whose first paragraph is a sentence; functions and classes show an example.
import { resolve } from 'node:path'
import ts from 'typescript'
import { report, root } from './findings.mjs'
import { packageEntries } from './package-entries.mjs'
import { placeOf, programOf } from './program.mjs'

const entries = packageEntries().map(({ source }) => source)
const program = programOf(entries)
const checker = program.getTypeChecker()
const looked = new Set()
const findings = []

for (const entry of entries) lookAtEntry(program.getSourceFile(resolve(root, entry)))
report('tsdoc', findings, `${looked.size} public names in ${entries.length} entries`)

function lookAtEntry(file) {
  const module = checker.getSymbolAtLocation(file)
  for (const name of module ? checker.getExportsOfModule(module) : []) {
    const symbol = name.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(name) : name
    if (looked.has(symbol) || !declarationOf(symbol)) continue
    looked.add(symbol)
    lookAtName(symbol)
  }
}

function lookAtName(symbol) {
  const declaration = declarationOf(symbol)
  lookAtText(symbol, symbol.name)
  if (wantsExample(symbol, declaration) && !hasExample(symbol))
    findings.push(
      `${placeOf(declaration)} ${symbol.name} shows no @example, neither a \`\`\`ts block nor a {@link}`,
    )
  for (const member of membersOf(symbol)) lookAtText(member, `${symbol.name}.${member.name}`)
}

function lookAtText(symbol, name) {
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim()
  const place = placeOf(declarationOf(symbol))
  if (text.startsWith('{@inheritDoc')) return
  if (text === '') findings.push(`${place} ${name} has no TSDoc`)
  else if (!isSentence(text.split(/\n\s*\n/, 1)[0].trim()))
    findings.push(`${place} ${name}: the first paragraph of its TSDoc is no sentence`)
}

function isSentence(paragraph) {
  return /^[\p{Lu}\p{N}`'"({[…]/u.test(paragraph) && /[.?!:][)`'"]?$/.test(paragraph)
}

/** What is declared here, not in a dependency: that one has its own documentation. */
function declarationOf(symbol) {
  return symbol.declarations?.find((declaration) =>
    declaration.getSourceFile().fileName.startsWith(`${root}/packages/`),
  )
}

/** Errors are shown where they are thrown. */
function wantsExample(symbol, declaration) {
  if (ts.isClassDeclaration(declaration)) return !isError(declaration)
  return (
    ts.isFunctionDeclaration(declaration) || (ts.isVariableDeclaration(declaration) && isCallable(symbol))
  )
}

function isError(declaration) {
  const type = checker.getTypeAtLocation(declaration)
  return type.getProperty('stack') !== undefined && type.getProperty('message') !== undefined
}

function isCallable(symbol) {
  return checker.getTypeOfSymbol(symbol).getCallSignatures().length > 0
}

/** Read from the source, as the API resolves links away. */
function hasExample(symbol) {
  return (symbol.declarations ?? []).some((declaration) => {
    const comments = ts.getJSDocCommentsAndTags(declaration).map((comment) => comment.getFullText())
    return comments.some((comment) => /@example[\s\S]*?(```ts|\{@link)/.test(comment))
  })
}

/** Members of interfaces, classes, and of type literals that take more than a line (shorter ones their name explains). */
function membersOf(symbol) {
  const declarations = (symbol.declarations ?? []).flatMap((declaration) => {
    if (ts.isInterfaceDeclaration(declaration) || ts.isClassDeclaration(declaration)) return [declaration]
    return ts.isTypeAliasDeclaration(declaration) ? literalsOf(declaration.type) : []
  })
  return declarations
    .flatMap((declaration) => declaration.members.filter((member) => isPublic(member, declaration)))
    .map((member) => checker.getSymbolAtLocation(member.name))
    .filter((member, index, all) => member !== undefined && all.indexOf(member) === index)
}

function literalsOf(type) {
  if (ts.isUnionTypeNode(type) || ts.isIntersectionTypeNode(type)) return type.types.flatMap(literalsOf)
  if (ts.isParenthesizedTypeNode(type)) return literalsOf(type.type)
  return ts.isTypeLiteralNode(type) && type.getText().includes('\n') ? [type] : []
}

/** An overridden member has the words of the one it overrides; `name` and `code` of errors explain themselves. */
function isPublic(member, owner) {
  if (!member.name || ts.isPrivateIdentifier(member.name)) return false
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Override
  if (ts.getCombinedModifierFlags(member) & hidden) return false
  return !(['name', 'code'].includes(member.name.getText()) && ts.isClassDeclaration(owner) && isError(owner))
}
