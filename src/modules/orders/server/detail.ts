// One order with each of its steps: for staff, and in the words of a resident.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { masked } from '../../people/server/index.ts'
import { SHIFT_MAX, orders, type OrderFull, type Step } from '../contract.ts'
import { words } from '../words.ts'
import { actorsOf, mayReveal, orderToRead, ordersInHand, type Order } from './access.ts'
import { factsOf } from './act.ts'
import { policyNow, type PolicyRow } from './config.ts'
import { canOf } from '../machine.ts'
import { hallRows } from './list.ts'

const DAY_MS = 86_400_000
const STEPS_MAX = 500

interface More {
  community_name: string
  service_phone: string | null
  source: OrderFull['source']
  assignee_name: string | null
  assignee_phone: string | null
  accepted_at: string | null
  rating_words: string | null
  helper_names: string[]
  equipment: OrderFull['equipment']
  steps: Step[]
  rule: { respond_n: number; respond_unit: string; finish_n: number; finish_unit: string; clock: string } | null
}
/** What a page shows besides the row, for some orders at once. */
async function more(scope: Scope, order_ids: readonly string[]): Promise<Map<string, More>> {
  const c = scope.company_id
  const { rows } = await sql<More & { order_id: string }>`select o.order_id, k.name as community_name, k.service_phone, o.source, m.name as assignee_name, m.phone as assignee_phone, o.accepted_at, o.rating_words,
      array(select hm.name from orders.helper hp join identity.member hm on hm.company_id = ${c} and hm.account_id = hp.account_id where hp.company_id = ${c} and hp.order_id = o.order_id order by hp.added_at) as helper_names,
      (select to_jsonb(x) from (select r.respond_n, r.respond_unit, r.finish_n, r.finish_unit, r.clock from orders.category_rule r where r.company_id = ${c} and r.category_id = o.category_id and r.from_on <= (o.created_at at time zone 'Asia/Shanghai')::date order by r.from_on desc, r.created_at desc limit 1) x) as rule,
      (select jsonb_build_object('equipment_id', d.equipment_id, 'no', d.no, 'name', d.name, 'stopped', o.equipment_stopped) from equipment.device d where d.company_id = ${c} and d.equipment_id = o.equipment_id) as equipment,
      coalesce((select jsonb_agg(jsonb_build_object('step_no', s.step_no, 'action', s.action, 'to_state', s.to_state, 'by_kind', s.by_kind, 'by_name', s.by_name, 'to_name', tm.name, 'note', s.note, 'at', to_char(s.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'received_at', s.detail->>'received_at',
          'photo_ids', coalesce((select jsonb_agg(p.file_id order by p.file_id) from orders.photo p where p.company_id = ${c} and p.order_id = s.order_id and p.step_no = s.step_no), '[]'),
          'clips', coalesce((select jsonb_agg(jsonb_build_object('file_id', p.file_id, 'kind', p.kind, 'seconds', p.seconds) order by p.kind) from orders.clip p where p.company_id = ${c} and p.order_id = s.order_id and p.step_no = s.step_no), '[]')) order by s.step_no)
        from (select * from orders.step x where x.company_id = ${c} and x.order_id = o.order_id order by x.step_no limit ${STEPS_MAX}) s left join identity.member tm on tm.company_id = ${c} and tm.account_id = s.to_account), '[]') as steps
    from orders.work_order o join property.community k on k.company_id = ${c} and k.community_id = o.community_id left join identity.member m on m.company_id = ${c} and m.account_id = o.assignee_id
    where o.company_id = ${c} and o.order_id = any(${order_ids}::uuid[])`.execute(scope.db)
  return new Map(rows.map((r) => [r.order_id, r]))
}

/** '急修,30 分钟内到场,1 天内完工(自然时间)' */
function limitsText(o: Order, rule: More['rule']): string {
  if (!rule) return ''
  const unit = words.states!['unit']!
  const respond = o.wished_at && !o.urgent ? '按预约时间到场' : `${rule.respond_n} ${unit[rule.respond_unit]}内到场`
  return `${o.urgent ? '急修,' : ''}${respond},${rule.finish_n} ${unit[rule.finish_unit]}内完工(${words.states!['clock']![rule.clock]})`
}

