// What a company would report of a community, computed from its own rows: houses, contracts, certificates, the owners' committee. Counts and contract numbers, never a person.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { CODES, type Answer, type Code, type ReportFact, type Reported } from '../contract.ts'

interface Contract { code: string; no: string; title: string; signed_on: string | null; in_force: boolean }
const called = (k: Contract): string => `${k.no}《${k.title}》${k.signed_on ? `,${k.signed_on} 签署` : ''}${k.in_force ? '' : ',已到期或终止'}`
type Found = readonly [answer: Answer, said: string, numerator_count?: number, denominator_count?: number]
const yes = (said: string): Found => ['yes', said, 1, 1]
const no = (said: string): Found => ['no', said, 0, 1]
const na = (said: string): Found => ['na', said, 0, 0]

async function contractsOf(scope: Scope, community_id: string): Promise<Contract[]> {
  const c = scope.company_id
  const { rows } = await sql<Contract>`select k.code, t.no, t.title, t.signed_on, (t.state in ('active','renewed') and t.from_on <= ${scope.today}::date and (t.to_on is null or t.to_on >= ${scope.today}::date)) as in_force from contracts.contract t join contracts.kind k on k.company_id = ${c} and k.kind_id = t.kind_id
    where t.company_id = ${c} and t.community_id = ${community_id} and k.code in ('early_service','service','covenant_interim','covenant') and t.state in ('active','renewed','terminated') order by 5 desc, t.signed_on desc, t.no limit 200`.execute(scope.db)
  return rows
}
/** Managers are those whose post is required to hold 物业项目经理证 (staff, 岗位要求); with it in force today they count. */
async function managersOf(scope: Scope, community_id: string): Promise<{ held: number; all: number }> {
  const c = scope.company_id
  const { rows } = await sql<{ held: number; all: number }>`select count(*)::int as all, (count(*) filter (where x.held))::int as held from staff.cert_kind m
      join staff.employee e on e.company_id = ${c} and e.entered_on <= ${scope.today}::date and (e.left_on is null or e.left_on >= ${scope.today}::date)
      join lateral (select a.post_id, a.community_id from staff.assignment a where a.company_id = ${c} and a.employee_id = e.employee_id and a.voided_at is null and a.from_on <= ${scope.today}::date order by a.from_on desc limit 1) p on p.community_id = ${community_id}
      join lateral (select n.kind_ids from staff.need n where n.company_id = ${c} and n.post_id = p.post_id and n.from_on <= ${scope.today}::date order by n.from_on desc, n.made_at desc limit 1) n on m.kind_id = any(n.kind_ids)
      cross join lateral (select exists (select from staff.cert k where k.company_id = ${c} and k.employee_id = e.employee_id and k.kind_id = m.kind_id and k.ended_at is null and k.issued_on <= ${scope.today}::date and (k.valid_to_on is null or k.valid_to_on >= ${scope.today}::date)) as held) x
    where m.company_id = ${c} and m.code = 'person_manager'`.execute(scope.db)
  return rows[0]!
}
async function committeeOf(scope: Scope, community_id: string): Promise<Found> {
  const c = scope.company_id
  const { rows } = await sql<{ term_no: number; to_on: string; filed_no: string | null }>`select term_no, to_on, filed_no from votes.committee where company_id = ${c} and community_id = ${community_id} and kind = 'committee' and from_on <= ${scope.today}::date and to_on >= ${scope.today}::date order by term_no desc limit 1`.execute(scope.db)
  const k = rows[0]
  return k ? yes(`第 ${k.term_no} 届业委会,任期至 ${k.to_on}${k.filed_no ? `,备案号 ${k.filed_no}` : ',未登记备案号'}`) : no('没有在任的业主委员会')
}
async function declaredOf(scope: Scope, community_id: string): Promise<Found> {
  const { rows } = await sql<{ answer: 'yes' | 'no' | 'na'; said: string }>`select answer, said from supervision.declared where company_id = ${scope.company_id} and community_id = ${community_id} and code = 'tender' order by made_at desc, declared_id desc limit 1`.execute(scope.db)
  const d = rows[0]
  return d ? { yes, no, na }[d.answer](d.said) : ['unknown', '公司尚未填写', 0, 1]
}
export async function reportOf(scope: Scope, community_id: string): Promise<Reported> {
  const c = scope.company_id
  const { rows } = await sql<Omit<Reported, 'facts'>>`select o.name as company_name, o.credit_code, coalesce(m.service_phone, o.phone) as company_phone, m.name as community_name, coalesce(m.address, m.district) as address, m.built_area_m2::text as built_area_m2,
      (select count(*)::int from property.house h where h.company_id = ${c} and h.community_id = m.community_id and h.kind = 'dwelling' and h.state <> 'disabled') as household_count, (select count(*)::int from property.building b where b.company_id = ${c} and b.community_id = m.community_id and b.kind <> 'car_park') as building_count
    from property.community m join identity.company o on o.company_id = ${c} where m.company_id = ${c} and m.community_id = ${community_id}`.execute(scope.db)
  const held = await contractsOf(scope, community_id)
  const first = (code: string, in_force = false): Contract | undefined => held.find((k) => k.code === code && (k.in_force || !in_force))
  const service = first('service', true)
  const covenant = first('covenant', true)
  const early = first('early_service')
  const interim = first('covenant_interim')
  const serving = first('early_service', true) ?? service
  const managers = await managersOf(scope, community_id)
  const found: Record<Code, Found> = {
    tender: await declaredOf(scope, community_id),
    preliminary: early ? yes(called(early)) : service ? na(`已由业主选聘:${called(service)}`) : no('没有签署的前期物业服务合同'),
    covenant: interim ? yes(called(interim)) : covenant ? na(`已执行管理规约:${called(covenant)}`) : no('没有签署的临时管理规约'),
    manager: managers.all === 0 ? ['unknown', '没有岗位要求物业项目经理证,请在岗位证书要求里设定', 0, 1] : [managers.held === managers.all ? 'yes' : 'no', `须持证 ${managers.all} 人,在有效期内 ${managers.held} 人`, managers.held, managers.all],
    managed: serving ? yes(called(serving)) : no('没有生效的物业服务合同'),
    committee: await committeeOf(scope, community_id),
  }
  return { ...rows[0]!, facts: CODES.map((code): ReportFact => ({ code, answer: found[code][0], said: found[code][1].slice(0, 300), numerator_count: found[code][2] ?? 0, denominator_count: found[code][3] ?? 0 })) }
}
