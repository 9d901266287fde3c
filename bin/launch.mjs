#!/usr/bin/env node
// The one way in: `node bin/launch.mjs <start|test|check|bench|prove|gen|cli|build> [args]`.
// It runs on a bare Node 20 with nothing installed, so: only node: imports, and no syntax Node 20 cannot parse.
// It installs what package-lock.json names, and for `start` generates the screens in the same step, so that whoever starts for the first time waits once
// and sees by what; then it runs the command with Node 24 (the machine's own, or the one in node_modules).
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(root, 'node_modules')
const stamp = join(modules, '.heyuan-stamp')
const lockDir = join(root, '.heyuan', 'install.lock')
const ownMajor = Number(process.versions.node.split('.')[0])
const targets = {
  start: 'src/apps/start.ts',
  cli: 'src/apps/cli.ts',
  test: 'tools/test.ts',
  check: 'tools/check.ts',
  bench: 'tools/bench.ts',
  prove: 'tools/prove.ts',
  gen: 'tools/gen.ts',
  build: 'tools/build.ts',
}

const say = (line) => process.stderr.write(`${line}\n`)
const sleep = (ms) => new Promise((done) => setTimeout(done, ms))
const readJson = (path) => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

class Problem extends Error {}

function fingerprint() {
  return createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex')
}

// npm writes node_modules/.package-lock.json as its last step; a package that is optional may be absent (other platform).
function installedAsLocked() {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages
  const present = readJson(join(modules, '.package-lock.json'))?.packages
  if (!wanted || !present) return false
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '' || entry.optional || entry.devOptional || entry.link) continue
    if (present[path]?.version !== entry.version) return false
  }
  return true
}

