// Applications as they are shown: lists, one of them, the paper with its code, what the gate sees.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import { dayOf, minuteText } from '../../../kernel/clock.ts'
import { dayStart } from '../../../kernel/days.ts'
import { hasFile, openFile } from '../../../kernel/files.ts'
import { renderPdf } from '../../../kernel/print/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { masked } from '../../people/server/index.ts'
import { housesLike } from '../../property/server/index.ts'
import { care, type ApplicationFilter, type ApplicationFull, type ApplicationRow, type ApplicationStep } from '../contract.ts'
import { words } from '../words.ts'
import { reaches } from './access.ts'
import { TURN, applicationsSeenBy, byApplication, canOfApplication, oneApplication, ownApplications, type Application } from './applications.ts'
import { and } from './list.ts'

const COUNT_MAX = 10_000
const EXCEL_MAX = 20_000
const NEWEST = sql`o.created_at desc, o.application_id`
const LATE = (scope: Scope): RawBuilder<SqlBool> => sql<SqlBool>`(o.state = 'deciding' and o.due_at < ${scope.now}::timestamptz)`
/** What waits for whoever asks. */
const MINE = (scope: Scope): RawBuilder<SqlBool> => sql<SqlBool>`(o.state = 'deciding' and ${TURN(scope)} and ${applicationsSeenBy(scope, 'care.application.decide')})`
function conditions(scope: Scope, f: ApplicationFilter): RawBuilder<unknown>[] {
  const p: RawBuilder<unknown>[] = [applicationsSeenBy(scope)]
  if (f.service_id) p.push(sql`o.service_id = ${f.service_id}`)
  if (f.community_id) p.push(sql`o.community_id = ${f.community_id}`)
  if (f.house_id) p.push(sql`o.house_id = ${f.house_id}`)
  if (f.from_on) p.push(sql`o.created_at >= ${dayStart(f.from_on)}`)
  if (f.to_on) p.push(sql`o.created_at < ${dayStart(f.to_on, 1)}`)
  if (f.q) {
    const t = f.q.normalize('NFKC').trim()
    p.push(/^FW\d{4}-?\d+$/i.test(t) ? sql`o.no like ${`${t.toUpperCase()}%`}` : sql`(o.applicant_name like ${`${t}%`} or o.applicant_phone = ${t} or o.house_id in (select h.house_id from property.house h where h.company_id = ${scope.company_id} and ${housesLike(t)}))`)
  }
  return p
}
const state = (scope: Scope, f: ApplicationFilter): RawBuilder<unknown>[] => [...(f.state ? [sql`o.state = ${f.state}`] : []), ...(f.late ? [LATE(scope)] : []), ...(f.mine ? [MINE(scope)] : [])]
const FIELDS = (scope: Scope) => sql`o.application_id, o.no, s.name as service, c.name as community_name, h.label, o.applicant_name, o.source, o.state, case when o.state = 'deciding' then v.steps->o.step_index->>'name' end as step_name, d.name as department_name, o.due_at, coalesce(${LATE(scope)}, false) as late, o.created_at, o.decided_at, o.ended_at`
const NAMES = (c: number) => sql`join care.service s on s.company_id = ${c} and s.service_id = o.service_id join care.service_version v on v.company_id = ${c} and v.version_id = o.version_id join property.community c on c.company_id = ${c} and c.community_id = o.community_id join property.house h on h.company_id = ${c} and h.house_id = o.house_id left join care.department d on d.company_id = ${c} and d.department_id = o.department_id`
async function page(scope: Scope, where: RawBuilder<SqlBool>, p: { page: number; page_size: number }): Promise<ApplicationRow[]> {
  const c = scope.company_id
  const { rows } = await sql<ApplicationRow>`with page as materialized (select o.* from care.application o where o.company_id = ${c} and ${where} order by ${NEWEST} limit ${p.page_size} offset ${(p.page - 1) * p.page_size}) select ${FIELDS(scope)} from page o ${NAMES(c)} order by ${NEWEST}`.execute(scope.db)
  return rows
}

