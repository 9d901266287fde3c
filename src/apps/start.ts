// `npm start`: the database, the migrations, the faces and every process of the product, in one terminal.
// In production each process runs alone (`node src/apps/server.ts` with DATABASE_URL); nothing here is needed then.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { banner } from '../cli/start/banner.ts'
import { keepRunning, runOnce, type Service } from '../cli/start/children.ts'
import { sayAs } from '../cli/start/lines.ts'
import { USAGE, WrongUsage, checkWritable, openInstallation, readOptions, writeInstallation } from '../cli/start/options.ts'
import type { Installation, StartOptions } from '../cli/start/options.ts'
import { canConnect, choosePort } from '../cli/start/ports.ts'
import { startEmbedded, type EmbeddedDatabase } from '../kernel/pg/embedded.ts'
import { acquireLock, type Lock } from '../kernel/pg/lock.ts'
import { inspectDatabase, openOutside, withoutPassword } from '../kernel/pg/outside.ts'
import { projectRoot } from '../kernel/pg/place.ts'
import { StartupProblem, describeProblem } from '../kernel/pg/problem.ts'
import { SERVER_FLAGS } from '../kernel/server_flags.ts'

const say = sayAs('和院')
const sayDatabase = sayAs('数据库')
// Ten seconds in all: children 4, database 4, the rest for what is in between.
const CHILD_GRACE_MS = 4_000
const DATABASE_GRACE_MS = 4_000
const STOP_LIMIT_MS = 9_500
// Tenths of a second: ten minutes in all, a word every thirty seconds.
const LISTEN_TRIES = 6_000
const SLOW_TRIES = 300

interface Run {
  options: StartOptions
  installation: Installation
  lock: Lock
  port: number
  sim_port: number
  sim_alipay_port: number
  sim_invoice_port: number
  mqtt_port: number
  iot_http_port: number
  mqtts_port: number
  iot_https_port: number
  sim_bus_port: number
  fire_port: number
  printer_port: number
  station_port: number
  media_port: number
  sim_camera_port: number
  sip_port: number
  sim_broker_port: number
  url: string
  embedded?: EmbeddedDatabase
  /** Resolves to nothing once the embedded database, still starting perhaps, can be stopped. */
  starting?: Promise<unknown>
  services: Service[]
  stopping: AbortController
}

const inProject = (path: string): string => join(projectRoot, path)

async function takeInstanceLock(options: StartOptions): Promise<Lock> {
  const taken = await acquireLock(join(options.data_root, 'heyuan.lock'))
  if ('lock' in taken) return taken.lock
  const { pid, note } = taken.holder
  const address = note['port'] === undefined ? '正在启动中' : `http://localhost:${note['port']}/admin/`
  throw new StartupProblem(
    `和院已经在运行:${address}(进程号 ${pid},数据文件夹 ${options.data_root})。`,
    `直接使用上面的地址;要停止它,在它的终端按 Ctrl-C 或执行 kill ${pid};要另开一套:npm start -- --data 另一个文件夹`,
  )
}

async function openDatabase(run: Run): Promise<void> {
  const { outside_url, data_root } = run.options
  if (outside_url !== undefined) {
    run.url = outside_url
    const outside = await openOutside(outside_url, sayDatabase)
    sayDatabase(`使用 DATABASE_URL 指定的 PostgreSQL ${outside.version}`)
    return
  }
  const starting = startEmbedded({ dir: join(data_root, 'pg'), archive: true, log: sayDatabase })
  run.starting = starting.catch(() => undefined)
  run.embedded = await starting
  run.url = run.embedded.url
  sayDatabase(`已就绪(进程号 ${run.embedded.pid},日志 ${run.embedded.logFile})`)
}

async function runMigrations(run: Run): Promise<void> {
  if (!existsSync(inProject('src/kernel/migrate.ts'))) return sayDatabase('还没有迁移程序,跳过。')
  const { migrate } = await import('../kernel/migrate.ts')
  const begun = performance.now()
  const { applied } = await migrate(run.url)
  if (applied.length > 0) sayDatabase(`结构已更新:${applied.length} 个迁移,用时 ${((performance.now() - begun) / 1000).toFixed(1)} 秒`)
}

