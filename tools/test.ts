// `npm test [-- <vitest arguments>]`: all tests on a throw-away PostgreSQL and a real browser; ends with one plain line.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Runs a program with our Node and inherited output; gives its exit code. */
export function runNode(script: string, args: string[], env: Record<string, string> = {}): Promise<number> {
  return new Promise((done) => {
    const p = spawn(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
    p.on('close', (code) => done(code ?? 1))
  })
}

export async function runTests(args: string[]): Promise<number> {
  const { buildFaces } = (await import('./build.ts')) as { buildFaces: (o: { log: (s: string) => void }) => Promise<void> }
  await buildFaces({ log: (s) => console.log(s) }) // the walks in a browser need the faces as they are now
  const folder = mkdtempSync(join(tmpdir(), 'heyuan-report-'))
  const report = join(folder, 'report.json')
  const code = await runNode(join(root, 'node_modules/vitest/vitest.mjs'), ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args], { NODE_ENV: 'test' }) // the bundler above has left 'production' behind
  let passed = 0
  let failed = 1
  let skipped = 0
  try {
    const r = JSON.parse(readFileSync(report, 'utf8')) as { numPassedTests: number; numFailedTests: number; numPendingTests: number; numFailedTestSuites: number; success: boolean }
    passed = r.numPassedTests
    skipped = r.numPendingTests
    failed = Math.max(r.numFailedTests, r.success && code === 0 ? 0 : 1)
  } catch {
    console.error('测试没有产生报告')
  }
  rmSync(folder, { recursive: true, force: true })
  console.log(`\n${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`)
  return code === 0 && failed === 0 ? 0 : 1
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exit(await runTests(process.argv.slice(2)))
