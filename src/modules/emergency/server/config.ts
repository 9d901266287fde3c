// Kinds of emergencies a company begins with, and how often each is drilled a year; the numbers are data from a day on, beside their source.
import { sql } from 'kysely'
import { uuidOf } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { Kind } from '../contract.ts'

const CUSTOM = '公司惯例:每年至少一次'
const SHIPPED: readonly [code: string, name: string, per_year: number, source: string][] = [
  ['fire', '火灾', 2, '消防法 16、17;机关团体企业事业单位消防安全管理规定(公安部令 61 号)40:重点单位至少每半年一次'],
  ['lift', '电梯困人', 2, 'TSG T5002-2017:每半年至少演练一次'],
  ['power', '停电', 1, CUSTOM], ['water', '停水', 1, CUSTOM], ['burst', '爆管', 1, CUSTOM], ['flood', '内涝', 1, '防汛条例;公司惯例:汛期前一次'],
  ['gas', '燃气泄漏', 1, CUSTOM], ['storm', '大风暴雪', 1, CUSTOM], ['security', '治安事件', 1, CUSTOM], ['health', '人员伤病', 1, CUSTOM],
]
export const kindIdOf = (company_id: number, code: string): string => uuidOf('emergency.kind', company_id, code)
const KINDS_MAX = 100
export async function kindsOf(scope: Scope): Promise<Kind[]> {
  const c = scope.company_id
  const { rows } = await sql<Kind>`select k.kind_id, k.code, k.name, k.sort_no, k.retired_at is not null as retired, r.per_year, r.source, r.from_on from emergency.kind k
      join lateral (select per_year, source, from_on from emergency.drill_rule r where r.company_id = ${c} and r.kind_id = k.kind_id and r.from_on <= ${scope.today}::date order by r.from_on desc, r.created_at desc limit 1) r on true
    where k.company_id = ${c} order by k.sort_no, k.name limit ${KINDS_MAX}`.execute(scope.db)
  return rows.length ? rows : SHIPPED.map(([code, name, per_year, source], i) => ({ kind_id: kindIdOf(c, code), code, name, sort_no: (i + 1) * 10, retired: false, per_year, source, from_on: '2000-01-01' }))
}
/** Written at the first change; the ids are the same before and after. */
export async function writeShipped(scope: Scope): Promise<void> {
  const c = scope.company_id
  const list = SHIPPED.map(([code, name, per_year, source], i) => ({ kind_id: kindIdOf(c, code), rule_id: uuidOf('emergency.drill_rule', c, code), code, name, per_year, source, sort_no: (i + 1) * 10 }))
  await sql`with list as materialized (select * from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as x(kind_id uuid, rule_id uuid, code text, name text, per_year int, source text, sort_no int) where not exists (select from emergency.kind where company_id = ${c})),
      kinds as (insert into emergency.kind (company_id, kind_id, code, name, sort_no, changed_by, changed_at) select ${c}, kind_id, code, name, sort_no, null, ${scope.now} from list on conflict do nothing)
    insert into emergency.drill_rule (company_id, rule_id, kind_id, from_on, per_year, source, created_by, created_at) select ${c}, rule_id, kind_id, '2000-01-01', per_year, source, null, ${scope.now} from list on conflict do nothing`.execute(scope.db)
}