/** In a process of its own: the bundler's memory goes back when it has finished. */
async function buildFaces(run: Run): Promise<void> {
  if (process.env['HEYUAN_SKIP_BUILD'] === '1') return
  if (!existsSync(inProject('tools/build.ts'))) return say('还没有网页生成程序(tools/build.ts),跳过。')
  const code = `const { buildFaces } = await import(process.argv[1]); await buildFaces({ log: (line) => console.log(line) })`
  const args = ['--input-type=module', '-e', code, inProject('tools/build.ts')]
  const exit = await runOnce({ name: '网页', args, env: {} }, run.stopping.signal)
  if (exit !== 0 && !run.stopping.signal.aborted) say('网页没有生成成功(见上面的信息);接口照常提供,已有的旧网页继续使用。')
}

function childEnv(run: Run): Record<string, string> {
  return {
    HEYUAN_DATABASE_URL: run.url,
    HEYUAN_PORT: String(run.port),
    HEYUAN_DATA: run.options.data_root,
    HEYUAN_MODE: run.installation.mode,
    HEYUAN_SIM_WECHAT_PORT: String(run.sim_port),
    HEYUAN_SIM_ALIPAY_PORT: String(run.sim_alipay_port),
    HEYUAN_SIM_INVOICE_PORT: String(run.sim_invoice_port),
    HEYUAN_MQTT_PORT: String(run.mqtt_port),
    HEYUAN_IOT_HTTP_PORT: String(run.iot_http_port),
    HEYUAN_MQTTS_PORT: String(run.mqtts_port),
    HEYUAN_IOT_HTTPS_PORT: String(run.iot_https_port),
    HEYUAN_SIM_BUS_PORT: String(run.sim_bus_port),
    HEYUAN_FIRE_PORT: String(run.fire_port),
    HEYUAN_FIRE_PRINTER_PORT: String(run.printer_port),
    HEYUAN_STATION_PORT: String(run.station_port),
    HEYUAN_MEDIA_PORT: String(run.media_port),
    HEYUAN_SIM_CAMERA_PORT: String(run.sim_camera_port),
    HEYUAN_SIP_PORT: String(run.sip_port),
    HEYUAN_SIM_BROKER_PORT: String(run.sim_broker_port),
  }
}

interface Wanted {
  name: string
  script: string
  flags?: readonly string[]
  essential: boolean
}
const SERVER: Wanted = { name: '服务', script: 'src/apps/server.ts', flags: SERVER_FLAGS, essential: true }
/** What nobody waits for at the first screen: it starts when the server listens, and does not take the processor from it before. */
const beside = (run: Run): Wanted[] => [
  { name: '后台任务', script: 'src/apps/worker.ts', essential: true },
  { name: '设备网关', script: 'src/apps/gateway.ts', essential: false },
  { name: '视频服务', script: 'src/apps/media.ts', essential: false },
  ...(run.installation.mode === 'sample' ? [{ name: '模拟微信', script: 'src/apps/sim_wechat.ts', essential: false }, { name: '模拟支付宝', script: 'src/apps/sim_alipay.ts', essential: false }, { name: '模拟开票', script: 'src/apps/sim_invoice.ts', essential: false }, { name: '模拟设备', script: 'src/apps/sim_devices.ts', essential: false }] : []),
]

function startServices(run: Run, wanted: readonly Wanted[], end: (code: number) => void): void {
  for (const { name, script, flags = [], essential } of wanted) {
    if (!existsSync(inProject(script))) {
      say(`${script} 不存在,“${name}”没有启动。`)
      continue
    }
    // Going on without requests or without jobs would look like running; whoever started us must see it.
    const onGivenUp = (): void => (essential ? end(1) : undefined)
    run.services.push(keepRunning({ name, args: [...flags, inProject(script)], env: childEnv(run) }, onGivenUp))
  }
}

