import { parseArgs } from 'node:util'
import { EXIT, type Out } from './command.ts'
import { withDatabase } from './with_database.ts'

export const name = 'migrate'
export const summary_zh = '把数据库结构更新到最新'
export const usage = `migrate [--dry-run]

  --dry-run   只列出还没有执行的迁移

  对 DATABASE_URL 或随附的数据库执行;重复执行无害,产品运行时也可执行。`

export async function run(args: string[], out: Out): Promise<number> {
  const { values } = parseArgs({ args, options: { 'dry-run': { type: 'boolean' } } })
  return withDatabase(out.line, async (url) => {
    const { migrate, pendingMigrations } = await import('../kernel/migrate.ts')
    if (values['dry-run']) {
      const pending = await pendingMigrations(url)
      out.line(pending.length === 0 ? '数据库结构已是最新。' : `待执行 ${pending.length} 个迁移:\n${pending.map((one) => `  ${one}`).join('\n')}`)
      out.json({ pending })
      return EXIT.ok
    }
    const { applied } = await migrate(url)
    out.line(applied.length === 0 ? '数据库结构已是最新。' : `已执行 ${applied.length} 个迁移:\n${applied.map((one) => `  ${one}`).join('\n')}`)
    out.json({ applied })
    return EXIT.ok
  })
}
