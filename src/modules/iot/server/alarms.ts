// The alarm centre: what is open, who took it, what was done about it.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { addDays, minuteText } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { iot, type Alarm, type AlarmFilter, type AlarmRow, type Model } from '../contract.ts'
import { factsText, said } from '../shown.ts'
import { devicesSeenBy, reaches, wholeCompany } from './access.ts'
import { actsOf } from './linkage.ts'
import { addStep, policyOf } from './raise.ts'
import { curveOf } from './water.ts'

const EXCEL_MAX = 20_000
const STATES = ['active', 'acked', 'shelved', 'cleared', 'disposed'] as const
const STATE = (scope: Scope) => sql<AlarmRow['state']>`case when a.disposed_at is not null then 'disposed' when a.cleared_at is not null then 'cleared' when a.shelved_until > ${scope.now}::timestamptz then 'shelved' when a.acked_at is not null then 'acked' else 'active' end`
function conditions(scope: Scope, f: AlarmFilter, with_state: boolean): RawBuilder<SqlBool> {
  const p: RawBuilder<unknown>[] = [sql`a.company_id = ${scope.company_id}`, devicesSeenBy(scope, undefined, 'a')]
  if (f.community_id) p.push(sql`a.community_id = ${f.community_id}`)
  if (f.device_id) p.push(sql`a.device_id = ${f.device_id}`)
  if (f.level) p.push(sql`a.level = ${f.level}`)
  if (f.open) p.push(sql`a.disposed_at is null`)
  if (f.from_on) p.push(sql`a.raised_at >= ${`${f.from_on}T00:00:00+08:00`}::timestamptz`)
  if (f.to_on) p.push(sql`a.raised_at < ${`${addDays(f.to_on, 1)}T00:00:00+08:00`}::timestamptz`)
  if (f.q) p.push(sql`position(lower(${f.q}) in lower(a.title)) > 0`)
  if (f.state && with_state) p.push(sql`${STATE(scope)} = ${f.state}`)
  return sql<SqlBool>`${sql.join(p, sql` and `)}`
}
async function rowsOf(scope: Scope, where: RawBuilder<SqlBool>, limit: number, offset = 0): Promise<AlarmRow[]> {
  const c = scope.company_id
  const { rows } = await sql<Omit<AlarmRow, 'can'>>`with page as materialized (select a.*, ${STATE(scope)} as state from iot.alarm a where ${where} order by (a.disposed_at is null) desc, a.last_at desc, a.alarm_id limit ${limit} offset ${offset})
    select a.alarm_id, a.community_id, k.name as community_name, a.building_id, coalesce(a.place, d.place) as place, a.device_id, d.name as device_name, a.kind, a.title, a.level, a.state, a.raised_at, a.last_at, a.times_count, a.cleared_at, a.acked_by_name, a.acked_at, a.shelved_until, a.escalated_at, a.disposed_at, a.disposal, a.order_id
    from page a join property.community k on k.company_id = ${c} and k.community_id = a.community_id left join iot.device d on d.company_id = ${c} and d.device_id = a.device_id order by (a.disposed_at is null) desc, a.last_at desc, a.alarm_id`.execute(scope.db)
  return rows.map((r) => {
    const mine = reaches(scope, 'iot.alarm.handle', r)
    const may = (ok: boolean, code: string): true | string => (!mine ? 'kernel.forbidden' : r.state === 'disposed' ? 'iot.alarm_over' : ok ? true : code)
    return { ...r, can: { ack: may(r.acked_at === null, 'iot.alarm_acked'), shelve: may(true, ''), dispose: may(true, '') } }
  })
}
async function alarmToChange(scope: Scope, alarm_id: string): Promise<{ acked: boolean; acked_by_name: string | null; title: string }> {
  const { rows } = await sql<{ disposed: boolean; acked: boolean; acked_by_name: string | null; title: string }>`select a.disposed_at is not null as disposed, a.acked_at is not null as acked, a.acked_by_name, a.title from iot.alarm a where a.company_id = ${scope.company_id} and a.alarm_id = ${alarm_id} and ${devicesSeenBy(scope, undefined, 'a')} for update`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  if (rows[0].disposed) throw scope.refuse('iot.alarm_over')
  return rows[0]
}
const mark = (scope: Scope, alarm_id: string, values: Record<string, string | null>) => scope.db.updateTable('iot.alarm').set(values).where('company_id', '=', scope.company_id).where('alarm_id', '=', alarm_id).execute()