async function untilListening(run: Run): Promise<boolean> {
  if (!existsSync(inProject('src/apps/server.ts'))) return false
  // A crashing server ends the start by itself; a slow machine is waited for, and told so.
  for (let tries = 0; tries < LISTEN_TRIES && !run.stopping.signal.aborted; tries++) {
    if (await canConnect(run.port)) return true
    if (tries > 0 && tries % SLOW_TRIES === 0) say('服务仍在启动,机器较慢时需要几分钟 …')
    await sleep(100)
  }
  return false
}

/** The server may end by accident (out of memory, kill -9): start it again on the same socket, recovery included. */
async function watchDatabase(run: Run, end: (code: number) => void): Promise<void> {
  for (let failures = 0; run.embedded !== undefined; ) {
    const { exited, socketDir } = run.embedded
    const since = performance.now()
    const how = await exited
    if (run.stopping.signal.aborted) return
    failures = performance.now() - since > 300_000 ? 1 : failures + 1
    if (failures > 5) {
      sayDatabase('数据库反复意外退出,不再重启。请查看日志。')
      return end(1)
    }
    sayDatabase(`意外退出(${how}),正在重新启动并恢复 …`)
    try {
      await run.embedded.stop()
      const starting = startEmbedded({ dir: join(run.options.data_root, 'pg'), log: sayDatabase, socketDir })
      run.starting = starting.catch(() => undefined)
      run.embedded = await starting
      sayDatabase(`已恢复(进程号 ${run.embedded.pid}),已确认的数据没有丢失。`)
    } catch (error) {
      process.stdout.write(`${describeProblem(error)}\n`)
      return end(1)
    }
    if (run.embedded.url === run.url) continue
    run.url = run.embedded.url
    for (const service of run.services) service.restart(childEnv(run))
  }
}

async function loadWorld(run: Run): Promise<void> {
  const { data_root } = run.options
  const { identity } = await inspectDatabase(run.url)
  const begun = performance.now()
  const code = await runOnce({ name: '样例数据', args: [inProject('src/apps/load_world.ts')], env: childEnv(run) }, run.stopping.signal)
  if (run.stopping.signal.aborted) return
  if (code !== 0) return say('样例数据没有装完(见上面的信息);产品可以使用,下次启动会继续装。')
  run.installation.world_loaded_into = identity
  writeInstallation(data_root, run.installation)
  say(`样例数据已装好,用时 ${Math.round((performance.now() - begun) / 1000)} 秒:http://localhost:${run.port}/admin/`)
}

async function needsWorld(run: Run): Promise<boolean> {
  if (run.installation.mode !== 'sample' || !existsSync(inProject('src/apps/load_world.ts'))) return false
  const { identity } = await inspectDatabase(run.url)
  return run.installation.world_loaded_into !== identity
}

function stopOnSignals(run: Run): (code: number) => void {
  const stop = async (code: number): Promise<void> => {
    // Last resort: the database's watchdog and the children's channels finish what is left.
    setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref()
    say('正在停止 …')
    await Promise.all(run.services.map((service) => service.stop(CHILD_GRACE_MS)))
    await run.starting
    await run.embedded?.stop(DATABASE_GRACE_MS)
    run.lock.release()
    say('已停止。')
    process.exit(code)
  }
  const end = (code: number): void => {
    if (run.stopping.signal.aborted) return // a second Ctrl-C, or npm passing the first one on
    run.stopping.abort()
    void stop(code)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => end(0))
  // A closed terminal ends the product; with the output in a file (nohup, which Node does not inherit) it goes on.
  process.on('SIGHUP', () => (process.stdout.isTTY ? end(0) : undefined))
  // A migration cut off by the stop loses its connection, which pg may report as an event nobody listens to; and any other fault
  // of this process must still stop children and database in order.
  process.on('uncaughtException', (error) => {
    if (run.stopping.signal.aborted) return
    process.stderr.write(`✗ 主程序故障:${error.stack}\n`)
    end(1)
  })
  // The launcher was killed outright.
  if (process.channel) process.on('disconnect', () => end(0))
  return end
}

