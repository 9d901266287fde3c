// Buses: where they are, what hangs on them, what a person asks of them. The gateway does the talking; what it sees comes back through iot.bus_state.
import { sql } from 'kysely'
import type { z } from 'zod'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { communitiesSeenBy, communityToChange } from '../../property/server/index.ts'
import { iot, type BusOne, type BusProtocol, type BusRow, type BusSettings, type Model, type Slave, type TaskResult } from '../contract.ts'
import { said, valueText } from '../shown.ts'
import { tellGateway } from './access.ts'
import { addressFault } from './bus/dialect.ts'
import type { RawFrame, SlaveFigures } from './bus/queue.ts'

const MAX = 500
const STALE_S = 60
const ROW = (scope: Scope) => sql`b.bus_id, b.community_id, k.name as community_name, b.name, b.protocol, b.host, b.port, b.serial, (select count(*)::int from iot.device d where d.company_id = ${scope.company_id} and d.bus_id = b.bus_id and d.life <> 'retired') as device_count,
  (select count(*)::int from iot.device d left join iot.device_state s on s.company_id = ${scope.company_id} and s.device_id = d.device_id where d.company_id = ${scope.company_id} and d.bus_id = b.bus_id and d.life = 'active' and s.conn is distinct from 'online') as silent_count,
  case when b.stopped_at is not null then 'stopped' when x.line is null or x.changed_at < ${scope.now}::timestamptz - make_interval(secs => ${STALE_S}) then 'unknown' else x.line end as line, x.line_why, x.changed_at`
const FROM = (scope: Scope) => sql`iot.bus b join property.community k on k.company_id = ${scope.company_id} and k.community_id = b.community_id left join iot.bus_state x on x.company_id = ${scope.company_id} and x.bus_id = b.bus_id`

export interface BusKey {
  bus_id: string
  community_id: string
  name: string
  protocol: BusProtocol
  stopped: boolean
}
export async function busOf(scope: Scope, bus_id: string): Promise<BusKey> {
  const { rows } = await sql<BusKey>`select b.bus_id, b.community_id, b.name, b.protocol, b.stopped_at is not null as stopped from iot.bus b where b.company_id = ${scope.company_id} and b.bus_id = ${bus_id} and ${communitiesSeenBy(scope, { alias: 'b' })} for update of b`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  await communityToChange(scope, rows[0].community_id)
  return rows[0]
}
/** 1 and 000000000001 are one meter. */
const bare = (address: string): string => address.replace(/^0+(?=.)/, '')
type In = z.output<typeof iot.saveBus.takes>
const at = (ms: number): string | null => (ms > 0 ? new Date(ms).toISOString() : null)

