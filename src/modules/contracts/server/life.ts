// The life of a contract: to be signed (after approval where the rule of its kind asks for it), in force, renewed by the next, ended before its time.
import { z } from 'zod'
import { answer } from '../../../kernel/app.ts'
import { yuanGrouped, fen } from '../../../kernel/money.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { askApproval, type ApprovalKind } from '../../system/server/index.ts'
import { sql } from 'kysely'
import { contracts } from '../contract.ts'
import { spanText } from '../shown.ts'
import { contractToRead } from './access.ts'
import { kindOf } from './config.ts'
import { ownFile, putPaper } from './papers.ts'
import { addStep, drawNo, mustBe, setState } from './steps.ts'

const ByApproval = { permission: 'contracts.contract.decide' }
export const contractApproval: ApprovalKind<{ contract_id: string }> = {
  kind: 'contracts.contract', zh: '合同送签', may: 'contracts.contract.decide', has_amount: true, payload: z.object({ contract_id: z.uuid() }),
  page: (a) => `/contracts/list/${a.payload.contract_id}`,
  facts: async (scope, a) => {
    const { rows } = await sql<{ no: string; kind: string; from_on: string; to_on: string | null; parties: string | null; pay_terms: string | null }>`select t.no, k.name as kind, t.from_on, t.to_on, t.pay_terms, (select string_agg(y.name, '、' order by y.party_no) from contracts.party y where y.company_id = ${scope.company_id} and y.contract_id = t.contract_id) as parties
      from contracts.contract t join contracts.kind k on k.company_id = ${scope.company_id} and k.kind_id = t.kind_id where t.company_id = ${scope.company_id} and t.contract_id = ${a.payload.contract_id}`.execute(scope.db)
    const t = rows[0]
    return t ? [{ label: '合同编号', value: t.no }, { label: '种类', value: t.kind }, { label: '当事人', value: t.parties ?? '' }, { label: '期限', value: spanText(t) }, ...(t.pay_terms ? [{ label: '付款方式', value: t.pay_terms }] : [])] : []
  },
  agreed: async (scope, a) => {
    const t = await contractToRead(scope, a.payload.contract_id, { lock: true, ...ByApproval })
    if (t.state === 'asked') await setState(scope, t, 'signing', 'agreed', '')
  },
  dropped: async (scope, a, how) => {
    const { rows } = await sql<{ no: string; title: string }>`update contracts.contract set state = 'draft', approval_id = null, changed_at = ${scope.now} where company_id = ${scope.company_id} and contract_id = ${a.payload.contract_id} and state = 'asked' returning no, title`.execute(scope.db)
    if (!rows[0]) return
    await addStep(scope, a.payload.contract_id, 'dropped', how === 'refused' ? '未通过' : '撤回')
    scope.note('contract', a.payload.contract_id, { ...rows[0], after: 'draft' })
  },
}
async function followers(scope: Scope, contract_id: string): Promise<string | undefined> {
  const row = await scope.db.selectFrom('contracts.contract').select('no').where('company_id', '=', scope.company_id).where('renews_id', '=', contract_id).where('state', '<>', 'void').executeTakeFirst()
  return row?.no
}

