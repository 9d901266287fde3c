// What supervision says to whom: an authority hears of new reports and of terms that end, a company of what was sent back. Each side reads what was given to it; nobody writes into
// the other's rows.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { kindOfCompany, staffAt } from '../../identity/server/index.ts'
import { notify, type Template } from '../../messages/server/index.ts'

const AT_ONCE = 200
/** Before the term of a public office ends. */
const TERM_DAYS = 15
const p = (key: string, zh: string, example: string) => ({ key, zh, example })
export const supervisionTemplates: readonly Template[] = [
  { code: 'supervision_joined', zh: '监管:企业加入报送', category: 'work', title: '{company}的「{community}」加入报送', app_text: '{company}的「{community}」已加入{district}的报送,收到报送后请对应到小区登记。', sms_text: '【{sign}】{company}的「{community}」已加入报送。', params: [p('company', '公司', '眉县安居物业管理服务有限公司'), p('community', '小区', '花园小区'), p('district', '辖区', '眉县 首善街道')] },
  { code: 'supervision_refused', zh: '监管:报送被退回', category: 'work', title: '「{community}」的监管报送被退回', app_text: '{authority}退回了「{community}」的报送,原因:{reason}。要继续报送,请凭新的邀请码重新加入。', sms_text: '【{sign}】「{community}」的监管报送被退回:{reason}。', params: [p('community', '小区', '花园小区'), p('authority', '主管部门', '眉县住房和城乡建设局'), p('reason', '原因', '辖区选错')] },
  { code: 'supervision_left', zh: '监管:企业停止报送', category: 'work', title: '{company}停止报送「{community}」', app_text: '{company}停止报送「{community}」,原因:{reason}。', sms_text: '【{sign}】{company}停止报送「{community}」。', params: [p('company', '公司', '眉县安居物业管理服务有限公司'), p('community', '小区', '花园小区'), p('reason', '原因', '合同终止')] },
  { code: 'supervision_term', zh: '监管:接管期限将到', category: 'work', title: '「{community}」接管期限 {day}', app_text: '{holder}接管的「{community}」期限为 {day},请督促选聘物业企业或办理延期。', sms_text: '【{sign}】「{community}」接管期限为 {day},请处理。', params: [p('community', '小区', '棉织厂家属院'), p('holder', '接管单位', '首善街道办事处'), p('day', '期限', '2026-12-31')] },
]
interface Said { subject: string; template: string; link: string; params: Record<string, string> }
async function authorityHears(scope: Scope): Promise<Said[]> {
  const c = scope.company_id
  const { rows: joined } = await sql<{ link_id: string; company: string; community: string; district: string }>`select l.link_id, l.company_name as company, l.community_name as community, l.district_name as district from supervision.link l where l.to_company_id = ${c} and not exists (select from supervision.told x where x.company_id = ${c} and x.subject = 'join ' || l.link_id) order by l.made_at limit ${AT_ONCE}`.execute(scope.db)
  const { rows: left } = await sql<{ link_id: string; company: string; community: string; reason: string }>`select e.link_id, l.company_name as company, l.community_name as community, e.reason from supervision.link_end e join supervision.link l on l.to_company_id = ${c} and l.link_id = e.link_id where e.to_company_id = ${c} and not exists (select from supervision.told x where x.company_id = ${c} and x.subject = 'end ' || e.link_id) order by e.made_at limit ${AT_ONCE}`.execute(scope.db)
  const { rows: terms } = await sql<{ tenure_id: string; place_id: string; community: string; holder: string; day: string }>`select t.tenure_id, t.place_id, p.name as community, t.holder, t.until_on as day from supervision.tenure t join supervision.place p on p.company_id = ${c} and p.place_id = t.place_id where t.company_id = ${c} and t.kind = 'office' and t.to_on is null and t.until_on <= ${scope.today}::date + ${TERM_DAYS}::int and not exists (select from supervision.told x where x.company_id = ${c} and x.subject = 'term ' || t.tenure_id) order by t.until_on limit ${AT_ONCE}`.execute(scope.db)
  return [
    ...joined.map(({ link_id, ...params }) => ({ subject: `join ${link_id}`, template: 'supervision_joined', link: '/supervision/incoming?state=waiting', params })),
    ...left.map(({ link_id, ...params }) => ({ subject: `end ${link_id}`, template: 'supervision_left', link: '/supervision/incoming?state=ended', params })),
    ...terms.map(({ tenure_id, place_id, ...params }) => ({ subject: `term ${tenure_id}`, template: 'supervision_term', link: `/supervision/places/${place_id}`, params })),
  ]
}
async function companyHears(scope: Scope): Promise<Said[]> {
  const c = scope.company_id
  const { rows } = await sql<{ link_id: string; community: string; authority: string; reason: string }>`select e.link_id, l.community_name as community, l.authority_name as authority, e.reason from supervision.link_end e join supervision.link l on l.company_id = ${c} and l.link_id = e.link_id where e.to_company_id = ${c} and not exists (select from supervision.told x where x.company_id = ${c} and x.subject = 'end ' || e.link_id) order by e.made_at limit ${AT_ONCE}`.execute(scope.db)
  return rows.map(({ link_id, ...params }) => ({ subject: `end ${link_id}`, template: 'supervision_refused', link: '/supervision/report', params }))
}
/** As whom a company is meant where no community is: those who hold the permission over all of it. */
const NOWHERE = '00000000-0000-0000-0000-000000000000'
export async function tell(scope: Scope): Promise<number> {
  const authority = (await kindOfCompany(scope)) === 'authority'
  const list = await (authority ? authorityHears(scope) : companyHears(scope))
  if (list.length === 0) return 0
  const staff = await staffAt(scope, authority ? 'supervision.register.write' : 'supervision.report.send', { community_id: NOWHERE, building_id: null })
  await sql`insert into supervision.told (company_id, subject, told_count, told_at) select ${scope.company_id}, x, ${staff.length}, ${scope.now} from unnest(${list.map((s) => s.subject)}::text[]) x on conflict do nothing`.execute(scope.db)
  await notify(scope, list.flatMap((s) => staff.map((account_id) => ({ to: { account_id }, template: s.template, params: s.params, link: s.link, dedupe_key: `supervision ${s.subject} ${account_id}` }))))
  return list.length
}
