// 巡查问题: what was found, who put it right by when, who looked again. A repair order that is finished closes its finding.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { minuteText } from '../../../kernel/clock.ts'
import { answer, answerFile, type Listener } from '../../../kernel/app.ts'
import { dayStart } from '../../../kernel/days.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { rounds, type FindingFilter, type FindingRow } from '../contract.ts'
import { said } from '../shown.ts'
import { reaches, tasksSeenBy } from './access.ts'
import { policyNow } from './config.ts'
import { findingFacts } from './finding_facts.ts'
import { photosToAttach } from './photos.ts'
import { judgeFinding, type FindingAction, type FindingActor, type FindingState } from './rules/finding_machine.ts'

const EXCEL_MAX = 20_000
interface Finding {
  finding_id: string
  on_day: string
  task_id: string | null
  record_id: string | null
  community_id: string
  building_id: string | null
  place: string
  state: FindingState
  way: FindingRow['way']
  found_by: string
  mended_by: string | null
}
function seen(scope: Scope): RawBuilder<SqlBool> {
  if (scope.who.kind === 'system') return sql<SqlBool>`true`
  if (scope.who.kind !== 'staff') return sql<SqlBool>`false`
  return sql<SqlBool>`(${sql.join(['rounds.task.read', 'rounds.task.review', 'rounds.task.work'].map((p) => tasksSeenBy(scope, p, 'f')), sql` or `)} or f.found_by = ${scope.who.account_id}::uuid)`
}
const actorsOf = (scope: Scope, f: Pick<Finding, 'community_id' | 'building_id' | 'mended_by' | 'found_by'>): FindingActor[] => {
  if (scope.who.kind === 'system') return ['system']
  const checker = reaches(scope, 'rounds.task.review', f)
  return [...(checker || reaches(scope, 'rounds.task.work', f) ? ['worker' as const] : []), ...(checker ? ['checker' as const] : []), ...(f.mended_by !== null && f.mended_by === scope.who.account_id ? ['mender' as const] : []), ...(f.found_by === scope.who.account_id ? ['finder' as const] : [])]
}
const COLUMNS = sql`f.finding_id, f.on_day, f.task_id, f.record_id, f.community_id, f.building_id, f.place, f.state, f.way, f.found_by, f.mended_by`
async function one(scope: Scope, finding_id: string, lock: boolean): Promise<Finding> {
  const { rows } = await sql<Finding>`select ${COLUMNS} from rounds.finding f where f.company_id = ${scope.company_id} and f.finding_id = ${finding_id} and ${seen(scope)} ${lock ? sql`for update of f` : sql``}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
export const findingToRead = (scope: Scope, finding_id: string): Promise<Finding> => one(scope, finding_id, false)
/** A finding that a repair order was made for is put right by that order. */
const judged = (f: Pick<Finding, 'state' | 'way'>, action: FindingAction, actors: readonly FindingActor[]) => judgeFinding(f.state, action, actors, f.way === 'order')
export async function moveFinding(scope: Scope, finding_id: string, action: FindingAction, change: Record<string, RawBuilder<unknown>>): Promise<{ finding_id: string; state: FindingState; f: Finding }> {
  const f = await one(scope, finding_id, true)
  const v = judged(f, action, actorsOf(scope, f))
  if (!v.ok) throw v.code === 'kernel.forbidden' ? scope.notFound() : scope.refuse(v.code, { place: f.place, state: said('finding_state', f.state) })
  await sql`update rounds.finding set ${sql.join(Object.entries({ state: sql`${v.to}`, ...change }).map(([k, x]) => sql`${sql.ref(k)} = ${x}`))} where company_id = ${scope.company_id} and finding_id = ${finding_id}`.execute(scope.db)
  scope.note('finding', finding_id, { place: f.place, action, from: f.state, to: v.to })
  return { finding_id, state: v.to, f }
}
const ME = (scope: Scope) => sql`${scope.who.account_id}::uuid`
const NOW = (scope: Scope) => sql`${scope.now}::timestamptz`

export function findingConditions(scope: Scope, f: FindingFilter): RawBuilder<unknown>[] {
  const is = (column: string, value: string | undefined) => (value === undefined ? [] : [sql`${sql.ref(column)} = ${value}`])
  return [
    seen(scope), ...is('f.community_id', f.community_id), ...is('f.building_id', f.building_id), ...is('f.department', f.department), ...is('f.way', f.way), ...is('f.state', f.state), ...is('f.subject_id', f.subject_id), ...is('f.source', f.source), ...is('f.place', f.place), ...is('f.found_by', f.found_by), ...is('f.finding_id', f.finding_id),
    ...(f.public ? [sql`f.subject_id is not null`] : []), ...(f.fact ? [findingFacts(scope)[f.fact]] : []),
    ...(f.late ? [sql`(f.state <> 'closed' and f.due_at < ${NOW(scope)})`] : []), ...(f.from_on ? [sql`f.found_at >= ${dayStart(f.from_on)}`] : []), ...(f.to_on ? [sql`f.found_at < ${dayStart(f.to_on, 1)}`] : []), ...(f.q ? [sql`(f.words like ${`%${f.q}%`} or f.place like ${`%${f.q}%`})`] : []),
  ]
}
/** What waits by its limit, then what is closed, the newest first. */
const ORDER = sql`f.state = 'closed', case when f.state <> 'closed' then f.due_at end nulls last, f.closed_at desc nulls last, f.found_at desc, f.finding_id`
async function rowsOf(scope: Scope, f: FindingFilter, limit: number, offset: number): Promise<FindingRow[]> {
  const c = scope.company_id
  const { rows } = await sql<Omit<FindingRow, 'can'> & { community_id: string; building_id: string | null; mended_by: string | null; found_by: string }>`with page as materialized (select f.* from rounds.finding f where f.company_id = ${c} and ${sql.join(findingConditions(scope, f), sql` and `)} order by ${ORDER} limit ${limit} offset ${offset})
    select f.finding_id, f.on_day, f.task_id, f.community_id, f.building_id, f.mended_by, f.found_by, p.name as task_name, sj.name as subject, f.source, bd.name as building_name, f.place, f.words, f.way, f.state, f.department, g.name as kind_name, k.name as community_name, fm.name as found_by_name, f.found_at, f.due_at, (f.state <> 'closed' and f.due_at < ${NOW(scope)}) is true as late, mm.name as mended_by_name, f.mended_at, f.mend_note, cm.name as closed_by_name, f.closed_at, f.back_count, f.points, f.order_id, w.no as order_no, f.told_to, f.told_no, f.told_at, tm.name as told_by_name,
      (select r.authority from rounds.subject_rule r where r.company_id = ${c} and r.subject_id = f.subject_id and r.from_on <= f.on_day order by r.from_on desc, r.created_at desc limit 1) as authority,
      coalesce((select jsonb_agg(jsonb_build_object('file_id', x.file_id, 'part', x.part) order by x.taken_at, x.file_id) from (select p1.file_id, p1.part, p1.taken_at from rounds.photo p1 where p1.company_id = ${c} and p1.task_id = f.task_id and p1.record_id = f.record_id union all select p2.file_id, p2.part, p2.taken_at from rounds.finding_photo p2 where p2.company_id = ${c} and p2.finding_id = f.finding_id) x), '[]') as photos
    from page f join rounds.kind g on g.company_id = ${c} and g.kind_id = f.kind_id join property.community k on k.company_id = ${c} and k.community_id = f.community_id left join rounds.task t on t.company_id = ${c} and t.on_day = f.on_day and t.task_id = f.task_id left join rounds.plan p on p.company_id = ${c} and p.plan_id = t.plan_id
      left join identity.member fm on fm.company_id = ${c} and fm.account_id = f.found_by left join identity.member mm on mm.company_id = ${c} and mm.account_id = f.mended_by left join identity.member cm on cm.company_id = ${c} and cm.account_id = f.closed_by left join orders.work_order w on w.company_id = ${c} and w.order_id = f.order_id
      left join rounds.subject sj on sj.company_id = ${c} and sj.subject_id = f.subject_id left join property.building bd on bd.company_id = ${c} and bd.building_id = f.building_id left join identity.member tm on tm.company_id = ${c} and tm.account_id = f.told_by
    order by ${ORDER}`.execute(scope.db)
  return rows.map(({ community_id, building_id, mended_by, found_by, ...r }) => {
    const actors = actorsOf(scope, { community_id, building_id, mended_by, found_by })
    const can = (a: FindingAction): true | string => ((v) => (v.ok ? true : v.code))(judged(r, a, actors))
    return { ...r, can: { mend: can('mend'), close: can('close'), back: can('back'), hand: can('hand'), tell: can('tell') } }
  })
}

export const findingAnswers = [
  answer(rounds.findings, async (scope, { page, page_size, ...f }) => {
    const rows = await rowsOf(scope, f, page_size, (page - 1) * page_size)
    const n = await sql<{ total: number; open: number; mended: number; late: number }>`select count(*) filter (where ${f.state ? sql`f.state = ${f.state}` : sql`true`} and ${f.late ? sql`f.state <> 'closed' and f.due_at < ${NOW(scope)}` : sql`true`})::int as total, count(*) filter (where f.state = 'open')::int as open, count(*) filter (where f.state = 'mended')::int as mended, count(*) filter (where f.state <> 'closed' and f.due_at < ${NOW(scope)})::int as late
      from rounds.finding f where f.company_id = ${scope.company_id} and ${sql.join(findingConditions(scope, { ...f, state: undefined, late: undefined }), sql` and `)}`.execute(scope.db)
    const { total, ...counts } = n.rows[0]!
    return { rows, total, counts }
  }),
  answer(rounds.mendFinding, async (scope, o) => {
    const photos = await photosToAttach(scope, (o.photo_ids ?? []).map((file_id) => ({ file_id, part: 'after' })))
    const { f, ...done } = await moveFinding(scope, o.finding_id, 'mend', { mended_by: ME(scope), mended_at: NOW(scope), mend_note: sql`${o.note}` })
    await (f.task_id === null
      ? sql`insert into rounds.finding_photo (company_id, finding_id, file_id, part, sha256, taken_by, taken_at) select ${scope.company_id}, ${f.finding_id}, x.file_id, x.part, x.sha256, ${ME(scope)}, ${scope.now} from jsonb_to_recordset(${JSON.stringify(photos)}::jsonb) as x(file_id uuid, part text, sha256 text) on conflict do nothing`
      : sql`insert into rounds.photo (company_id, record_id, file_id, on_day, task_id, part, sha256, taken_by, taken_at) select ${scope.company_id}, ${f.record_id}, x.file_id, ${f.on_day}::date, ${f.task_id}, x.part, x.sha256, ${ME(scope)}, ${scope.now} from jsonb_to_recordset(${JSON.stringify(photos)}::jsonb) as x(file_id uuid, part text, sha256 text) on conflict do nothing`
    ).execute(scope.db)
    return done
  }),
  answer(rounds.closeFinding, async (scope, o) => {
    const { f: _f, ...done } = await moveFinding(scope, o.finding_id, 'close', { closed_by: ME(scope), closed_at: NOW(scope) })
    return done
  }),
  answer(rounds.backFinding, async (scope, o) => {
    const { f: _f, ...done } = await moveFinding(scope, o.finding_id, 'back', { mended_by: sql`null`, mended_at: sql`null`, mend_note: sql`${`复查不合格:${o.reason}`}`, back_count: sql`back_count + 1` })
    return done
  }),
  answerFile(rounds.findingsExcel, async (scope, f) => {
    const rows = await rowsOf(scope, f, EXCEL_MAX + 1, 0)
    if (rows.length > EXCEL_MAX) throw scope.refuse('rounds.too_many_rows', { max: EXCEL_MAX })
    const text = (title: string) => ({ title, kind: 'text' as const })
    const body = await writeSheet({ sheets: [{ name: f.public ? '秩序问题' : '巡查问题', columns: [text('状态'), text('小区'), text('楼栋'), text('位置'), text('秩序问题'), text('问题'), text('责任部门'), text('处理'), text('期限'), text('发现人'), text('发现时间'), text('整改人'), text('整改时间'), text('整改说明'), text('复查人'), text('销项时间'), text('工单'), text('报告主管部门'), text('来源'), { title: '扣分', kind: 'int' as const }], rows: rows.map((r) => [said('finding_state', r.state), r.community_name, r.building_name, r.place, r.subject, r.words, r.department, said('way', r.way), minuteText(r.due_at), r.found_by_name, minuteText(r.found_at), r.mended_by_name, minuteText(r.mended_at), r.mend_note, r.closed_by_name, minuteText(r.closed_at), r.order_no, [r.told_to, r.told_no, minuteText(r.told_at)].filter(Boolean).join(' ') || null, said('source', r.source), r.points]) }] })
    return { name: `${f.public ? '秩序问题' : '巡查问题'}_${scope.today}.xlsx`, type: XLSX, body }
  }),
  /** Scores by the department that a checklist belongs to: a quality walk's list of cleaning scores the cleaners. */
  answer(rounds.scores, async (scope, o) => {
    const c = scope.company_id
    const { rows } = await sql<{ department: string; record_count: number; got: number; max: number; finding_count: number; open_count: number }>`with seen as (select r.record_id, r.score_got, r.score_max, coalesce(lk.department, g.department) as department from rounds.record r join rounds.task t on t.company_id = ${c} and t.on_day = r.on_day and t.task_id = r.task_id and t.round_no = r.round_no join rounds.kind g on g.company_id = ${c} and g.kind_id = t.kind_id
          left join rounds.checklist_version v on v.company_id = ${c} and v.version_id = r.version_id left join rounds.checklist l on l.company_id = ${c} and l.checklist_id = v.checklist_id left join rounds.kind lk on lk.company_id = ${c} and lk.kind_id = l.kind_id
        where r.company_id = ${c} and r.on_day between ${o.from_on}::date and ${o.to_on}::date and r.outcome <> 'skipped' and ${tasksSeenBy(scope)} ${o.community_id ? sql`and t.community_id = ${o.community_id}` : sql``} ${o.quality_only ? sql`and g.code = 'quality'` : sql``}),
      found as (select f.department, count(*)::int as n, count(*) filter (where f.state <> 'closed')::int as open from rounds.finding f join rounds.kind g on g.company_id = ${c} and g.kind_id = f.kind_id where f.company_id = ${c} and f.on_day between ${o.from_on}::date and ${o.to_on}::date and ${tasksSeenBy(scope, undefined, 'f')} ${o.community_id ? sql`and f.community_id = ${o.community_id}` : sql``} ${o.quality_only ? sql`and g.code = 'quality'` : sql``} group by 1),
      summed as (select department, count(*)::int as record_count, coalesce(sum(score_got), 0)::int as got, coalesce(sum(score_max), 0)::int as max from seen group by 1)
      select coalesce(s.department, f.department) as department, coalesce(s.record_count, 0) as record_count, coalesce(s.got, 0) as got, coalesce(s.max, 0) as max, coalesce(f.n, 0) as finding_count, coalesce(f.open, 0) as open_count from summed s full join found f on f.department = s.department order by 1 limit 100`.execute(scope.db)
    return { rows: rows.map((r) => ({ ...r, score_bp: r.max > 0 ? Number((BigInt(r.got) * 10_000n) / BigInt(r.max)) : null })) }
  }),
]

/** A repair order that is finished closes what it was made for; of one that was cancelled the finding is to be put right by a day again. */
export const orderEnded: Listener = {
  name: 'rounds.order_ended',
  event: 'orders.ended',
  run: async (scope, { order_id, state }) => {
    const mine = sql`company_id = ${scope.company_id} and order_id = ${order_id as string} and state <> 'closed'`
    const { fix_days } = await policyNow(scope)
    const { rows } = state === 'finished'
      ? await sql<{ finding_id: string }>`update rounds.finding set state = 'closed', mended_at = ${NOW(scope)}, closed_at = ${NOW(scope)}, mend_note = '报修工单已完工' where ${mine} returning finding_id`.execute(scope.db)
      : await sql<{ finding_id: string }>`update rounds.finding set way = 'deadline', due_at = coalesce(due_at, ${NOW(scope)} + make_interval(days => ${fix_days}::int)), mend_note = '报修工单已取消,请重新处理' where ${mine} and way = 'order' returning finding_id`.execute(scope.db)
    for (const f of rows) scope.note('finding', f.finding_id, { order_id, order: state })
  },
}
