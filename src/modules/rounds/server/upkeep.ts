// Upkeep of equipment (EQ-02) by the engine of rounds: a device is a point, its label the proof, a checklist the steps, a finding its repair order.
// Here: points and routes made from devices, and the two rules whose source lies with the device, hours run and certificates running out.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { minuteText } from '../../../kernel/clock.ts'
import { trimDecimal } from '../../../kernel/money.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { sealText } from '../../../kernel/seal.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { deviceToRead, devicesSeenBy } from '../../equipment/server/index.ts'
import { communitiesSeenBy, communityToChange } from '../../property/server/index.ts'
import { rounds, type Rule, type UpkeepFilter, type UpkeepPlan } from '../contract.ts'

import { ruleText, said } from '../shown.ts'
import { upkeepKind } from './config.ts'
import { dropAhead, planTasks } from './planning.ts'
import { canOf, planToChange, writePlan } from './plans.ts'
import { writeRoute } from './points.ts'
import { newSecret } from './rules/rotating.ts'
import { BASE, NOW_HOURS, planByDevice } from './upkeep_due.ts'

const DAY_MIN = 1440
const TASKS_SHOWN = 60
interface DeviceIn {
  equipment_id: string
  community_id: string
  building_id: string | null
  no: string
  name: string
  place: string
  code: string
  total_hours: string | null
}
async function devicesFor(scope: Scope, community_id: string, ids: readonly string[]): Promise<DeviceIn[]> {
  const c = scope.company_id
  const { rows } = await sql<DeviceIn>`select d.equipment_id, d.community_id, d.building_id, d.no, d.name, d.place, d.code, (select r.total_hours::text from equipment.running r where r.company_id = ${c} and r.equipment_id = d.equipment_id order by r.running_no desc limit 1) as total_hours
    from equipment.device d where d.company_id = ${c} and d.equipment_id = any(${[...ids]}::uuid[]) and d.community_id = ${community_id} and d.state <> 'scrapped' and ${devicesSeenBy(scope)} order by d.no`.execute(scope.db)
  if (rows.length !== new Set(ids).size) throw scope.refuse('rounds.devices_apart')
  return rows
}
/** A point for each device, by its own label; named anew when the device was. */
async function pointsOf(scope: Scope, list: readonly DeviceIn[]): Promise<Map<string, string>> {
  const c = scope.company_id
  const rows = list.map((d) => ({ point_id: uuidv7(), equipment_id: d.equipment_id, community_id: d.community_id, building_id: d.building_id, name: `${d.no} ${d.name}`, place: d.place, code: d.code, secret: sealText(newSecret()) }))
  const { rows: made } = await sql<{ point_id: string; equipment_id: string }>`insert into rounds.point as p (company_id, point_id, community_id, building_id, name, place, code, proof, secret, equipment_id, changed_by, changed_at)
    select ${c}, x.point_id, x.community_id, x.building_id, x.name, x.place, x.code, 'scan', x.secret, x.equipment_id, ${scope.who.account_id}::uuid, ${scope.now} from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(point_id uuid, equipment_id uuid, community_id uuid, building_id uuid, name text, place text, code text, secret text)
    on conflict (company_id, equipment_id) where equipment_id is not null do update set name = excluded.name, place = excluded.place, building_id = excluded.building_id, retired_at = null returning p.point_id, p.equipment_id`.execute(scope.db)
  return new Map(made.map((m) => [m.equipment_id, m.point_id]))
}
/** By hours or certificate each device has its own time: a plan each. */
const alone = (rule: Rule): boolean => rule.kind === 'hours' || rule.kind === 'expiry'

