// `npm test [-- <vitest arguments>]`: all tests on a throw-away PostgreSQL and a real browser; ends with one plain line.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Runs a program with our Node and inherited output; gives its exit code. */
export function runNode(script: string, args: string[], env: Record<string, string> = {}): Promise<number> {
  return new Promise((done) => {
    const p = spawn(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
    p.on('close', (code) => done(code ?? 1))
  })
}

interface Assertion {
  fullName: string
  status: string
}
interface Report {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  success: boolean
  testResults: { name: string; status: string; assertionResults: Assertion[] }[]
}
interface Outcome {
  code: number
  passed: number
  failed: number
  skipped: number
  /** Files with a fault, from the root. */
  red: string[]
  faults: Map<string, string[]>
  tests: (files: string[], status: string) => number
}

async function vitest(args: string[]): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'heyuan-report-'))
  const report = join(folder, 'report.json')
  const code = await runNode(join(root, 'node_modules/vitest/vitest.mjs'), ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args], { NODE_ENV: 'test' }) // the bundler above has left 'production' behind
  try {
    const r = JSON.parse(readFileSync(report, 'utf8')) as Report
    const files = r.testResults.map((f) => ({ ...f, name: relative(root, f.name) }))
    const red = files.filter((f) => f.status === 'failed')
    return {
      code,
      passed: r.numPassedTests,
      failed: Math.max(r.numFailedTests, r.success && code === 0 ? 0 : 1),
      skipped: r.numPendingTests,
      red: red.map((f) => f.name),
      faults: new Map(red.map((f) => [f.name, f.assertionResults.filter((a) => a.status === 'failed').map((a) => a.fullName)])),
      tests: (names, status) => files.filter((f) => names.includes(f.name)).reduce((n, f) => n + f.assertionResults.filter((a) => a.status === status).length, 0),
    }
  } catch {
    console.error('测试没有产生报告')
    return { code: code || 1, passed: 0, failed: 1, skipped: 0, red: [], faults: new Map(), tests: () => 0 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What the windows of red walks said, at the end of the output, where whoever reads only its end finds it. */
function printSaid(): void {
  const folder = join(root, 'test-results')
  if (!existsSync(folder)) return
  for (const f of readdirSync(folder).filter((n) => n.endsWith('.txt'))) {
    console.log(`--- ${f}\n${readFileSync(join(folder, f), 'utf8')}`)
    rmSync(join(folder, f))
  }
}

export async function runTests(args: string[]): Promise<number> {
  const { buildFaces } = (await import('./build.ts')) as { buildFaces: (o: { log: (s: string) => void }) => Promise<void> }
  await buildFaces({ log: (s) => console.log(s) }) // the walks in a browser need the faces as they are now
  rmSync(join(root, 'test-results'), { recursive: true, force: true })
  const first = await vitest(args)
  const walks = first.red.filter((f) => f.startsWith('tests/walks/'))
  const { skipped } = first
  let { passed, failed, code } = first
  // A walk hangs on a browser's and a machine's timing: a red one is tried once more, alone, and its first fault is printed all the same. Whatever else is red stays red.
  if (walks.length > 0 && walks.length === first.red.length) {
    printSaid()
    const again = await vitest(walks)
    for (const f of walks) if (!again.red.includes(f)) console.log(`${f}: red in the whole run, green alone: ${first.faults.get(f)?.join('; ')}`)
    // Its tests counted in the first run, the green ones too, count as the second run says.
    passed += again.passed - first.tests(walks, 'passed')
    failed = again.failed
    code = again.code
  }
  printSaid()
  console.log(`\n${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`)
  return code === 0 && failed === 0 ? 0 : 1
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exit(await runTests(process.argv.slice(2)))
