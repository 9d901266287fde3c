// What is heard by ways of others, of the sample: an operator's platform that pushes what its meters sent, and the broker (aedes) of the street of shops with its devices.
import { createServer, type Socket } from 'node:net'
import { Aedes } from 'aedes'
import { brokerDevices, brokerPlan, measured, meterStands, operatorMeters } from '../../plan/smart.ts'
import { ctwingReport, waterFrame } from '../operator_push.ts'
import { DOES } from './index.ts'

/** Written down by the sample when it registered them. */
export interface SimChannels {
  operator_path: string
  broker_port: number
  devices: { no: string; device_id: string }[]
}
const PUSH_MS = 300_000
const SPEAK_MS = 60_000
const BACK_DAYS = 7
const BACK_STEP_MS = 1_800_000
const AT_ONCE = 100

export interface Sim {
  stop(): Promise<void>
}
/** A meter at a time; a push that is not answered with 200 is what the next one says anyway. */
export function startOperatorSim(o: { base: string; path: string; now?: () => number }): Sim {
  const now = o.now ?? Date.now
  const push = async (): Promise<void> => {
    for (const m of operatorMeters) {
      const ms = now()
      await fetch(o.base + o.path, { method: 'POST', body: ctwingReport({ imei: m.imei, device_id: `40ed${m.imei}`, at_ms: ms, app: waterFrame(meterStands(m, ms)) }), signal: AbortSignal.timeout(10_000) }).catch(() => {})
    }
  }
  const first = setTimeout(() => void push(), 5000)
  const timer = setInterval(() => void push(), PUSH_MS)
  return { stop: async () => { clearTimeout(first); clearInterval(timer) } }
}
interface Packet {
  topic: string
  payload: Buffer | string
}
/** The broker holds the gateway's session; its devices speak inside it. A command is done, answered, and shown by the next values; one that has expired is refused. */
export async function startBrokerSim(o: SimChannels & { known: ReadonlySet<string>; now?: () => number }): Promise<Sim> {
  const now = o.now ?? Date.now
  const broker = await Aedes.createBroker({ authenticate: (_c, user, password, done) => done(null, user === brokerPlan.user && String(password) === brokerPlan.password) })
  const sockets = new Set<Socket>()
  const server = createServer((s) => {
    sockets.add(s)
    s.on('close', () => sockets.delete(s)).on('error', () => {})
    broker.handle(s)
  })
  await new Promise<void>((done, failed) => server.once('error', failed).listen(o.broker_port, '127.0.0.1', done))
  const say = (topic: string, body: unknown): void => broker.publish({ cmd: 'publish', topic: `${brokerPlan.prefix}/${topic}`, payload: JSON.stringify(body), qos: 1, retain: false, dup: false }, () => {})
  const held = new Map<string, Record<string, number>>()
  const plans = o.devices.flatMap((d) => { const plan = brokerDevices.find((x) => x.no === d.no); return plan ? [{ ...d, plan }] : [] })
  const speak = (d: (typeof plans)[number]): void => { const ts = now(); say(`v1/${d.device_id}/telemetry`, { ts, ...measured(d.plan, ts), ...held.get(d.device_id) }) }
  // Told once, when the gateway has come: what was before anybody listened.
  const told = new Set(o.known)
  broker.on('subscribe', () => {
    for (const d of plans.filter((x) => !told.has(x.device_id))) {
      told.add(d.device_id)
      const [to, items] = [now(), [] as object[]]
      for (let ts = to - (to % BACK_STEP_MS) - BACK_DAYS * 86_400_000; ts < to - 60_000; ts += BACK_STEP_MS) items.push({ ts, ...measured(d.plan, ts) })
      for (let i = 0; i < items.length; i += AT_ONCE) say(`v1/${d.device_id}/telemetry`, items.slice(i, i + AT_ONCE))
    }
    plans.forEach(speak)
  })
  broker.on('publish', (p: Packet, client) => {
    const [, device_id, id] = new RegExp(`^${brokerPlan.prefix}/v1/([^/]+)/cmd/([^/]+)$`).exec(p.topic) ?? []
    const d = plans.find((x) => x.device_id === device_id)
    if (!client || !d) return
    const c = JSON.parse(p.payload.toString()) as { command: string; expires_at: number }
    const late = now() > c.expires_at
    if (!late) held.set(d.device_id, { ...held.get(d.device_id), ...DOES[c.command] })
    say(`v1/${d.device_id}/cmd/${id}/reply`, late ? { ok: false, why: '已过期' } : { ok: true })
    if (!late) speak(d)
  })
  const timer = setInterval(() => plans.forEach(speak), SPEAK_MS)
  return {
    async stop() {
      clearInterval(timer)
      for (const s of sockets) s.destroy()
      await new Promise<void>((done) => server.close(() => done()))
      await new Promise<void>((done) => broker.close(() => done()))
    },
  }
}
