// Commands (IOT-02): written first, sent only to what is online, true by reading back. A meter is switched for safety or because its user asked, never for arrears.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { iot, type CommandRow, type Model } from '../contract.ts'
import { deviceOf, devicesSeenBy, reaches, tellGateway } from './access.ts'

export interface CommandIn {
  device_id: string
  command: string
  arg: number | null
  reason_code: 'operation' | 'safety' | 'own_request'
  reason: string | null
  source: 'hand' | 'rule' | 'scene' | 'fire' | 'feed'
  rule_id: string | null
}
type Spec = Model['commands'][number]
interface Target {
  device_id: string
  no: string
  name: string
  life: 'active' | 'maintenance' | 'retired'
  community_id: string
  building_id: string | null
  model: Model
  category: string
  conn: string | null
  /** Commands under way. */
  open: string[]
}
export type Given = { device_id: string; no: string; name: string; spec: Spec | null } & ({ command_id: string; refused: null } | { command_id: null; refused: { code: string; params: Record<string, unknown> } })
/** As long as a product may want to be read back, and a minute in which the gateway finds out that it has lost sight of it. */
const READ_BACK_MAX_S = 360
/** Nobody knows yet what comes of it: the same is not given beside it. What nothing reads back is over with the answer; no wait lasts longer than the command or its reading back. */
const RUNNING = (scope: Scope) => sql`(x.state in ('queued','sent') and x.expires_at > ${scope.now}::timestamptz or x.state = 'accepted' and x.reads_back and x.state_at > ${scope.now}::timestamptz - make_interval(secs => ${READ_BACK_MAX_S}))`
export const RIGHT = { info: 'iot.command.comfort', comfort: 'iot.command.comfort', access: 'iot.command.access', life: 'iot.command.life' } as const

