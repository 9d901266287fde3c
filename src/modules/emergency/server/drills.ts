// Drills (演练): a year of them from the kinds, held, signed by those who took part, closed with what is to be made better.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import { dayOf, minuteText } from '../../../kernel/clock.ts'
import { hasFile, openFile } from '../../../kernel/files.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { communityToChange } from '../../property/server/index.ts'
import { emergency, type DrillAction, type DrillFull, type DrillRow, type DrillState } from '../contract.ts'
import { said } from '../shown.ts'
import { keepPhotos, membersHere, ownPhotos, reaches, refusal, seen } from './access.ts'
import { kindsOf } from './config.ts'
import { planOf } from './plans.ts'
import { DRILL, canOf, judge, type DRILL_ACTORS } from './rules/machines.ts'
import { dueDays } from './rules/year.ts'
import { tasksOf, writeTasks } from './tasks.ts'

const EXCEL_MAX = 20_000
const TASKS_MAX = 500
type Actor = (typeof DRILL_ACTORS)[number]
interface DrillKey { drill_id: string; community_id: string; plan_id: string; state: DrillState; name: string; live_no: number | null; due_on: string; signed: number; told: boolean }
async function drillToChange(scope: Scope, drill_id: string): Promise<DrillKey> {
  const c = scope.company_id
  await sql`select 1 from emergency.drill where company_id = ${c} and drill_id = ${drill_id} for update`.execute(scope.db)
  const { rows } = await sql<DrillKey>`select d.drill_id, d.community_id, d.plan_id, d.state, p.name, p.live_no, d.due_on, (select count(*)::int from emergency.drill_person x where x.company_id = ${c} and x.drill_id = d.drill_id and x.signed_at is not null) as signed, d.told_at is not null as told from emergency.drill d join emergency.plan p on p.company_id = ${c} and p.plan_id = d.plan_id where d.company_id = ${c} and d.drill_id = ${drill_id} and ${seen(scope, 'd')}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
const actorsOf = (scope: Scope, community_id: string): Actor[] => (reaches(scope, 'emergency.drill.write', community_id) ? ['organiser'] : [])
function judged(scope: Scope, d: DrillKey, action: DrillAction): DrillState {
  const v = judge(DRILL, d.state, action, actorsOf(scope, d.community_id))
  if (!v.ok) throw refusal(scope, v.code, { name: d.name, of: 'drill', state: d.state, action, actions: 'drill_action' })
  return v.to
}
const ROW = (scope: Scope) => {
  const c = scope.company_id
  return sql`select d.drill_id, d.community_id, k.name as community_name, d.plan_id, p.name as plan_name, g.name as kind_name, d.due_on, d.state = 'planned' and d.due_on < ${scope.today}::date as overdue, d.state, d.held_at, d.place, d.leader_name, d.score,
      (select count(*)::int from emergency.drill_person x where x.company_id = ${c} and x.drill_id = d.drill_id) as person_count, (select count(*)::int from emergency.drill_person x where x.company_id = ${c} and x.drill_id = d.drill_id and x.signed_at is not null) as signed_count,
      (select count(*)::int from emergency.task t where t.company_id = ${c} and t.subject_id = d.drill_id) as task_count, (select count(*)::int from emergency.task t where t.company_id = ${c} and t.subject_id = d.drill_id and t.state <> 'checked') as open_count
    from emergency.drill d join emergency.plan p on p.company_id = ${c} and p.plan_id = d.plan_id join emergency.kind g on g.company_id = ${c} and g.kind_id = p.kind_id join property.community k on k.company_id = ${c} and k.community_id = d.community_id`
}
const ORDER = sql`array_position(array['planned','held','closed','cancelled'], d.state), case when d.state in ('planned','held') then d.due_on end, d.held_at desc, d.drill_id`
async function rowsOf(scope: Scope, where: RawBuilder<SqlBool>, limit: number, offset = 0): Promise<DrillRow[]> {
  return (await sql<DrillRow>`${ROW(scope)} where d.company_id = ${scope.company_id} and ${where} order by ${ORDER} limit ${limit} offset ${offset}`.execute(scope.db)).rows
}
const AT = (column: string) => sql`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
export async function fullDrills(scope: Scope, where: RawBuilder<SqlBool>, limit: number): Promise<DrillFull[]> {
  const c = scope.company_id
  const rows = await rowsOf(scope, where, limit)
  if (rows.length === 0) return []
  const ids = rows.map((r) => r.drill_id)
  const [{ rows: more }, tasks] = await Promise.all([
    sql<Pick<DrillFull, 'drill_id' | 'version_no' | 'summary' | 'evaluation' | 'closed_by_name' | 'closed_at' | 'end_reason' | 'people' | 'photos'>>`select d.drill_id, d.version_no, d.summary, d.evaluation, d.closed_by_name, d.closed_at, d.end_reason,
        coalesce((select jsonb_agg(jsonb_build_object('account_id', x.account_id, 'name', x.name, 'signed_at', ${AT('x.signed_at')}) order by x.signed_at is null, x.name) from emergency.drill_person x where x.company_id = ${c} and x.drill_id = d.drill_id), '[]') as people, array(select x.file_id from emergency.photo x where x.company_id = ${c} and x.subject_id = d.drill_id order by x.taken_at, x.file_id) as photos
      from emergency.drill d where d.company_id = ${c} and d.drill_id = any(${ids}::uuid[])`.execute(scope.db),
    tasksOf(scope, sql<SqlBool>`t.subject_id = any(${ids}::uuid[])`, TASKS_MAX),
  ])
  const by = new Map(more.map((m) => [m.drill_id, m]))
  return rows.map((r) => ({ ...r, ...by.get(r.drill_id)!, tasks: tasks.filter((t) => t.subject_id === r.drill_id), can: canOf(DRILL, r.state, actorsOf(scope, r.community_id)) }))
}
interface Filter { community_id?: string | undefined; kind_id?: string | undefined; state?: string | undefined; overdue?: boolean | undefined; fact?: 'counted' | 'done' | undefined; from_on?: string | undefined; to_on?: string | undefined; year?: number | undefined }
const conditions = (scope: Scope, f: Filter) => sql<SqlBool>`${sql.join([seen(scope, 'd'), ...(f.community_id ? [sql`d.community_id = ${f.community_id}`] : []), ...(f.kind_id ? [sql`exists (select from emergency.plan x where x.company_id = ${scope.company_id} and x.plan_id = d.plan_id and x.kind_id = ${f.kind_id})`] : []), ...(f.state ? [sql`d.state = ${f.state}`] : []), ...(f.overdue ? [sql`d.state = 'planned' and d.due_on < ${scope.today}::date`] : []), ...(f.fact ? [f.fact === 'done' ? sql`d.state in ('held','closed')` : sql`d.state <> 'cancelled'`] : []), ...(f.from_on ? [sql`d.due_on >= ${f.from_on}::date`] : []), ...(f.to_on ? [sql`d.due_on <= ${f.to_on}::date`] : []), ...(f.year ? [sql`d.due_on between ${`${f.year}-01-01`}::date and ${`${f.year}-12-31`}::date`] : [])], sql` and `)}`

const plan = [
  answer(emergency.planYear, async (scope, o) => {
    const c = scope.company_id
    await communityToChange(scope, o.community_id)
    if (`${o.year}-12-31` < scope.today) throw scope.refuse('emergency.year_over', { year: o.year })
    // One at a time a community: two who plan the year at once make it once.
    await sql`select 1 from emergency.plan where company_id = ${c} and community_id = ${o.community_id} order by plan_id for update`.execute(scope.db)
    const [{ rows: list }, kinds] = await Promise.all([
      sql<{ plan_id: string; kind_id: string; have: number }>`select p.plan_id, p.kind_id, (select count(*)::int from emergency.drill d where d.company_id = ${c} and d.plan_id = p.plan_id and d.state <> 'cancelled' and d.due_on between ${`${o.year}-01-01`}::date and ${`${o.year}-12-31`}::date) as have from emergency.plan p where p.company_id = ${c} and p.community_id = ${o.community_id} and p.live_no is not null and p.retired_at is null order by p.plan_id limit 200`.execute(scope.db),
      kindsOf(scope),
    ])
    if (list.length === 0) throw scope.refuse('emergency.nothing_published')
    const made = list.flatMap((p) => dueDays(o.year, kinds.find((k) => k.kind_id === p.kind_id)?.per_year ?? 0, p.have, scope.today).map((due_on) => ({ drill_id: uuidv7(), plan_id: p.plan_id, due_on })))
    await sql`insert into emergency.drill (company_id, drill_id, community_id, plan_id, due_on, state, made_by, made_at) select ${c}, x.drill_id, ${o.community_id}, x.plan_id, x.due_on, 'planned', ${scope.who.account_id}::uuid, ${scope.now} from jsonb_to_recordset(${JSON.stringify(made)}::jsonb) as x(drill_id uuid, plan_id uuid, due_on date)`.execute(scope.db)
    scope.note('drill', o.community_id, { year: o.year, made: made.length })
    return { made_count: made.length }
  }),
  answer(emergency.saveDrill, async (scope, o) => {
    const p = await planOf(scope, o.plan_id, true)
    await communityToChange(scope, p.community_id)
    if (p.live_no === null || p.retired) throw scope.refuse('emergency.not_published', { name: p.name })
    if (o.due_on < scope.today) throw scope.refuse('emergency.due_past', { today: scope.today })
    const drill_id = uuidv7()
    await scope.db.insertInto('emergency.drill').values({ company_id: scope.company_id, drill_id, community_id: p.community_id, plan_id: o.plan_id, due_on: o.due_on, state: 'planned', made_by: scope.who.account_id!, made_at: scope.now }).execute()
    scope.note('drill', drill_id, { name: p.name, due_on: o.due_on })
    return { drill_id, state: 'planned' as const }
  }),
  answer(emergency.moveDrill, async (scope, o) => {
    const d = await drillToChange(scope, o.drill_id)
    const state = judged(scope, d, 'move')
    if (o.due_on < scope.today) throw scope.refuse('emergency.due_past', { today: scope.today })
    await sql`update emergency.drill set due_on = ${o.due_on}::date, told_at = null where company_id = ${scope.company_id} and drill_id = ${o.drill_id}`.execute(scope.db)
    scope.note('drill', o.drill_id, { name: d.name, from_on: d.due_on, to_on: o.due_on, reason: o.reason })
    return { drill_id: o.drill_id, state }
  }),
  answer(emergency.cancelDrill, async (scope, o) => {
    const d = await drillToChange(scope, o.drill_id)
    const state = judged(scope, d, 'cancel')
    await sql`update emergency.drill set state = ${state}, end_reason = ${o.reason} where company_id = ${scope.company_id} and drill_id = ${o.drill_id}`.execute(scope.db)
    scope.note('drill', o.drill_id, { name: d.name, cancelled: o.reason })
    return { drill_id: o.drill_id, state }
  }),
]
const held = [
  answer(emergency.holdDrill, async (scope, o) => {
    const c = scope.company_id
    const d = await drillToChange(scope, o.drill_id)
    const state = judged(scope, d, 'hold')
    if (d.live_no === null) throw scope.refuse('emergency.not_published', { name: d.name })
    const held_at = new Date(o.held_at).toISOString()
    if (held_at > scope.now) throw scope.refuse('emergency.held_future')
    const [names, photos] = await Promise.all([membersHere(scope, o.account_ids), ownPhotos(scope, o.photo_ids)])
    await sql`with d as (update emergency.drill set state = ${state}, held_at = ${held_at}, version_no = ${d.live_no}, place = ${o.place}, leader_name = ${o.leader_name}, summary = ${o.summary} where company_id = ${c} and drill_id = ${o.drill_id})
      insert into emergency.drill_person (company_id, drill_id, account_id, name) select ${c}, ${o.drill_id}, x.account_id, x.name from jsonb_to_recordset(${JSON.stringify([...names].map(([account_id, name]) => ({ account_id, name })))}::jsonb) as x(account_id uuid, name text)`.execute(scope.db)
    await keepPhotos(scope, o.drill_id, photos)
    scope.note('drill', o.drill_id, { name: d.name, held_on: dayOf(held_at), people: names.size })
    return { drill_id: o.drill_id, state }
  }),
  answer(emergency.signDrill, async (scope, o) => {
    const c = scope.company_id
    const d = (await sql<{ state: DrillState; name: string }>`select d.state, p.name from emergency.drill d join emergency.plan p on p.company_id = ${c} and p.plan_id = d.plan_id where d.company_id = ${c} and d.drill_id = ${o.drill_id} and (${seen(scope, 'd')} or exists (select from emergency.drill_person x where x.company_id = ${c} and x.drill_id = d.drill_id and x.account_id = ${scope.who.account_id}::uuid)) for update of d`.execute(scope.db)).rows[0]
    if (!d) throw scope.notFound()
    if (d.state !== 'held') throw scope.refuse('emergency.wrong_state', { name: d.name, state: said('drill', d.state), action: '签到' })
    const mine = (await sql<{ signed_at: string | null }>`select signed_at from emergency.drill_person where company_id = ${c} and drill_id = ${o.drill_id} and account_id = ${scope.who.account_id}::uuid`.execute(scope.db)).rows[0]
    if (!mine) throw scope.refuse('emergency.not_there')
    if (mine.signed_at) throw scope.refuse('emergency.signed')
    const [file_id] = await ownPhotos(scope, o.photo_ids)
    await sql`update emergency.drill_person set signed_at = ${scope.now}, file_id = ${file_id!}::uuid where company_id = ${c} and drill_id = ${o.drill_id} and account_id = ${scope.who.account_id}::uuid`.execute(scope.db)
    scope.note('drill', o.drill_id, { name: d.name, signed: scope.who.name })
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from emergency.drill_person where company_id = ${c} and drill_id = ${o.drill_id} and signed_at is not null`.execute(scope.db)
    return { drill_id: o.drill_id, signed_count: rows[0]!.n }
  }),
  answer(emergency.closeDrill, async (scope, o) => {
    const d = await drillToChange(scope, o.drill_id)
    const state = judged(scope, d, 'close')
    if (d.signed === 0) throw scope.refuse('emergency.unsigned')
    await sql`update emergency.drill set state = ${state}, score = ${o.score}, evaluation = ${o.evaluation}, closed_by_name = ${scope.who.name}, closed_at = ${scope.now} where company_id = ${scope.company_id} and drill_id = ${o.drill_id}`.execute(scope.db)
    await writeTasks(scope, o.drill_id, d.community_id, `${d.name}演练`, o.tasks)
    scope.note('drill', o.drill_id, { name: d.name, score: o.score, tasks: o.tasks.length })
    return { drill_id: o.drill_id, state }
  }),
]
export const drillAnswersOf = (app: () => App) => [
  ...plan, ...held,
  answer(emergency.drills, async (scope, f) => {
    const where = conditions(scope, f)
    const all = conditions(scope, { ...f, state: undefined, overdue: undefined })
    const [rows, n, counts] = await Promise.all([
      rowsOf(scope, where, f.page_size, (f.page - 1) * f.page_size),
      sql<{ n: number }>`select count(*)::int as n from emergency.drill d where d.company_id = ${scope.company_id} and ${where}`.execute(scope.db),
      sql<{ planned: number; overdue: number; held: number; closed: number }>`select count(*) filter (where d.state = 'planned')::int as planned, count(*) filter (where d.state = 'planned' and d.due_on < ${scope.today}::date)::int as overdue, count(*) filter (where d.state = 'held')::int as held, count(*) filter (where d.state = 'closed')::int as closed from emergency.drill d where d.company_id = ${scope.company_id} and ${all}`.execute(scope.db),
    ])
    return { rows, total: n.rows[0]!.n, counts: counts.rows[0]! }
  }),
  answerFile(emergency.drillsExcel, async (scope, f) => {
    const rows = await rowsOf(scope, conditions(scope, f), EXCEL_MAX + 1)
    if (rows.length > EXCEL_MAX) throw scope.refuse('emergency.too_many_rows', { max: EXCEL_MAX })
    const text = (title: string) => ({ title, kind: 'text' as const })
    const int = (title: string) => ({ title, kind: 'int' as const })
    const body = await writeSheet({ sheets: [{ name: '演练', columns: [text('小区'), text('预案'), text('事件种类'), text('应在此日前'), text('状态'), text('逾期'), text('演练时间'), text('地点'), text('总指挥'), int('参加'), int('已签字'), int('评分'), int('改进事项'), int('未完成')], rows: rows.map((r) => [r.community_name, r.plan_name, r.kind_name, r.due_on, said('drill', r.state), r.overdue ? '是' : '', minuteText(r.held_at), r.place, r.leader_name, r.person_count, r.signed_count, r.score, r.task_count, r.open_count]) }] })
    return { name: `应急演练-${scope.today}.xlsx`, type: XLSX, body }
  }),
  answer(emergency.drill, async (scope, o) => {
    const [d] = await fullDrills(scope, sql<SqlBool>`d.drill_id = ${o.drill_id} and ${seen(scope, 'd')}`, 1)
    if (!d) throw scope.notFound()
    return d
  }),
  answer(emergency.staff, async (scope, o) => {
    const c = scope.company_id
    if (!(await sql<{ n: number }>`select count(*)::int as n from property.community c where c.company_id = ${c} and c.community_id = ${o.community_id} and ${seen(scope, 'c')}`.execute(scope.db)).rows[0]!.n) throw scope.notFound()
    const { rows } = await sql<{ account_id: string; name: string; post: string | null }>`select distinct m.account_id, m.name, m.post from identity.member m join identity.access_grant g on g.company_id = ${c} and g.account_id = m.account_id where m.company_id = ${c} and m.disabled_at is null and (g.scope_kind = 'company' or ${o.community_id}::uuid = any(g.scope_ids) or g.scope_kind = 'building') order by m.name, m.account_id limit 500`.execute(scope.db)
    return { rows }
  }),
  answerFile(emergency.photo, async (scope, o) => {
    const c = scope.company_id
    const { rows } = await sql<{ sha256: string; type: string }>`select f.sha256, f.type from emergency.photo x join kernel.file f on f.company_id = ${c} and f.file_id = x.file_id where x.company_id = ${c} and x.subject_id = ${o.subject_id} and x.file_id = ${o.file_id}
      and (exists (select from emergency.drill d where d.company_id = ${c} and d.drill_id = x.subject_id and ${seen(scope, 'd')}) or exists (select from emergency.incident i where i.company_id = ${c} and i.incident_id = x.subject_id and ${seen(scope, 'i')}))`.execute(scope.db)
    const f = rows[0]
    if (!f || !(await hasFile(app().data_dir, f.sha256))) throw scope.notFound()
    return { name: f.type === 'image/png' ? '照片.png' : '照片.jpg', type: f.type, body: openFile(app().data_dir, f.sha256), inline: true }
  }),
]
