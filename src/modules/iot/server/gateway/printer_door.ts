// The door for fire panels that have only a printer line, over a serial server that connects here. The serial server says who it is by its registration packet (注册包) and its
// heartbeat: the address of the device, alone in a line. Nothing is acknowledged on such a line and nobody prints again: what cannot be stored is tried again here.
import type { Socket } from 'node:net'
import { nowMs } from '../../../../kernel/clock.ts'
import { log } from '../../../../kernel/log.ts'
import { asSystem } from '../../../../kernel/worker.ts'
import { cutPrinted, linesOf, readPrinted, RECORD_MAX } from '../../codecs/panel_printer.ts'
import { pause } from '../bus/queue.ts'
import { fireReported } from '../fire.ts'
import type { Known } from './registry.ts'
import { IDLE_MS, listen, type Door, type TcpDoor } from './tcp_door.ts'

/** A panel prints a record without pause; what has stood so long without its empty line is whole. */
const QUIET_MS = 1_500
const TRIES_MS = [500, 1_000, 2_000, 5_000, 10_000, 30_000]
const TOKEN = /^[\x21-\x7e]{4,40}$/

function serve(o: Door, socket: Socket): void {
  let left: Uint8Array = new Uint8Array(0)
  let who: string | undefined
  let timer: NodeJS.Timeout | undefined
  let last: Promise<unknown> = Promise.resolve()
  const heard = (record: Uint8Array): void => {
    const lines: string[] = []
    for (const line of linesOf(record)) {
      const d = TOKEN.test(line) ? o.registry.byAddress('fire_printer', line) : undefined
      if (!d) lines.push(line)
      else {
        who = line
        o.pipeline.heard(d, nowMs())
      }
    }
    if (lines.length === 0) return
    const d = who === undefined ? undefined : o.registry.byAddress('fire_printer', who)
    if (!d) {
      log('warn', 'a printer line of an unknown device', { first: lines[0]!.slice(0, 40) })
      return void socket.destroy()
    }
    const at_ms = nowMs()
    last = last.then(() => stored(o, d, lines, at_ms))
  }
  socket.setTimeout(IDLE_MS, () => socket.destroy())
  socket.on('error', () => {})
  const flush = (): void => {
    const all = left
    left = new Uint8Array(0)
    heard(all)
  }
  socket.on('close', () => {
    clearTimeout(timer)
    if (left.length > 0 && who !== undefined) flush()
  })
  socket.on('data', (chunk: Buffer) => {
    clearTimeout(timer)
    left = Buffer.concat([left, chunk])
    for (let p = cutPrinted(left); p.record; p = cutPrinted(left)) {
      left = p.rest
      heard(p.record)
    }
    if (left.length > RECORD_MAX) flush()
    timer = setTimeout(flush, QUIET_MS)
  })
}
async function stored(o: Door, d: Known, lines: readonly string[], at_ms: number): Promise<void> {
  for (const wait of [...TRIES_MS, null]) {
    try {
      return await store(o, d, lines, at_ms)
    } catch (error) {
      log(wait === null ? 'error' : 'warn', 'a printed record was not stored', { device: d.no, cause: String(error), text: lines.join(' ').slice(0, 200) })
      if (wait !== null) await pause(wait)
    }
  }
}
async function store(o: Door, d: Known, lines: readonly string[], at_ms: number): Promise<void> {
  const reports = readPrinted(lines)
  if (reports.length === 0) return o.pipeline.refuse(d, `打印内容没有认出状态:${lines.join(' ').slice(0, 120)}`)
  const text = lines.join(' ').slice(0, 300)
  const keyed = reports.map((x, n) => ({ x, key: `${at_ms}.${n}` }))
  await o.pipeline.events(d, keyed.filter(({ x }) => x.says[0] !== 'normal').map(({ x, key }) => ({ device: null, key: `${key}.${x.says[0]!}`, kind: x.says[0]!, at_ms, own_time: true, replay: false, payload: { part: x.text, text, ...(x.at_text ? { said_at: x.at_text } : {}) } })), at_ms)
  const panel = { device_id: d.device_id, community_id: d.community_id, building_id: d.building_id, name: d.name, place: d.place, life: d.life }
  for (const { x, key } of keyed) await asSystem(o.app, d.company_id, 'iot.act', (scope) => fireReported(scope, panel, x, key))
}
export const startPrinterDoor = (o: Door): Promise<TcpDoor> => listen(o, 'printer lines of fire panels are listened for', (socket) => serve(o, socket))