export const lifeAnswers = [
  answer(contracts.submitContract, async (scope, o) => {
    const t = await contractToRead(scope, o.contract_id, { lock: true })
    mustBe(scope, t, 'draft')
    const { rule } = await kindOf(scope, t.kind_id)
    if (!rule.needs_approval) return setState(scope, t, 'signing', 'submitted', o.reason)
    const title = `${t.no} ${t.kind_name} ${t.title}${t.amount_fen === null ? '' : ` ${yuanGrouped(fen(t.amount_fen))} 元`}`
    const { approval_id } = await askApproval(scope, contractApproval, { subject_type: 'contract', subject_id: t.contract_id, community_id: t.community_id, title, amount_fen: t.amount_fen, payload: { contract_id: t.contract_id }, reason: o.reason || '合同送签' })
    return setState(scope, t, 'asked', 'asked', o.reason, { approval_id })
  }),
  answer(contracts.signContract, async (scope, o) => {
    const c = scope.company_id
    const t = await contractToRead(scope, o.contract_id, { lock: true })
    mustBe(scope, t, 'signing')
    if (o.signed_on > scope.today) throw scope.refuse('contracts.day_future', { today: scope.today })
    const { rule } = await kindOf(scope, t.kind_id)
    if (o.file_id) await putPaper(scope, t, { role: 'signed', title: '签署件', file: await ownFile(scope, o.file_id) })
    const { rows } = await sql<{ parties: number; signed: number; texts: number }>`select (select count(*)::int from contracts.party y where y.company_id = ${c} and y.contract_id = ${t.contract_id}) as parties, count(*) filter (where role = 'signed')::int as signed, count(*) filter (where role = 'text')::int as texts from contracts.paper where company_id = ${c} and contract_id = ${t.contract_id}`.execute(scope.db)
    const have = rows[0]!
    // What is signed house by house has its text here and the papers at the houses.
    const enough = have.signed > 0 || (t.signed_by !== 'parties' && have.texts > 0)
    if (rule.needs_paper && !enough) throw scope.refuse('contracts.paper_needed', { kind: t.kind_name, what: t.signed_by === 'parties' ? '签署件' : '正文' })
    if (t.signed_by === 'parties' && have.parties < 2) throw scope.refuse('contracts.parties_needed')
    if (t.renews_id) {
      const old = await contractToRead(scope, t.renews_id, { lock: true })
      if (old.state === 'active') await setState(scope, old, 'renewed', 'renewed', t.no)
    }
    scope.emit('contracts.signed', t.contract_id, { contract_id: t.contract_id, community_id: t.community_id })
    return setState(scope, t, 'active', 'signed', o.signed_on, { signed_on: o.signed_on })
  }),
  answer(contracts.endContract, async (scope, o) => {
    const t = await contractToRead(scope, o.contract_id, { lock: true })
    mustBe(scope, t, 'active', 'renewed')
    if (o.ended_on > scope.today) throw scope.refuse('contracts.day_future', { today: scope.today })
    if (o.ended_on < t.from_on) throw scope.refuse('contracts.ended_before', { from: t.from_on })
    await putPaper(scope, t, { role: 'end', title: '终止文件', file: await ownFile(scope, o.file_id) })
    scope.emit('contracts.ended', t.contract_id, { contract_id: t.contract_id, community_id: t.community_id })
    return setState(scope, t, 'terminated', 'ended', `${o.ended_on} ${o.reason}`, { ended_on: o.ended_on, end_reason: o.reason })
  }),
  answer(contracts.renewContract, async (scope, o) => {
    const c = scope.company_id
    // Two who press at once come one after the other; the unique key says the same to whoever passes by.
    const old = await contractToRead(scope, o.contract_id, { lock: true })
    mustBe(scope, old, 'active')
    const kind = await kindOf(scope, old.kind_id)
    if (kind.retired) throw scope.refuse('contracts.kind_gone')
    if (o.from_on < old.from_on) throw scope.refuse('contracts.renews_before', { from: old.from_on })
    if (o.to_on && o.to_on < o.from_on) throw scope.refuse('contracts.days_crossed', { from: o.from_on, to: o.to_on })
    const next = await followers(scope, old.contract_id)
    if (next) throw scope.refuse('contracts.renewed_already', { no: next })
    const contract_id = uuidv7()
    const no = await drawNo(scope)
    await sql`insert into contracts.contract (company_id, contract_id, no, kind_id, community_id, title, state, from_on, to_on, amount_fen, pay_terms, note, keeper_id, renews_id, created_by, created_by_name, created_at, changed_at)
      select company_id, ${contract_id}, ${no}, kind_id, community_id, title, 'draft', ${o.from_on}, ${o.to_on}::date, ${o.amount_fen}::bigint, pay_terms, note, keeper_id, contract_id, ${scope.who.account_id}, ${scope.who.name}, ${scope.now}, ${scope.now} from contracts.contract where company_id = ${c} and contract_id = ${old.contract_id}`.execute(scope.db)
    await sql`insert into contracts.party (company_id, contract_id, party_no, side, name, person_id) select company_id, ${contract_id}, party_no, side, name, person_id from contracts.party where company_id = ${c} and contract_id = ${old.contract_id}`.execute(scope.db)
    await sql`insert into contracts.contract_house (company_id, contract_id, house_id) select company_id, ${contract_id}, house_id from contracts.contract_house where company_id = ${c} and contract_id = ${old.contract_id}`.execute(scope.db)
    await addStep(scope, contract_id, 'renews', old.no)
    scope.note('contract', contract_id, { no, renews: old.no, from_on: o.from_on, to_on: o.to_on })
    return { contract_id, no }
  }),
]
