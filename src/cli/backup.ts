import { parseArgs } from 'node:util'
import { instantText } from './when.ts'
import { checkBackup } from '../kernel/backup/check.ts'
import { backupsDir, listBackups } from '../kernel/backup/layout.ts'
import { keepDays, takeHere } from '../kernel/backup/here.ts'
import { mb } from '../kernel/backup/take.ts'
import { heyuanDir } from '../kernel/pg/place.ts'
import { EXIT, RefusedError, UsageError, type Out } from './command.ts'
import { configuredUrl, hasEmbedded, withDatabase } from './with_database.ts'

export const name = 'backup'
export const summary_zh = '备份:数据库、上传的文件、密钥;运行中可做,做完读回核对'
export const usage = `backup [--list] [--check 名称|latest] [--json]

  不带选项:现在做一份。和院在运行时照常使用;没有运行时为此启动数据库。
  做过第一份以后,数据库日志持续保存(每分钟至少一次),可以恢复到任意时刻。
  --list         列出已有的备份
  --check 名称   读出整份备份,逐个文件与清单核对;latest 为最新一份

  备份放在数据文件夹的 backups 里;应放在另一块磁盘:设环境变量 HEYUAN_BACKUPS=文件夹。
  保留天数:HEYUAN_BACKUP_KEEP_DAYS(默认 ${keepDays({})});最新的两份总是保留。
  备份里有密钥,请与账册一样保管。恢复见:npm run heyuan -- restore --help
  退出码:0 成功,1 被拒绝或备份已损坏。`

export async function run(args: string[], out: Out): Promise<number> {
  const { values } = parseArgs({ args, options: { list: { type: 'boolean' }, check: { type: 'string' } }, strict: true })
  if (values.list && values.check !== undefined) throw new UsageError('--list 与 --check 只能选一个')
  const data_dir = heyuanDir()
  const backups = backupsDir(data_dir)
  const all = listBackups(backups)
  if (values.list) {
    if (all.length === 0) out.line(`还没有备份(${backups})。`)
    for (const b of all) out.line(`${b.name}  ${instantText(b.ended_at)}  ${mb(b.base.size_bytes)}  文件 ${b.kept_count} 个  PostgreSQL ${b.pg_major}`)
    out.json({ dir: backups, backups: all.map(({ dir: _, ...b }) => b) })
    return EXIT.ok
  }
  if (values.check !== undefined) {
    const one = values.check === 'latest' ? all[0] : all.find((b) => b.name === values.check)
    if (!one) throw new RefusedError(`没有备份 ${values.check}(${backups})。列出全部:npm run heyuan -- backup --list`)
    const { kept_count } = await checkBackup(one.dir, backups)
    out.line(`${one.name} 完好:数据库每个文件与清单相符,上传的文件 ${kept_count} 个都在。`)
    out.json({ ok: true, name: one.name, kept_count })
    return EXIT.ok
  }
  if (configuredUrl() === undefined && !hasEmbedded()) throw new RefusedError(`这里还没有数据:${data_dir}。用 HEYUAN_DATA 指明数据文件夹。`)
  const note = await withDatabase((line) => out.line(line), (url) => takeHere({ url, data_dir, log: (line) => out.line(line) }), { archive: true })
  out.line(`备份完成并已核对:${backups}/${note.name},数据库 ${mb(note.database_bytes)},压缩后 ${mb(note.base.size_bytes)},文件 ${note.kept_count} 个。`)
  if (!process.env['HEYUAN_BACKUPS']) out.line('提示:备份与数据在同一块磁盘上。设 HEYUAN_BACKUPS=另一块磁盘的文件夹,磁盘坏了才有得恢复。')
  out.json({ ok: true, dir: backups, ...note })
  return EXIT.ok
}
