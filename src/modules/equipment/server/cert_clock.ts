// The ladder: before a certificate runs out whoever is on duty for it is told at each step, once; after it, each day, and those to whom it is escalated too.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { staffAt } from '../../identity/server/index.ts'
import { notify } from '../../messages/server/index.ts'
import { SUBJECT } from './cert_board.ts'
import { certKinds, certPolicy } from './cert_config.ts'
import { daysLeft, stepOf } from './rules/ladder.ts'

const AT_ONCE = 2000
interface Due {
  cert_id: string
  kind_id: string
  community_id: string
  building_id: string | null
  community_name: string
  about: string
  equipment_id: string | null
  account_id: string | null
  keeper_id: string | null
  valid_to_on: string
  told: string[]
}
export async function tellCerts(scope: Scope): Promise<number> {
  const c = scope.company_id
  const [kinds, policy] = await Promise.all([certKinds(scope), certPolicy(scope)])
  const rule = new Map(kinds.filter((k) => !k.retired).map((k) => [k.kind_id, { name: k.name, ladder: k.rule.ladder ?? policy.ladder, stops: k.rule.stops }]))
  const far = Math.max(...[...rule.values()].flatMap((r) => r.ladder), 1)
  const { rows } = await sql<Due>`with newest as materialized (select distinct on (x.kind_id, x.community_id, ${SUBJECT('x')}) x.* from equipment.cert x where x.company_id = ${c} and x.ended_at is null order by x.kind_id, x.community_id, ${SUBJECT('x')}, x.valid_from_on desc, x.valid_to_on desc, x.made_at desc)
    select n.cert_id, n.kind_id, n.community_id, n.building_id, h.name as community_name, coalesce(d.no || ' ' || d.name, m.name, n.holder, h.name) as about, n.equipment_id, n.account_id, d.keeper_id, n.valid_to_on, array(select t.step from equipment.cert_told t where t.company_id = ${c} and t.cert_id = n.cert_id) as told
    from newest n join property.community h on h.company_id = ${c} and h.community_id = n.community_id left join equipment.device d on d.company_id = ${c} and d.equipment_id = n.equipment_id left join identity.member m on m.company_id = ${c} and m.account_id = n.account_id
    where n.valid_to_on <= ${scope.today}::date + ${far}::int and d.state is distinct from 'scrapped' order by n.valid_to_on, n.cert_id limit ${AT_ONCE}`.execute(scope.db)
  const due = rows.flatMap((r) => {
    const k = rule.get(r.kind_id)
    const step = k && stepOf(r.valid_to_on, scope.today, k.ladder, policy.daily)
    return k && step && !r.told.includes(step) ? [{ ...r, step, name: k.name, stops: k.stops, left: daysLeft(r.valid_to_on, scope.today) }] : []
  })
  const duty = await staffBy(scope, due.map((d) => d.community_id), 'equipment.cert.write')
  const heads = await staffBy(scope, due.filter((d) => d.left < 0).map((d) => d.community_id), 'equipment.cert.escalated')
  const notices = due.map((d) => {
    const over = d.left < 0
    const to = [...new Set([...(d.keeper_id ? [d.keeper_id] : []), ...(d.account_id ? [d.account_id] : []), ...(duty.get(d.community_id) ?? []), ...(over ? (heads.get(d.community_id) ?? []) : [])])]
    const params = { place: d.community_name, name: d.name, about: d.about, day: d.valid_to_on, days: String(Math.abs(d.left)), stop: d.stops ? '在取得新证明前须停用。' : '请尽快办理。' }
    const link = d.equipment_id ? `/equipment/devices/${d.equipment_id}` : `/equipment/certs?community_id=${d.community_id}`
    return { d, to, list: to.map((account_id) => ({ to: { account_id }, template: over ? 'cert_over' : 'cert_due', params, link, urgent: over, dedupe_key: `cert ${d.cert_id} ${d.step} ${account_id}` })) }
  })
  await sql`insert into equipment.cert_told (company_id, cert_id, step, days_left, told_count, told_at) select ${c}, x.cert_id, x.step, x.days_left, x.told_count, ${scope.now} from jsonb_to_recordset(${JSON.stringify(notices.map((n) => ({ cert_id: n.d.cert_id, step: n.d.step, days_left: n.d.left, told_count: n.to.length })))}::jsonb) as x(cert_id uuid, step text, days_left int, told_count int) on conflict do nothing`.execute(scope.db)
  await notify(scope, notices.flatMap((n) => n.list))
  return due.length
}
/** One question a community, of which a company has few that have something due on one day. */
async function staffBy(scope: Scope, community_ids: readonly string[], permission: string): Promise<Map<string, string[]>> {
  const out = new Map<string, string[]>()
  for (const community_id of new Set(community_ids)) out.set(community_id, await staffAt(scope, permission, { community_id, building_id: null }))
  return out
}