/** What hangs on it by its kind, with what each can be told. */
async function modelsOn(scope: Scope, bus_id: string): Promise<BusOne['models']> {
  const c = scope.company_id
  const { rows } = await sql<{ product_id: string; name: string; model: Model; device_count: number; own_count: number }>`select p.product_id, p.name, p.model, count(*)::int as device_count, count(d.credential_sealed)::int as own_count from iot.device d join iot.product p on p.company_id = ${c} and p.product_id = d.product_id where d.company_id = ${c} and d.bus_id = ${bus_id} and d.life <> 'retired' group by p.product_id, p.name, p.model order by p.name limit ${MAX}`.execute(scope.db)
  return rows.map(({ model, ...r }) => ({ ...r, points: model.points.map((p) => ({ name: p.name, where: p.where })), commands: model.commands.map((x) => { const back = model.points.find((p) => p.key === x.confirm?.point); return { name: x.name, where: x.where, back: back ? `${back.name}(${back.where ?? ''})${x.confirm!.equals === null ? '' : ` = ${valueText(back, x.confirm!.equals)}`}` : null } }) }))
}
async function readBus(scope: Scope, bus_id: string): Promise<BusOne> {
  const c = scope.company_id
  const { rows } = await sql<BusRow & { settings: BusSettings; credential_at: string | null; waiting_count: number | null; figures: Record<string, SlaveFigures> | null; frames: RawFrame[] | null }>`select ${ROW(scope)}, b.settings, b.credential_at, x.waiting_count, x.figures, x.frames from ${FROM(scope)} where b.company_id = ${c} and b.bus_id = ${bus_id} and ${communitiesSeenBy(scope, { alias: 'b' })}`.execute(scope.db)
  const b = rows[0]
  if (!b) throw scope.notFound()
  const scan = (await sql<{ task_id: string }>`select task_id from iot.bus_task where company_id = ${c} and bus_id = ${bus_id} and ask->>'what' = 'scan' order by made_at desc limit 1`.execute(scope.db)).rows[0]
  const devices = (await sql<{ device_id: string; name: string; address: string }>`select device_id, name, address from iot.device where company_id = ${c} and bus_id = ${bus_id} and life <> 'retired' order by address limit ${MAX}`.execute(scope.db)).rows
  const figures = b.figures ?? {}
  const addresses = [...new Set([...devices.map((d) => d.address), ...Object.keys(figures)])]
  const slaves: Slave[] = addresses.map((address) => {
    const f = figures[address]
    const d = devices.find((x) => x.address === address)
    return { address, device_id: d?.device_id ?? null, device_name: d?.name ?? null, asked: f?.asked ?? 0, answered: f?.answered ?? 0, timeouts: f?.timeouts ?? 0, bad: f?.bad ?? 0, refused: f?.refused ?? 0, late: f?.late ?? 0, rtt_ms: f?.rtt_ms ?? 0, last_ok_at: at(f?.last_ok_ms ?? 0), rests_until: at(f?.rests_until_ms ?? 0), last_why: f?.last_why ?? null }
  })
  return { bus_id, community_id: b.community_id, community_name: b.community_name, name: b.name, protocol: b.protocol, host: b.host, port: b.port, serial: b.serial, device_count: b.device_count, silent_count: b.silent_count, line: b.line, line_why: b.line_why, changed_at: b.changed_at, settings: b.settings, waiting_count: b.waiting_count ?? 0, slaves, frames: (b.frames ?? []).map((f) => ({ ...f, at: new Date(f.at).toISOString() })).reverse(), scan_task_id: scan?.task_id ?? null, credential_at: b.credential_at, models: await modelsOn(scope, bus_id) }
}

/** While it was stopped another bus may have taken its port. */
async function stillFree(scope: Scope, bus_id: string): Promise<void> {
  const c = scope.company_id
  const { rows } = await sql<{ path: string; name: string }>`select b.serial->>'path' as path, x.name from iot.bus b join iot.bus x on x.company_id = ${c} and x.serial->>'path' = b.serial->>'path' and x.bus_id <> b.bus_id and x.stopped_at is null where b.company_id = ${c} and b.bus_id = ${bus_id}`.execute(scope.db)
  if (rows[0]) throw scope.refuse('iot.serial_taken', rows[0])
}
/** What the gateway says of its machine, while it is heard. */
async function portsOf(scope: Scope): Promise<{ path: string; name: string }[]> {
  const { rows } = await sql<{ serial_ports: { path: string; name: string }[] }>`select serial_ports from iot.gateway where company_id = ${scope.company_id} and beat_at > ${scope.now}::timestamptz - make_interval(secs => ${STALE_S})`.execute(scope.db)
  return rows[0]?.serial_ports ?? []
}
const NOT_SERIAL = new Set(['modbus_tcp', 'bacnet_ip'])
/** Where the line goes: to a host, or out of a port that the gateway's machine has and no other bus uses. */
async function lineOf(scope: Scope, o: In): Promise<{ host: string | null; port: number | null; serial: string | null }> {
  if (o.link === 'tcp') {
    if (!o.host || !o.port) throw scope.refuse('iot.bus_line_missing', { what: o.host ? '端口' : '主机地址' })
    return { host: o.host, port: o.port, serial: null }
  }
  if (NOT_SERIAL.has(o.protocol)) throw scope.refuse('iot.bus_not_serial', { protocol: said('protocol', o.protocol) })
  const { serial } = o
  if (!serial) throw scope.refuse('iot.bus_line_missing', { what: '串口' })
  const { rows } = await sql<{ bus_id: string; name: string; own: boolean }>`select bus_id, name, bus_id is not distinct from ${o.bus_id ?? null}::uuid as own from iot.bus where company_id = ${scope.company_id} and serial->>'path' = ${serial.path} and (stopped_at is null or bus_id is not distinct from ${o.bus_id ?? null}::uuid)`.execute(scope.db)
  const other = rows.find((r) => !r.own)
  if (other) throw scope.refuse('iot.serial_taken', { path: serial.path, name: other.name })
  // An adapter that is out just now may stay where it is set; a new one is chosen from what is there.
  if (rows.length === 0 && !(await portsOf(scope)).some((p) => p.path === serial.path)) throw scope.refuse('iot.serial_gone', { path: serial.path })
  return { host: null, port: null, serial: JSON.stringify(serial) }
}

