// What a company begins with, and what is in force today.
import { sql } from 'kysely'
import { uuidOf } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { Kind, Policy } from '../contract.ts'
import type { Calendar } from './rules/calendar.ts'

/** Kinds are data; these come with the product (FW-01 to FW-08). */
const SHIPPED: readonly [code: string, name: string, department: string][] = [
  ['patrol', '秩序巡逻', '秩序部'], ['inspection', '设施巡检', '工程部'], ['cleaning', '保洁', '保洁部'], ['disinfection', '消杀', '保洁部'], ['waste', '垃圾清运', '保洁部'], ['greening', '绿化养护', '绿化部'], ['quality', '品质督查', '品质部'], ['duty', '值班记录', '工程部'], ['upkeep', '设备保养', '工程部'], ['weather', '天气应对', '秩序部'], ['work', '计划工作', '综合部'],
]
export const kindIdOf = (company_id: number, code: string): string => uuidOf('rounds.kind', company_id, code)
export const POLICY: Policy = { from_on: '2000-01-01', ahead_days: 31, early_minutes: 10, accept_days: 7, skew_minutes: 5, rotate_seconds: 30, fix_days: 3, positions: false, far_m: 150, speed_kmh: 20, position_days: 30 }

export async function policyNow(scope: Scope): Promise<Policy> {
  const { rows } = await sql<Policy>`select from_on, ahead_days, early_minutes, accept_days, skew_minutes, rotate_seconds, fix_days, positions, far_m, speed_kmh, position_days from rounds.policy where company_id = ${scope.company_id} and from_on <= ${scope.today}::date order by from_on desc, created_at desc limit 1`.execute(scope.db)
  return rows[0] ?? POLICY
}
const KINDS_MAX = 100
export async function kindsOf(scope: Scope): Promise<Kind[]> {
  const { rows } = await sql<Kind>`select kind_id, code, name, department, sort_no, retired_at is not null as retired from rounds.kind where company_id = ${scope.company_id} order by sort_no, name limit ${KINDS_MAX}`.execute(scope.db)
  return rows.length ? rows : SHIPPED.map(([code, name, department], i) => ({ kind_id: kindIdOf(scope.company_id, code), code, name, department, sort_no: (i + 1) * 10, retired: false }))
}
/** Written at the first change; the ids are the same before and after. */
export async function writeShipped(scope: Scope): Promise<void> {
  const c = scope.company_id
  const list = SHIPPED.map(([code, name, department], i) => ({ kind_id: kindIdOf(c, code), code, name, department, sort_no: (i + 1) * 10 }))
  await sql`insert into rounds.kind (company_id, kind_id, code, name, department, sort_no, changed_by, changed_at)
    select ${c}, x.kind_id, x.code, x.name, x.department, x.sort_no, null, ${scope.now} from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as x(kind_id uuid, code text, name text, department text, sort_no int)
    where not exists (select from rounds.kind g where g.company_id = ${c}) on conflict do nothing`.execute(scope.db)
}
/** Companies that began before upkeep was a kind get it with their first plan of it. */
export async function upkeepKind(scope: Scope): Promise<string> {
  await writeShipped(scope)
  const c = scope.company_id
  const [, name, department] = SHIPPED.find((k) => k[0] === 'upkeep')!
  await sql`insert into rounds.kind (company_id, kind_id, code, name, department, sort_no, changed_by, changed_at) select ${c}, ${kindIdOf(c, 'upkeep')}, 'upkeep', ${name}, ${department}, 85, null, ${scope.now} where not exists (select from rounds.kind where company_id = ${c} and code = 'upkeep') on conflict do nothing`.execute(scope.db)
  return (await sql<{ kind_id: string }>`select kind_id from rounds.kind where company_id = ${c} and code = 'upkeep'`.execute(scope.db)).rows[0]!.kind_id
}
/** Holidays and shifted weekends are those that late fees and repair orders know (billing.day_off): a company publishes its year once. */
export async function calendarOf(scope: Scope): Promise<Calendar> {
  const { rows } = await sql<{ day_on: string; works: boolean }>`select day_on, works from billing.day_off where company_id = ${scope.company_id} and day_on >= ${scope.today}::date - 400`.execute(scope.db)
  return { special: new Map(rows.map((r) => [r.day_on, r.works])) }
}
