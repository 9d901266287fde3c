// Drafting: a contract is written and rewritten while it is a draft; what was signed is never changed.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Out } from '../../../kernel/contract.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { housesSeenBy } from '../../property/server/index.ts'
import { contracts } from '../contract.ts'
import { contractToRead, placeToChange } from './access.ts'
import { kindsOf, writeKinds } from './config.ts'
import { keepersAt } from './list.ts'
import { addStep, drawNo, mustBe, setState } from './steps.ts'

type In = Out<(typeof contracts.saveContract)['takes']>
export async function keeperToBe(scope: Scope, keeper_id: string, community_id: string | null): Promise<string> {
  const who = (await keepersAt(scope, community_id)).find((p) => p.account_id === keeper_id)
  if (!who) throw scope.refuse('contracts.keeper_gone')
  return who.name
}
async function partiesOf(scope: Scope, list: In['parties']): Promise<{ party_no: number; side: string; name: string; person_id: string | null }[]> {
  const ids = [...new Set(list.flatMap((p) => p.person_id ?? []))]
  const { rows } = await sql<{ person_id: string; name: string }>`select person_id, name from people.person where company_id = ${scope.company_id} and person_id = any(${ids}::uuid[]) and merged_into is null`.execute(scope.db)
  const names = new Map(rows.map((r) => [r.person_id, r.name]))
  return list.map((p, i) => {
    if (p.person_id && !names.has(p.person_id)) throw scope.refuse('contracts.person_gone', { n: i + 1 })
    const name = p.person_id ? names.get(p.person_id)! : p.name
    if (name === '') throw scope.refuse('contracts.party_nameless', { n: i + 1 })
    return { party_no: i + 1, side: p.side, name, person_id: p.person_id }
  })
}
async function housesIn(scope: Scope, house_ids: readonly string[], community_id: string | null): Promise<string[]> {
  const ids = [...new Set(house_ids)]
  if (ids.length === 0) return []
  const { rows } = await sql<{ house_id: string }>`select h.house_id from property.house h where h.company_id = ${scope.company_id} and h.house_id = any(${ids}::uuid[]) and h.community_id = ${community_id}::uuid and ${housesSeenBy(scope)}`.execute(scope.db)
  if (rows.length !== ids.length) throw scope.refuse('contracts.house_elsewhere')
  return ids
}
export async function writeParts(scope: Scope, contract_id: string, parties: readonly object[], house_ids: readonly string[]): Promise<void> {
  const c = scope.company_id
  await scope.db.deleteFrom('contracts.party').where('company_id', '=', c).where('contract_id', '=', contract_id).execute()
  await scope.db.deleteFrom('contracts.contract_house').where('company_id', '=', c).where('contract_id', '=', contract_id).execute()
  await sql`insert into contracts.party (company_id, contract_id, party_no, side, name, person_id) select ${c}, ${contract_id}, x.party_no, x.side, x.name, x.person_id from jsonb_to_recordset(${JSON.stringify(parties)}::jsonb) as x(party_no int, side text, name text, person_id uuid)`.execute(scope.db)
  await sql`insert into contracts.contract_house (company_id, contract_id, house_id) select ${c}, ${contract_id}, x from unnest(${[...house_ids]}::uuid[]) as x`.execute(scope.db)
}

export const draftAnswers = [
  answer(contracts.saveContract, async (scope, { request_id: _r, dry_run: _d, ...o }) => {
    const c = scope.company_id
    await placeToChange(scope, o.community_id)
    await writeKinds(scope)
    const kind = (await kindsOf(scope)).find((k) => k.kind_id === o.kind_id)
    if (!kind || kind.retired) throw scope.refuse('contracts.kind_gone')
    if (o.community_id === null && (kind.signed_by !== 'parties' || kind.is_public || o.house_ids.length > 0)) throw scope.refuse('contracts.place_needed', { kind: kind.name })
    if (o.to_on && o.to_on < o.from_on) throw scope.refuse('contracts.days_crossed', { from: o.from_on, to: o.to_on })
    await keeperToBe(scope, o.keeper_id, o.community_id)
    const parties = await partiesOf(scope, o.parties)
    const house_ids = await housesIn(scope, o.house_ids, o.community_id)
    const values = { kind_id: o.kind_id, community_id: o.community_id, title: o.title, from_on: o.from_on, to_on: o.to_on, amount_fen: o.amount_fen, pay_terms: o.pay_terms || null, note: o.note || null, keeper_id: o.keeper_id, changed_at: scope.now }
    if (o.contract_id) {
      const t = await contractToRead(scope, o.contract_id, { lock: true })
      mustBe(scope, t, 'draft')
      await scope.db.updateTable('contracts.contract').set(values).where('company_id', '=', c).where('contract_id', '=', t.contract_id).execute()
      await writeParts(scope, t.contract_id, parties, house_ids)
      await addStep(scope, t.contract_id, 'changed', '')
      scope.note('contract', t.contract_id, { no: t.no, title: o.title, amount_fen: o.amount_fen })
      return { contract_id: t.contract_id, no: t.no }
    }
    const contract_id = uuidv7()
    const no = await drawNo(scope)
    await scope.db.insertInto('contracts.contract').values({ company_id: c, contract_id, no, state: 'draft', ...values, created_by: scope.who.account_id!, created_by_name: scope.who.name, created_at: scope.now }).execute()
    await writeParts(scope, contract_id, parties, house_ids)
    await addStep(scope, contract_id, 'made', '')
    scope.note('contract', contract_id, { no, title: o.title, amount_fen: o.amount_fen })
    return { contract_id, no }
  }),
  answer(contracts.backToDraft, async (scope, o) => {
    const t = await contractToRead(scope, o.contract_id, { lock: true })
    mustBe(scope, t, 'signing')
    return setState(scope, t, 'draft', 'back', o.reason, { approval_id: null })
  }),
  answer(contracts.voidContract, async (scope, o) => {
    const t = await contractToRead(scope, o.contract_id, { lock: true })
    mustBe(scope, t, 'draft', 'signing')
    return setState(scope, t, 'void', 'void', o.reason, { end_reason: o.reason })
  }),
  answer(contracts.setKeeper, async (scope, o) => {
    const t = await contractToRead(scope, o.contract_id, { lock: true })
    mustBe(scope, t, 'draft', 'asked', 'signing', 'active', 'renewed', 'terminated')
    const name = await keeperToBe(scope, o.keeper_id, t.community_id)
    await scope.db.updateTable('contracts.contract').set({ keeper_id: o.keeper_id, note: o.note || null, changed_at: scope.now }).where('company_id', '=', scope.company_id).where('contract_id', '=', t.contract_id).execute()
    if (t.keeper_id !== o.keeper_id) await addStep(scope, t.contract_id, 'keeper', name)
    scope.note('contract', t.contract_id, { no: t.no, keeper: name })
    return { contract_id: t.contract_id, state: t.state }
  }),
]
