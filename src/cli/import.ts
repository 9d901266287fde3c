import { createReadStream, existsSync, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { problemOf } from '../kernel/serve.ts'
import type { App } from '../kernel/app.ts'
import { saveUpload } from '../kernel/files.ts'
import { heyuanDir } from '../kernel/pg/place.ts'
import { Refusal } from '../kernel/refuse.ts'
import { asSystem, startWorker, type Worker } from '../kernel/worker.ts'
import { system, type ImportDetail } from '../modules/system/contract.ts'
import { ask, commandLine, communityNamed, companyAsked, currentSchema, type Acting } from './acting.ts'
import { EXIT, RefusedError, UsageError, type Out } from './command.ts'
import { withDatabase } from './with_database.ts'

export const name = 'import'
export const summary_zh = '导入 Excel 或 CSV(与网页上的导入是同一套)'
export const usage = `import --kind 内容 --community 小区名 [--company 公司编号] [--sheet 工作表] [--preview] [--json] 文件

  --kind       导入内容,如 people.houses(房产与业主)、meters.readings(抄表读数)、property.areas(公共部位)
  --community  导入到哪个小区(名称)
  --company    公司编号,只有一家公司时可不写
  --sheet      工作表名称,默认第一个有数据的
  --preview    只预览,不入库

  有一行有错就整个文件不入库,并列出每一行的错误,退出码 1。例如:
  npm run heyuan -- import --kind people.houses --community 花园小区 户主表.xlsx`

const SHOWN_MAX = 200
const WAIT_MS = 200
/** A worker that runs takes the job at once; when none does, this process works it. */
const PATIENCE_MS = 2500

interface Session extends Acting {
  worker: Worker
}

export async function run(args: string[], out: Out): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { kind: { type: 'string' }, community: { type: 'string' }, company: { type: 'string' }, sheet: { type: 'string' }, preview: { type: 'boolean' } } })
  const [given, ...more] = positionals
  if (given === undefined || more.length > 0) throw new UsageError('请写一个要导入的文件')
  if (values.kind === undefined) throw new UsageError('请用 --kind 指明导入内容,如 people.houses')
  const file = resolve(process.env['INIT_CWD'] ?? process.cwd(), given)
  if (!existsSync(file) || !statSync(file).isFile()) throw new RefusedError(`没有文件 ${file}`)
  return withDatabase(out.line, async (url) => {
    const { makeApp } = await import('../apps/modules.ts')
    await currentSchema(url)
    const app = makeApp({ url, data_dir: heyuanDir(), mode: 'empty', name: 'import', max: 6 })
    const worker = startWorker(app, { listen: false })
    try {
      return await work({ app, worker, ...(await whoImports(app, values.company)) }, { ...values, kind: values.kind!, file }, out)
    } finally {
      await worker.stop()
      await app.d.end()
    }
  })
}

/** The command line acts for the company's first administrator: an import needs a person it belongs to. */
async function whoImports(app: App, company: string | undefined): Promise<Omit<Acting, 'app'>> {
  const one = await companyAsked(app, company)
  const admin = await asSystem(app, one.company_id, 'cli', async (scope) =>
    (await scope.client.query<{ account_id: string }>(`select g.account_id from identity.access_grant g join identity.role r on r.company_id = g.company_id and r.role_id = g.role_id join identity.member m on m.company_id = g.company_id and m.account_id = g.account_id
      where g.company_id = $1 and g.scope_kind = 'company' and '*' = any(r.permissions) and m.disabled_at is null order by m.created_at limit 1`, [one.company_id])).rows[0])
  if (!admin) throw new RefusedError(`公司「${one.name}」没有可用的管理员`)
  return { company_id: one.company_id, who: { ...commandLine, account_id: admin.account_id } }
}

