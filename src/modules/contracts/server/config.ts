// Kinds of contracts a company begins with (REG-05), and the rule of each that is in force; a company adds kinds and publishes its own rules from a day on.
import { sql } from 'kysely'
import { uuidOf } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { Kind, KindRule } from '../contract.ts'

type Shipped = readonly [code: string, name: string, signed_by: Kind['signed_by'], is_public: boolean, basis: string, more?: Partial<Pick<KindRule, 'ladder' | 'needs_approval' | 'needs_paper'>>]
const SHIPPED: readonly Shipped[] = [
  ['early_service', '前期物业服务合同', 'parties', true, '民法典 939;物业管理条例 21、25、26', { ladder: [180, 90, 30] }],
  ['service', '物业服务合同', 'parties', true, '民法典 937–948(期满前 90 日书面通知)', { ladder: [180, 120, 90, 30] }],
  ['covenant_interim', '临时管理规约', 'all_houses', true, '物业管理条例 22、23(买受人书面承诺遵守)'],
  ['covenant', '管理规约', 'parties', true, '物业管理条例 17;民法典 278'],
  ['service_agreement', '物业服务协议', 'all_houses', false, '物业管理条例 25'],
  ['renovation', '装修管理服务协议', 'some_houses', false, '住宅室内装饰装修管理办法 16'],
  ['house_lease', '房屋租赁合同', 'parties', false, '民法典 703–734'],
  ['parking_lease', '车位租赁合同', 'parties', false, '民法典 275、276、703–734'],
  ['supplier', '供应商合同', 'parties', false, '公司采购制度', { ladder: [60, 30, 7], needs_approval: true }],
  ['duty_street', '目标管理责任书(街道)', 'parties', false, '街道办事处年度要求', { ladder: [30, 7] }],
  ['duty_police', '治安防范责任书(公安)', 'parties', false, '公安派出所年度要求', { ladder: [30, 7] }],
  ['other', '其他合同', 'parties', false, '公司制度'],
]
const KINDS_MAX = 100
export const kindIdOf = (company_id: number, code: string): string => uuidOf('contracts.kind', company_id, code)
function shipped(company_id: number): Kind[] {
  return SHIPPED.map(([code, name, signed_by, is_public, basis, more], i) => ({
    kind_id: kindIdOf(company_id, code), code, name, signed_by, is_public, sort_no: (i + 1) * 10, retired: false, next: null,
    rule: { from_on: '2000-01-01', ladder: [...(more?.ladder ?? [90, 30, 7])], needs_approval: more?.needs_approval ?? false, needs_paper: more?.needs_paper ?? true, house_kinds: ['dwelling', 'shop', 'office'], basis },
  }))
}
const RULE = (scope: Scope, which: 'now' | 'next') => sql`(select to_jsonb(x) from (select r.from_on, r.ladder, r.needs_approval, r.needs_paper, r.house_kinds, r.basis from contracts.kind_rule r where r.company_id = ${scope.company_id} and r.kind_id = k.kind_id and ${which === 'now' ? sql`r.from_on <= ${scope.today}::date order by r.from_on desc, r.created_at desc, r.rule_id desc` : sql`r.from_on > ${scope.today}::date order by r.from_on, r.created_at desc, r.rule_id desc`} limit 1) x)`
export async function kindsOf(scope: Scope): Promise<Kind[]> {
  const { rows } = await sql<Omit<Kind, 'rule'> & { rule: KindRule | null }>`select k.kind_id, k.code, k.name, k.signed_by, k.is_public, k.sort_no, k.retired_at is not null as retired, ${RULE(scope, 'now')} as rule, ${RULE(scope, 'next')} as next from contracts.kind k where k.company_id = ${scope.company_id} order by k.sort_no, k.name limit ${KINDS_MAX}`.execute(scope.db)
  // What came with a later version of the product is there too, until it is written with the next contract.
  const later = shipped(scope.company_id).filter((k) => !rows.some((r) => r.code === k.code || r.name === k.name))
  return [...rows.flatMap((r) => (r.rule ?? r.next ? [{ ...r, rule: (r.rule ?? r.next)! }] : [])), ...later].toSorted((a, b) => a.sort_no - b.sort_no)
}
export async function kindOf(scope: Scope, kind_id: string): Promise<Kind> {
  const kind = (await kindsOf(scope)).find((k) => k.kind_id === kind_id)
  if (!kind) throw scope.notFound()
  return kind
}
/** Written at the first change or contract; ids are the same before and after. */
export async function writeKinds(scope: Scope): Promise<void> {
  const c = scope.company_id
  const list = shipped(c).map((k) => ({ ...k, ...k.rule, rule_id: uuidOf('contracts.kind_rule', c, k.code) }))
  await sql`with list as materialized (select * from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as x(kind_id uuid, code text, name text, signed_by text, is_public boolean, sort_no int, rule_id uuid, ladder int[], needs_approval boolean, needs_paper boolean, house_kinds text[], basis text) where not exists (select from contracts.kind k where k.company_id = ${c} and (k.code = x.code or k.name = x.name))),
      kinds as (insert into contracts.kind (company_id, kind_id, code, name, signed_by, is_public, sort_no, changed_by, changed_at) select ${c}, kind_id, code, name, signed_by, is_public, sort_no, null, ${scope.now} from list on conflict do nothing)
    insert into contracts.kind_rule (company_id, rule_id, kind_id, from_on, ladder, needs_approval, needs_paper, house_kinds, basis, created_by, created_at) select ${c}, rule_id, kind_id, '2000-01-01', ladder, needs_approval, needs_paper, house_kinds, basis, null, ${scope.now} from list on conflict do nothing`.execute(scope.db)
}
