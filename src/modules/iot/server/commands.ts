// Commands (IOT-02): written first, sent only to what is online, true by reading back. A meter is switched for safety or because its user asked, never for arrears.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { iot, type CommandRow, type Model } from '../contract.ts'
import { deviceOf, reaches, tellGateway } from './access.ts'

export interface CommandIn {
  device_id: string
  command: string
  arg: number | null
  reason_code: 'operation' | 'safety' | 'own_request'
  reason: string | null
  source: 'hand' | 'rule'
  rule_id: string | null
}
const RIGHT = { info: 'iot.command.comfort', comfort: 'iot.command.comfort', access: 'iot.command.access', life: 'iot.command.life' } as const
/** The rules that hold for whoever asks, a person or a rule. */
export async function queueCommand(scope: Scope, o: CommandIn): Promise<string> {
  const c = scope.company_id
  const d = await deviceOf(scope, o.device_id, { lock: true })
  const { rows } = await sql<{ model: Model; category: string; conn: string | null }>`select p.model, p.category, s.conn from iot.product p left join iot.device_state s on s.company_id = ${c} and s.device_id = ${d.device_id} where p.company_id = ${c} and p.product_id = ${d.product_id}`.execute(scope.db)
  const { model, category, conn } = rows[0]!
  const spec = model.commands.find((x) => x.key === o.command)
  if (!spec) throw scope.refuse('iot.command_gone', { name: d.name })
  if (!reaches(scope, RIGHT[spec.safety], d)) throw scope.refuse('iot.no_right_for', { command: spec.name, level: spec.safety === 'life' ? '涉及安全' : '通行' })
  if (d.life === 'maintenance' && o.source === 'rule') throw scope.refuse('iot.in_maintenance', { name: d.name })
  if (conn !== 'online') throw scope.refuse('iot.not_online', { name: d.name })
  const { arg } = spec
  if (arg && (o.arg === null || o.arg < arg.low || o.arg > arg.high)) throw scope.refuse('iot.arg_out', { name: arg.name, low: arg.low, high: arg.high, unit: arg.unit })
  if ((spec.safety === 'access' || spec.safety === 'life') && !o.reason) throw scope.refuse('iot.reason_needed', { command: spec.name })
  // Law: nothing cuts water, power or heat for arrears.
  if (category === 'meter' && o.reason_code === 'operation') throw scope.refuse('iot.meter_reason')
  const open = await sql`select 1 from iot.command where company_id = ${c} and device_id = ${d.device_id} and command = ${o.command} and state in ('queued','sent','accepted') and expires_at > ${scope.now}::timestamptz limit 1`.execute(scope.db)
  if (open.rows.length) throw scope.refuse('iot.command_open', { command: spec.name })
  const command_id = uuidv7()
  await scope.db.insertInto('iot.command').values({ company_id: c, command_id, device_id: d.device_id, command: spec.key, name: spec.name, safety: spec.safety, arg: arg ? String(o.arg) : null, reason: o.reason, reason_code: o.reason_code, source: o.source, rule_id: o.rule_id, asked_by: scope.who.account_id, asked_by_name: scope.who.name, asked_at: scope.now, expires_at: new Date(Date.parse(scope.now) + spec.ttl_s * 1000).toISOString(), state: 'queued', state_at: scope.now }).execute()
  scope.note('device', d.device_id, { no: d.no, command: spec.name, ...(arg ? { arg: o.arg } : {}), reason: o.reason })
  tellGateway(scope, 'command')
  return command_id
}
export const commandAnswers = [
  answer(iot.sendCommand, async (scope, o) => ({ command_id: await queueCommand(scope, { device_id: o.device_id, command: o.command, arg: o.arg ?? null, reason_code: o.reason_code, reason: o.reason || null, source: 'hand', rule_id: null }) })),
  answer(iot.commands, async (scope, o) => {
    const d = await deviceOf(scope, o.device_id)
    const [page, n] = await Promise.all([
      sql<CommandRow>`select command_id, name, safety, trim_scale(arg)::text as arg, reason, reason_code, source, asked_by_name, asked_at, expires_at, state, state_at, answer, why, trim_scale(seen_v)::text as seen_v from iot.command where company_id = ${scope.company_id} and device_id = ${d.device_id} order by asked_at desc, command_id limit ${o.page_size} offset ${(o.page - 1) * o.page_size}`.execute(scope.db),
      sql<{ n: number }>`select count(*)::int as n from iot.command where company_id = ${scope.company_id} and device_id = ${d.device_id}`.execute(scope.db),
    ])
    return { rows: page.rows, total: n.rows[0]!.n }
  }),
]
