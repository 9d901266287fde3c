// Papers of a contract: a file of the same name is the next version, none is taken away; what owners may see is posted and withdrawn with a reason.
import { sql } from 'kysely'
import { answer, answerFile, type App, type FileAnswer } from '../../../kernel/app.ts'
import { hasFile, openFile } from '../../../kernel/files.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { contracts } from '../contract.ts'
import { said } from '../shown.ts'
import { contractToRead, contractsSeenBy, type ContractKey } from './access.ts'
import { PAPERS_MAX } from './detail.ts'
import { IN_FORCE } from './rows.ts'
import { addStep, mustBe } from './steps.ts'

export interface OwnFile { file_id: string; name: string }
/** What the person uploaded for contracts; by its bytes a paper or a picture of one. */
export async function ownFile(scope: Scope, file_id: string): Promise<OwnFile> {
  const { rows } = await sql<OwnFile>`select file_id, name from kernel.file where company_id = ${scope.company_id} and file_id = ${file_id} and purpose = 'contract' and type in ('application/pdf','image/png','image/jpeg') and created_by = ${scope.who.account_id}::uuid`.execute(scope.db)
  if (!rows[0]) throw scope.refuse('contracts.no_file')
  return rows[0]
}
/** The contract is locked by whoever calls: versions are counted one after the other. */
export async function putPaper(scope: Scope, t: ContractKey, o: { role: string; title: string; file: OwnFile }): Promise<{ paper_id: string; version_no: number }> {
  const c = scope.company_id
  const { rows } = await sql<{ n: number; v: number }>`select count(*)::int as n, coalesce(max(version_no) filter (where role = ${o.role} and title = ${o.title}), 0)::int as v from contracts.paper where company_id = ${c} and contract_id = ${t.contract_id}`.execute(scope.db)
  if (rows[0]!.n >= PAPERS_MAX) throw scope.refuse('contracts.too_many_papers', { max: PAPERS_MAX })
  const paper_id = uuidv7()
  const version_no = rows[0]!.v + 1
  await scope.db.insertInto('contracts.paper').values({ company_id: c, paper_id, contract_id: t.contract_id, role: o.role, title: o.title, version_no, file_id: o.file.file_id, file_name: o.file.name, made_by: scope.who.account_id!, made_by_name: scope.who.name, made_at: scope.now }).execute()
  await addStep(scope, t.contract_id, 'paper', `${said('role', o.role)} ${o.title} 第 ${version_no} 版`)
  scope.note('contract_paper', paper_id, { no: t.no, role: o.role, title: o.title, version_no })
  return { paper_id, version_no }
}
export interface Stored { name: string; sha256: string; type: string }
export async function fileAnswer(app: App, scope: Scope, f: Stored | undefined): Promise<FileAnswer> {
  if (!f || !(await hasFile(app.data_dir, f.sha256))) throw scope.notFound()
  return { name: f.name, type: f.type, body: openFile(app.data_dir, f.sha256), inline: true }
}
async function paperToChange(scope: Scope, paper_id: string): Promise<{ contract_id: string; title: string; role: string; posted: boolean }> {
  const { rows } = await sql<{ contract_id: string; title: string; role: string; posted: boolean }>`select p.contract_id, p.title, p.role, p.posted_at is not null and p.withdrawn_at is null as posted from contracts.paper p join contracts.contract t on t.company_id = ${scope.company_id} and t.contract_id = p.contract_id where p.company_id = ${scope.company_id} and p.paper_id = ${paper_id} and ${contractsSeenBy(scope)} for update of p`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}

export const paperAnswers = (app: () => App) => [
  answer(contracts.addPaper, async (scope, o) => {
    const t = await contractToRead(scope, o.contract_id, { lock: true })
    mustBe(scope, t, 'draft', 'asked', 'signing', 'active', 'renewed', 'terminated')
    return putPaper(scope, t, { role: o.role, title: o.title, file: await ownFile(scope, o.file_id) })
  }),
  answerFile(contracts.paperFile, async (scope, { paper_id }) => {
    const { rows } = await sql<Stored>`select p.file_name as name, f.sha256, f.type from contracts.paper p join contracts.contract t on t.company_id = ${scope.company_id} and t.contract_id = p.contract_id join kernel.file f on f.company_id = ${scope.company_id} and f.file_id = p.file_id where p.company_id = ${scope.company_id} and p.paper_id = ${paper_id} and ${contractsSeenBy(scope)}`.execute(scope.db)
    return fileAnswer(app(), scope, rows[0])
  }),
  answer(contracts.postPaper, async (scope, o) => {
    const c = scope.company_id
    const p = await paperToChange(scope, o.paper_id)
    const t = await contractToRead(scope, p.contract_id)
    if (!t.is_public || p.role === 'end') throw scope.refuse('contracts.not_public', { kind: t.kind_name })
    if (p.posted) throw scope.refuse('contracts.posted_already')
    const { rows } = await sql`select from contracts.contract t where t.company_id = ${c} and t.contract_id = ${p.contract_id} and ${IN_FORCE(scope)}`.execute(scope.db)
    if (rows.length === 0) throw scope.refuse('contracts.not_in_force', { no: t.no, state: said('contract', t.state) })
    await scope.db.updateTable('contracts.paper').set({ posted_at: scope.now, posted_by_name: scope.who.name, post_note: o.post_note || null, withdrawn_at: null, withdrawn_by_name: null, withdraw_reason: null }).where('company_id', '=', c).where('paper_id', '=', o.paper_id).execute()
    await addStep(scope, p.contract_id, 'posted', p.title)
    scope.note('contract_paper', o.paper_id, { no: t.no, posted: p.title })
    return { paper_id: o.paper_id }
  }),
  answer(contracts.withdrawPaper, async (scope, o) => {
    const p = await paperToChange(scope, o.paper_id)
    if (!p.posted) throw scope.refuse('contracts.not_posted')
    await scope.db.updateTable('contracts.paper').set({ withdrawn_at: scope.now, withdrawn_by_name: scope.who.name, withdraw_reason: o.reason }).where('company_id', '=', scope.company_id).where('paper_id', '=', o.paper_id).execute()
    await addStep(scope, p.contract_id, 'withdrawn', `${p.title}:${o.reason}`)
    scope.note('contract_paper', o.paper_id, { withdrawn: p.title, reason: o.reason })
    return { paper_id: o.paper_id }
  }),
]
