// The devices of the sample, as they would speak: each its own MQTT connection. What was before they were heard the first time they send afterwards, as
// devices do that kept it while the line was down. A command is done, answered, and shown by the next values; one that has expired is refused.
import mqtt, { type MqttClient } from 'mqtt'
import { measured, secretOf, smartDevices, type SmartDevice } from '../../plan/smart.ts'

export interface SimDevice {
  device_id: string
  no: string
  /** It has been heard before: nothing is sent afterwards. */
  known: boolean
  period_s: number
  /** Where its meter stood when it was read last, and when: it goes on from there. */
  start?: { v: number; at_ms: number } | null
}
const BACK_DAYS = 7
const BACK_STEP_MS = 1_800_000
/** A meter of a house goes on from where it was last read. */
function said(plan: SmartDevice, s: SimDevice, ts: number): Record<string, number> {
  const m = measured(plan, ts)
  if (s.start && m['volume'] !== undefined) m['volume'] = Math.round(Math.max(0, s.start.v + m['volume'] - measured(plan, s.start.at_ms)['volume']!) * 1000) / 1000
  return m
}
const ITEMS = 100
/** What a command changes, until somebody changes it again. */
export const DOES: Record<string, Record<string, number>> = { turn_on: { on: 1, power: 120 }, turn_off: { on: 0, power: 0 }, fan_on: { fan: 1 }, fan_off: { fan: 0 }, start1: { pump1: 1 }, stop1: { pump1: 0 } }

export interface Sim {
  count: number
  stop(): Promise<void>
}
export function startDevices(o: { port: number; devices: readonly SimDevice[]; now?: () => number }): Sim {
  const now = o.now ?? Date.now
  const ends: (() => Promise<void>)[] = []
  for (const s of o.devices) {
    const plan = smartDevices.find((d) => d.no === s.no)
    if (plan && !plan.mute) ends.push(run(plan, s, o.port, now))
  }
  return { count: ends.length, stop: async () => void (await Promise.all(ends.map((end) => end()))) }
}

function run(plan: SmartDevice, s: SimDevice, port: number, now: () => number): () => Promise<void> {
  const held: Record<string, number> = {}
  const topic = `v1/${s.device_id}`
  const client = mqtt.connect({ host: '127.0.0.1', port, clientId: s.device_id, username: s.device_id, password: secretOf(s.no), clean: true, reconnectPeriod: 15_000, connectTimeout: 20_000, keepalive: 120, queueQoSZero: false, will: { topic: `${topic}/state`, payload: Buffer.from('{"online":false}'), qos: 0, retain: false } })
  client.on('error', () => {}) // refused or away: tried again
  const speak = (): void => {
    const ts = now()
    client.publish(`${topic}/telemetry`, JSON.stringify({ ts, ...said(plan, s, ts), ...held }), { qos: 1 }, () => {})
  }
  let first = !s.known
  client.on('connect', () => {
    client.subscribe(`${topic}/cmd/#`, () => {})
    if (first) before(client, plan, s, now())
    first = false
    speak()
  })
  client.on('message', (at, body) => {
    const command = JSON.parse(body.toString()) as { command: string; expires_at: number; arg?: number | null }
    const id = at.split('/').at(-1)!
    const late = now() > command.expires_at
    if (!late) Object.assign(held, DOES[command.command] ?? {})
    client.publish(`${topic}/cmd/${id}/reply`, JSON.stringify(late ? { ok: false, why: '已过期' } : { ok: true }), { qos: 1 }, () => {})
    if (!late) speak()
  })
  // Spread over the period, so that not all speak in one second.
  const shift = setTimeout(() => void (timer = setInterval(() => (client.connected ? speak() : undefined), s.period_s * 1000)), (s.period_s * 1000 * smartDevices.indexOf(plan)) / smartDevices.length)
  let timer: NodeJS.Timeout | undefined
  return async () => {
    clearTimeout(shift)
    clearInterval(timer)
    await client.endAsync(true).catch(() => {})
  }
}
function before(client: MqttClient, plan: SmartDevice, s: SimDevice, now: number): void {
  const topic = `v1/${s.device_id}`
  const step = plan.back ? plan.back.step_h * 3_600_000 : BACK_STEP_MS
  const from = now - (now % step) - (plan.back?.days ?? BACK_DAYS) * 86_400_000
  const items: object[] = []
  for (let ts = from; ts < now - 60_000; ts += step) items.push({ ts, ...said(plan, s, ts) })
  for (let i = 0; i < items.length; i += ITEMS) client.publish(`${topic}/telemetry`, JSON.stringify(items.slice(i, i + ITEMS)), { qos: 1 }, () => {})
}
