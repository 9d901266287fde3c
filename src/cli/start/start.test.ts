import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, expect, test } from 'vitest'
import { readHolder } from '../../kernel/pg/lock.ts'
import { projectRoot } from '../../kernel/pg/place.ts'
import { keepRunning, runOnce } from './children.ts'
import { lineReader, readable } from './lines.ts'
import { WrongUsage, openInstallation, readOptions } from './options.ts'
import { choosePort } from './ports.ts'

const dir = mkdtempSync(join(tmpdir(), 'heyuan-start-'))
const running: ChildProcess[] = []
afterEach(() => {
  for (const child of running.splice(0)) if (child.exitCode === null) child.kill('SIGKILL')
})
afterAll(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }))

function listen(port: number): Promise<{ server: Server; port: number }> {
  return new Promise((done, fail) => {
    const server = createServer().once('error', fail)
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      done({ server, port: typeof address === 'object' && address !== null ? address.port : 0 })
    })
  })
}

function npmStart(args: string[]): { child: ChildProcess; text: () => string; code: Promise<number | null> } {
  const env = { ...process.env, HEYUAN_SKIP_BUILD: '1', DATABASE_URL: '' }
  const child = spawn(process.execPath, [join(projectRoot, 'src/apps/start.ts'), ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  running.push(child)
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (text += chunk.toString()))
  return { child, text: () => text, code: new Promise((done) => child.once('exit', done)) }
}

test('a second start says where the first one runs; Ctrl-C stops everything in time with code 0', { timeout: 120_000 }, async () => {
  const data = join(dir, 'twice')
  const { server, port } = await listen(0)
  server.close()
  const first = npmStart(['--empty', '--data', data, '--port', String(port)])
  for (let tries = 0; tries < 200 && readHolder(join(data, 'heyuan.lock')) === undefined; tries++) await sleep(50)
  const second = npmStart(['--data', data])
  expect(await second.code).toBe(1)
  expect(second.text()).toMatch(new RegExp(`和院已经在运行.*进程号 ${first.child.pid}.*办法`, 's'))
  for (let tries = 0; tries < 300 && !/数据库 +│ 已就绪/.test(first.text()); tries++) await sleep(50)
  const begun = performance.now()
  first.child.kill('SIGINT')
  first.child.kill('SIGINT') // npm passes on what the terminal has sent already
  expect(await first.code, first.text()).toBe(0)
  expect(performance.now() - begun).toBeLessThan(10_000)
  expect(first.text()).toContain('已停止。')

  const other = npmStart(['--sample', '--data', data])
  expect(await other.code).toBe(1)
  expect(other.text()).toMatch(/已经是正式安装.*--data/s)
})

test('a taken port: the next free one is used and said; wrong usage is code 2', { timeout: 120_000 }, async () => {
  const { server, port } = await listen(0)
  const lines: string[] = []
  const chosen = await choosePort(port, (line) => lines.push(line))
  expect(chosen).toBeGreaterThan(port)
  expect(lines.join()).toContain(`端口 ${port} 已被别的程序占用,改用 ${chosen}`)
  server.close()
  const wrong = npmStart(['--prot', '1'])
  expect(await wrong.code).toBe(2)
  expect(wrong.text()).toContain('不认识的选项 --prot')
})

test('options and what the folder remembers', () => {
  expect(() => readOptions(['--port', '99999'], {})).toThrow(WrongUsage)
  expect(() => readOptions(['--empty', '--sample'], {})).toThrow('只能选一个')
  expect(readOptions(['--data', 'x'], { INIT_CWD: '/somewhere' })).toMatchObject({ data_root: '/somewhere/x', port: 8080 })
  // Accounts with known passwords never reach an owner's own server unasked.
  expect(openInstallation({ port: 1, data_root: mkdtempSync(join(dir, 'o-')), outside_url: 'postgres://h/d' }).mode).toBe('empty')
  const data_root = mkdtempSync(join(dir, 'm-'))
  expect(openInstallation({ port: 1, data_root }).mode).toBe('sample')
  expect(openInstallation({ port: 1, data_root }).mode).toBe('sample')
  expect(() => openInstallation({ port: 1, data_root, mode: 'empty' })).toThrow('已经是样例安装')
  expect(JSON.parse(readFileSync(join(data_root, 'installation.json'), 'utf8')).mode).toBe('sample')
})

test('a crashed child is started again; a stubborn one is killed after its grace', { timeout: 120_000 }, async () => {
  const service = keepRunning({ name: '试验', args: ['-e', "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"], env: {} }, () => undefined)
  const first = service.pid()
  await sleep(300)
  if (first !== undefined) process.kill(first, 'SIGKILL')
  for (let tries = 0; tries < 100 && (service.pid() === undefined || service.pid() === first); tries++) await sleep(50)
  const second = service.pid()
  expect(second).toBeDefined()
  expect(second).not.toBe(first)
  await sleep(300)
  await service.stop(300)
  expect(service.pid()).toBeUndefined()
})

test('a child ends with its parent', { timeout: 120_000 }, async () => {
  const orphan = JSON.stringify(join(projectRoot, 'src/kernel/pg/orphan.ts'))
  const grandchild = `import(${orphan}).then((m) => { m.exitWithParent(); process.send(process.pid); setInterval(() => {}, 1000) })`
  const code = `const c = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], detached: true })
    c.on('message', (pid) => console.log(pid))`
  const parent = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
  running.push(parent)
  const pid = await new Promise<number>((done) => parent.stdout.once('data', (chunk: Buffer) => done(Number(chunk.toString()))))
  parent.kill('SIGKILL')
  let alive = true
  for (let tries = 0; tries < 100 && alive; tries++) {
    await sleep(50)
    try {
      process.kill(pid, 0)
    } catch {
      alive = false
    }
  }
  expect(alive).toBe(false)
})

test('a child without work left ends in spite of its channel', { timeout: 120_000 }, async () => {
  const code = `import(${JSON.stringify(join(projectRoot, 'src/kernel/pg/orphan.ts'))}).then((m) => m.exitWithParent())`
  expect(await runOnce({ name: '试验', args: ['-e', code], env: {} }, new AbortController().signal)).toBe(0)
})

test('log lines become readable, cut characters are joined, endless lines are cut', () => {
  expect(readable('{"at":"x","level":"error","what":"收款失败","id":7}')).toBe('x 错误 收款失败 id=7')
  expect(readable('{"broken')).toBe('{"broken')
  const lines: string[] = []
  const reader = lineReader((line) => lines.push(line))
  const bytes = Buffer.from('和院\n第二')
  reader.push(bytes.subarray(0, 2))
  reader.push(bytes.subarray(2))
  reader.end()
  reader.push(Buffer.alloc(70_000, 'a'))
  expect(lines).toEqual(['和院', '第二', 'a'.repeat(70_000)])
})