const saveUpkeep = answer(rounds.saveUpkeep, async (scope, o) => {
  await communityToChange(scope, o.community_id)
  const before = o.plan_id ? await planToChange(scope, o.plan_id) : null
  if (before && before.community_id !== o.community_id) throw scope.notFound()
  if (before?.state === 'stopped') throw scope.refuse('rounds.plan_over', { name: before.name })
  const kind_id = before?.kind_id ?? (await upkeepKind(scope))
  const list = await devicesFor(scope, o.community_id, o.equipment_ids)
  const points = await pointsOf(scope, list)
  if (before && alone(o.rule) && list.length > 1) throw scope.refuse('rounds.devices_apart')
  const groups = alone(o.rule) && !before ? list.map((d) => [d]) : [list]
  const plan_ids: string[] = []
  // One plan, or one a device by hours: at most a hundred, as the contract bounds.
  for (const group of groups) {
    const name = groups.length > 1 ? `${o.name} ${group[0]!.no}` : o.name
    const { route_id } = await writeRoute(scope, { ...(before?.route_id ? { route_id: before.route_id } : {}), community_id: o.community_id, name: `保养 ${name}`.slice(0, 60), ordered: false, retired: false, stops: group.map((d) => ({ point_id: points.get(d.equipment_id)!, checklist_id: o.checklist_id, travel_seconds: 0 })) })
    const hours_done = o.rule.kind === 'hours' ? (o.hours_done ?? group[0]!.total_hours ?? '0') : null
    plan_ids.push(await writePlan(scope, { ...(before ? { plan_id: before.plan_id } : {}), community_id: o.community_id, kind_id, name, route_id, checklist_id: null, crew_id: o.crew_id, rule: o.rule, from_on: o.from_on, to_on: o.to_on, grace_minutes: o.grace_days * DAY_MIN, photo: o.photo, notice_days: o.notice_days, parts: o.parts || null, hours_done, upkeep: true }))
  }
  for (const id of plan_ids) scope.note('plan', id, { name: o.name, rule: ruleText(o.rule), devices: list.length })
  if (before?.state !== 'active') return { plan_ids, task_count: 0 }
  await dropAhead(scope, before.plan_id)
  await sql`update rounds.plan set planned_on = null where company_id = ${scope.company_id} and plan_id = ${before.plan_id}`.execute(scope.db)
  return { plan_ids, task_count: (await planTasks(scope, { plan_ids })) + (await planByDevice(scope, plan_ids)) }
})

type Raw = Omit<UpkeepPlan, 'rule_zh' | 'can' | 'hours_since'> & { hours_since: string | null }
function plansOf(scope: Scope, f: UpkeepFilter): RawBuilder<SqlBool> {
  const c = scope.company_id
  const of_device = f.equipment_id ? [sql`exists (select from rounds.route r join rounds.route_stop s on s.company_id = ${c} and s.route_id = r.route_id and s.version_no = r.version_no join rounds.point pt on pt.company_id = ${c} and pt.point_id = s.point_id where r.company_id = ${c} and r.route_id = p.route_id and pt.equipment_id = ${f.equipment_id})`] : []
  return sql.join<SqlBool>([sql`p.company_id = ${c}`, communitiesSeenBy(scope, { alias: 'p' }), sql`p.kind_id in (select kind_id from rounds.kind where company_id = ${c} and code = 'upkeep')`, ...(f.community_id ? [sql`p.community_id = ${f.community_id}`] : []), ...(f.state ? [sql`p.state = ${f.state}`] : []), ...(f.q ? [sql`p.name like ${`%${f.q}%`}`] : []), ...of_device], sql` and `) as RawBuilder<SqlBool>
}
async function rowsOf(scope: Scope, where: RawBuilder<SqlBool>, limit: number, offset: number): Promise<UpkeepPlan[]> {
  const c = scope.company_id
  const { rows } = await sql<Raw>`with page as materialized (select p.* from rounds.plan p where ${where} order by p.state = 'stopped', p.community_id, p.name, p.plan_id limit ${limit} offset ${offset})
    select p.plan_id, p.community_id, k.name as community_name, p.kind_id, g.name as kind_name, g.department, p.name, p.route_id, r.name as route_name, jsonb_array_length(v.devices) as point_count, v.checklist_id, l.name as checklist_name, p.crew_id, w.name as crew_name, p.work_plan_id, p.rule, p.from_on, p.to_on, p.grace_minutes, p.photo, p.state, p.planned_on, p.source, p.notice_days, p.parts, v.devices,
      (select max(t.ended_at) from rounds.task t where t.company_id = ${c} and t.plan_id = p.plan_id and t.state = 'done') as last_at, (select min(t.due_at) from rounds.task t where t.company_id = ${c} and t.plan_id = p.plan_id and t.state in ('waiting','doing')) as next_at,
      exists (select from rounds.task t where t.company_id = ${c} and t.plan_id = p.plan_id and t.on_day > ${scope.today}::date - 400 and (t.state = 'missed' or (t.state in ('waiting','doing') and t.due_at < ${scope.now}::timestamptz))) as overdue,
      case when p.rule->>'kind' = 'hours' then (select (${NOW_HOURS(c)} - ${BASE(c)})::text from (select (v.devices->0->>'equipment_id')::uuid as equipment_id) x) end as hours_since
    from page p join property.community k on k.company_id = ${c} and k.community_id = p.community_id join rounds.kind g on g.company_id = ${c} and g.kind_id = p.kind_id left join rounds.route r on r.company_id = ${c} and r.route_id = p.route_id left join rounds.crew w on w.company_id = ${c} and w.crew_id = p.crew_id
      left join lateral (select coalesce(jsonb_agg(jsonb_build_object('equipment_id', d.equipment_id, 'no', d.no, 'name', d.name) order by s.stop_no), '[]') as devices, (array_agg(s.checklist_id))[1] as checklist_id from rounds.route_stop s join rounds.point pt on pt.company_id = ${c} and pt.point_id = s.point_id join equipment.device d on d.company_id = ${c} and d.equipment_id = pt.equipment_id where s.company_id = ${c} and s.route_id = r.route_id and s.version_no = r.version_no) v on true
      left join rounds.checklist l on l.company_id = ${c} and l.checklist_id = v.checklist_id order by p.state = 'stopped', p.community_id, p.name, p.plan_id`.execute(scope.db)
  const reach = scope.reach('rounds.plan.write')
  return rows.map((p) => ({ ...p, rule_zh: ruleText(p.rule), hours_since: p.hours_since === null ? null : trimDecimal(p.hours_since), can: canOf(reach.all || reach.community_ids.includes(p.community_id) ? (p.state === 'stopped' ? 'rounds.plan_over' : null) : 'kernel.forbidden', p.state) }))
}
const EXCEL_MAX = 5000

