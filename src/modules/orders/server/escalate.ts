// The clock: before a limit its worker hears of it, after it whoever dispatches there too; each limit once a round. What was finished and not
// opened again in time is closed.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { policyNow } from './config.ts'
import { TRANSITIONS } from '../machine.ts'
import { staffAt } from '../../identity/server/index.ts'
import { hourText, linkOf, notify } from './tell.ts'

const AT_ONCE = 200
interface Due {
  order_id: string
  no: string
  place: string
  category: string
  community_id: string
  building_id: string | null
  assignee_id: string | null
  assignee_name: string | null
  limit_kind: 'respond' | 'finish'
  stage: 'before' | 'after'
  due_at: string
  round_no: number
}
export async function escalate(scope: Scope): Promise<number> {
  const c = scope.company_id
  const { warn_minutes } = await policyNow(scope)
  // The row of the escalation decides a race of two workers; only those that were new are told.
  const { rows } = await sql<Due>`with open as (
      select o.order_id, o.round_no, l.limit_kind, l.due_at
      from orders.work_order o, lateral (values ('respond', o.respond_due_at), ('finish', o.finish_due_at)) as l(limit_kind, due_at)
      where o.company_id = ${c} and o.state in ('waiting','assigned','accepted','working') and (l.limit_kind = 'finish' or o.arrived_at is null)),
    due as (select d.*, case when d.due_at <= ${scope.now}::timestamptz then 'after' else 'before' end as stage from open d where d.due_at <= ${scope.now}::timestamptz + make_interval(mins => ${warn_minutes}::int)),
    fresh as (insert into orders.escalation (company_id, order_id, round_no, limit_kind, stage, due_at, told_at)
      select ${c}, d.order_id, d.round_no, d.limit_kind, d.stage, d.due_at, ${scope.now} from due d
      where not exists (select from orders.escalation e where e.company_id = ${c} and e.order_id = d.order_id and e.round_no = d.round_no and e.limit_kind = d.limit_kind and e.stage = d.stage)
      order by d.due_at, d.order_id limit ${AT_ONCE} on conflict do nothing returning order_id, round_no, limit_kind, stage, due_at)
    select f.*, o.no, o.place, g.name as category, o.community_id, o.building_id, o.assignee_id, m.name as assignee_name from fresh f join orders.work_order o on o.company_id = ${c} and o.order_id = f.order_id
      join orders.category g on g.company_id = ${c} and g.category_id = o.category_id left join identity.member m on m.company_id = ${c} and m.account_id = o.assignee_id`.execute(scope.db)
  if (rows.length === 0) return 0
  // Who dispatches is asked once a place.
  const places = new Map(rows.map((r) => [`${r.community_id} ${r.building_id ?? ''}`, r]))
  const heads = new Map(await Promise.all([...places].map(async ([key, r]) => [key, await staffAt(scope, 'orders.order.dispatch', r)] as const)))
  await notify(scope, rows.flatMap((r) => {
    const bosses = r.stage === 'after' || r.assignee_id === null ? (heads.get(`${r.community_id} ${r.building_id ?? ''}`) ?? []) : []
    const what = `${r.limit_kind === 'respond' ? '到场' : '完工'}${r.stage === 'before' ? '即将超时' : '已超时'}`
    return [...new Set([...(r.assignee_id ? [r.assignee_id] : []), ...bosses])].map((account_id) => ({
      to: { account_id }, template: 'order_limit', params: { no: r.no, place: r.place, category: r.category, what, due: hourText(r.due_at), worker: r.assignee_name ?? '未派单' }, link: linkOf(r.order_id), urgent: true,
      dedupe_key: `order ${r.order_id} ${r.round_no} ${r.limit_kind} ${r.stage} ${account_id}`,
    }))
  }))
  return rows.length
}

/** Set-based; the states come from the table of transitions. */
export async function closeOld(scope: Scope): Promise<number> {
  const c = scope.company_id
  const { reopen_days } = await policyNow(scope)
  const { from, to } = TRANSITIONS.close
  const { rows } = await sql`with old as (select order_id, state, step_no from orders.work_order where company_id = ${c} and state = any(${[...from]}::text[]) and finished_at < ${scope.now}::timestamptz - make_interval(days => ${reopen_days}::int) order by order_id limit ${AT_ONCE} for update skip locked),
    moved as (update orders.work_order o set state = ${to}, ended_at = ${scope.now}, step_no = old.step_no + 1 from old where o.company_id = ${c} and o.order_id = old.order_id)
    insert into orders.step (company_id, order_id, step_no, action, from_state, to_state, by_kind, by_account, by_name, note, at)
    select ${c}, old.order_id, old.step_no + 1, 'close', old.state, ${to}, 'system', null, '系统', '超过可返修期限,自动办结', ${scope.now} from old returning order_id`.execute(scope.db)
  return rows.length
}
