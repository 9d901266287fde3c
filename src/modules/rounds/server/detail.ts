// One task with the evidence of each stop: when, by what proof, what was answered, photos, what looks wrong and why.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { rounds, type Item, type StopSeen, type TaskFull } from '../contract.ts'
import { verdictOf } from '../judge.ts'
import { ruleText } from '../shown.ts'
import { actorsOf, taskToRead } from './access.ts'
import { factsOf } from './act.ts'
import { canOf } from './rules/machine.ts'
import { stopsOf } from './stops.ts'

const STEPS_MAX = 100
type Raw = Omit<NonNullable<StopSeen['record']>, 'values' | 'position'> & { position: NonNullable<StopSeen['record']>['position'] } & { stop_no: number; answers: { item_id: string; value: string }[]; items: Item[] }
interface More {
  community_name: string
  crew_name: string | null
  rule: Parameters<typeof ruleText>[0]
  done_by_name: string | null
  in_time: boolean | null
  steps: TaskFull['steps']
}
const INSTANT = (column: string) => sql`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

export const task = answer(rounds.task, async (scope, o) => {
  const c = scope.company_id
  const t = await taskToRead(scope, o)
  // Where somebody stood is for whoever judges it, and for himself.
  const actors = actorsOf(scope, t)
  const shows = sql`(${actors.includes('reviewer')}::boolean or r.account_id = ${scope.who.account_id}::uuid)`
  const [stops, records, more] = await Promise.all([
    stopsOf(scope, t),
    sql<Raw>`select r.stop_no, r.record_id, r.by_name, r.done_at, r.device_at, r.received_at, r.proof, r.proof_ok, r.outcome, r.answers, r.note, r.flags, r.reasons, coalesce(v.items, '[]') as items,
        coalesce((select jsonb_agg(jsonb_build_object('file_id', p.file_id, 'part', p.part) order by p.part, p.file_id) from rounds.photo p where p.company_id = ${c} and p.task_id = r.task_id and p.record_id = r.record_id), '[]') as photos,
        (select jsonb_build_object('finding_id', f.finding_id, 'words', f.words, 'way', f.way, 'state', f.state, 'order_id', f.order_id, 'order_no', w.no) from rounds.finding f left join orders.work_order w on w.company_id = ${c} and w.order_id = f.order_id where f.company_id = ${c} and f.task_id = r.task_id and f.record_id = r.record_id limit 1) as finding,
        case when ${shows} then (select jsonb_build_object('state', x.state, 'lat', x.lat::text, 'lon', x.lon::text, 'accuracy_m', x.accuracy_m, 'distance_m', x.distance_m) from rounds.position x where x.company_id = ${c} and x.on_day = r.on_day and x.record_id = r.record_id) end as position
      from rounds.record r left join rounds.checklist_version v on v.company_id = ${c} and v.version_id = r.version_id
      where r.company_id = ${c} and r.on_day = ${t.on_day}::date and r.task_id = ${t.task_id} and r.round_no = ${t.round_no} order by r.stop_no`.execute(scope.db),
    sql<More>`select k.name as community_name, w.name as crew_name, p.rule, m.name as done_by_name, t.in_time,
        coalesce((select jsonb_agg(jsonb_build_object('step_no', s.step_no, 'action', s.action, 'to_state', s.to_state, 'by_name', s.by_name, 'note', s.note, 'at', ${INSTANT('s.at')}) order by s.step_no) from (select * from rounds.step x where x.company_id = ${c} and x.on_day = t.on_day and x.task_id = t.task_id order by x.step_no limit ${STEPS_MAX}) s), '[]') as steps
      from rounds.task t join property.community k on k.company_id = ${c} and k.community_id = t.community_id join rounds.plan p on p.company_id = ${c} and p.plan_id = t.plan_id left join rounds.crew w on w.company_id = ${c} and w.crew_id = t.crew_id left join identity.member m on m.company_id = ${c} and m.account_id = t.done_by
      where t.company_id = ${c} and t.on_day = ${t.on_day}::date and t.task_id = ${t.task_id}`.execute(scope.db),
  ])
  const x = more.rows[0]!
  const by = new Map(records.rows.map((r) => [r.stop_no, r]))
  return {
    on_day: t.on_day, task_id: t.task_id, plan_id: t.plan_id, community_id: t.community_id, name: t.name, kind_name: t.kind_name, department: t.department, community_name: x.community_name, crew_name: x.crew_name, starts_at: t.starts_at, due_at: t.due_at, miss_at: t.miss_at, state: t.state,
    late: (['waiting', 'doing'].includes(t.state) && t.due_at < scope.now) || x.in_time === false, in_time: x.in_time, point_count: t.point_count, checked_count: t.checked_count, abnormal_count: t.abnormal_count, skip_count: t.skip_count, flags: t.flags, done_by_name: x.done_by_name, started_at: t.started_at, ended_at: t.ended_at,
    round_no: t.round_no, score_got: t.score_got, score_max: t.score_max, rule_zh: ruleText(x.rule), steps: x.steps, can: canOf(factsOf(scope, t), actorsOf(scope, t)),
    stops: stops.map((s) => {
      const r = by.get(s.stop_no)
      if (!r) return { stop_no: s.stop_no, point_name: s.name, place: s.place, checklist_name: s.checklist_name, record: null }
      const { answers, items, stop_no: _n, ...rest } = r
      const given = new Map(answers.map((a) => [a.item_id, a.value]))
      return { stop_no: s.stop_no, point_name: s.name, place: s.place, checklist_name: s.checklist_name, record: { ...rest, values: items.filter((i) => given.has(i.item_id)).map((i) => ({ item_id: i.item_id, text: i.text, value: `${i.answer === 'tick' ? ({ ok: '正常', bad: '异常', na: '无此项' }[given.get(i.item_id)!] ?? '') : given.get(i.item_id)!}${i.answer === 'number' && i.unit ? ` ${i.unit}` : ''}`, bad: verdictOf(i, given.get(i.item_id)) === 'bad' })) } }
    }),
  }
})