export const upkeepAnswers = [
  saveUpkeep,
  answer(rounds.upkeepPlans, async (scope, f) => {
    const where = plansOf(scope, f)
    const [rows, total] = await Promise.all([rowsOf(scope, where, f.page_size, (f.page - 1) * f.page_size), sql<{ n: number }>`select count(*)::int as n from rounds.plan p where ${where}`.execute(scope.db)])
    return { total: total.rows[0]!.n, rows }
  }),
  answerFile(rounds.upkeepPlansExcel, async (scope, f) => {
    const rows = await rowsOf(scope, plansOf(scope, f), EXCEL_MAX + 1, 0)
    if (rows.length > EXCEL_MAX) throw scope.refuse('rounds.too_many_rows', { max: EXCEL_MAX })
    const text = (title: string) => ({ title, kind: 'text' as const })
    const body = await writeSheet({
      sheets: [{
        name: '保养计划', columns: [text('计划'), text('状态'), text('逾期'), text('小区'), text('设备'), text('时间规律'), { title: '已运行小时', kind: 'number' as const }, text('步骤'), text('班组'), text('上次完成'), text('应完成'), { title: '提前通知天数', kind: 'int' as const }, text('备件与工具')],
        rows: rows.map((r) => [r.name, said('plan_state', r.state), r.overdue && r.state === 'active' ? '是' : null, r.community_name, r.devices.map((d) => `${d.no} ${d.name}`).join('、'), r.rule_zh, r.hours_since, r.checklist_name, r.crew_name ?? '不限', minuteText(r.last_at), minuteText(r.next_at), r.notice_days, r.parts]),
      }],
    })
    return { name: `保养计划-${scope.today}.xlsx`, type: XLSX, body }
  }),
  answer(rounds.deviceTasks, async (scope, { equipment_id }) => {
    const c = scope.company_id
    const d = await deviceToRead(scope, equipment_id)
    const { rows } = await sql<{ on_day: string; task_id: string; plan_name: string; kind_name: string; starts_at: string; due_at: string; state: 'waiting'; late: boolean; by_name: string | null; done_at: string | null; outcome: 'ok' | null }>`select t.on_day, t.task_id, p.name as plan_name, g.name as kind_name, t.starts_at, t.due_at, t.state, (t.state in ('waiting','doing') and t.due_at < ${scope.now}::timestamptz) or t.in_time is false as late, rec.by_name, rec.done_at, rec.outcome
      from rounds.point pt join rounds.route_stop s on s.company_id = ${c} and s.point_id = pt.point_id join rounds.route r on r.company_id = ${c} and r.route_id = s.route_id join rounds.task t on t.company_id = ${c} and t.route_id = r.route_id and s.version_no = coalesce(t.route_version, r.version_no) and t.on_day between ${scope.today}::date - 800 and ${scope.today}::date + 62
        join rounds.plan p on p.company_id = ${c} and p.plan_id = t.plan_id join rounds.kind g on g.company_id = ${c} and g.kind_id = t.kind_id left join rounds.record rec on rec.company_id = ${c} and rec.on_day = t.on_day and rec.task_id = t.task_id and rec.round_no = t.round_no and rec.stop_no = s.stop_no
      where pt.company_id = ${c} and pt.equipment_id = ${d.equipment_id} and (t.state not in ('waiting') or t.starts_at < ${scope.now}::timestamptz + interval '35 days') order by t.starts_at desc limit ${TASKS_SHOWN}`.execute(scope.db)
    return { rows }
  }),
]
