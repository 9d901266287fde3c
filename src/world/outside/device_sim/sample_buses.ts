// The buses of the sample: main water meters that go on from where their last reading stands, lighting meters, the drive of a pump that can be set.
import { UNREAD, mainRan, meterPassword, smartBuses } from '../../plan/smart.ts'
import { startBacnetSim, type SimObject } from './bacnet.ts'
import { startBusSim, type SimMeter } from './bus.ts'
import { relayOf, valveOf } from './switches.ts'

export interface SimBus {
  name: string
  port: number
  /** Where each address stood, and since when. */
  start: Record<string, { v: number; at_ms: number }>
}
interface Sim {
  stop(): Promise<void>
}
function taken(b: SimBus, error: unknown): null {
  console.error(`sim_devices: 总线「${b.name}」的端口 ${b.port} 打不开,这条总线没有模拟:${String(error)}`)
  return null
}
export async function startBuses(buses: readonly SimBus[], now: () => number = Date.now): Promise<Sim[]> {
  const out: Sim[] = []
  for (const b of buses) {
    const plan = smartBuses.find((p) => p.name === b.name)
    if (!plan) continue
    if (plan.protocol === 'bacnet_ip') {
      const sim = await startAhu(b.port, Number(plan.devices[0]!.address), plan.devices[0]!.name).catch((error: unknown) => taken(b, error))
      if (sim) out.push(sim)
      continue
    }
    const { protocol } = plan
    const meters = plan.devices.map((d): SimMeter => {
      if (protocol === 'modbus_tcp') return drive(d.address)
      const begun = b.start[d.address] ?? UNREAD
      const ran = (ms: number): number => (protocol === 'cjt188' ? mainRan(ms, d.leaks === true) : ms / 3_600_000)
      const stands = (): number => Math.floor((begun.v + d.per_hour * Math.max(0, ran(now()) - ran(begun.at_ms))) * 100)
      return { protocol, address: d.address, ...(d.product === 'dlt645_2007_relay' ? { relay: relayOf({ ...meterPassword, moves_ms: 800 }) } : {}), ...(d.product === 'cjt188_valve' ? { valve: valveOf({ moves_ms: 4000 }) } : {}), value: (id) => (id === '02010100' ? 2312 : id === '02030000' ? Math.round(d.per_hour * 10_000) : stands()) }
    })
    // Another installation on this machine may have the port: then this bus is silent, and shown so.
    const sim = await startBusSim({ port: b.port, protocol, meters }).catch((error: unknown) => taken(b, error))
    if (sim) out.push(sim)
  }
  return out
}
function drive(address: string): SimMeter {
  const registers = [45, 382, 1, 0]
  return { protocol: 'modbus_tcp', address, value: (id) => { const n = registers[Number(id)]; return n === undefined ? null : Number(id) === 0 ? (registers[2] ? 44 + Math.floor((Date.now() / 60_000) % 4) : 12) : n }, set: (r, v) => { if (r === 1 || r === 2) registers[r] = v; if (r === 2 && v === 0) registers[1] = 0; if (r === 2 && v === 1) registers[1] = 382 } }
}
/** An air handler that blows at its setpoint while its fan runs, and takes the room's temperature when it does not. */
async function startAhu(port: number, instance: number, name: string): Promise<Sim> {
  const [supply, back, setpoint, fan]: SimObject[] = [{ type: 0, instance: 1, name: '送风温度', value: 18, units: 62 }, { type: 0, instance: 2, name: '回风温度', value: 24, units: 62 }, { type: 2, instance: 1, name: '温度设定', value: 22, units: 62 }, { type: 4, instance: 1, name: '风机启停', value: 1 }]
  const sim = await startBacnetSim({ port, instance, name, objects: [supply!, back!, setpoint!, fan!] })
  const timer = setInterval(() => {
    back!.value = Math.round((24 + Math.sin(Date.now() / 600_000)) * 10) / 10
    supply!.value = fan!.value === 1 ? Math.round((setpoint!.value - 4 + Math.sin(Date.now() / 90_000)) * 10) / 10 : back!.value
    for (const o of [supply!, back!]) sim.tell(o)
  }, 10_000)
  return { stop: async () => { clearInterval(timer); await sim.stop() } }
}
