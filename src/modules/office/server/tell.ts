// Whoever must read is told once, and reminded every some days when the time is over; readings of versions that ended go after the days of the policy.
import { sql } from 'kysely'
import { addDays } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { notify, type Template } from '../../messages/server/index.ts'
import { DONE, DUE, PEOPLE, STATE, departmentTree, mustReadV } from './access.ts'
import { policyNow } from './config.ts'

const PARAMS = [{ key: 'no', zh: '编号', example: 'ZD-0012' }, { key: 'title', zh: '名称', example: '电梯困人处置规程' }, { key: 'version', zh: '版次', example: '2' }, { key: 'from', zh: '生效日', example: '2026-12-01' }, { key: 'due', zh: '应读完', example: '2026-12-08' }] as const
export const officeTemplates: readonly Template[] = [
  { code: 'office_rule', zh: '制度:请阅读', category: 'work', title: '请阅读:{title}', app_text: '{no}「{title}」第 {version} 版 {from} 起执行,请在 {due} 前读完。', sms_text: '【{sign}】请阅读制度「{title}」。', params: PARAMS },
  { code: 'office_rule_remind', zh: '制度:提醒未读', category: 'work', title: '还没读完:{title}', app_text: '{no}「{title}」第 {version} 版您还没有读完,应在 {due} 前读完。', sms_text: '【{sign}】制度「{title}」还没有读完。', params: PARAMS },
]
export interface ToTell { account_id: string; doc_id: string; version_id: string; no: string; title: string; version_no: number; from_on: string; due_on: string }
export async function tellRules(scope: Scope, list: readonly ToTell[], template: 'office_rule' | 'office_rule_remind'): Promise<void> {
  const again = template === 'office_rule_remind'
  await sql`insert into office.rule_reading (company_id, version_id, account_id, told_at, reminded_at) select ${scope.company_id}::bigint, x.version_id, x.account_id, ${scope.now}::timestamptz, ${again ? scope.now : null}::timestamptz from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as x(version_id uuid, account_id uuid)
    on conflict (company_id, version_id, account_id) do update set told_at = coalesce(rule_reading.told_at, excluded.told_at), reminded_at = coalesce(excluded.reminded_at, rule_reading.reminded_at)`.execute(scope.db)
  await notify(scope, list.map((x) => ({ to: { account_id: x.account_id }, template, params: { no: x.no, title: x.title, version: String(x.version_no), from: x.from_on, due: x.due_on }, link: `/office/mine/${x.doc_id}`, dedupe_key: `${template} ${x.version_id} ${x.account_id}${again ? ` ${scope.today}` : ''}` })))
}
const AT_ONCE = 500
/** Some hundred a turn; the rest the next turn. */
export async function tell(scope: Scope): Promise<number> {
  const c = scope.company_id
  const p = await policyNow(scope)
  const { rows: any } = await sql`select from office.rule_version where company_id = ${c} and state = 'agreed' limit 1`.execute(scope.db)
  if (any.length === 0) return 0
  const tree = await departmentTree(scope)
  const { rows } = await sql<ToTell & { fresh: boolean }>`with people as materialized (select * from ${PEOPLE(scope)} x), live as materialized (select v.*, d.no, d.community_id from office.rule_version v join office.rule_doc d on d.company_id = ${c} and d.doc_id = v.doc_id where v.company_id = ${c} and v.state = 'agreed' and ${STATE(scope)} in ('coming', 'in_force'))
    select x.account_id, v.doc_id, v.version_id, v.no, v.title, v.version_no, v.from_on, coalesce(${DUE(p.read_days)}, greatest(${scope.today}::date, v.from_on) + ${p.read_days}::int) as due_on, r.told_at is null as fresh
    from live v cross join lateral (select v.community_id) d cross join people x left join office.rule_reading r on r.company_id = ${c} and r.version_id = v.version_id and r.account_id = x.account_id
    where (r.told_at is null or ${DUE(p.read_days)} < ${scope.today}::date) and (r.reminded_at is null or (r.reminded_at at time zone 'Asia/Shanghai')::date + ${p.remind_days}::int <= ${scope.today}::date) and not coalesce(${DONE}, false) and ${mustReadV(scope, tree)} order by v.from_on, v.version_id, x.account_id limit ${AT_ONCE}`.execute(scope.db)
  await tellRules(scope, rows.filter((r) => r.fresh), 'office_rule')
  await tellRules(scope, rows.filter((r) => !r.fresh), 'office_rule_remind')
  return rows.length
}
const FORGET_MAX = 5000
/** 个人信息保护法 19, 47: who read when goes some days after the version ended; how many read stays. One version a turn. */
export async function forget(scope: Scope): Promise<void> {
  const c = scope.company_id
  const { keep_days } = await policyNow(scope)
  const before = addDays(scope.today, -keep_days)
  const { rows } = await sql<{ version_id: string; title: string }>`select v.version_id, v.title from office.rule_version v join office.rule_doc d on d.company_id = ${c} and d.doc_id = v.doc_id
    where v.company_id = ${c} and v.state = 'agreed' and (d.ended_on < ${before}::date or exists (select from office.rule_version x where x.company_id = ${c} and x.doc_id = v.doc_id and x.state = 'agreed' and x.version_no > v.version_no and x.from_on < ${before}::date)) and exists (select from office.rule_reading r where r.company_id = ${c} and r.version_id = v.version_id) order by v.from_on limit 1`.execute(scope.db)
  const v = rows[0]
  if (!v) return
  await sql`update office.rule_version v set kept_counts = (select jsonb_build_object('reader_count', count(*), 'read_count', count(*) filter (where r.read_at is not null), 'confirmed_count', count(*) filter (where r.confirmed_at is not null)) from office.rule_reading r where r.company_id = ${c} and r.version_id = v.version_id) where v.company_id = ${c} and v.version_id = ${v.version_id} and v.kept_counts is null`.execute(scope.db)
  const gone = await sql`delete from office.rule_reading where company_id = ${c} and version_id = ${v.version_id} and account_id in (select account_id from office.rule_reading where company_id = ${c} and version_id = ${v.version_id} limit ${FORGET_MAX})`.execute(scope.db)
  scope.note('rule_reading', v.version_id, { title: v.title, deleted: Number(gone.numAffectedRows ?? 0n), keep_days })
}