interface Asked {
  kind: string
  file: string
  community?: string | undefined
  sheet?: string | undefined
  preview?: boolean | undefined
}
async function work(s: Session, o: Asked, out: Out): Promise<number> {
  const community_id = o.community === undefined ? null : await communityNamed(s, o.community)
  const { file_id } = await saveUpload(s.app, s, { purpose: 'import', name: basename(o.file), body: createReadStream(o.file) }).catch((e: unknown) => {
    throw e instanceof Refusal ? new RefusedError(problemOf(s.app, e, {}).problem.message) : e
  })
  const start = await ask(s, system.startImport, { kind: o.kind, file_id, ...(community_id ? { community_id } : {}), ...(o.sheet ? { sheet_name: o.sheet } : {}) })
  const mapping = start.columns.flatMap((c) => (c.field === null ? [] : [{ index: c.index, field: c.field }]))
  for (const c of start.columns) out.line(`  ${c.title} → ${start.fields.find((f) => f.key === c.field)?.zh ?? '不导入'}`)
  await ask(s, system.previewImport, { import_id: start.import_id, sheet_name: start.sheet_name, header_row: start.header_row, mapping })
  const read = await until(s, start.import_id, 'reading', out)
  for (const line of read.summary) out.line(line)
  out.line(`共 ${read.row_count} 行:新增 ${read.counts.new},更新 ${read.counts.change},无变化 ${read.counts.same},有错 ${read.bad_count}`)
  if (read.state !== 'previewed' || read.bad_count > 0) return refused(s, read, out)
  if (o.preview || read.counts.new + read.counts.change === 0) {
    out.json({ import_id: read.import_id, state: read.state, counts: read.counts, bad_count: 0, problems: [] })
    return EXIT.ok
  }
  await ask(s, system.applyImport, { import_id: read.import_id })
  const done = await until(s, read.import_id, 'applying', out)
  out.line(done.state === 'applied' ? `已入库。需要撤销请到网页「数据导入」打开这次导入(${done.import_id})。` : `没有入库:${done.error ?? ''}`)
  out.json({ import_id: done.import_id, state: done.state, counts: done.counts, bad_count: 0, problems: [], ...(done.error ? { error: done.error } : {}) })
  return done.state === 'applied' ? EXIT.ok : EXIT.refused
}

async function until(s: Session, import_id: string, state: string, out: Out): Promise<ImportDetail> {
  let told = ''
  for (let waited = 0; ; waited += WAIT_MS) {
    const view = await ask(s, system.import, { import_id })
    if (view.state !== state) return view
    const text = `${view.done_count}${view.total_count ? ` / ${view.total_count}` : ''} 行`
    if (text !== told && view.done_count > 0 && waited % 2000 === 0) out.line(`  ${(told = text)}`)
    if (waited >= PATIENCE_MS && view.done_count === 0) await s.worker.drain()
    else await new Promise((r) => setTimeout(r, WAIT_MS))
  }
}

async function refused(s: Session, view: ImportDetail, out: Out): Promise<number> {
  const problems: { row_no: number; column: string; cell: string; reason: string }[] = []
  for (let page = 1; problems.length < SHOWN_MAX && view.bad_count > 0; page++) {
    const { rows } = await ask(s, system.importRows, { import_id: view.import_id, only_bad: true, page, page_size: SHOWN_MAX })
    problems.push(...rows.flatMap((r) => r.problems.map((p) => ({ row_no: r.row_no, column: p.zh, cell: p.cell, reason: p.reason }))))
    if (rows.length < SHOWN_MAX) break
  }
  for (const p of problems.slice(0, SHOWN_MAX)) out.line(`  第 ${p.row_no} 行 ${p.column}${p.cell ? `「${p.cell}」` : ''}:${p.reason}`)
  if (view.bad_count > SHOWN_MAX) out.line(`  … 共 ${view.bad_count} 行有错,其余请到网页「数据导入」下载错误明细`)
  out.line(view.error ?? '有行有错,没有写入任何数据。改正后重新导入。')
  out.json({ import_id: view.import_id, state: view.state, counts: view.counts, bad_count: view.bad_count, problems: problems.slice(0, SHOWN_MAX), ...(view.error ? { error: view.error } : {}) })
  return EXIT.refused
}
