// What a finding of public order is about (秩序问题种类), with whose it is, by when it is dealt with, and to whom the law gives the rest: data of the company, in force from a day on.
// A property company stops and reports (民法典第九百四十二条); it punishes nobody. Ids of what is shipped are computed.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidOf, uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { rounds, type Subject } from '../contract.ts'
import { wholeCompany } from './access.ts'

const SUBJECTS_MAX = 100
const STOP = '民法典第九百四十二条:制止、报告并协助处理'
const SHIPPED: readonly (readonly [name: string, department: string, fix_hours: number, authority: string, basis: string])[] = [
  ['流动摊贩', '秩序部', 2, '城市管理执法部门', STOP], ['小广告张贴', '保洁部', 24, '城市管理执法部门', STOP], ['乱贴乱画', '保洁部', 24, '城市管理执法部门', STOP], ['乱停乱放', '秩序部', 2, '公安交通管理部门', STOP],
  ['占用消防通道', '秩序部', 1, '消防救援机构', '消防法第二十八条'], ['楼道堆物', '秩序部', 24, '消防救援机构', '消防法第二十八条'], ['电动车进楼或飞线充电', '秩序部', 1, '消防救援机构', '高层民用建筑消防安全管理规定第三十七条'],
  ['违规养犬', '秩序部', 2, '公安机关', STOP], ['噪声扰民', '秩序部', 2, '公安机关', STOP], ['推销散发传单', '秩序部', 2, '', ''], ['聚集滋扰', '秩序部', 1, '公安机关', STOP], ['乱扔垃圾', '保洁部', 4, '', ''], ['毁绿种菜', '绿化部', 72, '城市管理执法部门', STOP], ['其他', '秩序部', 24, '', ''],
]
const shipped = (company_id: number) => SHIPPED.map(([name, department, fix_hours, authority, basis], i) => ({ subject_id: uuidOf('rounds.subject', company_id, name), name, sort_no: (i + 1) * 10, rule: { department, fix_hours, authority, basis } }))

export async function subjectsOf(scope: Scope): Promise<Subject[]> {
  const c = scope.company_id
  const { rows } = await sql<Subject>`select s.subject_id, s.name, s.sort_no, s.retired_at is not null as retired,
      (select jsonb_build_object('from_on', r.from_on, 'department', r.department, 'fix_hours', r.fix_hours, 'authority', r.authority, 'basis', r.basis) from rounds.subject_rule r where r.company_id = ${c} and r.subject_id = s.subject_id and r.from_on <= ${scope.today}::date order by r.from_on desc, r.created_at desc limit 1) as rule,
      (select min(r.from_on) from rounds.subject_rule r where r.company_id = ${c} and r.subject_id = s.subject_id and r.from_on > ${scope.today}::date) as next_from_on
    from rounds.subject s where s.company_id = ${c} order by s.sort_no, s.name limit ${SUBJECTS_MAX}`.execute(scope.db)
  return rows.length ? rows : shipped(c).map(({ rule, ...s }) => ({ ...s, retired: false, rule: { ...rule, from_on: '2000-01-01' }, next_from_on: null }))
}
/** Written at the first change or use; the ids are the same before and after. */
async function writeShipped(scope: Scope): Promise<void> {
  const c = scope.company_id
  const list = shipped(c)
  await sql`with made as (insert into rounds.subject (company_id, subject_id, name, sort_no, changed_by, changed_at)
      select ${c}, x.subject_id, x.name, x.sort_no, null, ${scope.now} from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as x(subject_id uuid, name text, sort_no int)
      where not exists (select from rounds.subject s where s.company_id = ${c}) on conflict do nothing returning subject_id)
    insert into rounds.subject_rule (company_id, rule_id, subject_id, from_on, department, fix_hours, authority, basis, created_by, created_at)
    select ${c}, x.subject_id, x.subject_id, '2000-01-01', x.department, x.fix_hours, x.authority, x.basis, null, ${scope.now}
      from jsonb_to_recordset(${JSON.stringify(list.map((s) => ({ subject_id: s.subject_id, ...s.rule })))}::jsonb) as x(subject_id uuid, department text, fix_hours int, authority text, basis text) join made on made.subject_id = x.subject_id
    on conflict (company_id, rule_id) do nothing`.execute(scope.db)
}
/** The subject as it holds today; one in use is written down first. */
export async function subjectFor(scope: Scope, subject_id: string): Promise<Subject & { rule: NonNullable<Subject['rule']> }> {
  await writeShipped(scope)
  const s = (await subjectsOf(scope)).find((x) => x.subject_id === subject_id)
  if (!s || s.retired || !s.rule) throw scope.refuse('rounds.subject_unknown')
  return { ...s, rule: s.rule }
}

export const subjectAnswers = [
  answer(rounds.subjects, async (scope) => ({ rows: scope.who.kind === 'staff' ? await subjectsOf(scope) : [] })),
  answer(rounds.saveSubject, async (scope, o) => {
    wholeCompany(scope)
    await writeShipped(scope)
    const c = scope.company_id
    const all = await subjectsOf(scope)
    if (o.subject_id && !all.some((s) => s.subject_id === o.subject_id)) throw scope.notFound()
    if (all.some((s) => s.subject_id !== o.subject_id && s.name === o.name)) throw scope.refuse('rounds.name_taken', { name: o.name })
    const subject_id = o.subject_id ?? uuidv7()
    const values = { name: o.name, sort_no: o.sort_no, retired_at: o.retired ? scope.now : null, changed_by: scope.who.account_id, changed_at: scope.now }
    await scope.db.insertInto('rounds.subject').values({ company_id: c, subject_id, ...values }).onConflict((x) => x.columns(['company_id', 'subject_id']).doUpdateSet(values)).execute()
    // One without a rule could not be chosen.
    if (!o.subject_id) await scope.db.insertInto('rounds.subject_rule').values({ company_id: c, rule_id: subject_id, subject_id, from_on: scope.today, department: '秩序部', fix_hours: 24, authority: '', basis: '', created_by: scope.who.account_id, created_at: scope.now }).execute()
    scope.note('order_subject', subject_id, { name: o.name, retired: o.retired })
    return { subject_id }
  }),
  answer(rounds.publishSubjectRule, async (scope, o) => {
    wholeCompany(scope)
    await writeShipped(scope)
    const s = (await subjectsOf(scope)).find((x) => x.subject_id === o.subject_id)
    if (!s) throw scope.notFound()
    if (o.from_on < scope.today) throw scope.refuse('rounds.from_past', { today: scope.today })
    const rule_id = uuidv7()
    await scope.db.insertInto('rounds.subject_rule').values({ company_id: scope.company_id, rule_id, subject_id: o.subject_id, from_on: o.from_on, department: o.department, fix_hours: o.fix_hours, authority: o.authority, basis: o.basis, created_by: scope.who.account_id, created_at: scope.now }).execute()
    scope.note('order_subject', o.subject_id, { name: s.name, from_on: o.from_on, department: o.department, fix_hours: o.fix_hours })
    return { rule_id }
  }),
]
