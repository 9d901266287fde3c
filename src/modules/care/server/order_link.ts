// A repair order made of a complaint, one click; and 投诉处理单, the complaint on paper.
import { sql } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { dayOf, minuteText } from '../../../kernel/clock.ts'
import { renderPdf } from '../../../kernel/print/index.ts'
import { openFor } from '../../orders/server/index.ts'
import { masked } from '../../people/server/index.ts'
import { care } from '../contract.ts'
import { isOpen } from '../machine.ts'
import { words } from '../words.ts'
import { actorsOf, complaintToChange, complaintToRead, reaches } from './access.ts'

export const makeComplaintOrder = answer(care.makeComplaintOrder, async (scope, i) => {
  const o = await complaintToChange(scope, i.complaint_id)
  if (!actorsOf(scope, o).some((a) => a === 'assignee' || a === 'manager')) throw scope.notFound()
  if (!isOpen(o.state)) throw scope.refuse('care.wrong_state', { no: o.no, state: words.states!['state']![o.state]!, action: '派生工单' })
  if (!reaches(scope, 'orders.order.create', o)) throw scope.refuse('care.no_order_right')
  const label = o.house_id ? ((await scope.db.selectFrom('property.house').select('label').where('company_id', '=', scope.company_id).where('house_id', '=', o.house_id).executeTakeFirst())?.label ?? null) : null
  const made = await openFor(scope, { community_id: o.community_id, building_id: o.building_id, house_id: o.house_id, label, place: i.place || null, category_id: i.category_id, words: i.words, reporter_name: o.reporter_name, reporter_phone: o.reporter_phone, person_id: o.person_id })
  await sql`with linked as (insert into care.complaint_order (company_id, complaint_id, order_id, made_by, made_at) values (${scope.company_id}, ${o.complaint_id}, ${made.order_id}, ${scope.who.account_id}, ${scope.now})),
    n as (update care.complaint set step_no = step_no + 1 where company_id = ${scope.company_id} and complaint_id = ${o.complaint_id} returning step_no)
    insert into care.step (company_id, complaint_id, step_no, action, from_state, to_state, by_kind, by_account, by_name, note, at) select ${scope.company_id}, ${o.complaint_id}, n.step_no, 'make_order', ${o.state}, ${o.state}, 'staff', ${scope.who.account_id}::uuid, ${scope.who.name}, ${`维修工单 ${made.no}`}, ${scope.now} from n`.execute(scope.db)
  scope.note('complaint', o.complaint_id, { no: o.no, order_no: made.no })
  return made
})

export const complaintPaper = answerFile(care.complaintPaper, async (scope, { complaint_id }) => {
  const o = await complaintToRead(scope, complaint_id)
  const c = scope.company_id
  const { rows } = await sql<{ company_name: string; community_name: string; assignee_name: string | null; department_name: string | null; cause: string | null; outside_no: string | null }>`select (select name from identity.company where company_id = ${c}) as company_name, p.name as community_name, m.name as assignee_name, d.name as department_name,
      (select x.name from care.cause x where x.company_id = ${c} and x.cause_id = o.cause_id) as cause, (select t.sender || ' ' || t.outside_no from care.outside t where t.company_id = ${c} and t.complaint_id = o.complaint_id) as outside_no
    from care.complaint o join property.community p on p.company_id = ${c} and p.community_id = o.community_id left join identity.member m on m.company_id = ${c} and m.account_id = o.assignee_id left join care.department d on d.company_id = ${c} and d.department_id = o.department_id where o.company_id = ${c} and o.complaint_id = ${complaint_id}`.execute(scope.db)
  const a = rows[0]!
  const said = (of: string, code: string): string => words.states![of]![code] ?? code
  const body = await renderPdf('letter_a4', {
    company_name: a.company_name, title: '投诉建议处理单', no: o.no, dated_on: dayOf(o.created_at), qr_text: o.no, paragraphs: [], columns: [{ title: '项目', kind: 'text' }, { title: '内容', kind: 'text' }],
    rows: [
      ['小区', a.community_name], ['性质与类别', `${said('nature', o.nature)} · ${o.kind}`], ['来源', `${said('source', o.source)}${a.outside_no ? `(${a.outside_no})` : ''}`], ['反映人', o.unnamed ? '匿名' : (o.reporter_name ?? '')], ['联系电话', masked(o.reporter_phone) ?? ''], ['位置', o.place ?? ''], ['登记时间', minuteText(o.created_at)], ['内容', o.words],
      ['答复时限', minuteText(o.answer_due_at)], ['责任部门', a.department_name ?? ''], ['处理人', a.assignee_name ?? ''], ['受理时间', minuteText(o.accepted_at)], ['处理情况与答复', o.answer ?? ''], ['答复时间', minuteText(o.answered_at)], ['原因', a.cause ?? ''], ['满意程度', o.satisfaction ? `${o.satisfaction} 分` : ''],
    ],
    closing: ['业户意见:□ 满意  □ 基本满意  □ 不满意'],
    signs: [{ who: '处理人', fields: ['签字', '日期'] }, { who: '部门负责人', fields: ['签字', '日期'] }, { who: '回访人', fields: ['签字', '日期'] }],
  })
  return { name: `投诉处理单_${o.no}.pdf`, type: 'application/pdf', body, inline: true }
})
