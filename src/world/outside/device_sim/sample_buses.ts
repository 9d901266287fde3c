// The buses of the sample: main water meters that go on from where their last reading stands, lighting meters, the drive of a pump that can be set.
import { mainRan, smartBuses } from '../../plan/smart.ts'
import { startBusSim, type BusSim, type SimMeter } from './bus.ts'

export interface SimBus {
  name: string
  port: number
  /** Where each address stood, and since when. */
  start: Record<string, { v: number; at_ms: number }>
}
export async function startBuses(buses: readonly SimBus[], now: () => number = Date.now): Promise<BusSim[]> {
  const out: BusSim[] = []
  for (const b of buses) {
    const plan = smartBuses.find((p) => p.name === b.name)
    if (!plan) continue
    const meters = plan.devices.map((d): SimMeter => {
      if (plan.protocol === 'modbus_tcp') return drive(d.address)
      const begun = b.start[d.address] ?? { v: 1000, at_ms: now() }
      const ran = (ms: number): number => (plan.protocol === 'cjt188' ? mainRan(ms, d.leaks === true) : ms / 3_600_000)
      const stands = (): number => Math.floor((begun.v + d.per_hour * Math.max(0, ran(now()) - ran(begun.at_ms))) * 100)
      return { protocol: plan.protocol, address: d.address, value: (id) => (id === '02010100' ? 2312 : id === '02030000' ? Math.round(d.per_hour * 10_000) : stands()) }
    })
    // Another installation on this machine may have the port: then this bus is silent, and shown so.
    const sim = await startBusSim({ port: b.port, protocol: plan.protocol, meters }).catch((error: unknown) => {
      console.error(`sim_devices: 总线「${b.name}」的端口 ${b.port} 打不开,这条总线没有模拟:${String(error)}`)
      return null
    })
    if (sim) out.push(sim)
  }
  return out
}
function drive(address: string): SimMeter {
  const registers = [45, 382, 1, 0]
  return { protocol: 'modbus_tcp', address, value: (id) => { const n = registers[Number(id)]; return n === undefined ? null : Number(id) === 0 ? (registers[2] ? 44 + Math.floor((Date.now() / 60_000) % 4) : 12) : n }, set: (r, v) => { if (r === 1 || r === 2) registers[r] = v; if (r === 2 && v === 0) registers[1] = 0; if (r === 2 && v === 1) registers[1] = 382 } }
}
