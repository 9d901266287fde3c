// On paper: a plan as it hangs on the wall, the record of a drill, the record of an emergency.
import { sql, type SqlBool } from 'kysely'
import { answerFile } from '../../../kernel/app.ts'
import { minuteText } from '../../../kernel/clock.ts'
import { renderPdf } from '../../../kernel/print/index.ts'
import { emergency, type Content } from '../contract.ts'
import { said } from '../shown.ts'
import { seen } from './access.ts'
import { fullDrills } from './drills.ts'
import { fullIncidents } from './incidents.ts'
import { planOf } from './plans.ts'

const text = (title: string) => ({ title, kind: 'text' as const })
const pdf = (name: string, body: Buffer) => ({ name: `${name}.pdf`, type: 'application/pdf', body, inline: true })
const peopleText = (c: Content): string => c.people.map((p) => `${p.role} ${p.name}${p.phone ? ` ${p.phone}` : ''}${p.calls.length ? `(通知 ${p.calls.map((n) => c.people[n]?.name).join('、')})` : ''}`).join(';')
const materialText = (c: Content): string => c.materials.map((m) => [m.name, m.count, m.place].filter(Boolean).join(' ')).join(';')
export const paperAnswers = [
  answerFile(emergency.planPaper, async (scope, o) => {
    const c = scope.company_id
    const p = await planOf(scope, o.plan_id, false)
    const v = (await sql<{ content: Content; state: string; decided_at: string | null; decided_by_name: string | null; made_by_name: string; place: string }>`select v.content, v.state, v.decided_at, v.decided_by_name, v.made_by_name, k.name as place from emergency.version v join property.community k on k.company_id = ${c} and k.community_id = ${p.community_id} where v.company_id = ${c} and v.plan_id = ${o.plan_id} and v.version_no = ${o.version_no}`.execute(scope.db)).rows[0]
    if (!v) throw scope.notFound()
    const body = await renderPdf('table_a4', {
      company_name: v.place, title: p.name, filters: [`第 ${o.version_no} 版(${said('version', v.state)}),编制 ${v.made_by_name}${v.decided_at ? `,审核 ${v.decided_by_name} ${minuteText(v.decided_at).slice(0, 10)}` : ''}`, ...(v.content.summary ? [v.content.summary] : []), `人员与电话:${peopleText(v.content) || '—'}`, `物资:${materialText(v.content) || '—'}`],
      columns: [text('序'), text('步骤'), text('谁做'), text('时限')], rows: v.content.steps.map((s, i) => [String(i + 1), s.text, s.role, s.within_minutes ? `${s.within_minutes} 分钟内` : '']), printed_by: scope.who.name, printed_at: scope.today,
    })
    return pdf(p.name, body)
  }),
  answerFile(emergency.drillPaper, async (scope, o) => {
    const [d] = await fullDrills(scope, sql<SqlBool>`d.drill_id = ${o.drill_id} and ${seen(scope, 'd')}`, 1)
    if (!d) throw scope.notFound()
    const body = await renderPdf('table_a4', {
      company_name: d.community_name, title: `${d.plan_name}演练记录`, filters: [`演练时间 ${minuteText(d.held_at) || '未演练'},地点 ${d.place ?? '—'},总指挥 ${d.leader_name ?? '—'}`, `经过:${d.summary ?? '—'}`, `评分 ${d.score ?? '—'},评估:${d.evaluation ?? '—'}`, ...d.tasks.map((t, i) => `改进 ${i + 1}:${t.words}(${t.owner_name},${t.due_on} 前,${said('task', t.state)})`)],
      columns: [text('参加人'), text('签字时间')], rows: d.people.map((p) => [p.name, minuteText(p.signed_at)]), printed_by: scope.who.name, printed_at: scope.today,
    })
    return pdf(`${d.plan_name}演练记录`, body)
  }),
  answerFile(emergency.incidentPaper, async (scope, o) => {
    const [i] = await fullIncidents(scope, sql<SqlBool>`i.incident_id = ${o.incident_id} and ${seen(scope, 'i')}`, 1)
    if (!i) throw scope.notFound()
    const body = await renderPdf('table_a4', {
      company_name: i.community_name, title: `${i.plan_name}处置记录`, filters: [`${i.place}:${i.words}`, `启动 ${i.started_by_name} ${minuteText(i.started_at)}${i.ended_at ? `,解除 ${i.ended_by_name} ${minuteText(i.ended_at)},历时 ${i.minutes} 分钟` : ''}`, `通知:${i.told.map((x) => `${x.name}${x.seen_at ? ` ${minuteText(x.seen_at).slice(11)} 收到` : ' 未回复'}`).join('、') || '—'}`, ...(i.end_note ? [`解除说明:${i.end_note}`] : []), ...(i.review ? [`复盘:${i.review}`] : []), ...i.tasks.map((t, n) => `改进 ${n + 1}:${t.words}(${t.owner_name},${t.due_on} 前)`)],
      columns: [text('步骤'), text('谁做'), text('时限'), text('完成')], rows: i.content.steps.map((s) => { const d = i.steps.find((x) => x.step_id === s.step_id); return [s.text, s.role, s.within_minutes ? `${s.within_minutes} 分钟内` : '', d ? `${d.by_name} ${minuteText(d.done_at).slice(5)}${d.late ? '(超时)' : ''}` : '未做'] }), printed_by: scope.who.name, printed_at: scope.today,
    })
    return pdf(`${i.plan_name}处置记录`, body)
  }),
]
