// Doors for devices that connect by TCP and send frames of their own: transmission devices of fire panels (GB/T 26875.3) and air stations (HJ 212). The device is known
// by the address in its frames, for these protocols have no secret: their ports belong into a closed network. Acknowledged when stored, and a fire when it is acted on.
import { createServer, type Server, type Socket } from 'node:net'
import type { App } from '../../../../kernel/app.ts'
import { nowMs } from '../../../../kernel/clock.ts'
import { log } from '../../../../kernel/log.ts'
import { asSystem } from '../../../../kernel/worker.ts'
import { fireAnswer, fireFrame } from '../../codecs/gb26875.ts'
import { stationAnswer, stationReport } from '../../codecs/hj212.ts'
import { cut212, cut26875, type Cut } from '../../codecs/stream.ts'
import { fireReported } from '../fire.ts'
import type { Pipeline } from './pipeline.ts'
import type { Known, Registry } from './registry.ts'

const SOCKETS_MAX = 2000
export const IDLE_MS = 15 * 60_000
const BUFFER_MAX = 16_384
export interface TcpDoor {
  port: number
  close(): Promise<void>
}
export interface Door {
  app: App
  host: string
  port: number
  registry: Registry
  pipeline: Pipeline
}
/** What is to be sent back; nothing closes the connection unanswered, so that the device sends again. */
type OnFrame = (frame: Uint8Array) => Promise<Uint8Array | null>

/** Frames of one connection are seen to one after the other. */
function serve(socket: Socket, cut: (b: Uint8Array) => Cut, onFrame: OnFrame): void {
  let left: Uint8Array = new Uint8Array(0)
  let last: Promise<unknown> = Promise.resolve()
  socket.setTimeout(IDLE_MS, () => socket.destroy())
  socket.on('error', () => {})
  socket.on('data', (chunk: Buffer) => {
    left = Buffer.concat([left, chunk])
    if (left.length > BUFFER_MAX) return void socket.destroy()
    for (let c = cut(left); ; c = cut(left)) {
      left = c.rest
      const { frame } = c
      if (!frame) return
      const whole = Uint8Array.from(frame)
      last = last.then(() => onFrame(whole)).then((answer) => void (answer && !socket.destroyed ? socket.write(answer) : undefined)).catch((error: unknown) => {
        log('warn', 'a frame was not stored', { cause: String(error) })
        socket.destroy()
      })
    }
  })
}
export async function listen(o: Door, what: string, each: (socket: Socket) => void): Promise<TcpDoor> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    if (sockets.size >= SOCKETS_MAX) return void socket.destroy()
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    each(socket)
  })
  await new Promise<void>((done, failed) => server.once('error', failed).listen(o.port, o.host, done))
  const { port } = server.address() as { port: number }
  log('info', what, { port })
  return {
    port,
    async close() {
      for (const s of sockets) s.destroy()
      await new Promise<void>((done) => server.close(() => done()))
    },
  }
}
const wall = (ms: number) => {
  const d = new Date(ms + 8 * 3_600_000)
  return { year: d.getUTCFullYear(), month: d.getUTCMonth() + 1, day: d.getUTCDate(), hour: d.getUTCHours(), minute: d.getUTCMinutes(), second: d.getUTCSeconds() }
}
/** Send data (2) is confirmed (3) when it is stored and acted on; what comes from nobody known is denied (6). */
async function onFire(o: Door, bytes: Uint8Array): Promise<Uint8Array | null> {
  const f = fireFrame(bytes)
  if (!f || f.command !== 2) return null
  const now = nowMs()
  const d = o.registry.byAddress('gb26875', f.address)
  if (!d) {
    log('warn', 'fire report of an unknown device', { address: f.address })
    return fireAnswer(f, 6, wall(now))
  }
  o.pipeline.heard(d, now)
  const reports = f.objects.map((x, n) => ({ x, key: `${f.serial}.${f.time_hex}.${f.type}.${n}` }))
  const events = reports.flatMap(({ x, key }) => x.says.filter((s) => s !== 'normal').map((kind) => ({ device: null, key: `${key}.${kind}`, kind, at_ms: now, own_time: true, replay: false, payload: { part: x.text, ...(x.at_text ? { said_at: x.at_text } : {}) } })))
  if (events.length > 0) await o.pipeline.events(d, events, now)
  const panel = { device_id: d.device_id, community_id: d.community_id, building_id: d.building_id, name: d.name, place: d.place, life: d.life }
  for (const { x, key } of reports) await asSystem(o.app, d.company_id, 'iot.act', (scope) => fireReported(scope, panel, x, key))
  return fireAnswer(f, 3, wall(now))
}
const AHEAD_MS = 5 * 60_000
/** Real-time data (2011) become values of points that name the factor; minutes and hours are means of the same and are only heard. */
async function onStation(o: Door, bytes: Uint8Array): Promise<Uint8Array | null> {
  const r = stationReport(bytes)
  if (!r) return null
  const d = o.registry.byAddress('hj212', r.mn)
  if (!d) {
    log('warn', 'report of an unknown station', { mn: r.mn })
    return null
  }
  const now = nowMs()
  o.pipeline.heard(d, now)
  if (r.cn === '2011') await measured(o, d, r, now)
  return r.wants_answer ? stationAnswer(r) : null
}
async function measured(o: Door, d: Known, r: NonNullable<ReturnType<typeof stationReport>>, now: number): Promise<void> {
  const values: [string, number][] = []
  for (const p of d.model.points) {
    const v = r.values.find((x) => x.code === p.where)
    // Only N (or no mark) is a measured value; calibration, fault and the like are not.
    if (v && (v.flag === null || v.flag === 'N')) values.push([p.key, v.v])
    else if (v) o.pipeline.refuse(d, `${p.name} 标记为 ${v.flag},没有采用`)
  }
  if (values.length === 0) return
  const said = r.at_text ? Date.parse(r.at_text) : Number.NaN
  const own_time = Number.isFinite(said) && said <= now + AHEAD_MS
  const at_ms = own_time ? said : now
  await o.pipeline.telemetry(d, [{ device: null, at_ms, own_time, replay: now - at_ms > Math.max(d.model.period_s * 2, 120) * 1000, values }], now)
}
export const startFireDoor = (o: Door): Promise<TcpDoor> => listen(o, 'fire reports are listened for', (socket) => serve(socket, cut26875, (f) => onFire(o, f)))
export const startStationDoor = (o: Door): Promise<TcpDoor> => listen(o, 'air stations are listened for', (socket) => serve(socket, cut212, (f) => onStation(o, f)))
