// The file of a supplier: name and code once a company, the account sealed, contacts masked, qualifications with their paper, contracts linked.
import { sql } from 'kysely'
import { answer, answerFile, type App, type FileAnswer } from '../../../kernel/app.ts'
import { hasFile, openFile } from '../../../kernel/files.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { openText, sealText } from '../../../kernel/seal.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { contractsSeenBy } from '../../contracts/server/index.ts'
import { CONTACTS_MAX, suppliers } from '../contract.ts'
import { supplierToRead } from './access.ts'
import { keepers } from './list.ts'
import { creditCodeOk } from './rules/credit_code.ts'

export interface OwnFile { file_id: string; name: string }
export async function ownFile(scope: Scope, file_id: string): Promise<OwnFile> {
  const { rows } = await sql<OwnFile>`select file_id, name from kernel.file where company_id = ${scope.company_id} and file_id = ${file_id} and purpose = 'contract' and type in ('application/pdf','image/png','image/jpeg') and created_by = ${scope.who.account_id}::uuid`.execute(scope.db)
  if (!rows[0]) throw scope.refuse('suppliers.no_file')
  return rows[0]
}
export interface Stored { name: string; sha256: string; type: string }
export async function fileAnswer(app: App, scope: Scope, f: Stored | undefined): Promise<FileAnswer> {
  if (!f || !(await hasFile(app.data_dir, f.sha256))) throw scope.notFound()
  return { name: f.name, type: f.type, body: openFile(app.data_dir, f.sha256), inline: true }
}
const CONTACT = async (scope: Scope, contact_id: string): Promise<{ supplier_id: string; name: string; phone: string }> => {
  const { rows } = await sql<{ supplier_id: string; name: string; phone: string }>`select supplier_id, name, phone from suppliers.contact where company_id = ${scope.company_id} and contact_id = ${contact_id} and ended_at is null for update`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
const registerAnswers = [
  answer(suppliers.saveSupplier, async (scope, o) => {
    const c = scope.company_id
    if (o.credit_code && !creditCodeOk(o.credit_code)) throw scope.refuse('suppliers.code_wrong', { code: o.credit_code })
    const supplier_id = o.supplier_id ?? uuidv7()
    if (o.supplier_id) await supplierToRead(scope, o.supplier_id, true)
    const { rows: same } = await sql<{ name: string; by_name: boolean }>`select name, name = ${o.name} as by_name from suppliers.supplier where company_id = ${c} and supplier_id <> ${supplier_id} and (name = ${o.name} or credit_code = ${o.credit_code}::text) order by name = ${o.name} desc limit 1`.execute(scope.db)
    if (same[0]) throw same[0].by_name ? scope.refuse('suppliers.name_taken', { name: o.name }) : scope.refuse('suppliers.code_taken', { name: same[0].name })
    if (o.keeper_id && !(await keepers(scope)).some((k) => k.account_id === o.keeper_id)) throw scope.refuse('suppliers.keeper_gone')
    const bank = o.bank_account === undefined ? {} : { bank_account_sealed: o.bank_account === null ? null : sealText(o.bank_account), bank_account_tail: o.bank_account?.slice(-4) ?? null }
    const values = { name: o.name, credit_code: o.credit_code, categories: [...new Set(o.categories)], address: o.address || null, bank_name: o.bank_name || null, ...bank, keeper_id: o.keeper_id, note: o.note || null, retired_at: o.retired ? scope.now : null, changed_by: scope.who.account_id, changed_at: scope.now }
    const done = o.supplier_id
      ? await scope.db.updateTable('suppliers.supplier').set(values).where('company_id', '=', c).where('supplier_id', '=', supplier_id).returning('supplier_id').executeTakeFirst()
      : await scope.db.insertInto('suppliers.supplier').values({ company_id: c, supplier_id, ...values, created_at: scope.now }).onConflict((x) => x.doNothing()).returning('supplier_id').executeTakeFirst()
    if (!done) throw scope.refuse('suppliers.name_taken', { name: o.name })
    scope.note('supplier', supplier_id, { name: o.name, credit_code: o.credit_code, retired: o.retired, ...(o.bank_account === undefined ? {} : { bank_account_tail: o.bank_account?.slice(-4) ?? null }) })
    return { supplier_id }
  }),
  answer(suppliers.revealBank, async (scope, { supplier_id }) => {
    const s = await supplierToRead(scope, supplier_id)
    const row = await scope.db.selectFrom('suppliers.supplier').select('bank_account_sealed').where('company_id', '=', scope.company_id).where('supplier_id', '=', supplier_id).executeTakeFirstOrThrow()
    scope.note('supplier', supplier_id, { name: s.name, revealed: 'bank_account' })
    return { bank_account: row.bank_account_sealed ? openText(row.bank_account_sealed) : null }
  }),
  answer(suppliers.saveContact, async (scope, o) => {
    const c = scope.company_id
    const s = await supplierToRead(scope, o.supplier_id, true)
    const contact_id = o.contact_id ?? uuidv7()
    if (o.contact_id) {
      const k = await CONTACT(scope, o.contact_id)
      if (k.supplier_id !== o.supplier_id) throw scope.notFound()
      await scope.db.updateTable('suppliers.contact').set({ name: o.name, post: o.post || null, ...(o.phone ? { phone: o.phone } : {}) }).where('company_id', '=', c).where('contact_id', '=', contact_id).execute()
    } else {
      if (!o.phone) throw scope.refuse('suppliers.phone_needed')
      const { rows } = await sql<{ n: number }>`select count(*)::int as n from suppliers.contact where company_id = ${c} and supplier_id = ${o.supplier_id} and ended_at is null`.execute(scope.db)
      if (rows[0]!.n >= CONTACTS_MAX) throw scope.refuse('suppliers.too_many_contacts', { max: CONTACTS_MAX })
      await scope.db.insertInto('suppliers.contact').values({ company_id: c, contact_id, supplier_id: o.supplier_id, name: o.name, phone: o.phone, post: o.post || null, ended_at: null }).execute()
    }
    scope.note('supplier_contact', contact_id, { supplier: s.name, name: o.name })
    return { contact_id }
  }),
  // Whoever is no longer spoken to is gone: nothing refers to a contact, and his number has no further use.
  answer(suppliers.dropContact, async (scope, o) => {
    const k = await CONTACT(scope, o.contact_id)
    await scope.db.deleteFrom('suppliers.contact').where('company_id', '=', scope.company_id).where('contact_id', '=', o.contact_id).execute()
    scope.note('supplier_contact', o.contact_id, { name: k.name, deleted: o.reason })
    return { contact_id: o.contact_id }
  }),
  answer(suppliers.revealContact, async (scope, o) => {
    const k = await CONTACT(scope, o.contact_id)
    scope.note('supplier_contact', o.contact_id, { name: k.name, revealed: 'phone' })
    return { phone: k.phone }
  }),
]
export const fileAnswersOf = (app: () => App) => [
  ...registerAnswers,
  answer(suppliers.addPaper, async (scope, o) => {
    const s = await supplierToRead(scope, o.supplier_id, true)
    if (o.valid_to_on && o.valid_to_on < o.valid_from_on) throw scope.refuse('suppliers.days_crossed', { earlier: `有效期起 ${o.valid_from_on}`, later: `有效期止 ${o.valid_to_on}` })
    const f = await ownFile(scope, o.file_id)
    const paper_id = uuidv7()
    await scope.db.insertInto('suppliers.paper').values({ company_id: scope.company_id, paper_id, supplier_id: o.supplier_id, name: o.name, no: o.no || null, issuer: o.issuer || null, valid_from_on: o.valid_from_on, valid_to_on: o.valid_to_on, file_id: f.file_id, file_name: f.name, made_by_name: scope.who.name, made_at: scope.now }).execute()
    scope.note('supplier_paper', paper_id, { supplier: s.name, name: o.name, valid_to_on: o.valid_to_on })
    return { paper_id }
  }),
  answer(suppliers.endPaper, async (scope, o) => {
    const { rows } = await sql<{ name: string; over: boolean }>`select name, ended_at is not null as over from suppliers.paper where company_id = ${scope.company_id} and paper_id = ${o.paper_id} for update`.execute(scope.db)
    if (!rows[0]) throw scope.notFound()
    if (rows[0].over) throw scope.refuse('suppliers.paper_over')
    await scope.db.updateTable('suppliers.paper').set({ ended_at: scope.now, ended_by_name: scope.who.name, end_reason: o.reason }).where('company_id', '=', scope.company_id).where('paper_id', '=', o.paper_id).execute()
    scope.note('supplier_paper', o.paper_id, { name: rows[0].name, ended: o.reason })
    return { paper_id: o.paper_id }
  }),
  answerFile(suppliers.paperFile, async (scope, { paper_id }) => {
    const { rows } = await sql<Stored>`select p.file_name as name, f.sha256, f.type from suppliers.paper p join kernel.file f on f.company_id = ${scope.company_id} and f.file_id = p.file_id where p.company_id = ${scope.company_id} and p.paper_id = ${paper_id}`.execute(scope.db)
    return fileAnswer(app(), scope, rows[0])
  }),
  answer(suppliers.linkContract, async (scope, o) => {
    const c = scope.company_id
    const s = await supplierToRead(scope, o.supplier_id, true)
    const { rows } = await sql<{ no: string }>`select t.no from contracts.contract t where t.company_id = ${c} and t.contract_id = ${o.contract_id} and t.state <> 'void' and ${contractsSeenBy(scope, { permission: 'contracts.contract.read' })}`.execute(scope.db)
    if (!rows[0]) throw scope.notFound()
    if (o.linked) await scope.db.insertInto('suppliers.contract_link').values({ company_id: c, supplier_id: o.supplier_id, contract_id: o.contract_id }).onConflict((x) => x.doNothing()).execute()
    else await scope.db.deleteFrom('suppliers.contract_link').where('company_id', '=', c).where('supplier_id', '=', o.supplier_id).where('contract_id', '=', o.contract_id).execute()
    scope.note('supplier', o.supplier_id, { name: s.name, contract: rows[0].no, linked: o.linked })
    return { contract_id: o.contract_id }
  }),
]
