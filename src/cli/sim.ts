// `sim fire` sets the simulated fire panel of a sample on fire: the frames of GB/T 26875.3 go to the gateway of the running installation as the panel itself would send them.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { heyuanDir } from '../kernel/pg/place.ts'
import { startFireSim } from '../world/outside/device_sim/fire.ts'
import { EXIT, RefusedError, UsageError, type Out } from './command.ts'

export const name = 'sim'
export const summary_zh = '让样例的模拟设备发生一件事,如火警(只用于样例)'
export const usage = `sim fire [--one | --manual | --over]

  先用 npm start 启动样例。默认报两只烟感(两个独立信号,自动确认并联动)。

  --one      只报一只烟感:待人核实,不联动
  --manual   报手动报警按钮:立即确认
  --over     各部件恢复正常

  结果到「智能设备 → 消防火警」看。数据不在默认位置时先设 HEYUAN_DATA。`

const part = (kind: number, address: string, note: string) => ({ system: 1, system_no: 1, kind, address, note })
const PARTS = { first: part(40, '01000101', '3栋1层走廊'), second: part(40, '01000102', '3栋2层走廊'), button: part(23, '01000110', '3栋1层') }
const [NORMAL, FIRE] = [1, 2]

export async function run(args: string[], out: Out): Promise<number> {
  const { values, positionals } = parseArgs({ args, options: { one: { type: 'boolean' }, manual: { type: 'boolean' }, over: { type: 'boolean' } }, allowPositionals: true })
  if (positionals.length !== 1 || positionals[0] !== 'fire') throw new UsageError('现在能模拟的有:fire(火警)')
  if ([values.one, values.manual, values.over].filter(Boolean).length > 1) throw new UsageError('--one、--manual、--over 只能写一个')
  const at = join(heyuanDir(), 'sim_fire.json')
  let known: { port: number; address: string }
  try {
    known = JSON.parse(readFileSync(at, 'utf8')) as typeof known
  } catch {
    throw new RefusedError(`没有正在运行的样例(找不到 ${at})。请先用 npm start 启动样例,等模拟设备就绪。`)
  }
  const panel = startFireSim({ port: known.port, address: known.address, wait_ms: 5_000 })
  try {
    // The line is opened meanwhile.
    await new Promise((r) => setTimeout(r, 500))
    const parts = values.manual ? [PARTS.button] : values.one ? [PARTS.first] : values.over ? Object.values(PARTS) : [PARTS.first, PARTS.second]
    for (const p of parts) {
      const how = await panel.report(p, values.over ? NORMAL : FIRE)
      if (how !== 'confirmed') throw new RefusedError(`网关没有${how === 'lost' ? '应答' : '接受'}(端口 ${known.port})。请看样例是否还在运行。`)
      out.line(`已报:${p.note} ${p.kind === 23 ? '手动报警按钮' : '感烟火灾探测器'} ${values.over ? '恢复' : '火警'}`)
    }
    out.json({ reported: parts.length, over: values.over === true })
    return EXIT.ok
  } finally {
    panel.stop()
  }
}
