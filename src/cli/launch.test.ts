// The launcher in a small project of its own, with an npm that only writes down how it was called.
import { spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'

const base = mkdtempSync(join(tmpdir(), 'heyuan-launch-'))
afterAll(() => rmSync(base, { recursive: true, force: true }))
let root: string

/** Takes its time; where it is held, until somebody lets it go. */
const FAKE_NPM = `const fs = require('node:fs')
fs.appendFileSync('calls', process.argv[2] + '\\n')
const install = () => {
  if (fs.existsSync('held')) return setTimeout(install, 50)
  if (process.argv[2] === 'ci' && fs.existsSync('ci_fails')) process.exit(1)
  if (fs.existsSync('all_fails')) { console.error('npm error ENOTFOUND registry'); process.exit(1) }
  fs.mkdirSync('node_modules', { recursive: true })
  fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json')
}
setTimeout(install, 100)`

function lockFile(version: string): void {
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: { '': {}, 'node_modules/a': { version } } }))
}

beforeEach(() => {
  root = mkdtempSync(join(base, 'p-'))
  for (const dir of ['bin', 'tools', 'npm']) mkdirSync(join(root, dir))
  copyFileSync(new URL('../../bin/launch.mjs', import.meta.url), join(root, 'bin/launch.mjs'))
  writeFileSync(join(root, 'package.json'), '{"type":"module"}')
  writeFileSync(join(root, 'npm/package.json'), '{"type":"commonjs"}')
  writeFileSync(join(root, 'npm/npm-cli.js'), FAKE_NPM)
  writeFileSync(join(root, 'tools/gen.ts'), 'const args: string[] = process.argv.slice(2); console.log(`RAN ${args.join(" ")}`); process.exitCode = 7')
  lockFile('1.0.0')
})

/** While one installs the other says so, and only then the first is done. */
const LET_GO = '另一个终端正在安装依赖'
function launch(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const env = { ...process.env, npm_execpath: join(root, 'npm/npm-cli.js') }
  const child = spawn(process.execPath, [join(root, 'bin/launch.mjs'), ...args], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString()
    if (err.includes(LET_GO)) rmSync(join(root, 'held'), { force: true })
  })
  return new Promise((done) => child.once('close', (code) => done({ code, out, err })))
}

const calls = (): string[] => (existsSync(join(root, 'calls')) ? readFileSync(join(root, 'calls'), 'utf8').trim().split('\n') : [])

test('installs once for two launches at a time, again when the lock file changes, and passes arguments and exit code', { timeout: 90_000 }, async () => {
  writeFileSync(join(root, 'held'), '')
  const [one, two] = await Promise.all([launch('gen', 'a', '--b'), launch('gen')])
  expect(one).toMatchObject({ code: 7, out: 'RAN a --b\n' })
  expect(two.code).toBe(7)
  expect(one.err + two.err).toContain(LET_GO)
  expect(calls()).toEqual(['ci'])
  expect((await launch('gen')).err).toBe('')
  lockFile('2.0.0')
  expect((await launch('gen')).err).toContain('依赖有更新')
  expect(calls()).toEqual(['ci', 'ci'])
})

test('the first start generates the screens as part of the install, the next one leaves them to the start itself', { timeout: 90_000 }, async () => {
  mkdirSync(join(root, 'src/apps'), { recursive: true })
  writeFileSync(join(root, 'tools/build.ts'), 'console.log("BUILT")')
  writeFileSync(join(root, 'src/apps/start.ts'), 'console.log("STARTED")')
  const first = await launch('start')
  expect(first).toMatchObject({ code: 0, out: 'BUILT\nSTARTED\n' })
  expect(first.err).toMatch(/正在生成网页[^]*安装完成/)
  expect((await launch('start')).out).toBe('STARTED\n')
  rmSync(join(root, 'node_modules'), { recursive: true })
  expect((await launch('gen')).out).not.toContain('BUILT')
  // What cannot be generated is tried again by the start, which says why.
  rmSync(join(root, 'node_modules'), { recursive: true })
  writeFileSync(join(root, 'tools/build.ts'), 'process.exitCode = 1')
  expect(await launch('start')).toMatchObject({ code: 0, out: 'STARTED\n', err: expect.stringContaining('依赖已装好') })
})

test('an install made by hand counts; a failed ci falls back to install; a hopeless one says why', { timeout: 90_000 }, async () => {
  mkdirSync(join(root, 'node_modules'))
  copyFileSync(join(root, 'package-lock.json'), join(root, 'node_modules/.package-lock.json'))
  expect((await launch('gen')).code).toBe(7)
  expect(calls()).toEqual([])
  rmSync(join(root, 'node_modules'), { recursive: true })
  writeFileSync(join(root, 'ci_fails'), '')
  expect((await launch('gen')).code).toBe(7)
  expect(calls()).toEqual(['ci', 'install'])
  rmSync(join(root, 'node_modules'), { recursive: true })
  writeFileSync(join(root, 'all_fails'), '')
  expect(await launch('gen')).toMatchObject({ code: 1, err: expect.stringContaining('连不上 npm 软件源') })
})

test('a lock of a dead install is taken over; an unknown command is code 2', { timeout: 90_000 }, async () => {
  mkdirSync(join(root, '.heyuan/install.lock'), { recursive: true })
  writeFileSync(join(root, '.heyuan/install.lock/holder.json'), JSON.stringify({ pid: 2 ** 22 - 7 }))
  utimesSync(join(root, '.heyuan/install.lock'), new Date(), new Date())
  expect((await launch('gen')).code).toBe(7)
  expect((await launch('nix')).code).toBe(2)
})
