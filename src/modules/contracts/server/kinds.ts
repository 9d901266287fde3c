// Setting up: kinds and their rules. A rule is published from a day on and never changed; a new kind goes by the shipped rule until then.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { contracts } from '../contract.ts'
import { wholeCompany } from './access.ts'
import { kindOf, kindsOf, writeKinds } from './config.ts'

export const kindAnswers = [
  answer(contracts.kinds, async (scope) => ({ rows: await kindsOf(scope) })),
  answer(contracts.saveKind, async (scope, o) => {
    wholeCompany(scope)
    await writeKinds(scope)
    const c = scope.company_id
    const all = await kindsOf(scope)
    const before = all.find((k) => k.kind_id === o.kind_id)
    if (o.kind_id && !before) throw scope.notFound()
    if (all.some((k) => k.kind_id !== o.kind_id && k.name === o.name)) throw scope.refuse('contracts.name_taken', { name: o.name })
    if (before && before.signed_by !== o.signed_by) {
      const { rows } = await sql`select from contracts.contract where company_id = ${c} and kind_id = ${before.kind_id} limit 1`.execute(scope.db)
      if (rows.length > 0) throw scope.refuse('contracts.signed_by_fixed', { name: before.name })
    }
    const kind_id = o.kind_id ?? uuidv7()
    const values = { name: o.name, signed_by: o.signed_by, is_public: o.is_public, sort_no: o.sort_no, retired_at: o.retired ? scope.now : null, changed_by: scope.who.account_id, changed_at: scope.now }
    await scope.db.insertInto('contracts.kind').values({ company_id: c, kind_id, code: before?.code ?? kind_id, ...values }).onConflict((x) => x.columns(['company_id', 'kind_id']).doUpdateSet(values)).execute()
    if (!before) await scope.db.insertInto('contracts.kind_rule').values({ company_id: c, rule_id: uuidv7(), kind_id, from_on: '2000-01-01', ladder: [90, 30, 7], needs_approval: false, needs_paper: true, house_kinds: ['dwelling', 'shop', 'office'], basis: '公司制度', created_by: scope.who.account_id, created_at: scope.now }).execute()
    scope.note('contract_kind', kind_id, { name: o.name, signed_by: o.signed_by, is_public: o.is_public, retired: o.retired })
    return { kind_id }
  }),
  answer(contracts.publishKindRule, async (scope, o) => {
    wholeCompany(scope)
    await writeKinds(scope)
    const kind = await kindOf(scope, o.kind_id)
    if (o.from_on < scope.today) throw scope.refuse('contracts.from_past', { today: scope.today })
    const rule_id = uuidv7()
    await scope.db.insertInto('contracts.kind_rule').values({ company_id: scope.company_id, rule_id, kind_id: o.kind_id, from_on: o.from_on, ladder: [...new Set(o.ladder)].toSorted((a, b) => b - a), needs_approval: o.needs_approval, needs_paper: o.needs_paper, house_kinds: [...new Set(o.house_kinds)], basis: o.basis, created_by: scope.who.account_id, created_at: scope.now }).execute()
    scope.note('contract_kind', o.kind_id, { name: kind.name, from_on: o.from_on, ladder: o.ladder.join(' '), needs_approval: o.needs_approval, needs_paper: o.needs_paper })
    return { rule_id }
  }),
]
