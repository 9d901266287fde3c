import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { nowMs } from '../kernel/clock.ts'
import { backupsDir, listBackups, noteOf } from '../kernel/backup/layout.ts'
import { restoreBackup, type Restored } from '../kernel/backup/restore.ts'
import { archiveHere, defaultDir, findRunning } from '../kernel/pg/embedded.ts'
import { heyuanDir } from '../kernel/pg/place.ts'
import { EXIT, RefusedError, UsageError, type Out } from './command.ts'
import { verifyAll, type CompanyResult } from './verify.ts'
import { instantText, readInstant } from './when.ts'

export const name = 'restore'
export const summary_zh = '恢复:把备份取回到新的数据文件夹,可到某一时刻;--drill 为恢复演练'
export const usage = `restore --into 新文件夹 [--from 名称|文件夹] [--to-time '时刻'] [--json]
       restore --drill [--from …] [--to-time …] [--json]

  --into 新文件夹   恢复到这里,必须是空的或不存在;现有数据一律不动
  --from 名称       哪一份备份,默认最新(或早于 --to-time 的最新)一份;也可写备份文件夹的路径
  --to-time '时刻'  恢复到北京时间这一刻,如 '2026-11-27 15:00:00';不写则到日志末尾
  --drill           演练:恢复到临时文件夹,逐条核验账目,报告用时,然后删除

  恢复后逐家公司核验账目(同 verify)。随后启动:npm start -- --data 新文件夹
  退出码:0 成功且账目全部相符,1 被拒绝、备份已损坏或账目有不符。`

export async function run(args: string[], out: Out): Promise<number> {
  const { values } = parseArgs({ args, options: { into: { type: 'string' }, from: { type: 'string' }, 'to-time': { type: 'string' }, drill: { type: 'boolean' } }, strict: true })
  if ((values.into === undefined) === (values.drill !== true)) throw new UsageError('写 --into 新文件夹,或 --drill(二者之一)')
  const to_time = values['to-time'] === undefined ? undefined : readInstant(values['to-time'], '--to-time')
  const { from, backups } = chosen(values.from, to_time)
  const archive = archiveHere(undefined, defaultDir())
  await closeSegment()
  const drill = values.drill ? mkdtempSync(join(tmpdir(), 'heyuan-drill-')) : undefined
  if (drill !== undefined) chmodSync(drill, 0o755) // the server's user walks through; what is within is closed by itself
  const into = drill ?? resolve(process.env['INIT_CWD'] ?? process.cwd(), values.into!)
  const begun = nowMs()
  try {
    const done = await restoreBackup({ from, backups, archive_dir: archive && existsSync(join(archive, 'on')) ? archive : undefined, to_time, into, log: (line) => out.line(line) }, async (url) => verifyAll(url, into, undefined, out))
    const seconds = Math.round((nowMs() - begun) / 100) / 10
    return tell(out, done, { seconds, into: drill === undefined ? into : null })
  } finally {
    if (drill !== undefined) rmSync(drill, { recursive: true, force: true })
  }
}

/** A path, a name, the newest, or the newest that was whole before the moment. */
function chosen(asked: string | undefined, to_time: string | undefined): { from: string; backups: string } {
  if (asked?.includes('/')) {
    const dir = resolve(process.env['INIT_CWD'] ?? process.cwd(), asked)
    try {
      noteOf(dir)
    } catch {
      throw new RefusedError(`这里没有完整的备份:${dir}`)
    }
    return { from: dir, backups: dirname(dir) }
  }
  const backups = backupsDir(heyuanDir())
  const all = listBackups(backups)
  const one = asked !== undefined ? all.find((b) => b.name === asked) : all.find((b) => to_time === undefined || b.consistent_at <= to_time)
  if (!one) throw new RefusedError(all.length === 0 ? `还没有备份(${backups})。` : asked === undefined ? `最早的一份备份完成于 ${instantText(all.at(-1)!.consistent_at)},不能恢复到更早。` : `没有备份 ${basename(asked)}。列出全部:npm run heyuan -- backup --list`)
  return { from: one.dir, backups }
}

/** Where the product still runs, what it wrote up to now goes into the kept log first. */
async function closeSegment(): Promise<void> {
  const url = findRunning()?.url
  if (url === undefined) return
  const client = new pg.Client({ connectionString: url, application_name: 'heyuan-restore' })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('select pg_switch_wal()')
    for (let n = 0; n < 100; n++) {
      const { rows } = await client.query<{ done: boolean }>(`select coalesce(last_archived_wal >= pg_walfile_name(pg_current_wal_lsn() - 1), true) or current_setting('archive_mode') = 'off' as done from pg_stat_archiver`)
      if (rows[0]?.done) return
      await new Promise((r) => setTimeout(r, 200))
    }
  } catch {
    // the log that is kept already will do
  } finally {
    await client.end().catch(() => {})
  }
}

function tell(out: Out, done: Restored & { looked: CompanyResult[] }, o: { seconds: number; into: string | null }): number {
  const ok = done.looked.every((c) => c.ok)
  const reached = done.reached_at ?? done.note.ended_at
  out.line(`${o.into === null ? '演练' : '恢复'}${ok ? '成功' : '完成,但账目有不符(见上面标 ✗ 的各条)'}:备份 ${done.note.name},最后一笔在 ${instantText(reached)},用时 ${o.seconds} 秒。`)
  if (o.into !== null) out.line(`启动:npm start -- --data ${o.into}`)
  out.json({ ok, backup: done.note.name, reached_at: reached, seconds: o.seconds, into: o.into, kept_count: done.kept_count, companies: done.looked })
  return ok ? EXIT.ok : EXIT.refused
}