export const busAnswers = [
  answer(iot.buses, async (scope, o) => {
    const { rows } = await sql<BusRow>`select ${ROW(scope)} from ${FROM(scope)} where b.company_id = ${scope.company_id} and ${communitiesSeenBy(scope, { alias: 'b' })} ${o.community_id ? sql`and b.community_id = ${o.community_id}` : sql``} order by k.name, b.name limit ${MAX}`.execute(scope.db)
    return { rows, serial_ports: await portsOf(scope) }
  }),
  answer(iot.bus, (scope, o) => readBus(scope, o.bus_id)),
  answer(iot.saveBus, async (scope, o) => {
    const c = scope.company_id
    await communityToChange(scope, o.community_id)
    const before = o.bus_id ? await busOf(scope, o.bus_id) : null
    if (before && before.community_id !== o.community_id) throw scope.notFound()
    const same = await sql<{ name: string }>`select name from iot.bus where company_id = ${c} and community_id = ${o.community_id} and name = ${o.name} and bus_id is distinct from ${o.bus_id ?? null}::uuid`.execute(scope.db)
    if (same.rows[0]) throw scope.refuse('iot.bus_name_taken', { name: o.name })
    if (before && before.protocol !== o.protocol) {
      const used = await sql`select 1 from iot.device where company_id = ${c} and bus_id = ${before.bus_id} and life <> 'retired' limit 1`.execute(scope.db)
      if (used.rows.length) throw scope.refuse('iot.bus_protocol_fixed', { name: before.name })
    }
    const line = await lineOf(scope, o)
    const bus_id = o.bus_id ?? uuidv7()
    const { timeout_ms, gap_ms, retries, preamble, break_after, break_s, period_s, cov } = o
    const values = { name: o.name, protocol: o.protocol, ...line, settings: JSON.stringify({ timeout_ms, gap_ms, retries, preamble, break_after, break_s, period_s, ...(cov && o.protocol === 'bacnet_ip' ? { cov } : {}) }), changed_by: scope.who.account_id, changed_at: scope.now }
    if (before) await scope.db.updateTable('iot.bus').set(values).where('company_id', '=', c).where('bus_id', '=', bus_id).execute()
    else await scope.db.insertInto('iot.bus').values({ company_id: c, bus_id, community_id: o.community_id, ...values }).execute()
    scope.note('bus', bus_id, { name: o.name, protocol: o.protocol, ...(o.serial && o.link === 'serial' ? { serial: o.serial.path } : { host: o.host, port: o.port }) })
    tellGateway(scope, 'registry')
    return { bus_id }
  }),
  answer(iot.stopBus, async (scope, o) => {
    const b = await busOf(scope, o.bus_id)
    if (!o.stopped) await stillFree(scope, b.bus_id)
    await scope.db.updateTable('iot.bus').set({ stopped_at: o.stopped ? scope.now : null, changed_by: scope.who.account_id, changed_at: scope.now }).where('company_id', '=', scope.company_id).where('bus_id', '=', b.bus_id).execute()
    scope.note('bus', b.bus_id, { name: b.name, stopped: o.stopped })
    tellGateway(scope, 'registry')
    return { bus_id: b.bus_id }
  }),
  answer(iot.importDevices, async (scope, o) => {
    const c = scope.company_id
    const b = await busOf(scope, o.bus_id)
    const product = (await sql<{ link: string }>`select link from iot.product where company_id = ${c} and product_id = ${o.product_id} and retired_at is null`.execute(scope.db)).rows[0]
    if (!product) throw scope.refuse('iot.product_gone')
    if (!b.protocol.startsWith(product.link)) throw scope.refuse('iot.link_differs', { link: said('link', product.link), bus: b.name })
    for (const [i, r] of o.rows.entries()) {
      const why = addressFault(b.protocol, r.address)
      if (why) throw scope.refuse('iot.import_wrong', { row: i + 1, why: `地址 ${r.address}:${why}` })
    }
    const twice = o.rows.findIndex((r, i) => o.rows.findIndex((x) => bare(x.address) === bare(r.address)) !== i)
    if (twice >= 0) throw scope.refuse('iot.import_wrong', { row: twice + 1, why: `地址 ${o.rows[twice]!.address} 在清单中重复` })
    const asked = JSON.stringify(o.rows.map((r, i) => ({ i, address: r.address, meter_no: r.meter_no || null, no: `${b.name}-${r.address}`.slice(0, 30) })))
    const { rows: found } = await sql<{ i: number; meter_id: string | null; at_address: string | null; at_meter: string | null; at_no: string | null; wants: boolean }>`select x.i, m.meter_id, x.meter_no is not null as wants,
        (select d.name from iot.device d where d.company_id = ${c} and d.bus_id = ${b.bus_id} and ltrim(d.address, '0') = ltrim(x.address, '0') and d.life <> 'retired' limit 1) as at_address, (select d.name from iot.device d where d.company_id = ${c} and d.meter_id = m.meter_id and d.life <> 'retired' limit 1) as at_meter, (select d.name from iot.device d where d.company_id = ${c} and d.no = x.no) as at_no
      from jsonb_to_recordset(${asked}::jsonb) as x(i int, address text, meter_no text, no text) left join meters.meter m on m.company_id = ${c} and m.community_id = ${b.community_id} and m.no = x.meter_no and m.removed_on is null order by x.i`.execute(scope.db)
    for (const f of found) {
      const why = f.at_address ? `地址已用在「${f.at_address}」` : f.wants && !f.meter_id ? `没有表号 ${o.rows[f.i]!.meter_no} 的在用表计` : f.at_meter ? `表计已对应「${f.at_meter}」` : f.at_no ? `设备编号已用在「${f.at_no}」` : null
      if (why) throw scope.refuse('iot.import_wrong', { row: f.i + 1, why })
    }
    const meterOf = new Map(found.map((f) => [f.i, f.meter_id]))
    const rows = o.rows.map((r, i) => ({ device_id: uuidv7(), no: `${b.name}-${r.address}`.slice(0, 30), name: r.name, place: r.place || b.name, address: r.address, meter_id: meterOf.get(i) ?? null }))
    await sql`insert into iot.device (company_id, device_id, community_id, place, product_id, no, name, address, bus_id, meter_id, life, life_at, changed_by, changed_at, created_at)
      select ${c}::bigint, x.device_id, ${b.community_id}::uuid, x.place, ${o.product_id}::uuid, x.no, x.name, x.address, ${b.bus_id}::uuid, x.meter_id, 'active', ${scope.now}::timestamptz, ${scope.who.account_id}::uuid, ${scope.now}::timestamptz, ${scope.now}::timestamptz
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(device_id uuid, no text, name text, place text, address text, meter_id uuid)`.execute(scope.db)
    scope.note('bus', b.bus_id, { name: b.name, added: rows.length })
    tellGateway(scope, 'registry')
    return { added_count: rows.length }
  }),
  answer(iot.startTask, async (scope, o) => {
    const b = await busOf(scope, o.bus_id)
    if (b.stopped) throw scope.refuse('iot.bus_stopped', { name: b.name })
    const bacnet = b.protocol === 'bacnet_ip'
    const modbus = b.protocol === 'modbus_tcp' || b.protocol === 'modbus_rtu'
    const under_way = o.what === 'scan' && (await sql`select 1 from iot.bus_task where company_id = ${scope.company_id} and bus_id = ${b.bus_id} and state in ('waiting','running') and ask->>'what' = 'scan' limit 1`.execute(scope.db)).rows.length > 0
    const why = under_way ? '这条总线正在扫描,可先停止' : o.what === 'objects' && !bacnet ? '只有 BACnet/IP 总线可以读对象清单' : o.what !== 'scan' && o.addresses.length === 0 ? '至少填一个地址' : o.what === 'objects' && o.addresses.length > 1 ? '对象清单一次读一台设备' : o.what === 'read' && o.where_text === '' ? '没有填数据标识或寄存器' : o.what === 'scan' && modbus && !/^(co|di|hr|ir):\d{1,5}(:|$)/.test(o.where_text) ? '扫描要问一个寄存器,写作 hr:0:u16' : o.what === 'scan' && o.from_no > o.to_no ? '扫描的起号大于止号' : o.what === 'scan' ? null : (o.addresses.map((a) => [a, addressFault(b.protocol, modbus || bacnet ? a : a.replaceAll(/AA/gi, '00'))] as const).flatMap(([a, why]) => (why ? [`地址 ${a}:${why}`] : []))[0] ?? null)
    if (why) throw scope.refuse('iot.task_wrong', { why })
    const task_id = uuidv7()
    await scope.db.insertInto('iot.bus_task').values({ company_id: scope.company_id, task_id, bus_id: b.bus_id, ask: JSON.stringify({ what: o.what, addresses: o.addresses, where_text: o.where_text, from_no: o.from_no, to_no: o.to_no }), state: 'waiting', made_by: scope.who.account_id, made_at: scope.now }).execute()
    scope.note('bus', b.bus_id, { name: b.name, test: o.what === 'read' ? o.where_text : o.what, addresses: o.addresses.length })
    tellGateway(scope, 'task')
    return { task_id }
  }),
  answer(iot.stopTask, async (scope, o) => {
    const c = scope.company_id
    const { rows } = await sql<{ bus_id: string }>`select bus_id from iot.bus_task where company_id = ${c} and task_id = ${o.task_id}`.execute(scope.db)
    if (!rows[0]) throw scope.notFound()
    const b = await busOf(scope, rows[0].bus_id)
    // What no gateway has taken up is over at once.
    await sql`update iot.bus_task set stop_at = ${scope.now}, state = case when state = 'waiting' then 'failed' else state end, ended_at = case when state = 'waiting' then ${scope.now}::timestamptz end, note = case when state = 'waiting' then '已停止' end where company_id = ${c} and task_id = ${o.task_id} and state in ('waiting','running')`.execute(scope.db)
    scope.note('bus', b.bus_id, { name: b.name, stopped_task: o.task_id })
    return { task_id: o.task_id }
  }),
  answer(iot.task, async (scope, o) => {
    const { rows } = await sql<{ task_id: string; state: 'waiting' | 'running' | 'done' | 'failed'; result: TaskResult | null; asked_count: number | null; planned_count: number | null; note: string | null }>`select t.task_id, t.state, t.result, t.asked_count, t.planned_count, t.note from iot.bus_task t join iot.bus b on b.company_id = ${scope.company_id} and b.bus_id = t.bus_id where t.company_id = ${scope.company_id} and t.task_id = ${o.task_id} and ${communitiesSeenBy(scope, { alias: 'b' })}`.execute(scope.db)
    if (!rows[0]) throw scope.notFound()
    return rows[0]
  }),
]
