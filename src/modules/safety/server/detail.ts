// One incident with each of its steps, people, reports and measures; and 安全事件报告单, the incident on paper.
import { sql } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { dayOf, minuteText } from '../../../kernel/clock.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import { renderPdf } from '../../../kernel/print/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { masked } from '../../people/server/index.ts'
import { safety, type IncidentFull } from '../contract.ts'
import { canOf } from '../machine.ts'
import { words } from '../words.ts'
import { actorsOf, incidentToRead, reaches, seesParties, type Incident } from './access.ts'
import { STEPS_MAX, factsOf } from './act.ts'
import { levelBy, levelRuleAt, ruleAt } from './config.ts'

interface More {
  community_name: string
  assignee_name: string | null
  reported_by_name: string
  submitted_by_name: string | null
  reviewed_by_name: string | null
  steps: IncidentFull['steps']
  parties: { party_id: string; role: IncidentFull['parties'][number]['role']; name: string; phone: string | null; words: string | null }[]
  reports: IncidentFull['reports']
  measures: Omit<IncidentFull['measures'][number], 'late' | 'can'>[]
}
const UTC = (at: ReturnType<typeof sql>) => sql`to_char(${at} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
async function more(scope: Scope, incident_id: string): Promise<More> {
  const c = scope.company_id
  const name = (column: string) => sql`(select nm.name from identity.member nm where nm.company_id = ${c} and nm.account_id = ${sql.ref(column)})`
  const { rows } = await sql<More>`select p.name as community_name, ${name('o.assignee_id')} as assignee_name, coalesce(${name('o.created_by')}, '') as reported_by_name, ${name('o.submitted_by')} as submitted_by_name, ${name('o.reviewed_by')} as reviewed_by_name,
      coalesce((select jsonb_agg(jsonb_build_object('step_no', s.step_no, 'action', s.action, 'to_state', s.to_state, 'by_name', s.by_name, 'to_name', s.to_name, 'note', s.note, 'at', ${UTC(sql`s.at`)}, 'photo_ids', coalesce((select jsonb_agg(f.file_id order by f.file_id) from safety.photo f where f.company_id = ${c} and f.incident_id = s.incident_id and f.step_no = s.step_no), '[]')) order by s.step_no) from (select * from safety.step y where y.company_id = ${c} and y.incident_id = o.incident_id order by y.step_no limit ${STEPS_MAX + 50}) s), '[]') as steps,
      coalesce((select jsonb_agg(jsonb_build_object('party_id', t.party_id, 'role', t.role, 'name', t.name, 'phone', t.phone, 'words', t.words) order by t.created_at, t.party_id) from safety.party t where t.company_id = ${c} and t.incident_id = o.incident_id and t.removed_at is null), '[]') as parties,
      coalesce((select jsonb_agg(jsonb_build_object('report_id', r.report_id, 'authority', r.authority, 'receiver', r.receiver, 'way', r.way, 'outside_no', r.outside_no, 'words', r.words, 'reported_at', ${UTC(sql`r.reported_at`)}, 'arrived_at', ${UTC(sql`r.arrived_at`)}, 'by_name', coalesce(${name('r.created_by')}, '')) order by r.reported_at, r.report_id) from safety.report r where r.company_id = ${c} and r.incident_id = o.incident_id), '[]') as reports,
      coalesce((select jsonb_agg(jsonb_build_object('measure_id', ms.measure_id, 'words', ms.words, 'account_id', ms.account_id, 'who', coalesce(${name('ms.account_id')}, ''), 'due_on', ms.due_on, 'done_at', ${UTC(sql`ms.done_at`)}, 'done_words', ms.done_words) order by ms.due_on, ms.measure_id) from safety.measure ms where ms.company_id = ${c} and ms.incident_id = o.incident_id and ms.removed_at is null), '[]') as measures
    from safety.incident o join property.community p on p.company_id = ${c} and p.community_id = o.community_id where o.company_id = ${c} and o.incident_id = ${incident_id}`.execute(scope.db)
  return rows[0]!
}
const NO_STATE = 'safety.wrong_state'
async function full(scope: Scope, o: Incident): Promise<IncidentFull> {
  const day = dayOf(o.found_at)
  const [x, rule, limits] = await Promise.all([more(scope, o.incident_id), ruleAt(scope, o.kind_id, day), levelRuleAt(scope, day)])
  const can = canOf(factsOf(scope, o), actorsOf(scope, o))
  const see = seesParties(scope, o)
  const manages = reaches(scope, 'safety.incident.manage', o)
  const open = o.state === 'reported' || o.state === 'handling' || o.state === 'review'
  const report_late = o.state !== 'void' && o.report_due_at !== null && (o.reported_at ?? scope.now) > o.report_due_at
  return {
    incident_id: o.incident_id, no: o.no, kind: o.kind, kind_id: o.kind_id, level: o.level, community_id: o.community_id, community_name: x.community_name, building_id: o.building_id, place: o.place, words: o.words, occurred_at: o.occurred_at, found_at: o.found_at, created_at: o.created_at, source: o.source, state: o.state, assignee_name: x.assignee_name, reported_by_name: x.reported_by_name,
    report_due_at: o.report_due_at, reported_at: o.reported_at, report_late, close_due_at: o.close_due_at, late: (open && o.close_due_at < scope.now) || (report_late && o.reported_at === null), hurt: o.dead_count + o.badly_count + o.hurt_count, dead_count: o.dead_count, badly_count: o.badly_count, hurt_count: o.hurt_count, loss_fen: o.loss_fen, open_measures: x.measures.filter((m) => m.done_at === null).length,
    closed_at: o.closed_at, cause: o.cause, duty: o.duty, submitted_by_name: x.submitted_by_name, reviewed_by_name: x.reviewed_by_name, report_to: rule.report_to, basis: rule.basis, level_by_rule: levelBy(limits, o), level_basis: limits.basis, steps: x.steps, reports: x.reports,
    parties: see ? x.parties.map(({ phone, ...p }) => ({ ...p, phone_masked: masked(phone) ?? null })) : [],
    measures: x.measures.map((m) => ({ ...m, late: m.done_at === null && m.due_on < scope.today, can: { done: m.done_at !== null ? 'safety.measure_done' : m.account_id === scope.who.account_id || manages ? true : 'kernel.forbidden' } })),
    can: { ...can, see_parties: see ? true : 'kernel.forbidden', reveal: see && reaches(scope, 'safety.party.reveal', o) ? true : open ? 'kernel.forbidden' : NO_STATE },
  }
}
const incident = answer(safety.incident, async (scope, { incident_id }) => full(scope, await incidentToRead(scope, incident_id)))

const paper = answerFile(safety.incidentPaper, async (scope, { incident_id }) => {
  const o = await full(scope, await incidentToRead(scope, incident_id))
  const { rows } = await sql<{ name: string }>`select name from identity.company where company_id = ${scope.company_id}`.execute(scope.db)
  const said = (of: string, code: string): string => words.states![of]![code] ?? code
  const body = await renderPdf('letter_a4', {
    company_name: rows[0]!.name, title: '安全事件报告单', no: o.no, dated_on: dayOf(o.created_at), qr_text: o.no, paragraphs: [], columns: [{ title: '项目', kind: 'text' }, { title: '内容', kind: 'text' }],
    rows: [
      ['小区', o.community_name], ['种类与等级', `${o.kind} · ${said('level', o.level)}`], ['地点', o.place], ['发生时间', minuteText(o.occurred_at)], ['发现时间', minuteText(o.found_at)], ['报告人', o.reported_by_name], ['经过', o.words],
      ['伤亡', `死亡 ${o.dead_count} 人,重伤 ${o.badly_count} 人,轻伤 ${o.hurt_count} 人`], ['直接经济损失', o.loss_fen === null ? '未估' : `${yuanGrouped(fen(o.loss_fen))} 元`],
      ['涉及人员', o.parties.map((p) => `${said('role', p.role)} ${p.name}${p.phone_masked ? ` ${p.phone_masked}` : ''}`).join(';')],
      ['上报', o.reports.map((r) => `${minuteText(r.reported_at)} ${said('authority', r.authority)} ${r.receiver}${r.outside_no ? `(${r.outside_no})` : ''}`).join(';')],
      ['处置经过', o.steps.filter((s) => s.action === 'note').map((s) => `${minuteText(s.at)} ${s.by_name}:${s.note}`).join(';')], ['原因', o.cause ?? ''], ['责任认定', o.duty ?? ''], ['整改与防范措施', o.measures.map((m) => `${m.words}(${m.who},${m.due_on} 前${m.done_at ? ',已完成' : ''})`).join(';')],
    ],
    closing: [],
    signs: [{ who: '报告人', fields: ['签字', '日期'] }, { who: '处理人', fields: ['签字', '日期'] }, { who: '项目负责人', fields: ['签字', '日期'] }],
  })
  return { name: `安全事件报告单_${o.no}.pdf`, type: 'application/pdf', body, inline: true }
})
export const detailAnswers = [incident, paper]