async function targetsOf(scope: Scope, ids: readonly string[], all: boolean): Promise<Map<string, Target>> {
  const c = scope.company_id
  const { rows } = await sql<Target>`select d.device_id, d.no, d.name, d.life, d.community_id, d.building_id, p.model, p.category, s.conn,
      coalesce((select array_agg(x.command) from iot.command x where x.company_id = ${c} and x.device_id = d.device_id and ${RUNNING(scope)}), '{}') as open
    from iot.device d join iot.product p on p.company_id = ${c} and p.product_id = d.product_id left join iot.device_state s on s.company_id = ${c} and s.device_id = d.device_id
    where d.company_id = ${c} and d.device_id = any(${ids}::uuid[]) and ${all ? sql`true` : devicesSeenBy(scope)} order by d.device_id for update of d`.execute(scope.db)
  return new Map(rows.map((r) => [r.device_id, r]))
}
/** The rules that hold for whoever asks: a person, a rule, a scene, the linkage of a fire. */
function judged(scope: Scope, t: Target, spec: Spec | undefined, o: CommandIn): { code: string; params: Record<string, unknown> } | null {
  const no = (code: string, params: Record<string, unknown> = {}) => ({ code, params })
  if (!spec || t.life === 'retired') return no('iot.command_gone', { name: t.name })
  // What follows from a fire is built in: whoever confirms it needs no right to each device.
  if (o.source !== 'fire' && !reaches(scope, RIGHT[spec.safety], t)) return no('iot.no_right_for', { command: spec.name, level: spec.safety === 'life' ? '涉及安全' : '通行' })
  if (t.life === 'maintenance' && o.source !== 'hand') return no('iot.in_maintenance', { name: t.name })
  if (t.conn !== 'online') return no('iot.not_online', { name: t.name })
  const { arg } = spec
  if (arg && (o.arg === null || o.arg < arg.low || o.arg > arg.high)) return no('iot.arg_out', { name: arg.name, low: arg.low, high: arg.high, unit: arg.unit })
  if ((spec.safety === 'access' || spec.safety === 'life') && !o.reason) return no('iot.reason_needed', { command: spec.name })
  // Law: nothing cuts water, power or heat for arrears.
  if (t.category === 'meter' && o.reason_code === 'operation') return no('iot.meter_reason')
  // A rule, a scene or a platform that was set up before the product became a meter's, or by a way nobody thought of.
  if (t.category === 'meter' && o.source !== 'hand') return no('iot.meter_by_hand', { name: t.name })
  return t.open.includes(o.command) ? no('iot.command_open', { command: spec.name }) : null
}
/** Many at once: each is judged for itself, and what may be given is one insert. Devices out of sight are as if they had no such command. */
export async function giveCommands(scope: Scope, list: readonly CommandIn[]): Promise<Given[]> {
  if (list.length === 0) return []
  const targets = await targetsOf(scope, [...new Set(list.map((o) => o.device_id))], list.every((o) => o.source === 'fire'))
  const rows: object[] = []
  const given = list.map((o): Given => {
    const t = targets.get(o.device_id)
    const spec = t?.model.commands.find((x) => x.key === o.command)
    const is = { device_id: o.device_id, no: t?.no ?? '', name: t?.name ?? '', spec: spec ?? null }
    const refused = t ? judged(scope, t, spec, o) : { code: 'kernel.not_found', params: {} }
    if (refused) return { ...is, command_id: null, refused }
    t!.open.push(o.command)
    const command_id = uuidv7()
    rows.push({ command_id, device_id: o.device_id, command: spec!.key, name: spec!.name, safety: spec!.safety, arg: spec!.arg ? o.arg : null, reads_back: spec!.confirm !== null, reason: o.reason, reason_code: o.reason_code, source: o.source, rule_id: o.rule_id, expires_at: new Date(Date.parse(scope.now) + spec!.ttl_s * 1000).toISOString() })
    return { ...is, command_id, refused: null }
  })
  if (rows.length > 0) {
    await sql`insert into iot.command (company_id, command_id, device_id, command, name, safety, arg, reads_back, reason, reason_code, source, rule_id, asked_by, asked_by_name, asked_at, expires_at, state, state_at)
      select ${scope.company_id}::bigint, x.command_id, x.device_id, x.command, x.name, x.safety, x.arg, x.reads_back, x.reason, x.reason_code, x.source, x.rule_id, ${scope.who.account_id}::uuid, ${scope.who.name}, ${scope.now}::timestamptz, x.expires_at, 'queued', ${scope.now}::timestamptz
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(command_id uuid, device_id uuid, command text, name text, safety text, arg numeric, reads_back boolean, reason text, reason_code text, source text, rule_id uuid, expires_at timestamptz)`.execute(scope.db)
    tellGateway(scope, 'command')
  }
  return given
}
export async function queueCommand(scope: Scope, o: CommandIn): Promise<string> {
  const g = (await giveCommands(scope, [o]))[0]!
  if (g.refused) throw g.refused.code === 'kernel.not_found' ? scope.notFound() : scope.refuse(g.refused.code, g.refused.params)
  scope.note('device', o.device_id, { no: g.no, command: g.spec!.name, ...(g.spec!.arg ? { arg: o.arg } : {}), reason: o.reason })
  return g.command_id
}
export const commandAnswers = [
  answer(iot.sendCommand, async (scope, o) => ({ command_id: await queueCommand(scope, { device_id: o.device_id, command: o.command, arg: o.arg ?? null, reason_code: o.reason_code, reason: o.reason || null, source: 'hand', rule_id: null }) })),
  answer(iot.commands, async (scope, o) => {
    const d = await deviceOf(scope, o.device_id)
    const [page, n] = await Promise.all([
      sql<CommandRow>`select x.command_id, x.command, x.name, x.safety, trim_scale(x.arg)::text as arg, x.reads_back, ${RUNNING(scope)} as running, x.reason, x.reason_code, x.source, x.asked_by_name, x.asked_at, x.expires_at, x.state, x.state_at, x.answer, x.why, trim_scale(x.seen_v)::text as seen_v from iot.command x where x.company_id = ${scope.company_id} and x.device_id = ${d.device_id} order by x.asked_at desc, x.command_id limit ${o.page_size} offset ${(o.page - 1) * o.page_size}`.execute(scope.db),
      sql<{ n: number }>`select count(*)::int as n from iot.command where company_id = ${scope.company_id} and device_id = ${d.device_id}`.execute(scope.db),
    ])
    return { rows: page.rows, total: n.rows[0]!.n }
  }),
]
