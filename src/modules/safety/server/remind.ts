// The clock: a report to an authority that is due soon or over, once each; a measure that is due tomorrow or over, once a day.
import { sql } from 'kysely'
import { addDays } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { staffAt } from '../../identity/server/index.ts'
import { notify } from '../../messages/server/index.ts'
import { noted } from './tell.ts'

const AT_ONCE = 200
const SOON_MINUTES = 15
interface Due {
  incident_id: string
  no: string
  kind: string
  place: string
  community_id: string
  building_id: string | null
  assignee_id: string | null
  created_by: string
  stage: number
}
export async function remind(scope: Scope): Promise<void> {
  const c = scope.company_id
  // told_stage decides a race of two workers: only the row that moved it is told.
  const { rows } = await sql<Due>`with due as (select o.incident_id, case when o.report_due_at <= ${scope.now}::timestamptz then 2 else 1 end as stage from safety.incident o
      where o.company_id = ${c} and o.reported_at is null and o.state <> 'void' and o.told_stage < 2 and o.report_due_at <= ${scope.now}::timestamptz + make_interval(mins => ${SOON_MINUTES}) order by o.report_due_at, o.incident_id limit ${AT_ONCE}),
    told as (update safety.incident o set told_stage = d.stage from due d where o.company_id = ${c} and o.incident_id = d.incident_id and o.told_stage < d.stage returning o.incident_id, o.no, o.kind_id, o.place, o.community_id, o.building_id, o.assignee_id, o.created_by, d.stage)
    select t.*, k.name as kind from told t join safety.kind k on k.company_id = ${c} and k.kind_id = t.kind_id`.execute(scope.db)
  const places = new Map(rows.map((r) => [`${r.community_id} ${r.building_id ?? ''}`, r]))
  const heads = new Map(await Promise.all([...places].map(async ([key, r]) => [key, await staffAt(scope, 'safety.incident.manage', r)] as const)))
  await notify(scope, rows.flatMap((r) => [...new Set([r.assignee_id ?? r.created_by, ...(heads.get(`${r.community_id} ${r.building_id ?? ''}`) ?? [])])].map((a) => noted(r, a, r.stage === 2 ? '上报已超时' : '上报即将超时', '请立即上报并登记', `safety ${r.incident_id} report ${r.stage} ${a}`))))
  const { rows: measures } = await sql<{ incident_id: string; no: string; kind: string; place: string; account_id: string; words: string; due_on: string; measure_id: string }>`with due as (select ms.measure_id from safety.measure ms where ms.company_id = ${c} and ms.done_at is null and ms.removed_at is null and ms.due_on <= ${addDays(scope.today, 1)}::date and (ms.told_on is null or ms.told_on < ${scope.today}::date) order by ms.due_on, ms.measure_id limit ${AT_ONCE}),
    told as (update safety.measure ms set told_on = ${scope.today}::date from due d where ms.company_id = ${c} and ms.measure_id = d.measure_id and (ms.told_on is null or ms.told_on < ${scope.today}::date) returning ms.measure_id, ms.incident_id, ms.account_id, ms.words, ms.due_on)
    select t.*, o.no, o.place, k.name as kind from told t join safety.incident o on o.company_id = ${c} and o.incident_id = t.incident_id join safety.kind k on k.company_id = ${c} and k.kind_id = o.kind_id where o.state = 'closed'`.execute(scope.db)
  await notify(scope, measures.map((m) => noted(m, m.account_id, m.due_on < scope.today ? '整改措施已逾期' : '整改措施快到期', `${m.words}(${m.due_on} 前)`, `safety ${m.measure_id} ${scope.today}`)))
}
