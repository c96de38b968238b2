import { type StdioOptions, spawnSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

const command = fileURLToPath(new URL('./cli.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'flags-cli-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const good = JSON.stringify({
  version: 1,
  revision: '7',
  flags: {
    fast: {
      enabled: true,
      rules: [
        {
          priority: 1,
          enabled: true,
          conditions: [{ attribute: 'country', operator: 'equals', value: 'KR' }],
        },
      ],
      percentageRollout: 20,
    },
  },
})
const bad = JSON.stringify({
  version: 1,
  flags: {
    fast: { enabled: 'yes', percentageRollout: 20 },
    'new-checkout': {
      enabled: true,
      percentageRollout: 101,
      rules: [
        { priority: 1, enabled: true, conditions: [{ attribute: 'a', operator: 'equal', value: 'x' }] },
      ],
    },
  },
})

describe('flags check', () => {
  it('says that a document is valid', () => {
    expect(flags('check', file('good.json', good))).toEqual({
      status: 0,
      stdout: `${join(folder, 'good.json')} is valid: 1 flag, revision "7"\n`,
      stderr: '',
    })
  })

  it('tells every finding with its path', () => {
    const { status, stdout, stderr } = flags('check', file('bad.json', bad))

    expect(status).toBe(1)
    expect(stdout).toBe('')
    expect(
      stderr
        .trimEnd()
        .split('\n')
        .map((line) => line.replace(`${join(folder, 'bad.json')}: `, '')),
    ).toEqual([
      expect.stringMatching(/^flags\["fast"\]\.enabled: expected .*, found "yes"/),
      expect.stringMatching(
        /^flags\["new-checkout"\]\.rules\[0\]\.conditions\[0\]\.operator: expected .* found "equal"/,
      ),
      expect.stringMatching(/^flags\["new-checkout"\]\.percentageRollout: expected .* found 101/),
    ])
  })

  it('reads the standard input', () => {
    expect(run(['check', '-'], good).stdout).toBe('- is valid: 1 flag, revision "7"\n')
    expect(run(['check', '-'], '{').stderr).toMatch(/^standard input: expected JSON, found /)
    expect(run(['check', '-'], '').status).toBe(1)
  })

  it('knows the operators of the other entries', () => {
    const condition = { attribute: 'ip', operator: 'in_cidr', values: ['10.0.0.0/8'] }
    const matching = { attribute: 'email', operator: 'matches', value: '^a.*z$' }
    const document = {
      version: 1,
      flags: { fast: { enabled: true, rules: [{ when: { all: [condition, matching] }, serve: 'on' }] } },
    }

    expect(flags('check', file('cidr.json', JSON.stringify(document))).stderr).toBe('')
  })

  it.each([
    ['no such file', 'missing.json', undefined, 'expected a file with text, found none'],
    ['a folder', '.', undefined, 'expected a file with text, found a folder'],
    ['no JSON', 'text.json', '<html>', 'expected JSON, found '],
    ['half a document', 'half.json', good.slice(0, 40), 'expected JSON, found '],
    ['another thing', 'list.json', '[]', 'expected '],
    ['bytes', 'bytes.json', Buffer.from([0xff, 0xfe, 0x00]), 'found bytes that are not UTF-8'],
    ['a deep nest', 'deep.json', '['.repeat(100_000) + ']'.repeat(100_000), 'expected '],
  ])('answers %s with one clear line', (_, name, content, message) => {
    if (content !== undefined) file(name, content)

    const { status, stdout, stderr } = flags('check', join(folder, name))

    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toContain(message)
    expect(stderr).not.toMatch(/^\s+at |node:internal/m)
    expect(stderr.split('\n').length).toBe(2)
  })

  it('takes a byte order mark for what it is', () => {
    expect(flags('check', file('bom.json', `\ufeff${good}`)).status).toBe(0)
  })

  it('shows control characters of a document as text', () => {
    const hostile = file(
      'escape.json',
      JSON.stringify({ version: 1, flags: { '\u001b[2J': { enabled: 1 } } }),
    )

    expect(flags('check', hostile).stderr).not.toContain('\u001b')
    expect(flags('check', join(folder, '\u001b[2J.json')).stderr).toContain(
      '\\u001b[2J.json: expected a file',
    )
  })
})

describe('flags codegen', () => {
  it('writes the module to the standard output', () => {
    const { status, stdout, stderr } = flags('codegen', file('good.json', good), '--name', 'shopFlags')

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toContain("from revision '7'")
    expect(stdout).toContain('export const shopFlags = defineFlags(')
    expect(stdout).toContain("{ attributes: { country: 'string' } }")
  })

  it('writes it to a file, the same each time', () => {
    const out = join(folder, 'flags.ts')

    const first = flags('codegen', file('good.json', good), '--out', out)
    const written = readFileSync(out, 'utf8')
    flags('codegen', '-', `--out=${out}`)

    expect(first).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(written).toBe(flags('codegen', join(folder, 'good.json')).stdout)
  })

  it('writes nothing for a document that is not valid', () => {
    const out = join(folder, 'never.ts')

    const { status, stderr } = flags('codegen', file('bad.json', bad), '--out', out)

    expect(status).toBe(1)
    expect(stderr).toContain('flags["fast"].enabled')
    expect(existsSync(out)).toBe(false)
  })

  it('never writes over its document, whatever other name that has', () => {
    const path = file('linked.json', good)
    const link = join(folder, 'link.ts')
    symlinkSync(path, link)

    const { status, stderr } = flags('codegen', path, '--out', link)

    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: expect.stringContaining('codegen: --out is the document itself'),
    })
    expect(readFileSync(path, 'utf8')).toBe(good)
  })

  it('says when conditions contradict each other', () => {
    const conditions = [
      { attribute: 'age', operator: 'gt', value: 18 },
      { attribute: 'age', operator: 'starts_with', value: '1' },
    ]
    const document = {
      version: 1,
      flags: { fast: { enabled: true, rules: [{ when: { all: conditions }, serve: 'on' }] } },
    }

    const { status, stderr } = flags('codegen', file('torn.json', JSON.stringify(document)))

    expect(status).toBe(1)
    expect(stderr).toContain('attribute "age": expected one kind for all conditions')
  })

  it('says when the module can not be written', () => {
    const { status, stderr } = flags(
      'codegen',
      file('good.json', good),
      '--out',
      join(folder, 'no/such/flags.ts'),
    )

    expect(status).toBe(1)
    expect(stderr).toMatch(/^flags: ENOENT/)
    expect(stderr.split('\n').length).toBe(2)
  })
})

describe('flags', () => {
  it('shows its usage and its version', () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

    expect(flags('--help')).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringContaining('Usage: flags'),
    })
    expect(flags('codegen', '-h').status).toBe(0)
    expect(flags('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' })
  })

  it('fails when its output can not be written', () => {
    const closed = openSync(file('only-read.txt', ''), 'r')
    for (const command of ['check', 'codegen']) {
      const { status, stderr } = run([command, '-'], good, ['pipe', closed, 'pipe'])

      expect(status).toBe(1)
      expect(stderr).toMatch(/^flags: expected to write the output, found .*EBADF.*\n$/)
    }
    closeSync(closed)
  })

  it('keeps its exit status where its complaints can not be written', () => {
    const closed = openSync(file('only-read.txt', ''), 'r')
    const statusOf = (...args: readonly string[]) => run(args, good, ['pipe', 'pipe', closed]).status

    expect([statusOf('check', '-'), statusOf('check', folder), statusOf('deploy')]).toEqual([0, 1, 2])
    closeSync(closed)
  })

  it.each([
    [[], 'expected a command, found none'],
    [['deploy', 'x'], 'expected check or codegen, found "deploy"'],
    [['check'], 'check: expected a FILE, found none'],
    [['check', 'a', 'b'], 'check: expected one FILE, found 2'],
    [['check', 'a', '--out', 'b'], '--out and --name are options of codegen'],
    [['check', 'a', '--quick'], "Unknown option '--quick'"],
    [['codegen', 'a', '--out'], "'--out <value>' argument missing"],
    [['codegen', 'a', '--name', 'new'], '--name must be the name of a constant, found new'],
    [['codegen', 'a', '--name', 'x = 1; y'], '--name must be the name of a constant'],
    [['codegen', 'a', '--name', 'hasShape'], '--name must be the name of a constant'],
    [['codegen', 'a', '--out', './a'], '--out is the document itself'],
  ])('refuses the call %j', (args, message) => {
    const { status, stdout, stderr } = flags(...args)

    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(message)
    expect(stderr).not.toMatch(/^\s+at |node:internal/m)
    expect(stderr).toContain('Usage: flags')
  })
})

function flags(...args: readonly string[]) {
  return run(args, good)
}

function run(args: readonly string[], input: string, stdio: StdioOptions = 'pipe') {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=@ashlar/source', command, ...args],
    { encoding: 'utf8', input, stdio, env: { ...process.env, NODE_OPTIONS: '' } },
  )
  return { status, stdout, stderr }
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}
