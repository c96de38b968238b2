// Gate: nobody ignores a Result. A statement that is only an expression must not be one, awaited or not.
// Results that can't be Err (what `orThrow` gives) may be left alone, and type tests are never run.
import ts from 'typescript'
import { report, root } from './findings.mjs'
import { placeOf, programOf } from './program.mjs'
import { filesOf } from './source-files.mjs'

const files = filesOf('packages/*/src/**/*.ts', 'examples/*/{src,test}/**/*.ts', 'test/*/**/*.ts').filter(
  (file) => !file.endsWith('.test-d.ts'),
)
const program = programOf(files)
const checker = program.getTypeChecker()
const findings = []

for (const file of files) visit(program.getSourceFile(`${root}/${file}`))
report('ignored results', findings, `${files.length} files`)

function visit(node) {
  if (ts.isExpressionStatement(node) && isResult(operandOf(node.expression)))
    findings.push(`${placeOf(node)} ignores a Result: ${firstLine(node)}`)
  ts.forEachChild(node, visit)
}

/** What is left of `void`, `await` and parentheses; an assignment uses its value. */
function operandOf(expression) {
  if (
    ts.isVoidExpression(expression) ||
    ts.isAwaitExpression(expression) ||
    ts.isParenthesizedExpression(expression)
  )
    return operandOf(expression.expression)
  return expression
}

function isResult(expression) {
  if (ts.isBinaryExpression(expression) && ts.isAssignmentOperator(expression.operatorToken.kind))
    return false
  const type = checker.getTypeAtLocation(expression)
  return [type, checker.getAwaitedType(type)].some((each) => each && parts(each).some(mayBeErr))
}

function parts(type) {
  return type.isUnion() ? type.types : [type]
}

function mayBeErr(type) {
  return isOfNeverthrow(type) && !(checker.getTypeArguments(type)[1]?.flags & ts.TypeFlags.Never)
}

function isOfNeverthrow({ symbol }) {
  return (
    ['Ok', 'Err', 'ResultAsync'].includes(symbol?.name) &&
    symbol.declarations?.some((declaration) => declaration.getSourceFile().fileName.includes('/neverthrow/'))
  )
}

function firstLine(node) {
  return node.getText().split('\n', 1)[0].trim()
}