async function bringUp(run: Run, end: (code: number) => void): Promise<void> {
  const begun = performance.now()
  const stopped = (): boolean => run.stopping.signal.aborted
  const faces = buildFaces(run)
  await openDatabase(run)
  if (stopped()) return
  void watchDatabase(run, end)
  await runMigrations(run)
  await faces
  if (stopped()) return
  startServices(run, [SERVER], end)
  const listening = await untilListening(run)
  if (stopped()) return
  startServices(run, beside(run), end)
  run.lock.tell({ port: run.port })
  const loading = await needsWorld(run)
  const { port, installation, options } = run
  const database = run.embedded?.dataDir ?? withoutPassword(run.url)
  const seconds = (performance.now() - begun) / 1000
  if (listening) {
    process.stdout.write(await banner({ port, mode: installation.mode, data_root: options.data_root, database, seconds, loading }) + '\n')
  } else say('服务 10 分钟没有应答,请看上面的信息;按 Ctrl-C 停止后再启动,数据不会丢失。')
  if (loading) await loadWorld(run)
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), process.env)
  if (options === 'help') {
    process.stdout.write(`${USAGE}\n`)
    process.exit(0)
  }
  checkWritable(options.data_root)
  const lock = await takeInstanceLock(options)
  try {
    const installation = openInstallation(options)
    const port = await choosePort(options.port, say)
    const sim_port = await choosePort(port + 100 > 65_000 ? 18_180 : port + 100, () => undefined, [port])
    const sim_alipay_port = await choosePort(sim_port + 1, () => undefined, [port, sim_port])
    const sim_invoice_port = await choosePort(sim_alipay_port + 1, () => undefined, [port, sim_port, sim_alipay_port])
    const mqtt_port = await choosePort(sim_invoice_port + 1, () => undefined, [port, sim_port, sim_alipay_port, sim_invoice_port])
    const iot_http_port = await choosePort(mqtt_port + 1, () => undefined, [port, sim_port, sim_alipay_port, sim_invoice_port, mqtt_port])
    const sim_bus_port = iot_http_port + 1 // and the two after it; kept in the sample's own buses
    const fire_port = await choosePort(sim_bus_port + 3, () => undefined, [port])
    const station_port = await choosePort(fire_port + 1, () => undefined, [port])
    const media_port = await choosePort(station_port + 1, () => undefined, [port])
    const sim_camera_port = media_port + 1 // and the ones after it; kept in the sample's own cameras
    const sip_port = await choosePort(Number(process.env['HEYUAN_SIP_PORT'] ?? media_port + 3), () => undefined, [port])
    const sim_broker_port = await choosePort(sip_port + 1, () => undefined, [port])
    const printer_port = await choosePort(sim_broker_port + 1, () => undefined, [port])
    const mqtts_port = await choosePort(Number(process.env['HEYUAN_MQTTS_PORT'] ?? printer_port + 1), () => undefined, [port])
    const iot_https_port = await choosePort(Number(process.env['HEYUAN_IOT_HTTPS_PORT'] ?? mqtts_port + 1), () => undefined, [port])
    const run: Run = { options, installation, lock, port, sim_port, sim_alipay_port, sim_invoice_port, mqtt_port, iot_http_port, mqtts_port, iot_https_port, sim_bus_port, fire_port, printer_port, station_port, media_port, sim_camera_port, sip_port, sim_broker_port, url: '', services: [], stopping: new AbortController() }
    const end = stopOnSignals(run)
    try {
      await bringUp(run, end)
    } catch (error) {
      if (run.stopping.signal.aborted) return
      process.stdout.write(`${describeProblem(error)}\n`)
      if (!(error instanceof StartupProblem) && error instanceof Error) process.stdout.write(`${error.stack}\n`)
      end(1)
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

// A closed terminal or pipe must not end the product with an unhandled error.
process.stdout.on('error', () => undefined)
process.stderr.on('error', () => undefined)
try {
  await main()
} catch (error) {
  if (error instanceof WrongUsage) {
    process.stderr.write(`✗ ${error.message}\n\n${USAGE}\n`)
    process.exit(2)
  }
  process.stderr.write(`${describeProblem(error)}\n`)
  if (!(error instanceof StartupProblem) && error instanceof Error) process.stderr.write(`${error.stack}\n`)
  process.exit(1)
}
