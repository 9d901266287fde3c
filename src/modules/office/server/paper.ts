// On A4, and the files of a version.
import { sql, type SqlBool } from 'kysely'
import { answerFile, type App } from '../../../kernel/app.ts'
import { dayOf } from '../../../kernel/clock.ts'
import { hasFile, openFile } from '../../../kernel/files.ts'
import { BUILT_IN, renderPdf } from '../../../kernel/print/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { office, type VersionText } from '../contract.ts'
import { said } from '../shown.ts'
import { blocksOf } from '../text.ts'
import { staffOnly } from './access.ts'
import { findVersion, versionInRegister } from './list.ts'
import { versionOfMine } from './mine.ts'

/** By the register, or because it concerns whoever asks. */
async function versionForPaper(scope: Scope, version_id: string): Promise<VersionText> {
  staffOnly(scope)
  const v = (await versionInRegister(scope, version_id)) ?? ((await versionOfMine(scope, version_id)) ? await findVersion(scope, version_id, sql<SqlBool>`true`) : undefined)
  if (!v) throw scope.notFound()
  return v
}
const pdf = answerFile(office.rulePdf, async (scope, { version_id }) => {
  const v = await versionForPaper(scope, version_id)
  const { rows } = await sql<{ name: string }>`select name from identity.company where company_id = ${scope.company_id}`.execute(scope.db)
  const state = v.state === 'in_force' ? '' : `(${said('rule', v.state)})`
  const body = await renderPdf('letter_a4', {
    company_name: rows[0]!.name, title: v.title, no: `${v.no} 第 ${v.version_no} 版${state}`, dated_on: v.agreed_at ? dayOf(v.agreed_at) : scope.today, to: `适用:${v.community_name}(${v.targets.map((t) => t.name).join('、').slice(0, 60)})  生效:${v.from_on}  批准:${v.agreed_by_name ?? '未批准'}`,
    paragraphs: blocksOf(v.body).map((b) => b.text), closing: [`修订说明:${v.change_note}`],
  }, { design: BUILT_IN.letter_a4 })
  return { name: `${v.no} ${v.title} 第${v.version_no}版.pdf`, type: 'application/pdf', body, inline: true }
})
const SHOWN = new Set(['image/png', 'image/jpeg', 'application/pdf'])
const file = (app: () => App) => answerFile(office.ruleFile, async (scope, { version_id, file_id }) => {
  await versionForPaper(scope, version_id)
  const { rows } = await sql<{ sha256: string; type: string; name: string }>`select f.sha256, f.type, k.name from office.rule_file k join kernel.file f on f.company_id = ${scope.company_id} and f.file_id = k.file_id where k.company_id = ${scope.company_id} and k.version_id = ${version_id} and k.file_id = ${file_id}`.execute(scope.db)
  const kept = rows[0]
  if (!kept || !(await hasFile(app().data_dir, kept.sha256))) throw scope.notFound()
  return { name: kept.name, type: SHOWN.has(kept.type) ? kept.type : 'application/octet-stream', body: openFile(app().data_dir, kept.sha256), inline: SHOWN.has(kept.type) }
})
export const paperAnswers = (app: () => App) => [pdf, file(app)]
