// The device gateway: one process of an installation, holding the doors for devices and the buses. A second one waits until the first is gone.
import { workAlone } from '../../../../kernel/alone.ts'
import type { App } from '../../../../kernel/app.ts'
import { nowMs } from '../../../../kernel/clock.ts'
import { log } from '../../../../kernel/log.ts'
import type { Doors } from '../doors.ts'
import { Actor } from './actor.ts'
import { Buses } from './buses.ts'
import { Channels } from './channels.ts'
import { Feeds } from './feeds.ts'
import { Commander, LEFT_S } from './commander.ts'
import { startMqtt, type Mqtt } from './mqtt.ts'
import { Operators } from './operators.ts'
import { Brokers } from './outside.ts'
import { Pipeline } from './pipeline.ts'
import { startPush, type Push } from './push.ts'
import { startPrinterDoor } from './printer_door.ts'
import { startFireDoor, startStationDoor, type TcpDoor } from './tcp_door.ts'
import { Registry } from './registry.ts'
import { beat, fallenSilent, writeStates } from './state.ts'
import { TlsDoors, type TlsAsk } from './tls.ts'

const STATE_MS = 1000
const SILENT_MS = 5000
const BEAT_MS = 10_000
const RELOAD_MS = 60_000
const POLL_MS = 1000
const BUS_STATE_MS = 5000
const TLS_MS = 5000

export interface Gateway {
  mqtt: Mqtt
  push: Pick<Push, 'port' | 'close'>
  tls: TlsDoors | undefined
  fire: TcpDoor | undefined
  printer: TcpDoor | undefined
  station: TcpDoor | undefined
  registry: Registry
  pipeline: Pipeline
  buses: Buses
  actor: Actor
  brokers: Brokers
  /** One round of what is done by clock, for tests. */
  tick(): Promise<void>
  reload(): Promise<void>
  /** Tells that it is there, and what it has opened. */
  beat(): Promise<void>
  stop(): Promise<void>
}
type Run = (what: string, p: Promise<unknown>) => void
/** One at a time: a round that takes longer than its clock is not joined by the next. */
function clockOf(run: Run): (ms: number, what: string, f: () => Promise<unknown>) => NodeJS.Timeout {
  return (ms, what, f) => {
    let busy = false
    return setInterval(() => {
      if (busy) return
      busy = true
      run(what, f().finally(() => (busy = false)))
    }, ms)
  }
}

interface Ports {
  /** null: no plain door. */
  mqtt_port: number | null
  http_port: number | null
  tls?: TlsAsk
  fire_port?: number
  printer_port?: number
  station_port?: number
}
async function openDoors(at: { app: App; host: string; registry: Registry; pipeline: Pipeline; feeds: Feeds; operators: Operators; actor: Actor }, o: Ports, commander: Commander) {
  const mqtt = await startMqtt({ ...at, port: o.mqtt_port, onReply: async (_d, command_id, body) => commander.reply(command_id, body), onConnect: (d) => at.actor.connected(d) })
  const push: Pick<Push, 'port' | 'close'> = o.http_port === null ? { port: 0, close: async () => {} } : await startPush({ ...at, port: o.http_port })
  const tls = o.tls ? new TlsDoors({ ...o.tls, host: at.host, onMqtt: (socket) => mqtt.attach(socket), openHttp: (port, pem) => startPush({ ...at, port, tls: pem }) }) : undefined
  await tls?.look()
  const fire = o.fire_port === undefined ? undefined : await startFireDoor({ ...at, port: o.fire_port })
  const printer = o.printer_port === undefined ? undefined : await startPrinterDoor({ ...at, port: o.printer_port })
  const station = o.station_port === undefined ? undefined : await startStationDoor({ ...at, port: o.station_port })
  return {
    mqtt, push, tls, fire, printer, station,
    /** As pages name them. */
    told: (): Doors => ({ mqtt: mqtt.port || null, http: push.port || null, ...(tls?.ports ?? { mqtts: null, https: null }), tls: tls?.state() ?? null }),
    async close() {
      await mqtt.close()
      await push.close()
      await tls?.close()
      await fire?.close()
      await printer?.close()
      await station?.close()
    },
  }
}