const applications = answer(care.applications, async (scope, f) => {
  const base = and(conditions(scope, f))
  const where = and([base, ...state(scope, f)])
  const n = (name: string, w: RawBuilder<SqlBool>) => sql`select ${name} as state, count(*)::int as n from (select 1 from care.application o where o.company_id = ${scope.company_id} and ${w} limit ${COUNT_MAX}) x`
  const [rows, counted] = await Promise.all([
    page(scope, where, f),
    sql<{ state: string; n: number }>`select o.state, count(*)::int as n from care.application o where o.company_id = ${scope.company_id} and o.state in ('deciding','approved') and ${base} group by 1 union all ${n('late', and([LATE(scope), base]))} union all ${n('mine', and([MINE(scope), base]))} union all ${n('total', where)}`.execute(scope.db),
  ])
  return { rows, total: counted.rows.find((r) => r.state === 'total')!.n, counts: Object.fromEntries(counted.rows.filter((r) => r.state !== 'total').map((r) => [r.state, r.n])) }
})
const applicationsExcel = answerFile(care.applicationsExcel, async (scope, f) => {
  const { rows } = await sql<ApplicationRow>`select ${FIELDS(scope)} from care.application o ${NAMES(scope.company_id)} where o.company_id = ${scope.company_id} and ${and([...conditions(scope, f), ...state(scope, f)])} order by ${NEWEST} limit ${EXCEL_MAX + 1}`.execute(scope.db)
  if (rows.length > EXCEL_MAX) throw scope.refuse('care.too_many_rows', { max: EXCEL_MAX })
  const body = await writeSheet({ sheets: [{ name: '服务申请', columns: ['申请号', '事项', '小区', '房号', '申请人', '状态', '当前步骤', '申请时间', '时限', '审批时间', '结束时间'].map((title) => ({ title, kind: 'text' as const })), rows: rows.map((r) => [r.no, r.service, r.community_name, r.label, r.applicant_name, words.states!['application']![r.state]!, r.step_name, minuteText(r.created_at), minuteText(r.due_at), minuteText(r.decided_at), minuteText(r.ended_at)]) }] })
  return { name: `服务申请_${scope.today}.xlsx`, type: XLSX, body }
})

const filled = (o: Application) => o.fields.filter((f) => o.answers[f.key] !== undefined).map((f) => ({ key: f.key, zh: f.zh, kind: f.kind, value: o.answers[f.key]! }))
interface More {
  community_name: string
  service_phone: string | null
  department_name: string | null
  source: 'app' | 'desk'
  steps: ApplicationStep[]
}
async function more(scope: Scope, application_id: string): Promise<More> {
  const c = scope.company_id
  const { rows } = await sql<More>`select p.name as community_name, p.service_phone, d.name as department_name, o.source,
      (select jsonb_agg(jsonb_build_object('step_no', s.step_no, 'action', s.action, 'to_state', s.to_state, 'step_name', s.step_name, 'by_kind', s.by_kind, 'by_name', s.by_name, 'note', s.note, 'at', to_char(s.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by s.step_no) from care.application_step s where s.company_id = ${c} and s.application_id = o.application_id) as steps
    from care.application o join property.community p on p.company_id = ${c} and p.community_id = o.community_id left join care.department d on d.company_id = ${c} and d.department_id = o.department_id where o.company_id = ${c} and o.application_id = ${application_id}`.execute(scope.db)
  return rows[0]!
}
async function arrears(scope: Scope, o: Application): Promise<ApplicationFull['arrears']> {
  if (!o.show_arrears || !reaches(scope, 'billing.bill.read', o)) return null
  const { rows } = await sql<{ overdue_fen: number; overdue_count: number }>`select coalesce(sum(b.amount_fen - b.paid_fen - b.reduced_fen), 0)::bigint as overdue_fen, count(*)::int as overdue_count from billing.bill b where b.company_id = ${scope.company_id} and b.house_id = ${o.house_id} and b.voided_at is null and b.paid_fen + b.reduced_fen < b.amount_fen and b.due_on < ${scope.today}::date`.execute(scope.db)
  return rows[0]!
}
const base = (scope: Scope, o: Application, x: More) => ({
  application_id: o.application_id, no: o.no, service: o.service, community_name: x.community_name, label: o.label, applicant_name: o.applicant_name, source: x.source, state: o.state, step_name: o.state === 'deciding' ? o.steps[o.step_index]!.name : null, due_at: o.due_at, late: o.state === 'deciding' && o.due_at !== null && o.due_at < scope.now, created_at: o.created_at, decided_at: o.decided_at, ended_at: o.ended_at,
  house_id: o.house_id, answers: filled(o), photo_ids: o.file_ids, permit: o.permit, permit_until: o.permit_until, steps: x.steps, step_names: o.steps.map((s) => s.name),
})
const application = answer(care.application, async (scope, { application_id }): Promise<ApplicationFull> => {
  const o = await oneApplication(scope, byApplication(scope, application_id), false)
  const [x, owed] = await Promise.all([more(scope, application_id), arrears(scope, o)])
  return { ...base(scope, o, x), community_id: o.community_id, department_name: x.department_name, applicant_phone_masked: masked(o.applicant_phone), permit_code: o.permit_code, arrears: owed, can: canOfApplication(scope, o) }
})
const myApplication = answer(care.myApplication, async (scope, { application_id }) => {
  const o = await oneApplication(scope, byApplication(scope, application_id), false)
  const x = await more(scope, application_id)
  return { ...base(scope, o, x), permit_code: o.state === 'approved' ? o.permit_code : null, service_phone: x.service_phone, can: { cancel: canOfApplication(scope, o).cancel } }
})
const myApplications = answer(care.myApplications, async (scope, f) => {
  const own = ownApplications(scope)
  const [rows, counted] = await Promise.all([page(scope, own, f), sql<{ n: number }>`select count(*)::int as n from care.application o where o.company_id = ${scope.company_id} and ${own}`.execute(scope.db)])
  return { rows: rows.map(({ application_id, no, service, label, state: s, step_name, created_at }) => ({ application_id, no, service, label, state: s, step_name, created_at })), total: counted.rows[0]!.n }
})