async function disposed(scope: Scope, alarm_id: string, disposal: string, a: { acked: boolean; title: string }): Promise<void> {
  await mark(scope, alarm_id, { disposed_at: scope.now, disposed_by_name: scope.who.name, disposal, ...(a.acked ? {} : { acked_at: scope.now, acked_by: scope.who.account_id, acked_by_name: scope.who.name }) })
  await addStep(scope, alarm_id, 'dispose', disposal)
  scope.note('alarm', alarm_id, { title: a.title, disposal })
}
/** For modules whose own screen ends an alarm that they raised; they have asked who may. False where it was over already. */
export async function disposeOf(scope: Scope, alarm_id: string, disposal: string): Promise<boolean> {
  const { rows } = await sql<{ acked: boolean; title: string }>`select acked_at is not null as acked, title from iot.alarm where company_id = ${scope.company_id} and alarm_id = ${alarm_id} and disposed_at is null for update`.execute(scope.db)
  if (!rows[0]) return false
  await disposed(scope, alarm_id, disposal, rows[0])
  return true
}
export const alarmAnswers = [
  answer(iot.alarms, async (scope, f) => {
    const [rows, n] = await Promise.all([rowsOf(scope, conditions(scope, f, true), f.page_size, (f.page - 1) * f.page_size), sql<{ state: AlarmRow['state']; n: number }>`select ${STATE(scope)} as state, count(*)::int as n from iot.alarm a where ${conditions(scope, f, false)} group by 1`.execute(scope.db)])
    const counts = Object.fromEntries(STATES.map((s) => [s, n.rows.find((r) => r.state === s)?.n ?? 0])) as Record<AlarmRow['state'], number>
    return { rows, counts, total: f.state ? counts[f.state] : STATES.reduce((t, s) => t + counts[s], 0) }
  }),
  answerFile(iot.alarmsExcel, async (scope, f) => {
    const rows = await rowsOf(scope, conditions(scope, f, true), EXCEL_MAX + 1)
    if (rows.length > EXCEL_MAX) throw scope.refuse('iot.too_many_rows', { max: EXCEL_MAX })
    const body = await writeSheet({ sheets: [{ name: '报警', columns: ['报警', '级别', '状态', '小区', '位置', '发生时间', '最近一次', '恢复时间', '确认人', '处置情况'].map((title) => ({ title, kind: 'text' as const })), rows: rows.map((r) => [r.title, said('level', r.level), said('alarm', r.state), r.community_name, r.place, minuteText(r.raised_at), minuteText(r.last_at), minuteText(r.cleared_at), r.acked_by_name, r.disposal]) }] })
    return { name: `报警-${scope.today}.xlsx`, type: XLSX, body }
  }),
  answer(iot.alarm, async (scope, o): Promise<Alarm> => {
    const c = scope.company_id
    const row = (await rowsOf(scope, sql<SqlBool>`a.company_id = ${c} and a.alarm_id = ${o.alarm_id} and ${devicesSeenBy(scope, undefined, 'a')}`, 1))[0]
    if (!row) throw scope.notFound()
    const [more, steps, fires] = await Promise.all([
      sql<{ source: string; rule_id: string | null; rule_name: string | null; facts: Record<string, unknown>; model: Model | null }>`select a.source, a.rule_id, r.name as rule_name, a.facts, p.model from iot.alarm a left join iot.rule r on r.company_id = ${c} and r.rule_id = a.rule_id left join iot.device d on d.company_id = ${c} and d.device_id = a.device_id left join iot.product p on p.company_id = ${c} and p.product_id = d.product_id where a.company_id = ${c} and a.alarm_id = ${o.alarm_id}`.execute(scope.db),
      sql<Alarm['steps'][number]>`select step_no, action, by_name, note, at from iot.alarm_step where company_id = ${c} and alarm_id = ${o.alarm_id} order by step_no desc limit 200`.execute(scope.db),
      sql<{ fire_id: string; at: string }>`select fire_id, at from iot.rule_fire where company_id = ${c} and alarm_id = ${o.alarm_id} order by at desc, fire_id limit 20`.execute(scope.db),
    ])
    const m = more.rows[0]!
    const acts = await actsOf(scope, fires.rows.map((f) => f.fire_id))
    return { ...row, rule_id: m.rule_id, rule_name: m.rule_name, camera_id: /^camera:([0-9a-f-]{36})$/.exec(m.source)?.[1] ?? null, facts: factsText(m.facts, m.model), fires: fires.rows.map((f) => ({ ...f, acts: acts.get(f.fire_id) ?? [] })), curve: curveOf(m.facts), steps: steps.rows }
  }),
  answer(iot.ackAlarm, async (scope, o) => {
    const a = await alarmToChange(scope, o.alarm_id)
    if (a.acked) throw scope.refuse('iot.alarm_acked', { name: a.acked_by_name })
    await mark(scope, o.alarm_id, { acked_at: scope.now, acked_by: scope.who.account_id, acked_by_name: scope.who.name })
    await addStep(scope, o.alarm_id, 'ack', o.note || null)
    scope.note('alarm', o.alarm_id, { title: a.title, ack: true })
    return { alarm_id: o.alarm_id }
  }),
  answer(iot.shelveAlarm, async (scope, o) => {
    const a = await alarmToChange(scope, o.alarm_id)
    const shelved_until = new Date(Date.parse(scope.now) + o.hours * 3_600_000).toISOString()
    await mark(scope, o.alarm_id, { shelved_until })
    await addStep(scope, o.alarm_id, 'shelve', `${o.hours} 小时:${o.reason}`)
    scope.note('alarm', o.alarm_id, { title: a.title, shelved_until, reason: o.reason })
    return { alarm_id: o.alarm_id, shelved_until }
  }),
  answer(iot.disposeAlarm, async (scope, o) => {
    await disposed(scope, o.alarm_id, o.disposal, await alarmToChange(scope, o.alarm_id))
    return { alarm_id: o.alarm_id }
  }),
  answer(iot.alarmPolicy, (scope) => policyOf(scope)),
  answer(iot.saveAlarmPolicy, async (scope, o) => {
    wholeCompany(scope)
    if (o.from_on < scope.today) throw scope.refuse('iot.plan_past', { day: scope.today })
    await sql`insert into iot.alarm_policy (company_id, from_on, major_min, critical_min, storm_count, made_by, made_at) values (${scope.company_id}, ${o.from_on}, ${o.major_min}, ${o.critical_min}, ${o.storm_count}, ${scope.who.account_id}::uuid, ${scope.now}) on conflict (company_id, from_on) do update set major_min = excluded.major_min, critical_min = excluded.critical_min, storm_count = excluded.storm_count, made_by = excluded.made_by, made_at = excluded.made_at`.execute(scope.db)
    scope.note('alarm_policy', o.from_on, { major_min: o.major_min, critical_min: o.critical_min, storm_count: o.storm_count })
    return { from_on: o.from_on }
  }),
]