function isInstalled() {
  const print = fingerprint()
  try {
    if (readFileSync(stamp, 'utf8').trim() === print) return true
  } catch {
    // no stamp: perhaps somebody ran npm ci by hand
  }
  if (!installedAsLocked()) return false
  try {
    writeFileSync(stamp, `${print}\n`)
  } catch {
    // installed by another user and read-only for us: fine, only the check is repeated
  }
  return true
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

// The holder touches the directory every 3 s; a dead pid or a minute of silence makes the lock stale.
function lockIsStale() {
  try {
    const quietMs = Date.now() - statSync(lockDir).mtimeMs
    if (quietMs > 60_000) return true
    const holder = readJson(join(lockDir, 'holder.json'))
    return holder ? !isAlive(holder.pid) : quietMs > 5_000
  } catch {
    return false // gone meanwhile
  }
}

async function withInstallLock(work) {
  const parent = dirname(lockDir)
  if (!existsSync(parent)) {
    mkdirSync(parent, { recursive: true })
    chmodSync(parent, 0o755) // the database may run as another user and has to pass through
  }
  let told = false
  for (let waited = 0; ; waited += 500) {
    try {
      mkdirSync(lockDir)
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    if (lockIsStale()) rmSync(lockDir, { recursive: true, force: true })
    else {
      if (!told) say('另一个终端正在安装依赖,等待它完成 …')
      told = true
      if (waited > 15 * 60_000) throw new Problem(`等待安装超过 15 分钟。若确认没有别的安装在进行,请删除 ${lockDir} 再试。`)
      await sleep(500)
    }
  }
  writeFileSync(join(lockDir, 'holder.json'), JSON.stringify({ pid: process.pid }))
  const touch = setInterval(() => {
    try {
      utimesSync(lockDir, new Date(), new Date())
    } catch {
      // removed by hand; the install itself goes on
    }
  }, 3_000)
  try {
    return await work()
  } finally {
    clearInterval(touch)
    rmSync(lockDir, { recursive: true, force: true })
  }
}

function npmCommand() {
  const given = process.env.npm_execpath
  return given && /npm-cli\.c?js$/.test(given) && existsSync(given) ? [process.execPath, [given]] : ['npm', []]
}

function countInstalled() {
  let count = 0
  try {
    for (const name of readdirSync(modules)) {
      if (name.startsWith('.')) continue
      count += name.startsWith('@') ? readdirSync(join(modules, name)).length : 1
    }
  } catch {
    // npm is moving folders about
  }
  return count
}

function runNpm(args) {
  const [command, before] = npmCommand()
  const env = { ...process.env, NODE_ENV: '' }
  const total = Object.keys(readJson(join(root, 'package-lock.json'))?.packages ?? {}).length
  return new Promise((done, fail) => {
    const begun = Date.now()
    const child = spawn(command, [...before, ...args], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let tail = ''
    const keep = (chunk) => {
      tail = (tail + chunk).slice(-6_000)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    const ticker = setInterval(() => {
      say(`  … 已用 ${Math.round((Date.now() - begun) / 1000)} 秒,约 ${Math.min(countInstalled(), total)} / ${total} 个包已就位`)
    }, 5_000)
    const stop = (signal) => child.kill(signal)
    process.once('SIGINT', stop)
    process.once('SIGTERM', stop)
    const finish = () => {
      clearInterval(ticker)
      process.off('SIGINT', stop)
      process.off('SIGTERM', stop)
    }
    child.once('error', (error) => {
      finish()
      fail(new Problem(error.code === 'ENOENT' ? '找不到 npm。请安装带 npm 的 Node.js 20 或更高版本:https://nodejs.org' : String(error)))
    })
    child.once('exit', (code, signal) => {
      finish()
      done({ code: code ?? 1, signal, tail, seconds: Math.round((Date.now() - begun) / 1000) })
    })
  })
}

function explainInstall(tail) {
  if (/ENOSPC/.test(tail)) return '磁盘已满。依赖约需 1 GB 空间,请清理后再试。'
  if (/EACCES|EPERM|EROFS/.test(tail)) return `对 ${root} 没有写入权限。请用该文件夹的所有者运行,或把代码放到您有权限的文件夹。`
  if (/ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|network/i.test(tail))
    return '连不上 npm 软件源。请检查网络或代理;国内可换用就近的 npm 镜像(npm config set registry 镜像地址)'
  return '请把上面的信息发给维护者,或在本文件夹手工执行:npm install --ignore-scripts'
}

async function install(command) {
  const modulesMissing = !existsSync(modules)
  say(modulesMissing ? '首次运行:正在安装依赖(约 1 GB 磁盘,一般 30 至 90 秒)…' : '依赖有更新:正在重新安装 …')
  rmSync(stamp, { force: true })
  const common = ['--ignore-scripts', '--no-audit', '--no-fund', '--include=dev', '--include=optional']
  let result = await runNpm(['ci', ...common])
  if (result.signal) throw new Problem('安装被中断。重新运行同一命令即可继续。')
  if (result.code !== 0) {
    say('  npm ci 未成功(软件源可能缺少某个平台的可选包),改用 npm install …')
    const first = result.tail
    result = await runNpm(['install', ...common])
    if (result.code !== 0) {
      say(first.trimEnd())
      say(result.tail.trimEnd())
      throw new Problem(`依赖安装失败。${explainInstall(first + result.tail)}`)
    }
  }
  writeFileSync(stamp, `${fingerprint()}\n`)
  const pages = command === 'start' ? await generatePages() : undefined
  say(pages === undefined ? `依赖已装好,用时 ${result.seconds} 秒。` : `安装完成:依赖 ${result.seconds} 秒,页面 ${pages} 秒。`)
}

/** Seconds it took; undefined when it failed: `start` tries again and says why. */
async function generatePages() {
  const path = join(root, targets.build)
  if (!existsSync(path)) return undefined
  say('正在生成网页(一般 15 至 40 秒)…')
  const begun = Date.now()
  const code = await runWith(modernNode() ?? process.execPath, 'build', path, [])
  if (code > 128) throw new Problem('安装被中断。重新运行同一命令即可继续。')
  return code === 0 ? Math.round((Date.now() - begun) / 1000) : undefined
}

function modernNode() {
  if (ownMajor >= 24) return undefined
  const bundled = join(modules, `node-linux-${process.arch}`, 'bin', 'node')
  if (existsSync(bundled)) return bundled
  throw new Problem(
    `本机的 Node 是 ${process.version},运行需要 24 或更高,而随依赖安装的 Node 24(仅 Linux x64 / arm64)不在 ${bundled}。\n` +
      '请安装 Node 24:https://nodejs.org ,或删除 node_modules 后重新运行。',
  )
}

// A signal number is needed to end as the child ended: shells expect 128 + n.
const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGKILL: 9, SIGSEGV: 11, SIGPIPE: 13, SIGTERM: 15 }

function runWith(node, command, target, args) {
  return new Promise((done, fail) => {
    // The channel lets `start` notice that this process was killed outright and stop in good order.
    const stdio = command === 'start' ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit'
    const child = spawn(node, [target, ...args], { stdio })
    const pass = (signal) => {
      // Ctrl-C in a terminal reaches the whole group; sending it twice makes test runners give up at once.
      if (signal === 'SIGINT' && process.stdin.isTTY && command !== 'start') return
      child.kill(signal)
    }
    const passed = ['SIGINT', 'SIGTERM', 'SIGHUP']
    for (const signal of passed) process.on(signal, pass)
    child.once('error', fail)
    child.once('exit', (code, signal) => {
      for (const s of passed) process.off(s, pass)
      done(code ?? 128 + (signalNumbers[signal] ?? 0))
    })
  })
}

async function main() {
  const [command, ...args] = process.argv.slice(2)
  const target = command === undefined ? undefined : targets[command]
  if (target === undefined) {
    say(`用法:node bin/launch.mjs <${Object.keys(targets).join('|')}> [参数]`)
    return 2
  }
  if (ownMajor < 20) throw new Problem(`本机的 Node 是 ${process.version},至少需要 20(推荐 24):https://nodejs.org`)
  if (!isInstalled()) {
    await withInstallLock(async () => {
      if (!isInstalled()) await install(command)
    })
  }
  const path = join(root, target)
  if (!existsSync(path)) throw new Problem(`缺少文件 ${target}:代码不完整,请重新获取(git checkout -- ${target})。`)
  const node = modernNode()
  if (node) return runWith(node, command, path, args)
  process.argv.splice(1, process.argv.length - 1, path, ...args)
  return pathToFileURL(path).href
}

let inProcess
try {
  const result = await main()
  if (typeof result === 'number') process.exit(result)
  inProcess = result
} catch (error) {
  if (error instanceof Problem) say(`✗ ${error.message}`)
  else if (['EACCES', 'EROFS', 'EPERM'].includes(error?.code)) {
    say(`✗ 没有写入权限:${error.path ?? root}\n  请用该文件夹的所有者运行,或执行:sudo chown -R "$(id -un)" "${root}"`)
  } else if (error?.code === 'ENOSPC') say('✗ 磁盘已满。依赖约需 1 GB 空间,请清理后再试。')
  else throw error
  process.exit(1)
}
// The machine's own Node is new enough: no second process.
await import(inProcess)