const checkPermit = answer(care.checkPermit, async (scope, { permit_code }) => {
  const o = await oneApplication(scope, sql<SqlBool>`o.permit_code = ${permit_code} and ${applicationsSeenBy(scope)}`, false)
  const x = await more(scope, o.application_id)
  return { application_id: o.application_id, no: o.no, service: o.service, community_name: x.community_name, label: o.label, applicant_name: o.applicant_name, answers: filled(o), photo_ids: o.file_ids, state: o.state, permit_until: o.permit_until!, ended_at: o.ended_at, ended_by_name: o.state === 'used' ? x.steps.at(-1)!.by_name : null, can: { use: canOfApplication(scope, o).use } }
})

/** Rows decide: who may read, who asked for it, and the gate of the place while it holds the code. */
const reading = (scope: Scope, application_id: string): RawBuilder<SqlBool> =>
  scope.who.kind === 'resident' ? byApplication(scope, application_id) : sql<SqlBool>`o.application_id = ${application_id} and (${applicationsSeenBy(scope, 'care.application.read')} or (o.permit_code is not null and ${applicationsSeenBy(scope, 'care.gate.check')}))`
const paper = (app: () => App) => [
  answerFile(care.applicationPhoto, async (scope, { application_id, file_id }) => {
    const o = await oneApplication(scope, reading(scope, application_id), false)
    const { rows } = await sql<{ sha256: string; type: string }>`select sha256, type from kernel.file where company_id = ${scope.company_id} and file_id = ${file_id} and file_id = any(${o.file_ids}::uuid[])`.execute(scope.db)
    const file = rows[0]
    if (!file || !(await hasFile(app().data_dir, file.sha256))) throw scope.notFound()
    return { name: `申请_${o.no}.${file.type === 'image/png' ? 'png' : 'jpg'}`, type: file.type, body: openFile(app().data_dir, file.sha256), inline: true }
  }),
  answerFile(care.permitPaper, async (scope, { application_id }) => {
    const o = await oneApplication(scope, reading(scope, application_id), false)
    if (o.permit_code === null) throw scope.refuse('care.no_permit', { no: o.no })
    const x = await more(scope, application_id)
    const company = await scope.db.selectFrom('identity.company').select('name').where('company_id', '=', scope.company_id).executeTakeFirstOrThrow()
    const code = o.permit_code.replace(/(.{4})(?=.)/g, '$1 ')
    const body = await renderPdf('letter_a4', {
      company_name: company.name, title: o.service, no: o.no, dated_on: dayOf(o.decided_at ?? o.created_at), qr_text: o.permit_code, paragraphs: [`凭条码 ${code},有效至 ${minuteText(o.permit_until)},门岗核验后一次有效。`], columns: [{ title: '项目', kind: 'text' }, { title: '内容', kind: 'text' }],
      rows: [['小区', x.community_name], ['房号', o.label], ['申请人', o.applicant_name], ...filled(o).map((a): [string, string] => [a.zh, a.value]), ['批准', `${x.steps.filter((s) => s.action === 'approve').map((s) => `${s.step_name ?? ''} ${s.by_name}`).join('、')} ${minuteText(o.decided_at)}`]],
      closing: o.state === 'used' ? [`已于 ${minuteText(o.ended_at)} 放行,凭条作废。`] : [], signs: [{ who: '申请人', fields: ['签字', '日期'] }, { who: '门岗', fields: ['签字', '放行时间'] }],
    })
    return { name: `${o.service}_${o.no}.pdf`, type: 'application/pdf', body, inline: true }
  }),
]
export const applicationViews = (app: () => App) => [applications, applicationsExcel, application, myApplication, myApplications, checkPermit, ...paper(app)]
