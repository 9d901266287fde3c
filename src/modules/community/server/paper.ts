// On paper for the board, and the pictures and files of a notice.
import { sql } from 'kysely'
import { answerFile, type App } from '../../../kernel/app.ts'
import { dayOf } from '../../../kernel/clock.ts'
import { hasFile, openFile } from '../../../kernel/files.ts'
import { BUILT_IN, renderPdf } from '../../../kernel/print/index.ts'
import { community } from '../contract.ts'
import { said } from '../shown.ts'
import { linesOf } from '../text.ts'
import { mineOf, noticeToRead, noticesSeenBy, toMine } from './access.ts'

/** Read on the board from an arm's length; long ones in smaller letters, so that they stay on one sheet. */
const boardDesign = (lines: readonly string[]) => ({ ...BUILT_IN.letter_a4, text_pt: lines.reduce((n, l) => n + l.length + 20, 0) > 900 ? 12 : 16, title_pt: 26 })
const pdf = answerFile(community.noticePdf, async (scope, { notice_id }) => {
  const c = scope.company_id
  const n = await noticeToRead(scope, notice_id)
  const { rows } = await sql<{ company: string; community: string; service_phone: string | null }>`select p.name as company, m.name as community, m.service_phone from identity.company p, property.community m where p.company_id = ${c} and m.company_id = ${c} and m.community_id = ${n.community_id}`.execute(scope.db)
  const head = rows[0]!
  const who = n.roles.length === 3 ? '业主、住户' : n.roles.map((r) => said('role', r)).join('、')
  const state = n.state === 'published' ? '' : `(${said('notice', n.state)},不作张贴)`
  const lines = linesOf(n.body)
  const body = await renderPdf('letter_a4', {
    company_name: head.company, title: n.title, no: n.no ? `${n.no}${state}` : state || null, dated_on: n.published_at ? dayOf(n.published_at) : scope.today, to: `尊敬的${head.community}各位${who}:`,
    paragraphs: lines, closing: [...(n.valid_until_on ? [`本公告有效至 ${n.valid_until_on}。`] : []), ...(head.service_phone ? [`服务电话:${head.service_phone}。`] : []), '特此公告。'],
  }, { design: boardDesign(lines) })
  return { name: `公告-${n.no ?? '草稿'}.pdf`, type: 'application/pdf', body, inline: true }
})
/** Files of many kinds: only pictures and PDF are shown by the browser, everything else is saved. */
const SHOWN = new Set(['image/png', 'image/jpeg', 'application/pdf'])
const file = (app: () => App) =>
  answerFile(community.noticeFile, async (scope, { notice_id, file_id }) => {
    const c = scope.company_id
    const seen = scope.who.kind === 'resident' ? sql`n.state in ('published', 'replaced') and ${toMine(scope, await mineOf(scope))}` : noticesSeenBy(scope)
    const { rows } = await sql<{ sha256: string; type: string; name: string }>`select f.sha256, f.type, k.name from community.notice n join community.notice_file k on k.company_id = ${c} and k.notice_id = n.notice_id and k.file_id = ${file_id} join kernel.file f on f.company_id = ${c} and f.file_id = k.file_id where n.company_id = ${c} and n.notice_id = ${notice_id} and ${seen}`.execute(scope.db)
    const kept = rows[0]
    if (!kept || !(await hasFile(app().data_dir, kept.sha256))) throw scope.notFound()
    return { name: kept.name, type: SHOWN.has(kept.type) ? kept.type : 'application/octet-stream', body: openFile(app().data_dir, kept.sha256), inline: SHOWN.has(kept.type) }
  })
export const paperAnswers = (app: () => App) => [pdf, file(app)]
