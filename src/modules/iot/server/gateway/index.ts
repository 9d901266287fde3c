// The device gateway: one process of an installation, holding the doors for devices and the buses. A second one waits until the first is gone.
import pg from 'pg'
import type { App } from '../../../../kernel/app.ts'
import { nowMs } from '../../../../kernel/clock.ts'
import { log } from '../../../../kernel/log.ts'
import { Buses } from './buses.ts'
import { startMqtt, type Mqtt } from './mqtt.ts'
import { Pipeline } from './pipeline.ts'
import { startPush, type Push } from './push.ts'
import { Registry } from './registry.ts'
import { beat, silent, writeStates } from './state.ts'

const STATE_MS = 1000
const SILENT_MS = 5000
const BEAT_MS = 10_000
const RELOAD_MS = 60_000
const POLL_MS = 1000
const BUS_STATE_MS = 5000
const LOCK = `select pg_try_advisory_lock(hashtext('heyuan-gateway')) as ok`
const LOCK_MS = 2000

export interface Gateway {
  mqtt: Mqtt
  push: Push
  registry: Registry
  pipeline: Pipeline
  buses: Buses
  /** One round of what is done by clock, for tests. */
  tick(): Promise<void>
  reload(): Promise<void>
  stop(): Promise<void>
}
/** Holds the lock of the installation and hears what people change. Its end is the end of the gateway: another may have begun. */
async function hold(url: string, onNotice: (payload: string) => void, onLost: () => void): Promise<pg.Client> {
  const c = new pg.Client({ connectionString: url, application_name: 'heyuan-gateway' })
  let mine = false
  c.on('error', () => (mine ? onLost() : undefined))
  c.on('notification', (n) => onNotice(n.payload ?? ''))
  await c.connect()
  while (!(await c.query<{ ok: boolean }>(LOCK)).rows[0]!.ok) {
    log('info', 'another gateway runs; waiting')
    await new Promise((r) => setTimeout(r, LOCK_MS))
  }
  mine = true
  await c.query('listen heyuan_iot')
  return c
}

export async function startGateway(app: App, o: { host?: string; mqtt_port: number; http_port: number; clock?: boolean; onLost?: () => void }): Promise<Gateway> {
  const started = nowMs()
  const host = o.host ?? '127.0.0.1'
  const registry = new Registry(app)
  const pipeline = new Pipeline(app, registry)
  const buses = new Buses(app, registry, pipeline)
  const later = new Set<Promise<unknown>>()
  const run = (what: string, p: Promise<unknown>): void => {
    const kept: Promise<unknown> = p.catch((error: unknown) => log('warn', 'gateway', { doing: what, cause: String(error) })).finally(() => later.delete(kept))
    later.add(kept)
  }
  const onNotice = (payload: string): void => {
    const [company, what] = payload.split(':')
    if (what === 'registry') run('load', registry.load(Number(company)).then(() => buses.load(Number(company))))
    else if (what === 'task') run('task', buses.tasks(Number(company)))
  }
  const holding = await hold(app.d.url, onNotice, () => (o.onLost ?? (() => process.exit(1)))())
  await registry.loadAll()
  await buses.loadAll()
  const mqtt = await startMqtt({ host, port: o.mqtt_port, registry, pipeline })
  const push = await startPush({ host, port: o.http_port, registry, pipeline })
  const tick = async (): Promise<void> => {
    silent(registry, started)
    await writeStates(app, registry)
  }
  await beat(app, registry, started, pipeline.figures)
  const every = (ms: number, what: string, f: () => Promise<unknown>): NodeJS.Timeout => {
    let busy = false
    return setInterval(() => {
      if (busy) return
      busy = true
      run(what, f().finally(() => (busy = false)))
    }, ms)
  }
  const reload = async (): Promise<void> => {
    await registry.loadAll()
    await buses.loadAll()
    for (const c of registry.companies) await buses.tasks(c)
  }
  const timers = o.clock === false ? [] : [
    every(STATE_MS, 'state', () => writeStates(app, registry)), every(SILENT_MS, 'silent', async () => silent(registry, started)),
    every(BEAT_MS, 'beat', () => beat(app, registry, started, pipeline.figures)), every(RELOAD_MS, 'reload', reload),
    every(POLL_MS, 'poll', async () => void buses.poll()), every(BUS_STATE_MS, 'buses', () => buses.writeStates()),
  ]
  return {
    mqtt, push, registry, pipeline, buses, tick, reload,
    async stop() {
      for (const t of timers) clearInterval(t)
      await mqtt.close()
      await push.close()
      await buses.stop()
      await pipeline.settle()
      await Promise.allSettled(later)
      await writeStates(app, registry).catch(() => {})
      await holding.end().catch(() => {})
    },
  }
}