function full(scope: Scope, o: Order, x: More, policy: PolicyRow) {
  const over = o.finished_at !== null || o.state === 'cancelled' || o.state === 'declined'
  const waits = o.state === 'suspended' || over
  const late_respond = (o.arrived_at ?? (waits ? o.respond_due_at : scope.now)) > o.respond_due_at
  const late_finish = (o.finished_at ?? (waits ? o.finish_due_at : scope.now)) > o.finish_due_at
  const due_at = over ? null : o.arrived_at === null ? o.respond_due_at : o.finish_due_at
  const can = canOf(factsOf(scope, o, policy), actorsOf(scope, o))
  return {
    base: {
      order_id: o.order_id, no: o.no, community_name: x.community_name, place: o.place, category: o.category, urgent: o.urgent, words: o.words, source: x.source, state: o.state, assignee_name: x.assignee_name, created_at: o.created_at, due_at,
      late: due_at !== null && !waits && due_at < scope.now, rating: o.rating, round_no: o.round_no, community_id: o.community_id, house_id: o.house_id, wished_at: o.wished_at, respond_due_at: o.respond_due_at, finish_due_at: o.finish_due_at,
      accepted_at: x.accepted_at, arrived_at: o.arrived_at, finished_at: o.finished_at, late_respond, late_finish, limits_zh: limitsText(o, x.rule), helper_names: x.helper_names, rating_words: x.rating_words,
      reopen_until: o.finished_at ? new Date(Date.parse(o.finished_at) + policy.reopen_days * DAY_MS).toISOString() : null, steps: x.steps,
    },
    can,
  }
}

export const order = answer(orders.order, async (scope, { order_id }) => {
  if (scope.who.kind === 'resident') throw scope.notFound()
  const o = await orderToRead(scope, order_id)
  const [x, policy] = await Promise.all([more(scope, [order_id]), policyNow(scope)])
  return forStaff(scope, o, x.get(order_id)!, policy)
})
function forStaff(scope: Scope, o: Order, x: More, policy: PolicyRow): OrderFull {
  const { base, can } = full(scope, o, x, policy)
  const reveal: true | string = o.reporter_phone === null ? 'kernel.not_found' : mayReveal(scope, o) ? true : 'kernel.forbidden'
  return { ...base, category_id: o.category_id, equipment: x.equipment, skill: o.skill, reporter_name: o.reporter_name, reporter_phone_masked: masked(o.reporter_phone), mine: o.assignee_id !== null && o.assignee_id === scope.who.account_id, before: o.before, can: { ...can, reveal } }
}

export const shift = answer(orders.shift, async (scope) => {
  const [mine, hall, policy] = await Promise.all([ordersInHand(scope, SHIFT_MAX), hallRows(scope, SHIFT_MAX), policyNow(scope)])
  const x = await more(scope, mine.map((o) => o.order_id))
  return { mine: mine.map((o) => forStaff(scope, o, x.get(o.order_id)!, policy)), ...hall }
})

export const myOrder = answer(orders.myOrder, async (scope, { order_id }) => {
  const o = await orderToRead(scope, order_id)
  const [found, policy] = await Promise.all([more(scope, [order_id]), policyNow(scope)])
  const x = found.get(order_id)!
  const { base, can } = full(scope, o, x, policy)
  const active = ['assigned', 'accepted', 'working', 'suspended'].includes(o.state)
  // Help among colleagues and the words of a hand-over are the company's own business.
  const steps = base.steps.filter((s) => s.action !== 'help').map((s) => (['give_back', 'transfer', 'assign'].includes(s.action) ? { ...s, note: null } : s))
  return { ...base, steps, assignee_phone: active ? x.assignee_phone : null, service_phone: x.service_phone, can: { cancel: can.cancel, rate: can.rate, reopen: can.reopen, urge: can.urge } }
})