/** What works together; `mqtt` is the door that opens later. */
function partsOf(app: App, mqtt: () => Mqtt) {
  const registry = new Registry(app)
  const pipeline = new Pipeline(app, registry)
  const buses = new Buses(app, registry, pipeline)
  const actor = new Actor(app, registry)
  const feeds = new Feeds(app, registry)
  const channels = new Channels(app)
  const operators = new Operators(app, registry, pipeline, channels)
  const brokers = new Brokers(app, registry, pipeline, channels, async (_d, command_id, body) => commander.reply(command_id, body))
  const commander: Commander = new Commander(app, registry, buses, mqtt, () => brokers)
  pipeline.onStored = (list) => actor.stored(list)
  pipeline.onHeardAgain = (d) => actor.heardAgain(d)
  pipeline.edges = (s, foreseen) => actor.edges(s, foreseen)
  let loading: Promise<void> = Promise.resolve()
  /** Of two at once the older answer could come last, and stand. */
  const oneByOne = (f: () => Promise<void>): Promise<void> => (loading = loading.catch(() => {}).then(f))
  return {
    registry, pipeline, buses, actor, feeds, channels, operators, brokers, commander,
    /** No door is open any more: what was taken is brought to its end. */
    settle: async (): Promise<void> => {
      await buses.stop()
      await pipeline.settle()
      await actor.settle()
    },
    lastWords: async (): Promise<void> => {
      await channels.settle()
      await channels.write().catch(() => {})
      await writeStates(app, registry).catch(() => {})
    },
    load: (company_id: number): Promise<void> => oneByOne(async () => {
      await registry.load(company_id)
      for (const x of [buses, feeds, operators, brokers]) await x.load(company_id)
    }),
    /** All but the brokers: before the doors are open nothing that is taken could be answered. */
    loadAll: (): Promise<void> => oneByOne(async () => {
      await registry.loadAll()
      for (const x of [buses, actor, feeds, operators]) await x.loadAll()
    }),
  }
}
export async function startGateway(app: App, o: Ports & { host?: string; clock?: boolean; onLost?: () => void }): Promise<Gateway> {
  const started = nowMs()
  const host = o.host ?? '127.0.0.1'
  const parts = partsOf(app, () => doors.mqtt)
  const { registry, pipeline, buses, actor, feeds, channels, operators, brokers, commander } = parts
  const later = new Set<Promise<unknown>>()
  const run: Run = (what, p) => {
    const kept: Promise<unknown> = p.catch((error: unknown) => log('warn', 'gateway', { doing: what, cause: String(error) })).finally(() => later.delete(kept))
    later.add(kept)
  }
  const onNotice = (payload: string): void => {
    const [company, what] = payload.split(':')
    if (what === 'registry') run('load', parts.load(Number(company)))
    else if (what === 'rules') run('rules', actor.load(Number(company)))
    else if (what === 'command') run('command', commander.take(Number(company)))
    else if (what === 'task') run('task', buses.tasks(Number(company)))
  }
  const holding = await workAlone(app.d.url, { name: 'gateway', channel: 'heyuan_iot', onNotice, onLost: o.onLost })
  await parts.loadAll()
  await commander.forget()
  await buses.forget()
  const doors = await openDoors({ app, host, registry, pipeline, feeds, operators, actor }, o, commander)
  await brokers.loadAll()
  const { mqtt, push, tls, fire, printer, station } = doors
  const tellBeat = (): Promise<void> => beat(app, registry, started, pipeline.figures, doors.told())
  const tick = async (): Promise<void> => {
    actor.silent(fallenSilent(registry, started), started)
    await actor.settle()
    await writeStates(app, registry)
    feeds.tick()
    await channels.write()
    await tls?.look()
  }
  await tellBeat()
  // What was asked for while no gateway ran is told apart at once: expired, or not sent because the device is not there yet.
  for (const c of registry.companies) {
    run('command', commander.take(c))
    run('events', actor.recover(c, started))
  }
  const every = clockOf(run)
  const reload = async (): Promise<void> => {
    await parts.loadAll()
    await brokers.loadAll()
    for (const c of registry.companies) {
      await actor.recover(c)
      await buses.tasks(c)
      await commander.take(c)
    }
    await commander.forget(LEFT_S)
  }
  const timers = o.clock === false ? [] : [
    every(STATE_MS, 'state', () => writeStates(app, registry)), every(STATE_MS, 'feeds', async () => feeds.tick()), every(SILENT_MS, 'silent', async () => actor.silent(fallenSilent(registry, started), started)),
    every(BEAT_MS, 'beat', tellBeat), every(TLS_MS, 'tls', async () => tls?.look()), every(RELOAD_MS, 'reload', reload),
    every(POLL_MS, 'poll', async () => void buses.poll()), every(BUS_STATE_MS, 'buses', () => buses.writeStates()), every(BUS_STATE_MS, 'channels', () => channels.write()),
  ]
  return {
    mqtt, push, tls, fire, printer, station, registry, pipeline, buses, actor, brokers, tick, reload, beat: tellBeat,
    async stop() {
      for (const t of timers) clearInterval(t)
      await commander.stop()
      brokers.stop()
      await doors.close()
      await parts.settle()
      await Promise.allSettled(later)
      await parts.lastWords()
      await holding.end()
    },
  }
}
